"""How many settlements a second, beside the database doing the very same statements alone; in one run on one machine.

    python -m benchmarks.office.run [--people 6000] [--rounds 3]

PostgreSQL: `settle` at 24 connections (real rules, checks, statement, postings, trail) against pgbench at 24 clients running the
statements that PostgreSQL logged for one settlement. SQLite: `settle` in one thread against the same statements in one thread of
sqlite3. Both by turns, round by round, so that other load falls on both. Aims: a quarter of it, p99 under 100 ms.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from typing import Final

from tests.office.standalone import found, postgresql, sqlite

PROCESSES, THREADS = 2, 12
CLIENTS: Final = PROCESSES * THREADS
AIM: Final = 0.25
WHAT: Final = ("http", "http-sqlite", "postgresql", "sqlite")


def on_postgresql(people: int, rounds: int) -> None:
    """Both by turns on copies of one database."""
    with postgresql(options=()) as server:
        server.create("scene")
        found(server.url("scene"))
        from benchmarks.office.drive import drive
        from benchmarks.office.replay import pgbench
        from benchmarks.office.scene import lay
        from benchmarks.office.statements import logged, pgbench_script
        from django.db import connections

        laid = lay(people)
        logged(laid, 0, server.folder / "log")  # the first one reads the law
        seen = logged(laid, 1, server.folder / "log")
        connections["default"].close()
        connections["default"].close_pool()  # type: ignore[attr-defined]
        script = pgbench_script(seen, CLIENTS)
        each = (people - CLIENTS) // rounds // CLIENTS
        server.create("alone", "scene")
        ratios = []
        for i in range(rounds):
            visits = range(CLIENTS + i * each * CLIENTS, CLIENTS + (i + 1) * each * CLIENTS)
            driven = drive(server.url("scene"), laid, visits, PROCESSES, THREADS)
            replayed = pgbench(server, "alone", script, CLIENTS, each, first=visits[0] // CLIENTS)
            ratios.append(driven.rate / replayed.rate)
            print(
                f"  settle {driven.rate:.0f}/s (p50 {driven.at(0.5):.0f} ms, p99 {driven.at(0.99):.0f} ms);"
                f" pgbench {replayed.rate:.0f}/s (mean {replayed.mean_ms:.1f} ms); {ratios[-1]:.2f} of it",
                flush=True,
            )
    _tell(f"PostgreSQL, {len(seen)} statements with BEGIN and COMMIT, {CLIENTS} connections", ratios)


def over_http(people: int, rounds: int, workers: int, threads: int) -> None:
    """The served office at 24 keep-alive connections and pgbench with all that one request says to the database, by turns."""
    with postgresql(options=()) as server:
        server.create("scene")
        found(server.url("scene"))
        from benchmarks.office import wire
        from benchmarks.office.replay import pgbench
        from benchmarks.office.scene import lay
        from benchmarks.office.statements import logged_of_server, pgbench_script
        from tests.office import served

        from sanchong.office.operations.serving import hang_up

        laid = lay(people)
        office = served.Served(
            served.as_role(server.url("scene")),
            served.token(laid.actor.realm, served.HOSPITAL),
            workers,
            threads,
        )
        hang_up()
        server.create("alone", "scene")
        office.start()
        first = CLIENTS * 4
        wire.settle(
            office.port, office.secret, laid, range(1, first), CLIENTS
        )  # every worker has read the law
        seen = logged_of_server(
            laid,
            0,
            server.folder / "log",
            lambda: wire.settle(office.port, office.secret, laid, [0], 1),
        )
        script = pgbench_script(seen, CLIENTS)
        each = (people - first) // rounds // CLIENTS
        ratios = []
        for i in range(rounds):
            start = first + i * each * CLIENTS
            visits = range(start, start + each * CLIENTS)
            driven = wire.settle(office.port, office.secret, laid, visits, CLIENTS)
            alone = pgbench(server, "alone", script, CLIENTS, each, start // CLIENTS, served.ROLE)
            ratios.append(driven.rate / alone.rate)
            print(
                f"  HTTP {driven.rate:.0f}/s (p50 {driven.at(0.5):.0f} ms, p99 {driven.at(0.99):.0f} ms);"
                f" pgbench {alone.rate:.0f}/s (mean {alone.mean_ms:.1f} ms); {ratios[-1]:.2f} of it;"
                f" load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
        office.stop()
        hang_up()
    _tell(
        f"HTTP on PostgreSQL, {workers} workers of {threads} threads, {CLIENTS} connections,"
        f" {len(seen)} statements with BEGIN and COMMIT",
        ratios,
    )


def over_http_on_sqlite(people: int, rounds: int, threads: int) -> None:
    """The served office (one process, as it is on SQLite) and one thread of sqlite3 with a request's statements, by turns."""
    with sqlite() as url:
        found(url)
        from benchmarks.office import wire
        from benchmarks.office.replay import one_thread
        from benchmarks.office.scene import lay
        from benchmarks.office.statements import captured_of_request
        from tests.office import served

        laid = lay(people)
        secret = served.token(laid.actor.realm, served.HOSPITAL)
        seen = captured_of_request(laid, 0, secret)
        office = served.Served(url, secret, 1, threads)
        office.start()
        wire.settle(office.port, secret, laid, range(1, CLIENTS), CLIENTS)
        each, ratios = (people - CLIENTS) // rounds // 2, []
        for i in range(rounds):
            first = CLIENTS + 2 * i * each
            driven = wire.settle(office.port, secret, laid, range(first, first + each), CLIENTS)
            alone = one_thread(url.removeprefix("sqlite:///"), seen, first + each, each)
            ratios.append(driven.rate / alone.rate)
            print(
                f"  HTTP {driven.rate:.0f}/s (p50 {driven.at(0.5):.0f} ms, p99 {driven.at(0.99):.0f} ms);"
                f" sqlite3 {alone.rate:.0f}/s; {ratios[-1]:.2f} of it; load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
        office.stop()
    _tell(f"HTTP on SQLite, {threads} threads, {CLIENTS} connections, {len(seen)} statements", ratios)


def on_sqlite(people: int, rounds: int) -> None:
    """Both by turns in one file."""
    with sqlite() as url:
        found(url)
        from benchmarks.office.drive import drive
        from benchmarks.office.replay import one_thread
        from benchmarks.office.scene import lay
        from benchmarks.office.statements import captured

        laid = lay(people)
        captured(laid, 0)  # the first one reads the law
        seen = captured(laid, 1)
        file = url.removeprefix("sqlite:///")
        each, ratios = (people - 2) // rounds // 2, []
        for i in range(rounds):
            first = 2 + 2 * i * each
            driven = drive(url, laid, range(first, first + each), 1, 1)
            replayed = one_thread(file, seen, first + each, each)
            ratios.append(driven.rate / replayed.rate)
            print(
                f"  settle {driven.rate:.0f}/s (p50 {driven.at(0.5):.1f} ms, p99 {driven.at(0.99):.1f} ms);"
                f" sqlite3 {replayed.rate:.0f}/s; {ratios[-1]:.2f} of it",
                flush=True,
            )
    _tell(f"SQLite, {len(seen)} statements, one thread", ratios)


def _tell(title: str, ratios: list[float]) -> None:
    middle = statistics.median(ratios)
    print(
        f"{title}: {middle:.2f} of the statements alone (aim {AIM}: {'met' if middle >= AIM else 'missed'})"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("what", nargs="?", choices=WHAT)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8)
    asked = parser.parse_args()
    print(f"  other load before: {os.getloadavg()[0]:.1f}")
    if asked.what == "postgresql":
        on_postgresql(asked.people, asked.rounds)
    elif asked.what == "sqlite":
        on_sqlite(asked.people, asked.rounds)
    elif asked.what == "http":
        over_http(asked.people, asked.rounds, asked.workers, asked.threads)
    elif asked.what == "http-sqlite":
        over_http_on_sqlite(asked.people, asked.rounds, asked.threads)
    else:  # each in a process of its own: a process has one database
        for what in WHAT:
            subprocess.run([sys.executable, "-m", "benchmarks.office.run", what, *sys.argv[1:]], check=True)
        return
    print(f"  other load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
