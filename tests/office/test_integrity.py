"""The audit: a clean database has no finding; each planted corruption is found with its code and its place."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office.world import City, build

from sanchong.office.claims import services
from sanchong.office.claims.models import (
    Command,
    Confirmation,
    FeeLine,
    Payment,
    PersonYear,
    Posting,
    ReversalReason,
    Settlement,
    Visit,
)
from sanchong.office.integrity import Report, audit
from sanchong.office.lawbook.models import Bundle
from sanchong.settlement.receipt import canonical

pytestmark = pytest.mark.django_db


@dataclass
class Kept:
    """What the audited city settled: who, and the numbers of the entries."""

    city: City
    stays: PersonYear
    """Two stays, the first of them reversed, so that the second was adjusted; then a third."""
    chronic: PersonYear
    """A chronic visit, the year closed, a late visit that adjusted the year's end."""

    def entry(self, year: PersonYear, turn: int) -> Settlement:
        return Settlement.objects.get(year=year, turn=turn)


def settled(city: City) -> Kept:
    one, other = city.person(), city.person("subsistence_allowance", "diabetes")
    stays = [
        city.visit(one, "inpatient", day, ("A1", "30000"), ("B1", "0.35"), ("", "12.30"))
        for day in ("2026-03-10", "2026-05-10", "2026-08-20")
    ]
    services.settle(stays[0].number, "stay-0001", city.actor)
    services.settle(stays[1].number, "stay-0002", city.actor)
    services.reverse(stays[0].number, "stay-0003", city.actor, "重复结算")
    services.settle(stays[2].number, "stay-0004", city.actor)
    visits = [
        city.visit(other, "outpatient", day, ("A1", "290"), disease="diabetes")
        for day in ("2026-05-10", "2026-06-10")
    ]
    services.settle(visits[0].number, "chronic-1", city.actor)
    services.close_year(city.actor, "chronic-2", other.number, 2026)
    services.settle(visits[1].number, "chronic-3", city.actor)
    return Kept(city, PersonYear.objects.get(person=one), PersonYear.objects.get(person=other))


@pytest.fixture
def kept() -> Kept:
    """The settled city, with whatever guards the tables against change switched off."""
    found = settled(build())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
    return found


def found(report: Report) -> set[tuple[str, str]]:
    return {(finding.code, finding.where) for finding in report.findings}


def forge(entry: Settlement, **columns: Any) -> str:
    Settlement.objects.filter(pk=entry.pk).update(**columns)
    return entry.number


def changed(text: str | None, change: Callable[[dict[str, Any]], None]) -> str:
    data = json.loads(text or "{}")
    change(data)
    return canonical(data).decode()


def test_a_clean_database_has_no_finding_and_everything_is_looked_at(kept: Kept) -> None:
    """5 entries of stays (settle, settle, reverse, adjust, settle), 4 of the chronic year (settle, close, settle, adjust)."""
    report = audit()
    assert report.findings == [] and report.clean
    assert Settlement.objects.get(year=kept.stays, turn=4).kind == "adjust"
    assert Settlement.objects.get(year=kept.chronic, turn=4).kind == "adjust"
    assert report.counts["years"] == 2 and report.counts["entries"] == 9
    assert report.counts["visits"] == 5 and report.counts["lines"] == 11
    assert report.counts["postings"] == Posting.objects.count()
    assert report.counts["commands"] == 7


def test_an_empty_database_has_no_finding(db: None) -> None:
    assert audit().clean


def posting_raised(kept: Kept) -> set[tuple[str, str]]:
    entry = kept.entry(kept.stays, 1)
    Posting.objects.filter(settlement=entry, account="pooled").update(amount=1)
    return {("posting.unbalanced", entry.number)}


def posting_removed(kept: Kept) -> set[tuple[str, str]]:
    entry = kept.entry(kept.chronic, 2)
    Posting.objects.filter(settlement=entry, account="refund").delete()
    return {("posting.unbalanced", entry.number)}


