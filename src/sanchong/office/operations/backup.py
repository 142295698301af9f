"""A backup of the database as it is at one moment, while the office serves."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone

from sanchong.office.operations import archive, postgresql
from sanchong.office.operations.archive import Manifest
from sanchong.office.operations.surroundings import is_sqlite, postgresql_arguments, sqlite_file
from sanchong.office.trail.models import Seal
from sanchong.settlement.refusal import Refusal
from sanchong.version import ENGINE

Ask = Callable[[str], Iterable[Any]]
"""Runs a statement in the state that is backed up."""


def backup(file: Path) -> Manifest:
    """Back the database up into ``file``, with what proves it; Refusal if the file is there, or a tool is missing."""
    if file.exists():
        raise Refusal(
            "backup_exists",
            str(file),
            f"{file} 已存在，不覆盖；请另取文件名",
            f"{file} exists and is not replaced: choose another name",
        )
    if not file.parent.is_dir():
        raise Refusal(
            "no_folder", str(file.parent), f"没有目录 {file.parent}", f"there is no folder {file.parent}"
        )
    with tempfile.TemporaryDirectory(prefix=".sanchong-backup-", dir=file.parent) as name:
        folder = Path(name)
        kind = "sqlite" if is_sqlite() else "postgresql"
        copy = folder / archive.DATABASES[kind]
        rows, head, migrations = _copy_sqlite(copy) if is_sqlite() else _dump_postgresql(copy)
        contents = {copy.name: copy}
        heads = settings.ENVIRONMENT.home / "audit" / archive.HEADS
        if heads.is_file():
            contents[archive.HEADS] = Path(shutil.copy(heads, folder / archive.HEADS))
        manifest = Manifest(
            made_at=timezone.localtime().isoformat(timespec="seconds"),
            engine=ENGINE,
            database=kind,
            migrations=migrations,
            rows=rows,
            trail_head=head,
            files={name: archive.sha256_of(content) for name, content in contents.items()},
        )
        archive.write(file, manifest, contents)
    return manifest


def _copy_sqlite(copy: Path) -> tuple[dict[str, int], str | None, list[str]]:
    """The database by SQLite's online backup, as one file without a journal."""
    with (
        closing(sqlite3.connect(sqlite_file())) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        return contents_of(lambda statement: target.execute(statement).fetchall())


def _dump_postgresql(copy: Path) -> tuple[dict[str, int], str | None, list[str]]:
    """The database by pg_dump, in the very state that is counted."""
    database = connection.settings_dict
    with psycopg.connect(**postgresql_arguments(database)) as held:
        held.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        (snapshot,) = held.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        contents = contents_of(lambda statement: held.execute(statement.encode()).fetchall())
        arguments = ["--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}"]
        postgresql.run("pg_dump", [*arguments, f"--file={copy}"], database)
    return contents


def contents_of(ask: Ask) -> tuple[dict[str, int], str | None, list[str]]:
    """The rows of each table, the trail's head, and the migrations applied."""
    tables = sorted(connection.introspection.django_table_names(only_existing=True))
    rows = {table: next(iter(ask(f"SELECT count(*) FROM {table}")))[0] for table in tables}
    seals = list(ask(f"SELECT hash FROM {Seal._meta.db_table} ORDER BY id DESC LIMIT 1"))
    head = bytes(seals[0][0]).hex() if seals else None
    applied = [f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations ORDER BY id")]
    return rows, head, applied
