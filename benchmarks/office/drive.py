"""Settling at full speed through a door: processes of threads, each thread a connection."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from time import perf_counter
from typing import TYPE_CHECKING

from tests.office.standalone import ready

if TYPE_CHECKING:
    from benchmarks.office.scene import Scene


@dataclass(frozen=True, slots=True)
class Driven:
    """What a drive came to: from the first request to the last answer, and how long each took."""

    seconds: float
    latencies: Sequence[float]
    """In seconds, sorted."""

    @property
    def rate(self) -> float:
        """Settlements a second."""
        return len(self.latencies) / self.seconds

    def at(self, share: float) -> float:
        """The latency that this share of the requests kept within, in milliseconds."""
        return self.latencies[int(share * (len(self.latencies) - 1))] * 1000


_together: Barrier


def _start(url: str, together: Barrier) -> None:
    global _together  # noqa: PLW0603 - a barrier reaches a worker only when it is started
    _together = together
    ready(url)


def drive(url: str, scene: Scene, visits: range, processes: int, threads: int) -> Driven:
    """Settle the visits through the services, each once."""
    context = multiprocessing.get_context("spawn")
    start = (url, context.Barrier(processes))
    with ProcessPoolExecutor(processes, context, initializer=_start, initargs=start) as pool:
        parts = [pool.submit(_part, scene, visits[turn::processes], threads) for turn in range(processes)]
        done = [part.result() for part in parts]
    first, last = min(began for began, _, _ in done), max(ended for _, ended, _ in done)
    return Driven(last - first, sorted(second for _, _, seconds in done for second in seconds))


def _part(scene: Scene, visits: range, threads: int) -> tuple[float, float, list[float]]:
    """One process's share. The clock is the machine's, so that processes can be compared."""
    from django.db import connection

    from sanchong.office.claims import services
    from sanchong.office.claims.services.law import active_law

    active_law()  # read before the start
    seconds: list[float] = []

    def settle(n: int) -> None:
        since = perf_counter()
        services.settle(scene.visit(n), scene.key(n), scene.actor)
        seconds.append(perf_counter() - since)

    def work(own: range) -> None:
        try:
            for n in own:
                settle(n)
        finally:
            connection.close()

    _together.wait()
    began = perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        run: Callable[[range], None] = work
        list(pool.map(run, [visits[turn::threads] for turn in range(threads)]))
    return began, perf_counter(), seconds