def postings_shifted(kept: Kept) -> set[tuple[str, str]]:
    """A fen more from the fund, a fen less from the patient: still zero in sum."""
    entry = kept.entry(kept.stays, 5)
    for account, by in (("pooled", 1), ("patient", -1)):
        posting = Posting.objects.get(settlement=entry, account=account)
        Posting.objects.filter(pk=posting.pk).update(amount=posting.amount + by)
    return {("posting.amounts", f"{entry.number}.{account}") for account in ("pooled", "patient")}


def provider_swapped(kept: Kept) -> set[tuple[str, str]]:
    entry = kept.entry(kept.stays, 1)
    Posting.objects.filter(settlement=entry, account="payable").update(provider=None)
    return {("posting.provider", entry.number)}


def accumulator_changed(kept: Kept) -> set[tuple[str, str]]:
    state = changed(kept.stays.state, lambda data: data.update(pooled=data["pooled"] - 100))
    PersonYear.objects.filter(pk=kept.stays.pk).update(state=state)
    return {("year.state", "P000001/2026")}


def accumulator_changed_before_the_last_visit(kept: Kept) -> set[tuple[str, str]]:
    """A visit settled onto accumulators that were tampered with: it starts elsewhere, and so does the year end."""
    accumulator_changed(kept)
    visit = kept.city.visit(kept.stays.person, "inpatient", "2026-09-10", ("A1", "500"))
    later = kept.city.visit(kept.stays.person, "inpatient", "2026-10-10", ("A1", "500"))
    answer = services.settle(visit.number, "stay-0005", kept.city.actor)
    services.settle(later.number, "stay-0006", kept.city.actor)
    return {("entry.before", answer["settlement"]), ("year.state", "P000001/2026")}


def count_changed(kept: Kept) -> set[tuple[str, str]]:
    PersonYear.objects.filter(pk=kept.stays.pk).update(entries=9)
    return {("year.entries", "P000001/2026")}


def opened_again(kept: Kept) -> set[tuple[str, str]]:
    PersonYear.objects.filter(pk=kept.chronic.pk).update(closed=False)
    return {("year.closed", "P000002/2026")}


def figure_changed(kept: Kept) -> set[tuple[str, str]]:
    """A forger who writes result, columns and postings in accord is found by settling again."""
    entry = kept.entry(kept.stays, 5)
    figures = {"pooled": entry.pooled + 100, "patient": entry.patient - 100}

    def more(result: dict[str, Any]) -> None:
        visit = result["visits"][0]
        for payer, fen in figures.items():
            by = fen - getattr(entry, payer)
            for told in (visit, visit["lines"][0]):
                told[payer] = f"{(int(told[payer].replace('.', '')) + by) / 100:.2f}"

    forge(entry, result=changed(entry.result, more), **figures)
    for payer, fen in figures.items():
        Posting.objects.filter(settlement=entry, account=payer).update(amount=fen)
    return {("entry.recompute", f"{entry.number}.visits[0].lines[0].patient")}


def column_changed(kept: Kept) -> set[tuple[str, str]]:
    entry = kept.entry(kept.stays, 5)
    forge(entry, assistance=entry.assistance + 1)
    return {
        ("entry.amounts", f"{entry.number}.assistance"),
        ("visit.sum", "V000003.assistance"),
        ("posting.amounts", f"{entry.number}.assistance"),
        ("posting.amounts", f"{entry.number}.payable"),
    }


def total_changed(kept: Kept) -> set[tuple[str, str]]:
    return {("entry.amounts", forge(kept.entry(kept.stays, 3), total=0) + ".total")}


def line_of_a_statement_changed(kept: Kept) -> set[tuple[str, str]]:
    entry = kept.entry(kept.stays, 5)
    result = changed(entry.result, lambda data: data["visits"][0]["lines"][0].update(pooled="1.00"))
    forge(entry, result=result)
    return {
        ("entry.lines", f"{entry.number}.visits[0].pooled"),
        ("entry.recompute", f"{entry.number}.visits[0].lines[0].pooled"),
    }


def start_changed(kept: Kept) -> set[tuple[str, str]]:
    """What the year had used before the visit: told smaller by a yuan that changes no payment, only the start."""
    entry = kept.entry(kept.stays, 2)
    before = changed(entry.before, lambda data: data.update(patient=data["patient"] - 100))
    forge(entry, before=before)
    return {
        ("entry.before", entry.number),
        ("entry.recompute", f"{entry.number}.year.patient"),
    }


