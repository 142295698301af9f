"""Whether the office can open: what is asked before it serves, and after a restore."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from sanchong.office import guards, health
from sanchong.office.accounts.models import Realm
from sanchong.office.crypto import KeyMistake
from sanchong.office.operations.surroundings import unreachable
from sanchong.office.people.models import Person
from sanchong.settlement.refusal import Refusal


def problems(*, as_owner: bool = False) -> list[Refusal]:
    """Everything that keeps the office closed, in the order in which it is best mended; [] when it can open.

    What cannot be asked because of an earlier problem is not asked; a database that is not there is not made. ``as_owner``: who
    is connected owns the tables and does not mean to serve, which is then no problem.
    """
    found = health.of_surroundings(connection)
    keyless = any(problem.code == "keys" for problem in found)
    unreached = unreachable()
    if unreached is not None:
        return [*found, unreached]
    inside = health.of_database(connection)
    found += [p for p in inside if not (as_owner and p.code == "guards" and p.where == guards.ROLE)]
    if any(problem.code == "not_migrated" for problem in inside):
        return found
    found += _ledger()
    return found if keyless else [*found, *_keys_fit()]


def _ledger() -> Iterator[Refusal]:
    if not Realm.objects.filter(sandbox=False).exists():
        yield Refusal(
            "no_ledger",
            "realm",
            "尚未建立正式账；请运行 sanchong office migrate",
            "there is no ledger yet: run sanchong office migrate",
        )


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
