"""The tick: what is due is done, what fails is kept and done again, nothing is done twice by two at once."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django import Settings
from tests.office.guarded.roles import as_server

from sanchong.office import ticking
from sanchong.office.accounts.models import Realm
from sanchong.office.actor import Actor
from sanchong.office.claims.models import Outbox
from sanchong.office.ticking import Report, Trouble, tick
from sanchong.office.trail import sealing
from sanchong.office.trail.models import Entry, Sealed
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
BEFORE = NOW - dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=tmp_path / "home")
    return tmp_path / "home"


def act() -> None:
    record(Actor(1), "person.read", "person", "1")


def put(kind: str = "letter", due_at: dt.datetime = BEFORE, **payload: Any) -> Outbox:
    return Outbox.objects.create(kind=kind, payload=payload, due_at=due_at)


def work(handlers: Mapping[str, ticking.Handler], now: dt.datetime = NOW) -> Report:
    report = Report()
    report.done["outbox"] = ticking.work_outbox(now, report, handlers)
    return report


# ── the duties ───────────────────────────────────────────────────────────────────────────────


def test_a_tick_seals_exports_and_works_with_the_servers_rights(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[dict[str, Any]] = []
    monkeypatch.setattr(ticking, "HANDLERS", {"letter": worked.append})
    act()
    put(to="P1")
    with as_server():
        report = tick(NOW)
    assert report == Report({"seal": 1, "export_head": 1, "outbox": 1, "uploads": 0}, [])
    assert worked == [{"to": "P1"}] and Sealed.objects.count() == 1
    act()
    assert tick(NOW + dt.timedelta(seconds=5)).done == {
        "seal": 1,
        "export_head": 0,
        "outbox": 0,
        "uploads": 0,
    }
    assert tick(NOW + dt.timedelta(days=1)).done == {"seal": 0, "export_head": 1, "outbox": 0, "uploads": 0}
    assert sealing.verify().sound and sealing.verify().heads == 2


def test_a_day_begins_at_midnight_in_shanghai(home: Path) -> None:
    act()
    for moment in ("2026-03-10T15:59:59", "2026-03-10T16:00:01", "2026-03-11T15:59:59"):
        tick(dt.datetime.fromisoformat(moment + "+00:00"))
    lines = (home / "audit" / "heads.jsonl").read_text().splitlines()
    assert [json.loads(line)["day"] for line in lines] == ["2026-03-10", "2026-03-11"]


def test_the_first_tick_of_a_day_finds_what_the_quick_search_passes_over() -> None:
    """An entry whose transaction took longer than anybody waits for: its id is smaller than what was sealed long ago."""

    def commit(number: int) -> None:
        Entry.objects.bulk_create([Entry(pk=number, act="x", kind="person", object_id="1")])

    commit(1000)
    tick(NOW)
    commit(999)
    assert tick(NOW + dt.timedelta(hours=1)).done["seal"] == 0
    tick(NOW + dt.timedelta(days=1))
    assert Sealed.objects.filter(pk=999).exists()


def test_a_duty_that_fails_is_told_and_keeps_no_other_from_its_work(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[dict[str, Any]] = []
    monkeypatch.setattr(ticking, "HANDLERS", {"letter": worked.append})
    home.write_text("a file where the folder should be")
    act()
    put()
    report = tick(NOW)
    (trouble,) = report.troubles
    assert trouble.where == "export_head" and "NotADirectoryError" in trouble.error
    assert report.done == {"seal": 1, "outbox": 1, "uploads": 0} and worked == [{}]
    home.unlink()
    assert tick(NOW).done["export_head"] == 1


# ── the outbox ───────────────────────────────────────────────────────────────────────────────


def test_a_row_is_done_once_and_in_turn() -> None:
    worked: list[int] = []
    for number in (1, 2, 3):
        put(number=number)
    put(number=4, due_at=NOW + dt.timedelta(seconds=1))
    handlers = {"letter": lambda payload: worked.append(payload["number"])}
    assert work(handlers) == Report({"outbox": 3}, [])
    assert work(handlers) == Report({"outbox": 0}, [])
    assert worked == [1, 2, 3]
    assert work(handlers, NOW + dt.timedelta(seconds=1)).done == {"outbox": 1}
    assert list(Outbox.objects.order_by("pk").values_list("done_at", flat=True)) == [NOW] * 3 + [
        NOW + dt.timedelta(seconds=1)
    ]


def test_a_row_that_fails_is_undone_kept_told_and_done_later() -> None:
    broken = [True]

    def handle(payload: dict[str, Any]) -> None:
        Realm.objects.create(name=payload["name"], sandbox=True)
        if broken and payload["name"] == "b":
            raise ValueError("张三 140302199001010010")

    rows = [put(name=name) for name in "abc"]
    report = work({"letter": handle})
    assert report.done == {"outbox": 2}
    (trouble,) = report.troubles
    assert trouble.where == f"outbox {rows[1].pk}"
    assert sorted(Realm.objects.values_list("name", flat=True)) == ["a", "c"]
    kept = Outbox.objects.get(pk=rows[1].pk)
    assert (kept.attempts, kept.done_at, kept.due_at) == (1, None, NOW + dt.timedelta(seconds=10))
    assert kept.error.startswith("ValueError (test_ticking.py:") and kept.error in trouble.error
    assert work({"letter": handle}, NOW + dt.timedelta(seconds=9)) == Report({"outbox": 0}, [])
    broken.clear()
    later = NOW + dt.timedelta(seconds=10)
    assert work({"letter": handle}, later) == Report({"outbox": 1}, [])
    kept.refresh_from_db()
    assert (kept.attempts, kept.done_at, kept.error) == (1, later, "")


def test_each_failure_waits_twice_as_long_up_to_an_hour() -> None:
    def refuse(payload: dict[str, Any]) -> None:
        raise Refusal("no_visit", "visit", "没有就诊 V1", "no visit V1")

    row = put()
    waits = []
    now = NOW
    for attempt in range(1, 13):
        report = work({"letter": refuse}, now)
        assert report.troubles == [Trouble(f"outbox {row.pk}", "letter: no_visit: visit")]
        row.refresh_from_db()
        assert row.attempts == attempt
        waits.append((row.due_at - now).total_seconds())
        now = row.due_at
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]


def test_a_row_that_nobody_handles_is_told_and_kept() -> None:
    row = put("unheard_of")
    (trouble,) = work({"letter": lambda payload: None}).troubles
    assert trouble.where == f"outbox {row.pk}" and "unheard_of" in trouble.error
    row.refresh_from_db()
    assert row.done_at is None and row.attempts == 1 and "LookupError" in row.error


def test_a_row_whose_worker_dies_is_done_by_the_next() -> None:
    """At least once: what the dead one did outside the database is done again."""
    outside: list[str] = []

    def die(payload: dict[str, Any]) -> None:
        outside.append("sent")
        raise KeyboardInterrupt

    row = put()
    with pytest.raises(KeyboardInterrupt):
        work({"letter": die})
    row.refresh_from_db()
    assert row.done_at is None and row.attempts == 0
    assert work({"letter": lambda payload: outside.append("sent")}).done == {"outbox": 1}
    assert outside == ["sent", "sent"]


@pytest.mark.django_db(transaction=True)
def test_ticks_at_the_same_moment_do_not_do_a_row_twice() -> None:
    worked: list[int] = []
    for number in range(40):
        put(number=number)
    start = threading.Barrier(4, timeout=30)

    def run() -> None:
        try:
            start.wait()
            work({"letter": lambda payload: worked.append(payload["number"])})
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(worked) == list(range(40))
    assert not Outbox.objects.filter(done_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_row_in_work_is_passed_over_by_another_tick() -> None:
    """On SQLite the other waits until the first has ended, and then finds nothing more to do."""
    begun, finish = threading.Event(), threading.Event()
    worked: list[str] = []

    def slow(payload: dict[str, Any]) -> None:
        begun.set()
        finish.wait(2)
        worked.append("slow")

    def run() -> None:
        try:
            work({"letter": slow})
        finally:
            connections.close_all()

    put()
    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(30)
    other = work({"letter": lambda payload: worked.append("quick")})
    finish.set()
    thread.join()
    assert other.done == {"outbox": 0} and worked == ["slow"]