def inputs_changed(kept: Kept) -> set[tuple[str, str]]:
    """A person's name for another's: no figure changes, but the receipt hashes the inputs."""
    entry = kept.entry(kept.stays, 5)
    forge(entry, inputs=changed(entry.inputs, lambda data: data["person"].update(id="P000002")))
    return {("entry.owner", entry.number), ("entry.recompute", f"{entry.number}.receipt.inputs")}


def inputs_spoilt(kept: Kept) -> set[tuple[str, str]]:
    """A case that cannot be settled any more: the year after it is not proven, but nothing else is accused."""
    entry = kept.entry(kept.stays, 5)
    forge(entry, inputs=changed(entry.inputs, lambda data: data["person"].update(insurance="none")))
    return {("entry.refused", entry.number)}


def result_cut_off(kept: Kept) -> set[tuple[str, str]]:
    """What the year comes to after it is not proven, and nothing else is accused."""
    entry = kept.entry(kept.stays, 2)
    return {("entry.unreadable", forge(entry, result=(entry.result or "")[:40]))}


def entry_removed(kept: Kept) -> set[tuple[str, str]]:
    """The last stay gone with its postings: its command answers with nothing, its visit was settled by nothing."""
    entry = kept.entry(kept.stays, 5)
    Posting.objects.filter(settlement=entry).delete()
    Settlement.objects.filter(pk=entry.pk).delete()
    command = Command.objects.get(key="stay-0004")
    return {
        ("year.entries", "P000001/2026"),
        ("year.state", "P000001/2026"),
        ("visit.state", "V000003"),
        ("command.nothing", f"command {command.pk}"),
    }


def turn_skipped(kept: Kept) -> set[tuple[str, str]]:
    return {("turn.gap", forge(kept.entry(kept.stays, 5), turn=6))}


def adjustment_removed(kept: Kept) -> set[tuple[str, str]]:
    """The reversal's consequence for the second stay is not paid: the accumulators, folded again, are right."""
    entry = kept.entry(kept.stays, 4)
    last, payers = kept.entry(kept.stays, 5), ("catastrophic", "assistance", "patient")
    assert all(getattr(entry, payer) for payer in payers)
    Posting.objects.filter(settlement=entry).delete()
    Settlement.objects.filter(pk=entry.pk).delete()
    forge(last, turn=4)
    PersonYear.objects.filter(pk=kept.stays.pk).update(entries=4)
    second = kept.entry(kept.stays, 2)
    return {("entry.unadjusted", f"{second.number}.{payer}") for payer in payers}


def settled_twice(kept: Kept) -> set[tuple[str, str]]:
    """The same visit paid once more under another number."""
    entry = kept.entry(kept.stays, 5)
    postings = list(Posting.objects.filter(settlement=entry))
    entry.pk, entry.number, entry.turn = None, "S-AGAIN", 6
    entry.save(force_insert=True)
    for posting in postings:
        posting.pk, posting.settlement = None, entry
        posting.save(force_insert=True)
    PersonYear.objects.filter(pk=kept.stays.pk).update(entries=6)
    sums = {
        ("visit.sum", f"V000003.{payer}")
        for payer in ("pooled", "catastrophic", "other", "assistance", "hospital", "patient")
        if getattr(entry, payer)
    }
    return {("entry.place", "S-AGAIN"), *sums}


def visit_state_changed(kept: Kept) -> set[tuple[str, str]]:
    Visit.objects.filter(number="V000001").update(state="settled")
    return {("visit.state", "V000001")}


def unsettled_visit_marked(kept: Kept) -> set[tuple[str, str]]:
    visit = kept.city.visit(kept.stays.person, "inpatient", "2026-11-10", ("A1", "500"))
    Visit.objects.filter(pk=visit.pk).update(state="settled")
    return {("visit.state", visit.number)}


