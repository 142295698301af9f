"""A backup brought back into an empty database, verified."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from sanchong.office import guards
from sanchong.office.operations import archive, postgresql
from sanchong.office.operations.archive import Manifest
from sanchong.office.operations.backup import contents_of
from sanchong.office.operations.surroundings import is_sqlite, prepare_folders, sqlite_file, unreachable
from sanchong.settlement.refusal import Refusal


def restore(file: Path, role: str = "") -> Manifest:
    """Bring ``file`` back; ``role`` is whom the server connects as, on PostgreSQL.

    Refusal if the database is not empty, the backup is damaged, of another kind of database or of a newer version, or what
    came back is not what was backed up. The keys are not in it: bring their file separately.
    """
    prepare_folders()
    problem = unreachable()
    if problem is not None and not is_sqlite():
        raise problem
    _refuse_data()
    with (
        tempfile.TemporaryDirectory(prefix=".sanchong-restore-", dir=settings.ENVIRONMENT.home) as name,
        archive.unpacked(file, Path(name)) as manifest,
    ):
        _refuse_unfit(file, manifest)
        source = Path(name) / manifest.database_file
        if is_sqlite():
            _place_sqlite(file, source)
        else:
            arguments = ["--no-owner", "--no-acl", "--single-transaction", "--exit-on-error"]
            database = connection.settings_dict
            postgresql.run("pg_restore", [*arguments, f"--dbname={database['NAME']}", str(source)], database)
        heads = settings.ENVIRONMENT.home / "audit" / archive.HEADS
        if archive.HEADS in manifest.files and not heads.exists():
            heads.parent.mkdir(mode=0o700, exist_ok=True)
            shutil.copy(Path(name) / archive.HEADS, heads)
    _verify(file, manifest)
    guards.install(connection, role)
    return manifest


def _refuse_data() -> None:
    if is_sqlite() and not sqlite_file().exists():
        return
    tables = connection.introspection.table_names()
    connection.close()
    if tables:
        raise Refusal(
            "not_empty",
            "database",
            f"数据库中已有 {len(tables)} 张表；只恢复到空库，请另设 SANCHONG_HOME 或 SANCHONG_DATABASE",
            f"the database has {len(tables)} tables; a backup is restored into an empty one: set another SANCHONG_HOME"
            " or SANCHONG_DATABASE",
        )


def _refuse_unfit(file: Path, manifest: Manifest) -> None:
    here = "sqlite" if is_sqlite() else "postgresql"
    if manifest.database != here:
        raise Refusal(
            "backup_kind",
            str(file),
            f"备份来自 {manifest.database}，不能恢复到 {here}；请改设 SANCHONG_DATABASE",
            f"the backup is of {manifest.database} and cannot be restored into {here}: set SANCHONG_DATABASE accordingly",
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = [name for name in manifest.migrations if name not in known]
    if newer:
        raise Refusal(
            "backup_newer",
            str(file),
            f"备份来自更新的版本 {manifest.engine}（{newer[0]}）；请先升级",
            f"the backup is of a newer version, {manifest.engine} ({newer[0]}): upgrade first",
        )


def _place_sqlite(file: Path, source: Path) -> None:
    """The database's file checked and moved into its place; an empty one there gives way."""
    with closing(sqlite3.connect(source)) as database:
        said = database.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        raise _differs(file, said)
    place = sqlite_file()
    source.chmod(0o600)
    for beside in ("-wal", "-shm"):
        place.with_name(place.name + beside).unlink(missing_ok=True)
    shutil.move(source, place)


def _verify(file: Path, manifest: Manifest) -> None:
    """What came back has the rows and the trail's head of the manifest."""
    with connection.cursor() as cursor:

        def ask(statement: str) -> list[tuple[object, ...]]:
            cursor.execute(statement)
            return list(cursor.fetchall())

        rows, head, _ = contents_of(ask)
    for table, wanted in manifest.rows.items():
        if rows.get(table) != wanted:
            raise _differs(file, f"{table}: {rows.get(table)} ≠ {wanted}")
    if head != manifest.trail_head:
        raise _differs(file, "trail head")


def _differs(file: Path, what: str) -> Refusal:
    return Refusal(
        "restored_differs",
        str(file),
        f"恢复所得与备份清单不符（{what}）；请勿使用此库，换一份备份重来",
        f"what was restored is not what the manifest says ({what}): do not use this database, try another backup",
    )
