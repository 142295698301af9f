"""Kill the server, then the database, again and again under load, without warning; what was answered must be there.

    python -m tests.office.crash                       50 kills of the server, 50 of PostgreSQL, 50 of the server on SQLite
    python -m tests.office.crash database --times 5    one of the three
    python -m tests.office.crash --door desk           the services over a socket (desk.py) in the place of the served office

The server is `sanchong office serve`, called over HTTP by a token (served.py); a kill takes all its processes.

Clients settle and reverse (at the desk they close too) without a pause. A client that was cut off sends the same request
with the same key until it is answered. After each kill, at one moment of the restarted database: every answer that a client
ever got is there with the same receipt, every entry has its postings, its command, its trail and its visit's new state, and the
ledger is zero. At the end the whole database is audited. PostgreSQL runs with its own settings for durability, SQLite with
synchronous FULL. A killed process loses nothing that the machine holds for the disk: whether the disk keeps that is not
tried here.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from tests.office.server import Server
from tests.office.standalone import found, postgresql, sqlite

if TYPE_CHECKING:
    from tests.office.doors import Caller, Door
    from tests.office.rush import Request

CLIENTS: Final = 8
PEOPLE, VISITS = 600, 20
ANSWERS: Final = 15
"""So many answers at least between two kills: the kill comes amid work."""
PATIENCE: Final = 120
"""Seconds after which a load that gets no answer is a failure."""


@dataclass
class Load:
    """Clients that send request after request, and keep what they were answered."""

    door: Door
    requests: list[Request]
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    """Answers, and how often a client was cut off or told that the database failed."""
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> list[threading.Thread]:
        """Let the clients begin."""
        threads = [threading.Thread(target=self._client) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def _client(self) -> None:
        line: Caller | None = None
        while not self.over.is_set():
            with self.lock:
                if not self.requests:
                    return
                request = self.requests.pop()
            told, line = self._until_answered(request, line)
            with self.lock:
                if told is None:
                    return
                if "answer" in told:
                    self.answered[request.key] = told["answer"]
                    self.requests += request.then
                    self.counts["answered"] += 1
                else:
                    self.problems.append(f"{request.key}: {told}")

    def _until_answered(
        self, request: Request, line: Caller | None
    ) -> tuple[dict[str, Any] | None, Caller | None]:
        from tests.office.doors import Gone

        while not self.over.is_set():
            try:
                line = line or self.door.connect()
                told = line.call(request)
            except Gone:
                line = None
                self._count("cut off")
            else:
                if "failed" not in told:
                    return told, line
                self._count("told that it failed")
            time.sleep(0.02)
        return None, line

    def _count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1


def kills(load: Load, times: int, kill: Callable[[], None], start: Callable[[], None]) -> list[str]:
    """Kill and start so often, each time amid work, and check what is there; what did not hold."""
    chance, wrong = random.Random(1), []
    for i in range(times):
        wrong += [f"kill {i}: {problem}" for problem in _amid_work(load)]
        time.sleep(chance.random() * 0.3)
        kill()
        with load.lock:
            answered = dict(load.answered)
        start()
        wrong += [f"kill {i + 1}: {problem}" for problem in check(answered)]
        print(".", end="", flush=True)
    print()
    return wrong


def _amid_work(load: Load) -> list[str]:
    until, since = load.counts["answered"] + ANSWERS, time.monotonic()
    while load.counts["answered"] < until:
        if time.monotonic() - since > PATIENCE:
            return ["no answers: the office did not come back"]
        if not load.requests:
            return ["the load ran out: give it more people"]
        time.sleep(0.005)
    return []


def check(answered: dict[str, dict[str, Any]]) -> list[str]:
    """What does not hold in the database at this moment, given what clients were answered before."""
    from django.db import connection
    from django.db.models import Count, Sum

    from sanchong.office.claims.models import Command, Posting, ReversalReason, Settlement, Visit
    from sanchong.office.integrity.snapshot import snapshot
    from sanchong.office.operations.serving import hang_up
    from sanchong.office.trail.models import Entry

    hang_up()  # the database may be another process now
    with snapshot():
        kept = dict(Command.objects.values_list("key", "answer"))
        numbers = set(Settlement.objects.values_list("number", flat=True))
        unbalanced = Posting.objects.values("settlement").annotate(sum=Sum("amount")).exclude(sum=0).count()
        bare = Settlement.objects.annotate(n=Count("postings")).filter(n=0).exclude(total=0).count()
        entries = Counter(Settlement.objects.values_list("kind", flat=True))
        commands = Counter(Command.objects.values_list("kind", flat=True))
        reasons = ReversalReason.objects.filter(settlement__kind="reverse").count()
        acts = Counter(Entry.objects.values_list("act", flat=True))
        states = Counter(Visit.objects.values_list("state", flat=True))
    connection.close()
    lost = [key for key, answer in answered.items() if kept.get(key) != answer]
    gone = [key for key, answer in kept.items() if answer["settlement"] not in numbers]
    held = {
        f"answers lost or changed: {lost[:5]}": not lost,
        f"commands without their settlement: {gone[:5]}": not gone,
        "entries whose postings do not sum to zero": not unbalanced,
        "entries without postings": not bare,
        "a settlement without its command": entries["settle"] == commands["settle"],
        "a reversal without its command": entries["reverse"] == commands["reverse"],
        "a reversal without its reason": reasons == entries["reverse"],
        "a closing without its command": entries["close"] == commands["close_year"],
        "a settlement without its trail": acts["claims.settle"] == entries["settle"],
        "a reversal without its trail": acts["claims.reverse"] == entries["reverse"],
        "a visit's state": states["settled"] + states["reversed"] == entries["settle"]
        and states["reversed"] == entries["reverse"],
    }
    return [name for name, right in held.items() if not right]


def without_closing(request: Request) -> Request:
    """The request for a door that closes no year."""
    return replace(request, then=tuple(r for r in request.then if r.kind != "close_year"))


def run(url: str, times: int, server: Server | None, door: str) -> bool:
    """Kill the office's server (or, if it is given, the database) so often; whether everything held."""
    found(url)
    from tests.office import served
    from tests.office.crowd import gather
    from tests.office.doors import Desk
    from tests.office.rush import requests
    from tests.office.world import build

    from sanchong.office.integrity import audit

    city = build()
    crowd = gather(city, PEOPLE, VISITS)
    waiting = requests(crowd)
    random.Random(2).shuffle(waiting)
    desk: Desk | served.Served
    if door == "desk":
        desk = Desk(url, city.realm.pk)
    else:
        waiting = [without_closing(request) for request in waiting]
        secret = served.token(city.realm.pk, city.hospital.code)
        desk = served.Served(served.as_role(url), secret, workers=2 if url.startswith("postgresql") else 1)
    desk.start()
    load = Load(desk, waiting)
    clients = load.start()
    since = time.monotonic()
    victim: Desk | served.Served | Server = desk if server is None else server
    try:
        wrong = kills(load, times, victim.kill, victim.start)
    finally:
        load.over.set()
        for client in clients:
            client.join()
        desk.kill()
    seconds = time.monotonic() - since
    wrong += [f"at the end: {problem}" for problem in check(load.answered)] + load.problems[:10]
    report = audit(workers=2)
    wrong += [f"{f.code} {f.where} {f.en}" for f in report.findings[:10]]
    print(f"  {times} kills in {seconds:.0f} s; clients: {dict(load.counts)}; audit: {dict(report.counts)}")
    for line in wrong:
        print(f"  FAILS: {line}")
    if not wrong:
        print("  holds: every answer is there, nothing is half-written, the ledger is zero", flush=True)
    return not wrong


def main() -> int:
    """Run what was asked for: each in a process of its own, for a process has one database."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("server", "database", "sqlite"))
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--door", choices=("http", "desk"), default="http")
    asked = parser.parse_args()
    if asked.what is None:
        command = [
            sys.executable,
            "-m",
            "tests.office.crash",
            "--times",
            str(asked.times),
            "--door",
            asked.door,
        ]
        done = [subprocess.run([*command, w], check=False) for w in ("server", "database", "sqlite")]
        return max(process.returncode for process in done)
    print(f"{asked.what} behind {asked.door}, killed {asked.times} times under load:", flush=True)
    if asked.what == "sqlite":
        with sqlite() as url:
            return 0 if run(url, asked.times, None, asked.door) else 1
    with postgresql(options=()) as database:
        victim = database if asked.what == "database" else None
        return 0 if run(database.url(), asked.times, victim, asked.door) else 1


if __name__ == "__main__":
    sys.exit(main())