def line_amount_changed(kept: Kept) -> set[tuple[str, str]]:
    """Quantity and price stay: 1 × 30,000.00 is not 30,000.01, and 30,000.00 was settled."""
    FeeLine.objects.filter(visit__number="V000003", number="1").update(amount=3_000_001)
    where = "V000003/lines[1]"
    return {("line.amount", where), ("line.inputs", where)}


def line_quantity_changed(kept: Kept) -> set[tuple[str, str]]:
    FeeLine.objects.filter(visit__number="V000003", number="2").update(quantity=2)
    return {("line.amount", "V000003/lines[2]")}


def line_withdrawn(kept: Kept) -> set[tuple[str, str]]:
    now = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    FeeLine.objects.filter(visit__number="V000003", number="3").update(withdrawn_at=now)
    return {("line.inputs", "V000003/lines[3]")}


def command_answered_twice(kept: Kept) -> set[tuple[str, str]]:
    first = Command.objects.get(key="stay-0004")
    again = Command.objects.create(
        scope=first.scope, key="stay-0099", kind=first.kind, body=first.body, answer=first.answer
    )
    return {("command.twice", f"command {again.pk}")}


def command_answer_changed(kept: Kept) -> set[tuple[str, str]]:
    command = Command.objects.get(key="stay-0004")
    other = Command.objects.get(key="stay-0002").answer["result"]
    Command.objects.filter(pk=command.pk).update(answer={**command.answer, "result": other})
    return {("command.answer", f"command {command.pk}")}


def paid_more_than_owed(kept: Kept) -> set[tuple[str, str]]:
    entry = kept.entry(kept.chronic, 2)
    owed = -Posting.objects.get(settlement=entry, account="refund").amount
    Confirmation.objects.create(settlement=entry, reason="核实")
    pay(entry, "refund", owed + 1)
    return {("payment.over", f"{entry.number}.refund")}


def refund_without_an_entry(kept: Kept) -> set[tuple[str, str]]:
    """Paid for an entry that owes nothing, in a year in which nothing is open."""
    entry = kept.entry(kept.stays, 5)
    pay(entry, "refund", 100)
    return {
        ("payment.over", f"{entry.number}.refund"),
        ("payment.unconfirmed", entry.number),
        ("person.balance", "P000001/2026.refund"),
    }


def adjusted_at_the_counter(kept: Kept) -> set[tuple[str, str]]:
    """What the year's end paid, posted as if the person had had it: nothing to refund, nothing confirmed."""
    entry = kept.entry(kept.chronic, 2)
    Posting.objects.filter(settlement=entry, account="refund").update(account="patient")
    return {("posting.amounts", f"{entry.number}.{account}") for account in ("patient", "patient (paid)")}


def recovered_without_decision(kept: Kept) -> set[tuple[str, str]]:
    entry, owed = recovery(kept)
    pay(entry, "recovery", owed)
    return {("payment.unconfirmed", entry.number)}


def payment_not_posted(kept: Kept) -> set[tuple[str, str]]:
    entry, owed = recovery(kept)
    Confirmation.objects.create(settlement=entry, reason="查实")
    payment = pay(entry, "recovery", owed)
    Posting.objects.filter(payment=payment).delete()
    where = f"{entry.number}/payment {payment.pk}"
    return {("posting.amounts", f"{where}.{account}") for account in ("recovery", "patient")}


def confirmed_for_nothing(kept: Kept) -> set[tuple[str, str]]:
    entry = kept.entry(kept.chronic, 1)
    Confirmation.objects.create(settlement=entry, reason="查实")
    return {("confirmation.nothing", entry.number)}


def reason_removed(kept: Kept) -> set[tuple[str, str]]:
    entry = kept.entry(kept.stays, 3)
    ReversalReason.objects.filter(settlement=entry).delete()
    return {("reversal.unexplained", entry.number)}


def reason_moved(kept: Kept) -> set[tuple[str, str]]:
    """Put beside the adjustment that followed: what was reversed says no more why."""
    reversal, adjustment = (kept.entry(kept.stays, turn) for turn in (3, 4))
    ReversalReason.objects.update(settlement=adjustment)
    return {("reversal.unexplained", reversal.number), ("reversal.nothing", adjustment.number)}


