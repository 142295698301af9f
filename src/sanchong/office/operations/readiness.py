"""Whether the office can open: what is asked before it serves, and after a restore."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sanchong.law.yamlfile import LawError
from sanchong.office.accounts.models import Realm
from sanchong.office.crypto import KeyMistake, read_keys
from sanchong.office.lawbook.services import active_bundle, engine_of
from sanchong.office.operations import neighbours
from sanchong.office.operations.surroundings import unreachable
from sanchong.office.people.models import Person
from sanchong.settlement.refusal import Refusal

LEAST_SECRET: Final = 32
"""Characters of SANCHONG_SECRET."""


def problems() -> list[Refusal]:
    """Everything that keeps the office closed, in the order in which it is best mended; [] when it can open.

    What cannot be asked because of an earlier problem is not asked.
    """
    keyless = list(_keys())
    found = [*_secret(), *keyless]
    for ask in _OF_DATABASE if keyless else (*_OF_DATABASE, _keys_fit):
        told = {problem.code for problem in found}
        here = [problem for problem in ask() if problem.code not in told]
        found += here
        if here and ask in _NEEDED_BY_THE_REST:
            return found
    return found


def _secret() -> Iterator[Refusal]:
    if len(settings.ENVIRONMENT.secret) < LEAST_SECRET:
        make = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        yield Refusal(
            "no_secret",
            "SANCHONG_SECRET",
            f"SANCHONG_SECRET 未设置或不足 {LEAST_SECRET} 个字符；可用 {make} 生成",
            f"SANCHONG_SECRET is not set or shorter than {LEAST_SECRET} characters; make one with {make}",
        )


def _keys() -> Iterator[Refusal]:
    try:
        read_keys(settings.ENVIRONMENT.keys)
    except KeyMistake as mistake:
        yield Refusal("keys", "SANCHONG_KEYS", f"密钥：{mistake}", f"keys: {mistake}")


def _reachable() -> Iterator[Refusal]:
    problem = unreachable()
    if problem is not None:
        yield problem


def _migrated() -> Iterator[Refusal]:
    executor = MigrationExecutor(connection)
    behind = [m for m, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if behind:
        yield Refusal(
            "not_migrated",
            "database",
            f"有 {len(behind)} 项数据库变更未执行；请运行 sanchong office migrate",
            f"{len(behind)} migrations are not applied: run sanchong office migrate",
        )


def _healthy() -> Iterator[Refusal]:
    for problem in neighbours.unhealthy():
        yield Refusal(problem.code, "database", problem.zh, problem.en)


def _ledger() -> Iterator[Refusal]:
    if not Realm.objects.filter(sandbox=False).exists():
        yield Refusal(
            "no_ledger",
            "realm",
            "尚未建立正式账；请运行 sanchong office migrate",
            "there is no ledger yet: run sanchong office migrate",
        )


def _law() -> Iterator[Refusal]:
    try:
        engine_of(active_bundle())
    except Refusal as refusal:
        yield refusal
    except LawError as error:
        zh, en = error.placed("zh"), error.placed("en")
        yield Refusal("law", "law", f"启用的政策包读不出：{zh}", f"the active law cannot be read: {en}")


def _keys_fit() -> Iterator[Refusal]:
    """The keys open what was written first and last: they are those of this database."""
    try:
        for order in ("pk", "-pk"):
            Person.objects.order_by(order).first()
    except KeyMistake as mistake:
        yield Refusal(
            "keys_differ",
            "SANCHONG_KEYS",
            f"密钥打不开库中数据：{mistake}；请取回写入时所用的密钥文件",
            f"the keys do not open what is in the database: {mistake}; bring the key file it was written with",
        )


_OF_DATABASE: Final[tuple[Callable[[], Iterator[Refusal]], ...]] = (
    _reachable,
    _migrated,
    _healthy,
    _ledger,
    _law,
)
_NEEDED_BY_THE_REST: Final = (_reachable, _migrated)
