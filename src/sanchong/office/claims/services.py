"""The commands that move money: quote, settle, reverse, close_year. Each is all or nothing, under the year's lock.

Every command that writes takes an idempotency key: its repeat gets the first answer, and the same key with another
request is refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import IntegrityError, transaction

from sanchong import Engine
from sanchong.dates import today
from sanchong.money import Fen, plain_yuan
from sanchong.office.actor import Actor
from sanchong.office.claims import ledger
from sanchong.office.claims.case import case_of
from sanchong.office.claims.checks import refusals
from sanchong.office.claims.known import Head, Known, KnownLine, read_head, read_known, read_lines
from sanchong.office.claims.models import (
    Command,
    ManualCase,
    PersonYear,
    Posting,
    Settlement,
    Visit,
    VisitState,
)
from sanchong.office.claims.referral import referred
from sanchong.office.claims.year import (
    LockedYear,
    Refolded,
    lock_year,
    refold,
    standing_entries,
)
from sanchong.office.lawbook.models import Acceptance
from sanchong.office.lawbook.services import accepted, active_bundle, engine_of
from sanchong.office.numbers import new_number
from sanchong.office.trail.services import record
from sanchong.settlement.entry import Entry, settle_entry
from sanchong.settlement.options import Options
from sanchong.settlement.receipt import canonical
from sanchong.settlement.refusal import Refusal

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Law:
    """By what a command settles: a bundle, its engine, the illustrations that the city accepts."""

    bundle: str
    engine: Engine
    accepted: tuple[str, ...]

    @property
    def options(self) -> Options:
        """As the engine takes it."""
        return Options(accept_assumed=self.accepted)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A visit ready to be settled: its case, the year before it, what it comes to."""

    head: Head
    inputs: Data
    before: Data
    edition: int | None
    law: Law
    entry: Entry


# ── quote and settle ─────────────────────────────────────────────────────────────────────────


def quote(number: str, actor: Actor) -> Data:
    """What settling the visit now would come to, explained: writes nothing but the trail. Refusal if it cannot be settled."""
    with transaction.atomic():
        head = _visit(number, actor, lock=False)
        year = PersonYear.objects.filter(person_id=head.person, year=head.day.year).first()
        prepared = _prepare(head, orjson.loads(year.state) if year else {}, today())
        record(actor, "claims.quote", "visit", number, head.person)
    return _answer(prepared)


def settle(number: str, key: str, actor: Actor, expected_total: Fen | None = None) -> Data:
    """Settle a visit. The answer is the contract's result with the settlement's number.

    ``expected_total`` is what the provider believes that the visit costs, in fen: another total is refused.
    """
    body = body_hash("settle", visit=number, expected_total=expected_total)
    with once(key), transaction.atomic():
        head = _visit(number, actor, lock=True)
        first = first_answer(actor, key, body)
        if first is not None:
            return first
        year = lock_year(head.person, head.day.year)
        prepared = _prepare(head, year.state, today())
        _expect(prepared, expected_total)
        settlement = _enter(
            year,
            kind="settle",
            visit=head.id,
            provider=head.provider,
            day=head.day,
            prepared=prepared,
            amounts=ledger.amounts_of(prepared.entry.result),
            realm=head.realm,
        )
        year.state = prepared.entry.after.data()
        if year.closed:
            _adjust_closing(year, settlement)
        _keep(year)
        _move(head, VisitState.SETTLED)
        answer = {"settlement": settlement.number, **_answer(prepared)}
        _open_manual_cases(settlement, prepared.entry)
        _remember(actor, key, "settle", body, answer)
        record(
            actor,
            "claims.settle",
            "settlement",
            settlement.number,
            head.person,
            visit=number,
            result=prepared.entry.result["receipt"]["result"],
        )
    return answer


def _visit(number: str, actor: Actor, *, lock: bool) -> Head:
    head = read_head(number, lock=lock)
    allowed = head is not None and head.realm == actor.realm
    if head is None or not allowed or actor.provider_code not in ("", head.provider_code):
        raise Refusal("no_visit", "visit", f"没有就诊 {number}", f"no visit {number}")
    return head


