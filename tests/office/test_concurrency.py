"""Many at once: no error, every accumulator the fold of its settlements, the ledger zero, no key paid twice.

The same at full size, in processes: ``python -m tests.office.concurrency``.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.office.crowd import Crowd, gather
from tests.office.rush import Answers, Request, requests, run_group, send
from tests.office.world import City, build

from sanchong.office.actor import Actor
from sanchong.office.claims import services
from sanchong.office.claims.models import Command, Settlement
from sanchong.office.integrity import audit
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db(transaction=True)

GROUPS, THREADS = 3, 4


def rush(crowd: Crowd, actor: Actor) -> list[Answers]:
    """Every request sent by three groups of four threads."""
    together = threading.Barrier(GROUPS)
    with ThreadPoolExecutor(GROUPS) as pool:
        groups = [
            pool.submit(run_group, requests(crowd), THREADS, seed, lambda r: send(r, actor), together.wait)
            for seed in range(GROUPS)
        ]
        return [group.result() for group in groups]


def all_is_paid_once(crowd: Crowd, groups: list[Answers]) -> None:
    every: list[Request] = [r for first in requests(crowd) for r in (first, *first.then)]
    assert [error for group in groups for error in group.errors] == []
    assert all(group.told == groups[0].told for group in groups)
    assert groups[0].told.keys() == {request.key for request in every}
    assert Command.objects.count() == len(every)
    kinds = [request.kind.removesuffix("_year") for request in every]
    for kind in ("settle", "reverse", "close"):
        assert Settlement.objects.filter(kind=kind).count() == kinds.count(kind) > 0
    in_turn = list(Settlement.objects.order_by("year", "turn").values_list("year", "id"))
    assert in_turn == sorted(in_turn), "turns are in the order of commits"
    assert audit().findings == []


def test_a_few_people_are_settled_by_everybody_at_once() -> None:
    """5 people with 8 visits each: nearly every request waits for another of the same year."""
    city = build()
    crowd = gather(city, people=5, visits=8)
    all_is_paid_once(crowd, rush(crowd, city.actor))


def test_many_people_are_settled_at_once() -> None:
    city = build()
    crowd = gather(city, people=40, visits=2)
    all_is_paid_once(crowd, rush(crowd, city.actor))


def at_once(*calls: object) -> list[str]:
    """Calls made at the same moment, each in a thread: what each came to."""
    together = threading.Barrier(len(calls))

    def one(call: object) -> str:
        assert callable(call)
        try:
            together.wait()
            call()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(one, calls))


def test_two_keys_pay_a_visit_once() -> None:
    city = build()
    crowd = gather(city, people=1, visits=6)
    for number in crowd.visits[0]:
        came = at_once(
            *(lambda n=number, key=f"{number}-{i}": services.settle(n, key, city.actor) for i in range(4))
        )
        assert came == ["done", "visit_state", "visit_state", "visit_state"]
    assert Settlement.objects.count() == 6
    assert audit().findings == []


def test_neighbouring_visits_are_reversed_at_once() -> None:
    """Each reversal adjusts the visits that others are reversing at that moment: they wait for the year, not for each other."""
    city: City = build()
    crowd = gather(city, people=4, visits=6)
    for person in crowd.visits:
        for number in person:
            services.settle(number, f"settle-{number}", city.actor)
    for person in crowd.visits:
        came = at_once(
            *(
                lambda n=number: services.reverse(n, f"reverse-{n}", city.actor, "重复结算")
                for number in person[:-1]
            )
        )
        assert came == ["done"] * 5
    assert audit().findings == []
    assert Settlement.objects.filter(kind="adjust").exists()
