"""The trail sealed: nothing is skipped, and whatever is done to it afterwards is found and named."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from tests.office.guarded.roles import postgresql, spoil

from sanchong.office import guards
from sanchong.office.actor import Actor
from sanchong.office.trail import chain, sealing
from sanchong.office.trail.models import Entry, Seal, Sealed
from sanchong.office.trail.services import Act, record, record_all
from sanchong.office.trail.verifying import LATE

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
ACTOR = Actor(1, account=7, token=None, address="10.0.0.1")


def act(number: int = 1) -> None:
    """Entries with every kind of column."""
    record_all(
        ACTOR, [Act("person.read", "person", str(i), i, {"of": "名单", "count": i}) for i in range(number)]
    )


def found(folder: Path) -> list[tuple[str, str]]:
    return [(f.code, f.where) for f in sealing.verify(folder=folder).findings]


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    """Three seals over ten entries: 1 to 3, 4 to 7, 8 to 10 in their order; the head exported after each."""
    for days, number in enumerate((3, 4, 3)):
        act(number)
        sealing.seal(NOW + dt.timedelta(days=days))
        sealing.export_head(tmp_path, NOW.date() + dt.timedelta(days=days))
    return tmp_path


@pytest.fixture
def entries(heads: Path) -> list[int]:
    return list(Entry.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def seals(heads: Path) -> list[int]:
    return list(Seal.objects.order_by("pk").values_list("pk", flat=True))


# ── sealing ──────────────────────────────────────────────────────────────────────────────────


def test_every_entry_is_sealed_once_and_in_order(heads: Path) -> None:
    assert list(Seal.objects.order_by("pk").values_list("count", flat=True)) == [3, 4, 3]
    order = list(Sealed.objects.order_by("seal_id", "entry").values_list("entry", flat=True))
    assert order == list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    assert sealing.seal(NOW) == 0 and Seal.objects.count() == 3
    report = sealing.verify(folder=heads)
    assert report.sound
    assert (report.entries, report.seals, report.heads, report.unsealed, report.oldest) == (10, 3, 3, 0, None)


def test_a_seal_is_what_anybody_can_recompute() -> None:
    """The hash, worked here from the columns alone as docs/office.md gives the recipe."""
    from cryptography.hazmat.primitives import hashes

    def sm3(*parts: bytes) -> bytes:
        hashed = hashes.Hash(hashes.SM3())
        for part in parts:
            hashed.update(part)
        return hashed.finalize()

    record(ACTOR, "person.read", "person", "P1", 5, of="名单")
    entry = Entry.objects.get()
    sealing.seal(NOW)
    at = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    text = f'[1,{entry.pk},"{at}",7,"",null,"person.read","person","P1",5,{{"of":"名单"}},"10.0.0.1"]'
    digest = sm3(b"sanchong.trail.entry", text.encode())
    head = f'[1,"{"00" * 32}","2026-03-10T12:00:00.000000+00:00",1]'
    assert bytes(Sealed.objects.get().digest) == digest
    assert bytes(Seal.objects.get().hash) == sm3(b"sanchong.trail.seal", head.encode(), digest)


def test_no_column_of_an_entry_is_left_out_of_its_digest() -> None:
    assert set(chain.COLUMNS) == {field.name for field in Entry._meta.concrete_fields}


def test_thousands_are_sealed_in_one_call_with_as_many_statements_a_chunk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sealing, "CHUNK", 300)

    def statements(number: int) -> int:
        act(number)
        with CaptureQueriesContext(connection) as captured:
            assert sealing.seal(NOW) == number
        return sum(not q["sql"].startswith(("SAVEPOINT", "RELEASE")) for q in captured)

    one, two, eight = statements(300), statements(600), statements(2400)
    assert eight - two == 6 * (two - one)
    assert two - one <= 6
    assert Seal.objects.count() == 1 + 2 + 8


@postgresql
@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_after_one_with_a_larger_id_is_not_skipped(tmp_path: Path) -> None:
    """The one that began first commits last. On SQLite one writes at a time."""
    written, commit = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record(ACTOR, "slow", "person", "1")
            written.set()
            commit.wait(30)
        connections.close_all()

    worker = threading.Thread(target=slow)
    worker.start()
    written.wait(30)
    record(ACTOR, "quick", "person", "2")
    assert sealing.seal(NOW) == 1
    commit.set()
    worker.join()
    assert Entry.objects.order_by("pk").values_list("act", flat=True)[0] == "slow"
    assert sealing.seal(NOW + dt.timedelta(seconds=5)) == 1
    sealing.export_head(tmp_path, NOW.date())
    report = sealing.verify(folder=tmp_path)
    assert report.sound and report.entries == 2 and report.unsealed == 0


def test_what_a_very_long_transaction_wrote_is_found_by_the_thorough_search(tmp_path: Path) -> None:
    act(2)
    first, second = Entry.objects.order_by("pk")
    with guards.lifted(connection):  # as if the first were not committed yet
        Entry.objects.filter(pk=first.pk).delete()
    sealing.seal(NOW)
    Entry.objects.bulk_create([first])
    later = NOW + sealing.GRACE + dt.timedelta(seconds=1)
    assert sealing.seal(later) == 0
    assert sealing.verify(folder=tmp_path).unsealed == 1
    assert sealing.seal(later, thorough=True) == 1
    assert Sealed.objects.get(entry=first.pk).seal_id > Sealed.objects.get(entry=second.pk).seal_id


@pytest.mark.django_db(transaction=True)
def test_several_who_seal_at_once_make_one_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "CHUNK", 10)
    act(200)
    counts: list[int] = []

    def work() -> None:
        try:
            counts.append(sealing.seal(NOW))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(counts) == 4 and sum(counts) == 200
    sealing.export_head(tmp_path, NOW.date())
    report = sealing.verify(folder=tmp_path)
    assert report.sound and report.entries == 200


# ── the exported head ────────────────────────────────────────────────────────────────────────


def test_the_head_is_exported_once_a_day(tmp_path: Path) -> None:
    folder = tmp_path / "away"
    assert not sealing.export_head(folder, NOW.date()) and not folder.exists()
    act(3)
    sealing.seal(NOW)
    assert sealing.export_head(folder, NOW.date())
    act(1)
    sealing.seal(NOW)
    assert not sealing.export_head(folder, NOW.date())
    assert sealing.export_head(folder, NOW.date() + dt.timedelta(days=1))
    first, second = map(json.loads, (folder / "heads.jsonl").read_text().splitlines())
    one, two = Seal.objects.order_by("pk")
    assert (first["day"], first["seal"], first["hash"], first["entries"]) == (
        "2026-03-10",
        one.pk,
        bytes(one.hash).hex(),
        3,
    )
    assert (second["day"], second["seal"], second["hash"], second["entries"]) == (
        "2026-03-11",
        two.pk,
        bytes(two.hash).hex(),
        4,
    )


def test_a_line_torn_by_a_crash_spoils_no_other_and_is_told(heads: Path) -> None:
    file = heads / "heads.jsonl"
    file.write_bytes(file.read_bytes() + b'{"day":"2026-03-')
    act(1)
    sealing.seal(NOW)
    assert sealing.export_head(heads, dt.date(2026, 3, 20))
    assert found(heads) == [("head_unreadable", "heads.jsonl:4")]


# ── what is found ────────────────────────────────────────────────────────────────────────────


def test_the_unsealed_tail_is_named_and_is_no_damage(heads: Path) -> None:
    act(2)
    oldest = Entry.objects.order_by("-pk")[1].at
    report = sealing.verify(folder=heads)
    assert report.sound and (report.unsealed, report.oldest) == (2, oldest)


@pytest.mark.parametrize(
    "change",
    [
        "at = '2026-03-10 00:00:00+00:00'", "account = 8", "account = NULL", "on_behalf_of = 'x'", "token = 1",
        "act = 'person.list'", "kind = 'visit'", "object_id = '99'", "person_id = 99", "details = '{}'",
        "address = '10.0.0.2'",
    ],
)  # fmt: skip
def test_a_changed_entry_is_named_whatever_column_it_was(
    heads: Path, entries: list[int], change: str
) -> None:
    spoil(f"UPDATE trail_entry SET {change} WHERE id = %s", entries[4])
    assert ("entry_changed", f"entry {entries[4]}") in found(heads)


def test_a_changed_entry_whose_digest_was_changed_with_it_breaks_its_seal(
    heads: Path, entries: list[int], seals: list[int]
) -> None:
    spoil("UPDATE trail_entry SET person_id = 99 WHERE id = %s", entries[4])
    values = Entry.objects.values_list(*chain.COLUMNS).get(pk=entries[4])
    spoil("UPDATE trail_sealed SET digest = %s WHERE entry = %s", chain.digest(values), entries[4])
    assert found(heads) == [("seal_changed", f"seal {seals[1]}")]


def test_a_removed_entry_is_named(heads: Path, entries: list[int]) -> None:
    spoil("DELETE FROM trail_entry WHERE id = %s", entries[4])
    assert found(heads) == [("entry_removed", f"entry {entries[4]}")]


def test_an_entry_removed_with_its_sealing_is_missed_in_its_seal(
    heads: Path, entries: list[int], seals: list[int]
) -> None:
    spoil("DELETE FROM trail_sealed WHERE entry = %s", entries[4])
    spoil("DELETE FROM trail_entry WHERE id = %s", entries[4])
    assert found(heads) == [("entry_removed", f"seal {seals[1]}")]


def test_an_entry_inserted_into_a_seal_is_found(heads: Path, seals: list[int]) -> None:
    act(1)
    entry = Entry.objects.order_by("-pk").values_list(*chain.COLUMNS)[0]
    Sealed.objects.create(entry=entry[0], seal_id=seals[1], digest=chain.digest(entry))
    assert found(heads) == [("entry_inserted", f"seal {seals[1]}")]


def test_an_entry_inserted_with_a_moment_long_past_is_found_once_it_is_sealed(heads: Path) -> None:
    act(1)
    pk = Entry.objects.order_by("-pk")[0].pk
    spoil("UPDATE trail_entry SET at = %s WHERE id = %s", NOW - LATE, pk)
    sealing.seal(NOW + dt.timedelta(days=3))
    assert found(heads) == [("entry_backdated", f"entry {pk}")]


def test_an_entry_exchanged_for_another_is_found(heads: Path, entries: list[int]) -> None:
    """Two entries swap what they say."""
    spoil("UPDATE trail_entry SET person_id = 3 - person_id WHERE id IN (%s, %s)", entries[4], entries[5])
    assert {("entry_changed", f"entry {entries[4]}"), ("entry_changed", f"entry {entries[5]}")} == set(
        found(heads)
    )


def remove_seal(number: int) -> None:
    spoil("DELETE FROM trail_sealed WHERE seal_id = %s", number)
    spoil("DELETE FROM trail_seal WHERE id = %s", number)


def test_a_seal_removed_from_the_middle_breaks_the_chain(heads: Path, seals: list[int]) -> None:
    remove_seal(seals[1])
    assert found(heads) == [("seal_removed", f"seal {seals[2]}"), ("seal_removed", "heads.jsonl:2")]


def test_a_removed_first_seal_is_found(heads: Path, seals: list[int]) -> None:
    remove_seal(seals[0])
    assert found(heads) == [("seal_removed", f"seal {seals[1]}"), ("seal_removed", "heads.jsonl:1")]


def test_a_removed_last_seal_is_found_by_the_exported_head(heads: Path, seals: list[int]) -> None:
    """The chain that is left is whole in itself: only what was exported tells."""
    remove_seal(seals[2])
    report = sealing.verify(folder=heads)
    assert [(f.code, f.where) for f in report.findings] == [("seal_removed", "heads.jsonl:3")]
    assert report.unsealed == 3


def test_a_chain_rewritten_to_the_end_is_found_by_the_exported_heads(heads: Path, entries: list[int]) -> None:
    """Somebody with every right changes an entry and makes all the seals anew, without a fault."""
    spoil("DELETE FROM trail_sealed")
    spoil("DELETE FROM trail_seal")
    spoil("UPDATE trail_entry SET person_id = 99 WHERE id = %s", entries[4])
    sealing.seal(NOW)
    assert found(heads) == [("seal_removed", f"heads.jsonl:{line}") for line in (1, 2, 3)]


@pytest.mark.parametrize("change", ["at = '2026-03-11 12:00:01+00:00'", "count = 5", "count = 3"])
def test_a_changed_seal_is_named(heads: Path, seals: list[int], change: str) -> None:
    spoil(f"UPDATE trail_seal SET {change} WHERE id = %s", seals[1])
    assert [where for _, where in found(heads)] == [f"seal {seals[1]}"]


def test_heads_that_are_gone_are_missed(heads: Path) -> None:
    (heads / "heads.jsonl").unlink()
    assert found(heads) == [("no_heads", "heads.jsonl")]


def test_every_finding_is_said_in_both_languages(heads: Path, entries: list[int]) -> None:
    spoil("DELETE FROM trail_entry WHERE id = %s", entries[4])
    (finding,) = sealing.verify(folder=heads).findings
    assert str(entries[4]) in finding.zh and "删除" in finding.zh
    assert str(entries[4]) in finding.en and "removed" in finding.en


def test_progress_is_told(heads: Path) -> None:
    said: list[tuple[int, int]] = []
    sealing.verify(lambda done, total: said.append((done, total)), heads)
    assert said == [(3, 10), (7, 10), (10, 10)]


def test_a_chain_of_many_pages_is_verified_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seals of 7 entries read in pages of 5: neither ends where the other does."""
    monkeypatch.setattr(sealing, "CHUNK", 7)
    monkeypatch.setattr("sanchong.office.trail.verifying.PAGE", 5)
    act(100)
    sealing.seal(NOW)
    sealing.export_head(tmp_path, NOW.date())
    report = sealing.verify(folder=tmp_path)
    assert report.sound and (report.entries, report.seals) == (100, 15)
    pk = Entry.objects.order_by("-pk")[0].pk
    spoil("UPDATE trail_entry SET act = 'x' WHERE id = %s", pk)
    assert found(tmp_path) == [("entry_changed", f"entry {pk}")]