def law_changed(kept: Kept) -> set[tuple[str, str]]:
    bundle = Bundle.objects.get()
    content = bytearray(bytes(bundle.content))
    content[len(content) // 2] ^= 1
    Bundle.objects.update(content=bytes(content))
    return {("bundle.content", f"bundle {bundle.hash}")}


def recovery(kept: Kept) -> tuple[Settlement, int]:
    """The adjustment of the second stay, by which the person owes, and how much."""
    entry = kept.entry(kept.stays, 4)
    return entry, Posting.objects.get(settlement=entry, account="recovery").amount


def pay(entry: Settlement, kind: str, amount: int) -> Payment:
    payment = Payment.objects.create(settlement=entry, kind=kind, amount=amount, paid_on=dt.date(2026, 12, 1))
    sign = -1 if kind == "recovery" else 1
    for account, fen in ((kind, sign * amount), ("patient", -sign * amount)):
        Posting.objects.create(settlement=entry, payment=payment, account=account, amount=fen)
    return payment


CORRUPTIONS = (
    posting_raised,
    posting_removed,
    postings_shifted,
    provider_swapped,
    accumulator_changed,
    accumulator_changed_before_the_last_visit,
    count_changed,
    opened_again,
    figure_changed,
    column_changed,
    total_changed,
    line_of_a_statement_changed,
    start_changed,
    inputs_changed,
    inputs_spoilt,
    result_cut_off,
    entry_removed,
    turn_skipped,
    adjustment_removed,
    settled_twice,
    visit_state_changed,
    unsettled_visit_marked,
    line_amount_changed,
    line_quantity_changed,
    line_withdrawn,
    command_answered_twice,
    command_answer_changed,
    paid_more_than_owed,
    refund_without_an_entry,
    adjusted_at_the_counter,
    recovered_without_decision,
    payment_not_posted,
    confirmed_for_nothing,
    reason_removed,
    reason_moved,
    law_changed,
)


@pytest.mark.parametrize("corrupt", CORRUPTIONS, ids=lambda corrupt: corrupt.__name__)
def test_a_corruption_is_found_with_its_code_and_place_and_nothing_else_is_accused(
    kept: Kept, corrupt: Callable[[Kept], set[tuple[str, str]]]
) -> None:
    expected = corrupt(kept)
    assert found(audit()) == expected


def test_a_confirmed_recovery_paid_in_parts_is_no_finding(kept: Kept) -> None:
    entry, owed = recovery(kept)
    Confirmation.objects.create(settlement=entry, reason="查实")
    pay(entry, "recovery", 1)
    pay(entry, "recovery", owed - 1)
    assert audit().findings == []


def test_several_commands_may_be_about_one_entry(kept: Kept) -> None:
    """Those that settle, reverse and close answer with an entry of their own; others name the one that they are about."""
    entry, _ = recovery(kept)
    for i in range(2):
        Command.objects.create(
            scope="office", key=f"pay-{i:06}", kind="pay", body="0" * 64, answer={"settlement": entry.number}
        )
    assert audit().findings == []


def test_statements_do_not_grow_with_what_is_in_a_chunk(kept: Kept) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            audit()
        return len(captured)

    few = statements()
    person = kept.city.person()
    for month in range(1, 6):
        visit = kept.city.visit(person, "inpatient", f"2026-{month:02}-10", *[("A1", "7.00")] * 5)
        services.settle(visit.number, f"month-{month:04}", kept.city.actor)
    assert statements() == few


def test_chunks_together_say_what_one_chunk_says(kept: Kept) -> None:
    expected = posting_raised(kept) | posting_removed(kept)
    told: list[tuple[int, int]] = []
    report = audit(lambda done, of: told.append((done, of)), chunk=1)
    assert found(report) == expected == found(audit())
    assert told == [(1, 2), (2, 2)]


@pytest.mark.django_db(transaction=True)
def test_worker_processes_say_what_one_process_says() -> None:
    kept = settled(build())
    assert visit_state_changed(kept) == {("visit.state", "V000001")}
    alone, together = audit(chunk=1), audit(chunk=1, workers=2)
    assert found(alone) == found(together) == {("visit.state", "V000001")}
    assert alone.counts == together.counts
