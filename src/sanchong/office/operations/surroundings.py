"""What an installation stands on, asked without waiting: the database, the folder of its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection as default
from django.db.backends.base.base import BaseDatabaseWrapper

from sanchong.office.environment import TLS
from sanchong.settlement.refusal import Refusal

OLDEST_POSTGRESQL: Final = 150000
PATIENCE: Final = 5
"""Seconds until a database counts as unreachable."""


def is_sqlite() -> bool:
    """Whether the office stands on SQLite."""
    return str(default.settings_dict["ENGINE"]).endswith("sqlite3")


def sqlite_file() -> Path:
    """The file of the SQLite database."""
    return Path(default.settings_dict["NAME"])


def prepare_folders() -> None:
    """Make the office's folder and the database's, readable by their owner alone."""
    folders = [settings.ENVIRONMENT.home]
    if is_sqlite():
        folders.append(sqlite_file().parent)
    for folder in folders:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def postgresql_arguments(database: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with which psycopg connects, waiting no longer than :data:`PATIENCE`."""
    named = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
        **{name: database["OPTIONS"].get(name) for name in TLS},
    }
    return {"connect_timeout": PATIENCE, **{name: value for name, value in named.items() if value}}


def unreachable(connection: BaseDatabaseWrapper | None = None) -> Refusal | None:
    """Why a database (None: the office's) cannot be worked with, or None. It is not made by asking."""
    database = (connection or default).settings_dict
    if str(database["ENGINE"]).endswith("sqlite3"):
        file = Path(database["NAME"])
        if file.is_file():
            return None
        return Refusal(
            "no_database",
            str(file),
            f"没有数据库 {file}；请先运行 sanchong office migrate",
            f"no database {file}: run sanchong office migrate first",
        )
    import psycopg

    try:
        with psycopg.connect(**postgresql_arguments(database)) as held:
            version = held.info.server_version
    except psycopg.OperationalError as problem:
        said = " ".join(str(problem).split())
        place = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}/{database['NAME']}"
        return Refusal(
            "database_unreachable",
            place,
            f"连接不上数据库 {place}：{said}；请核对 SANCHONG_DATABASE",
            f"the database {place} cannot be reached: {said}; check SANCHONG_DATABASE",
        )
    if version < OLDEST_POSTGRESQL:
        major = version // 10000
        return Refusal(
            "database_too_old",
            "SANCHONG_DATABASE",
            f"PostgreSQL 为 {major}，须为 15 或更新",
            f"this is PostgreSQL {major}; 15 or newer is needed",
        )
    return None
