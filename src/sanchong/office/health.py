"""Whether the office can serve, as far as its surroundings, its database's make and its law can tell.

Nothing is changed by asking. Each problem is a Refusal that says what to do.
"""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
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


def of_surroundings(connection: BaseDatabaseWrapper) -> list[Refusal]:
    """What is not in order outside the database, which is not asked: the secret, the proxies, the keys and their place."""
    return [*_secret(), *_proxies(), *_keys(connection)]


def of_database(connection: BaseDatabaseWrapper) -> list[Refusal]:
    """What is not in order in a database that can be reached: its migrations; and only then its settings, guards and law."""
    return [*_migrated(connection)] or [*_sqlite(connection), *guards.verify(connection), *_law()]


def _secret() -> Iterator[Refusal]:
    if len(settings.ENVIRONMENT.secret) < LEAST_SECRET:
        make = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        yield Refusal(
            "no_secret",
            "SANCHONG_SECRET",
            f"SANCHONG_SECRET 未设置或不足 {LEAST_SECRET} 个字符；可用 {make} 生成",
            f"SANCHONG_SECRET is not set or shorter than {LEAST_SECRET} characters; make one with {make}",
        )


def _proxies() -> Iterator[Refusal]:
    if settings.IN_EARNEST and not settings.ENVIRONMENT.proxies:
        yield Refusal(
            "no_proxies",
            "SANCHONG_PROXIES",
            "以本机以外的名称提供服务须经终结 TLS 的代理；请在 SANCHONG_PROXIES 写明其 IP 地址",
            "reached under a name of its own the office stands behind a proxy that ends TLS: name its address in SANCHONG_PROXIES",
        )


def _keys(connection: BaseDatabaseWrapper) -> Iterator[Refusal]:
    file = Path(settings.ENVIRONMENT.keys)
    try:
        read_keys(file)
    except KeyMistake as mistake:
        yield Refusal("keys", "SANCHONG_KEYS", f"密钥：{mistake}", f"keys: {mistake}")
    if connection.vendor == "sqlite":
        folder = Path(connection.settings_dict["NAME"]).resolve().parent
        if file.resolve().is_relative_to(folder):
            yield Refusal(
                "keys_place",
                "SANCHONG_KEYS",
                f"密钥文件 {file} 位于数据库所在目录 {folder}，会随其一并被复制；请移到别处并设置 SANCHONG_KEYS",
                f"the key file {file} lies in the database's folder {folder} and is copied along with it:"
                " move it elsewhere and set SANCHONG_KEYS",
            )


def _migrated(connection: BaseDatabaseWrapper) -> Iterator[Refusal]:
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if behind:
        yield Refusal(
            "not_migrated",
            "database",
            f"有 {len(behind)} 项数据库变更未执行；请运行 sanchong office migrate",
            f"{len(behind)} migrations are not applied: run sanchong office migrate",
        )


def _sqlite(connection: BaseDatabaseWrapper) -> Iterator[Refusal]:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for name, wanted in PRAGMAS:
            cursor.execute(f"PRAGMA {name}")
            there = cursor.fetchone()[0]
            if there != wanted:
                yield Refusal(
                    "sqlite",
                    name,
                    f"SQLite 的 {name} 为 {there}，须为 {wanted}；请核对数据库设置",
                    f"SQLite's {name} is {there} and must be {wanted}: check the database's settings",
                )


def _law() -> Iterator[Refusal]:
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
        yield refusal
    except LawError as error:
        zh, en = error.placed("zh"), error.placed("en")
        yield Refusal("law", "law", f"启用的政策包读不出：{zh}", f"the active law cannot be read: {en}")
    except (tarfile.TarError, zlib.error):
        yield _law_damaged(name)


def _law_damaged(name: str) -> Refusal:
    return Refusal(
        "law_damaged",
        name,
        f"启用的政策包 {name[:12]} 的内容与其哈希不符；请从备份恢复",
        f"the content of the active law bundle {name[:12]} is not what its hash says: restore it from a backup",
    )
