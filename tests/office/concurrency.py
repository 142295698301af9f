"""24 connections on a few and on many people, at full size: settle, reverse, close, every request sent three times.

    python -m tests.office.concurrency                       5 people, then 10,000, on a PostgreSQL of its own
    python -m tests.office.concurrency --people 5 --visits 40

Three processes of eight threads; each process sends every request, in an order of its own. At the end: no error, the same answers
everywhere, one settlement for each key, and an audit of the whole database without a finding. Exit status 1 otherwise.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tests.office.standalone import found, postgresql, ready

if TYPE_CHECKING:
    from tests.office.crowd import Crowd
    from tests.office.rush import Answers

    from sanchong.office.actor import Actor

GROUPS, THREADS = 3, 8

_together: Barrier


def _start(url: str, together: Barrier) -> None:
    global _together  # noqa: PLW0603 - a barrier reaches a worker only when it is started
    _together = together
    ready(url)


def _group(crowd: Crowd, actor: Actor, seed: int) -> Answers:
    from tests.office.rush import requests, run_group, send

    from sanchong.office.claims.services.law import active_law

    active_law()  # read before the start, not during it

    return run_group(requests(crowd), THREADS, seed, lambda r: send(r, actor), _together.wait)


def rush(url: str, crowd: Crowd, actor: Actor) -> list[Answers]:
    """The answers of three processes that send the same requests at the same time."""
    context = multiprocessing.get_context("spawn")
    start = (url, context.Barrier(GROUPS))
    with ProcessPoolExecutor(GROUPS, context, initializer=_start, initargs=start) as pool:
        groups = [pool.submit(_group, crowd, actor, seed) for seed in range(GROUPS)]
        return [group.result() for group in groups]


def run(url: str, people: int, visits: int) -> bool:
    """One rush on an empty database; whether everything held."""
    found(url)
    from tests.office.crowd import gather
    from tests.office.rush import requests
    from tests.office.world import build

    from sanchong.office.claims.models import Command, Settlement
    from sanchong.office.integrity import audit

    city = build()
    crowd = gather(city, people, visits)
    keys = {r.key for first in requests(crowd) for r in (first, *first.then)}
    since = perf_counter()
    groups = rush(url, crowd, city.actor)
    seconds = perf_counter() - since
    latencies = sorted(s for group in groups for s in group.seconds)
    errors = [error for group in groups for error in group.errors]
    in_turn = list(Settlement.objects.order_by("year", "turn").values_list("year", "id"))
    since = perf_counter()
    report = audit(workers=2)
    kinds = {kind: Settlement.objects.filter(kind=kind).count() for kind, _ in Settlement.KINDS}
    held = {
        "no error": not errors,
        "the same answers": all(group.told == groups[0].told for group in groups),
        "every key answered": groups[0].told.keys() == keys,
        "every key kept once": Command.objects.count() == len(keys),
        "turns in the order of commits": in_turn == sorted(in_turn),
        "audit": report.clean,
    }
    _tell(f"{people} people, {visits} visits each", held, seconds, latencies, kinds)
    print(f"  audit: {dict(report.counts)} in {perf_counter() - since:.0f} s")
    for line in (*errors[:10], *report.findings[:10]):
        print(f"  {line}")
    return all(held.values())


def _tell(
    title: str, held: dict[str, bool], seconds: float, latencies: list[float], kinds: dict[str, int]
) -> None:
    def at(share: float) -> float:
        return latencies[int(share * (len(latencies) - 1))] * 1000

    print(f"{title}: {len(latencies)} requests on {GROUPS * THREADS} connections in {seconds:.0f} s", kinds)
    print(f"  p50 {at(0.5):.0f} ms, p99 {at(0.99):.0f} ms, longest {at(1):.0f} ms")
    for name, right in held.items():
        print(f"  {'holds' if right else 'FAILS'}: {name}", flush=True)


def main() -> int:
    """Run the rushes that were asked for, each in a process and on a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int)
    parser.add_argument("--visits", type=int, default=4)
    asked: Any = parser.parse_args()
    sizes = [(asked.people, asked.visits)] if asked.people else [(5, 40), (10_000, 1)]
    with postgresql() as server:
        context = multiprocessing.get_context("spawn")
        right = True
        for people, visits in sizes:
            name = f"rush{people}"
            server.create(name)
            with ProcessPoolExecutor(1, context) as pool:
                right &= pool.submit(run, server.url(name), people, visits).result()
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
