"""A rush of requests: settle, reverse and close in many threads, every request sent once by each of several groups.

The groups send the same requests under the same keys, each in an order of its own, so that what is paid once is asked for as often
as there are groups. A reversal follows its own group's settlement, a closing a settlement that stays; nothing else is in order.
"""

from __future__ import annotations

import hashlib
import random
import threading
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

from django.db import connection
from tests.office.crowd import YEAR, Crowd

from sanchong.office.actor import Actor
from sanchong.office.claims import services
from sanchong.settlement.receipt import canonical
from sanchong.settlement.refusal import Refusal

REVERSED: Final = 4
"""Every so manieth visit is reversed."""
CLOSED: Final = 3
"""Every so manieth person's year is closed amid the rush."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command to send: its key, its kind, and whom it is about (a visit's number or a person's)."""

    key: str
    kind: str
    about: str
    then: tuple[Request, ...] = ()
    """What may be sent once this one is answered."""


@dataclass(slots=True)
class Answers:
    """What a group was told: by key the hash of the answer, or what went wrong."""

    told: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def requests(crowd: Crowd) -> list[Request]:
    """Every visit settled, some reversed, some years closed: what can be sent at once, the rest behind it."""
    every: list[Request] = []
    turn = 0
    for i, (person, visits) in enumerate(zip(crowd.people, crowd.visits, strict=True)):
        close = Request(f"close-{person}", "close_year", person) if i % CLOSED == 0 else None
        for number in visits:
            turn += 1
            then: tuple[Request, ...] = ()
            if turn % REVERSED == 0:
                then = (Request(f"reverse-{number}", "reverse", number),)
            elif close is not None:
                then, close = (close,), None
            every.append(Request(f"settle-{number}", "settle", number, then))
    return every


def send(request: Request, actor: Actor) -> dict[str, Any]:
    """The answer of the office's own service."""
    if request.kind == "settle":
        return services.settle(request.about, request.key, actor)
    if request.kind == "reverse":
        return services.reverse(request.about, request.key, actor, "重复结算")
    return services.close_year(actor, request.key, request.about, YEAR)


def run_group(
    every: Iterable[Request],
    threads: int,
    seed: int,
    call: Callable[[Request], dict[str, Any]],
    start: Callable[[], object] = lambda: None,
) -> Answers:
    """Send the requests from ``threads`` threads, in an order that ``seed`` decides, each with its connection."""
    waiting, lock, answers = list(every), threading.Lock(), Answers()
    chance = random.Random(seed)
    chance.shuffle(waiting)

    def work() -> None:
        try:
            while True:
                with lock:
                    if not waiting:
                        return
                    request = waiting.pop()
                _send(request, call, answers)
                with lock:
                    for following in request.then:
                        waiting.insert(chance.randrange(len(waiting) + 1), following)
        finally:
            connection.close()

    start()
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result()
    return answers


def _send(request: Request, call: Callable[[Request], dict[str, Any]], answers: Answers) -> None:
    since = perf_counter()
    try:
        answer = call(request)
    except Refusal as refusal:
        answers.errors.append(f"{request.key}: {refusal.code} {refusal.where}")
    except Exception:
        answers.errors.append(f"{request.key}: {traceback.format_exc(limit=-3)}")
    else:
        answers.told[request.key] = hashlib.sha256(canonical(answer)).hexdigest()
    answers.seconds.append(perf_counter() - since)
