"""Whether the office can serve: what is not in order, in words that say what to do."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from sanchong.law.yamlfile import LawError
from sanchong.office import guards
from sanchong.office.crypto import KeyMistake, read_keys
from sanchong.office.lawbook.services import active_bundle, engine_of, hash_of, unpacked
from sanchong.settlement.refusal import Refusal

LEAST_SECRET: Final = 32
"""Characters of SANCHONG_SECRET."""

PRAGMAS: Final = (
    ("journal_mode", "wal"),
    ("synchronous", 2),  # FULL
    ("foreign_keys", 1),
    ("recursive_triggers", 1),
)
"""What SQLite must be set to: what was answered survives a loss of power; rows are not taken away unnoticed."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps the office from serving."""

    code: str
    zh: str
    en: str


def problems(connection: BaseDatabaseWrapper) -> list[Problem]:
    """What is not in order, in the order in which it is best mended; [] if the office can serve.

    What cannot be asked because of an earlier problem is not asked. Nothing is changed; a database that is not there is not made.
    """
    found = [*_secret(), *_keys(connection)]
    needed = [*_reachable(connection)] or [*_migrated(connection)]
    if needed:
        return found + needed
    return [*found, *_sqlite(connection), *_guards(connection), *_law()]


def _secret() -> Iterator[Problem]:
    if len(settings.ENVIRONMENT.secret) < LEAST_SECRET:
        yield Problem(
            "no_secret",
            f"SANCHONG_SECRET 未设置或不足 {LEAST_SECRET} 个字符",
            f"SANCHONG_SECRET is not set or shorter than {LEAST_SECRET} characters",
        )


def _keys(connection: BaseDatabaseWrapper) -> Iterator[Problem]:
    file = Path(settings.ENVIRONMENT.keys)
    try:
        read_keys(file)
    except KeyMistake as mistake:
        yield Problem("keys", f"密钥：{mistake}", f"keys: {mistake}")
    if connection.vendor == "sqlite":
        folder = Path(connection.settings_dict["NAME"]).resolve().parent
        if file.resolve().is_relative_to(folder):
            yield Problem(
                "keys_place",
                f"密钥文件 {file} 位于数据库所在目录 {folder}，会随其一并被复制；请移到别处并设置 SANCHONG_KEYS",
                f"the key file {file} lies in the database's folder {folder} and is copied along with it:"
                " move it elsewhere and set SANCHONG_KEYS",
            )


def _reachable(connection: BaseDatabaseWrapper) -> Iterator[Problem]:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not Path(name).is_file():
        yield Problem(
            "no_database",
            f"没有数据库 {name}；请先运行 sanchong office migrate",
            f"no database {name}: run sanchong office migrate first",
        )
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as problem:
        said = " ".join(str(problem).split())
        yield Problem(
            "database_unreachable",
            f"连接不上数据库：{said}；请核对 SANCHONG_DATABASE",
            f"the database cannot be reached: {said}; check SANCHONG_DATABASE",
        )


def _migrated(connection: BaseDatabaseWrapper) -> Iterator[Problem]:
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if behind:
        yield Problem(
            "not_migrated",
            f"有 {len(behind)} 项数据库变更未执行；请运行 sanchong office migrate",
            f"{len(behind)} migrations are not applied: run sanchong office migrate",
        )


def _sqlite(connection: BaseDatabaseWrapper) -> Iterator[Problem]:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for name, wanted in PRAGMAS:
            cursor.execute(f"PRAGMA {name}")
            there = cursor.fetchone()[0]
            if there != wanted:
                yield Problem(
                    "sqlite",
                    f"SQLite 的 {name} 为 {there}，须为 {wanted}；请核对数据库设置",
                    f"SQLite's {name} is {there} and must be {wanted}: check the database's settings",
                )


def _guards(connection: BaseDatabaseWrapper) -> Iterator[Problem]:
    for missing in guards.verify(connection):
        yield Problem("guards", missing.zh, missing.en)


def _law() -> Iterator[Problem]:
    """The active bundle is what its hash says, and settles."""
    try:
        name = active_bundle()
        with unpacked(name) as folder:
            kept = hash_of(folder)
        if kept != name:
            yield _law_damaged(name)
            return
        engine_of(name)
    except Refusal as refusal:
        yield Problem(refusal.code, refusal.messages["zh"], refusal.messages["en"])
    except LawError as error:
        zh, en = error.placed("zh"), error.placed("en")
        yield Problem("law", f"启用的政策包读不出：{zh}", f"the active law cannot be read: {en}")
    except (tarfile.TarError, zlib.error):
        yield _law_damaged(name)


def _law_damaged(name: str) -> Problem:
    return Problem(
        "law_damaged",
        f"启用的政策包 {name[:12]} 的内容与其哈希不符；请从备份恢复",
        f"the content of the active law bundle {name[:12]} is not what its hash says: restore it from a backup",
    )