def _law(head: Head) -> Law:
    if head.bundle is None:
        raise Refusal("no_law", "law", "尚未启用任何政策包", "no law bundle is active")
    return Law(head.bundle, engine_of(head.bundle), accepted(head.acceptance))


def _prepare(head: Head, before: Data, known_on: dt.date) -> Prepared:
    """Read what is known, check it, and fold the visit onto the year so far; Refusal if it cannot be settled."""
    law = _law(head)
    known = read_known(head, known_on)
    insurance = known.of("enrolment")[0].words[0] if known.of("enrolment") else ""
    lines, edition = read_lines(head, insurance, known_on)
    for refusal in refusals(head, known, lines):
        raise refusal
    return _folded(head, known, lines, before, known_on, law, edition)


def _folded(
    head: Head,
    known: Known,
    lines: Sequence[KnownLine],
    before: Data,
    known_on: dt.date,
    law: Law,
    edition: int | None,
) -> Prepared:
    inputs = case_of(head, known, lines, known_on, referred=referred(head, known, law.engine, known_on))
    return Prepared(head, inputs, before, edition, law, settle_entry(law.engine, inputs, before, law.options))


def _expect(prepared: Prepared, expected_total: Fen | None) -> None:
    total = ledger.total_of(prepared.entry.result)
    if expected_total is not None and total != expected_total:
        raise Refusal(
            "total_differs",
            "expected_total",
            f"费用明细合计 {plain_yuan(total)}，与所报总额 {plain_yuan(expected_total)} 不符",
            f"the lines come to {plain_yuan(total)}, not {plain_yuan(expected_total)}",
        )


def _answer(prepared: Prepared) -> Data:
    return {"visit": prepared.head.number, "result": prepared.entry.result}


# ── reverse ──────────────────────────────────────────────────────────────────────────────────


def preview_reversal(number: str, actor: Actor) -> Data:
    """What reversing the visit's settlement would change, for the visit and for each later one; writes only the trail."""
    with transaction.atomic():
        head = _visit(number, actor, lock=False)
        year = PersonYear.objects.filter(person_id=head.person, year=head.day.year).first()
        if year is None:
            raise _not_settled(number)
        gone, refolded, closing, _ = _without(year.pk, head)
        record(actor, "claims.preview_reversal", "visit", number, head.person)
    return {
        "visit": number,
        "reversed": {payer: plain_yuan(-fen) for payer, fen in gone.amounts.items()},
        "adjusted": [_said(done) for done in (*refolded, *([closing] if closing else [])) if done.changed],
    }


def reverse(number: str, key: str, actor: Actor, reason: str) -> Data:
    """Reverse a visit's settlement, settle the person's later visits of the year again, and post the differences.

    At the counter the provider gives the person's part back; what later visits change for the person is refunded, or
    recovered after a confirmed decision.
    """
    body = body_hash("reverse", visit=number, reason=reason)
    with once(key), transaction.atomic():
        head = _visit(number, actor, lock=True)
        first = first_answer(actor, key, body)
        if first is not None:
            return first
        year = lock_year(head.person, head.day.year)
        gone, refolded, closing, state = _without(year.id, head)
        negated = {payer: -fen for payer, fen in gone.amounts.items()}
        reversal = _insert(
            year,
            number=new_number("R"),
            realm_id=head.realm,
            kind="reverse",
            visit_id=head.id,
            replaces_id=gone.settlement,
            day=today(),
            bundle_id=gone.bundle,
            edition_id=gone.edition,
            accepted=list(gone.accepted),
            total=-ledger.total_of(gone.result),
            **negated,
        )
        _post(reversal, ledger.at_the_counter(negated), head.provider)
        adjusted = [_adjust(year, done, reversal) for done in refolded if done.changed]
        if closing is not None and closing.changed:
            adjusted.append(_adjust(year, closing, reversal))
        year.state = state
        _keep(year)
        _move(head, VisitState.REVERSED)
        answer = {
            "settlement": reversal.number,
            "visit": number,
            "reversed": {payer: plain_yuan(fen) for payer, fen in negated.items()},
            "adjusted": adjusted,
        }
        _remember(actor, key, "reverse", body, answer)
        record(actor, "claims.reverse", "settlement", reversal.number, head.person, visit=number)
    return answer


def _without(year: int, head: Head) -> tuple[Any, list[Refolded], Refolded | None, Data]:
    """The entry that is to go, and the year folded without it."""
    entries, closing = standing_entries(year)
    gone = next((entry for entry in entries if entry.visit == head.id), None)
    if gone is None:
        raise _not_settled(head.number)
    refolded, end, state = refold([entry for entry in entries if entry is not gone], closing)
    return gone, refolded, end, state


def _not_settled(number: str) -> Refusal:
    return Refusal("not_settled", "visit", f"就诊 {number} 没有有效的结算", f"visit {number} is not settled")


def _said(done: Refolded) -> Data:
    before, after = done.standing.amounts, ledger.amounts_of(done.entry.result)
    return {
        "visit": done.standing.number or "close_year",
        "before": {payer: plain_yuan(fen) for payer, fen in before.items()},
        "after": {payer: plain_yuan(fen) for payer, fen in after.items()},
        "change": {payer: plain_yuan(fen) for payer, fen in done.change.items() if fen},
    }


# ── the year's end ───────────────────────────────────────────────────────────────────────────


def close_year(person: int, year: int, key: str, actor: Actor) -> Data:
    """Pay once what was deferred to the year's end; a closed year is refused."""
    body = body_hash("close_year", person=person, year=year)
    with once(key), transaction.atomic():
        locked = lock_year(person, year)
        first = first_answer(actor, key, body)
        if first is not None:
            return first
        if locked.closed:
            raise Refusal("closed", "year", f"{year} 年度已年终结算", f"the year {year} is closed")
        entries, _ = standing_entries(locked.id)
        if not entries:
            raise Refusal("no_entries", "year", f"{year} 年度没有结算", f"nothing was settled in {year}")
        last = entries[-1]
        law = _active_law()
        inputs = {**last.inputs, "visits": [], "close_year": True, "known_on": today().isoformat()}
        inputs["case"] = f"{year}-{person}"
        entry = settle_entry(law.engine, inputs, locked.state, law.options)
        amounts = ledger.amounts_of(entry.result)
        closing = _insert(
            locked,
            number=new_number("C"),
            realm_id=actor.realm,
            kind="close",
            day=dt.date(year, 12, 31),
            inputs=_text(inputs),
            before=_text(locked.state),
            result=_text(unexplained(entry.result)),
            bundle_id=law.bundle,
            accepted=list(law.accepted),
            **amounts,
        )
        _post(closing, ledger.afterwards(amounts), None)
        locked.closed = True
        _keep(locked)
        answer = {"settlement": closing.number, "result": entry.result}
        _remember(actor, key, "close_year", body, answer)
        record(actor, "claims.close_year", "settlement", closing.number, person, year=year)
    return answer


def _active_law() -> Law:
    active = active_bundle()
    latest = Acceptance.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return Law(active, engine_of(active), accepted(latest))


def _adjust_closing(year: LockedYear, cause: Settlement) -> None:
    """After a late visit of a closed year: the year's end folded again, the difference posted."""
    entries, closing = standing_entries(year.id)
    if closing is None:
        return
    _, end, _ = refold(entries, closing)
    if end is not None and end.changed:
        _adjust(year, end, cause)


# ── writing ──────────────────────────────────────────────────────────────────────────────────


def _enter(
    year: LockedYear,
    *,
    kind: str,
    visit: int,
    provider: int,
    day: dt.date,
    prepared: Prepared,
    amounts: ledger.Amounts,
    realm: int,
) -> Settlement:
    settlement = _insert(
        year,
        number=new_number("S"),
        realm_id=realm,
        kind=kind,
        visit_id=visit,
        day=day,
        inputs=_text(prepared.inputs),
        before=_text(prepared.before),
        result=_text(unexplained(prepared.entry.result)),
        bundle_id=prepared.law.bundle,
        edition_id=prepared.edition,
        accepted=list(prepared.law.accepted),
        total=ledger.total_of(prepared.entry.result),
        **amounts,
    )
    _post(settlement, ledger.at_the_counter(amounts), provider)
    return settlement


def _adjust(year: LockedYear, done: Refolded, cause: Settlement) -> Data:
    """Post what changes for an entry that stands, as a new entry in its place."""
    standing = done.standing
    adjustment = _insert(
        year,
        number=new_number("A"),
        realm_id=cause.realm_id,
        kind="adjust",
        visit_id=standing.visit,
        replaces_id=standing.settlement,
        cause_id=cause.pk,
        day=today(),
        inputs=_text(done.inputs),
        before=_text(done.before),
        result=_text(unexplained(done.entry.result)),
        bundle_id=standing.bundle,
        edition_id=standing.edition,
        accepted=list(standing.accepted),
        **done.change,
    )
    _post(adjustment, ledger.afterwards(done.change), standing.provider)
    return {"settlement": adjustment.number, **_said(done)}


def _insert(year: LockedYear, **columns: Any) -> Settlement:
    year.entries += 1
    return Settlement.objects.create(year_id=year.id, turn=year.entries, **columns)


def _post(settlement: Settlement, postings: ledger.Postings, provider: int | None) -> None:
    assert sum(amount for _, amount in postings) == 0
    Posting.objects.bulk_create(
        Posting(settlement=settlement, account=account, provider_id=provider, amount=amount)
        for account, amount in postings
    )


def _keep(year: LockedYear) -> None:
    PersonYear.objects.filter(pk=year.id).update(
        state=_text(year.state), entries=year.entries, closed=year.closed
    )


def _move(head: Head, state: VisitState) -> None:
    moved = Visit.objects.filter(pk=head.id, state=head.state).update(state=state)
    assert moved == 1, "the visit is locked, so nobody else moved it"


def _open_manual_cases(settlement: Settlement, entry: Entry) -> None:
    matters = sorted({matter for visit in entry.result["visits"] for matter in visit["unmodelled"]})
    if matters:
        ManualCase.objects.bulk_create(ManualCase(settlement=settlement, matter=m) for m in matters)


def unexplained(result: Mapping[str, Any]) -> Data:
    """A result without its explanation, which the receipt's hash pins and recomputing gives again."""
    closing = result["close_year"]
    return {
        **result,
        "visits": [{k: v for k, v in visit.items() if k != "explanation"} for visit in result["visits"]],
        "close_year": closing and {k: v for k, v in closing.items() if k != "explanation"},
    }


def _text(data: Mapping[str, Any]) -> str:
    return canonical(data).decode()


# ── idempotency ──────────────────────────────────────────────────────────────────────────────


@contextmanager
def once(key: str) -> Iterator[None]:
    """Around a command's transaction: a key that two requests use at the same moment is the office's refusal."""
    if not 8 <= len(key) <= 80:
        raise Refusal(
            "idempotency_key",
            "Idempotency-Key",
            "幂等键须为 8 至 80 个字符",
            "the key has 8 to 80 characters",
        )
    try:
        yield
    except IntegrityError as problem:
        if "command" not in str(problem):
            raise
        raise _other_body() from problem


def body_hash(kind: str, **request: Any) -> str:
    """The SHA-256 of a request, by which its repeat is known."""
    return hashlib.sha256(canonical({"kind": kind, **request})).hexdigest()


def first_answer(actor: Actor, key: str, body: str) -> Data | None:
    """The answer that the key got before; Refusal if it was another request's."""
    found = Command.objects.filter(scope=actor.scope, key=key).values_list("body", "answer").first()
    if found is None:
        return None
    if found[0] != body:
        raise _other_body()
    return dict(found[1])


def _other_body() -> Refusal:
    return Refusal(
        "key_reused",
        "Idempotency-Key",
        "此幂等键已用于另一请求；请为新请求另取一个键",
        "this key belongs to another request; take a new one",
    )


def _remember(actor: Actor, key: str, kind: str, body: str, answer: Data) -> None:
    Command.objects.create(scope=actor.scope, key=key, kind=kind, body=body, answer=answer)
