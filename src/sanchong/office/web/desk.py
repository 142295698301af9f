"""The settlement desk: everything that its page shows of one visit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.db import transaction

from sanchong.bill.words import LINE_CLASS
from sanchong.dates import today
from sanchong.law.documents import Disease
from sanchong.law.library import Law
from sanchong.money import Fen, Rate, percent
from sanchong.office.actor import Actor
from sanchong.office.claims.models import FeeLine, Payout, Visit, VisitState
from sanchong.office.claims.services.ahead import Ahead, Draft, look_ahead
from sanchong.office.lawbook.services import active_bundle, engine_of
from sanchong.office.people.models import Enrolment
from sanchong.office.powers import powers_over
from sanchong.office.providers.models import Post, Practitioner
from sanchong.office.trail.services import record
from sanchong.office.visibility import fields_for, visible_visits
from sanchong.office.web.bill import ShownBill, ShownRefusal, bill_of, clause_page, refusal_of
from sanchong.office.web.rights import Glance, glance
from sanchong.settlement.refusal import Refusal

OPEN: Final = frozenset({VisitState.REGISTERED, VisitState.DIAGNOSED, VisitState.REVERSED})
"""States in which a visit can be changed."""

PLACES: Final = {
    "visit": ("诊断", "diagnoses"),
    "diagnoses": ("诊断", "diagnoses"),
    "disease": ("登记", "amend"),
    "practitioner": ("登记", "amend"),
    "discharged": ("出院", "discharge"),
    "lines": ("费用", "item"),
    "person": ("参保人", "person"),
}
"""Where on the page a refusal is put right, by the first word of its place: what it is called, its anchor."""

_LINE: Final = re.compile(r"lines\[([^\]]+)\]")
_AT_VISIT: Final = re.compile(r"^visits\[0\]\.")


@dataclass(frozen=True, slots=True)
class ToDo:
    """Something that stands before settling: why, and where on the page it is put right."""

    refusal: ShownRefusal
    place: str
    anchor: str


@dataclass(frozen=True, slots=True)
class LineShown:
    """A fee line with what the law makes of it; ``in_policy`` is None as long as nothing could be computed."""

    number: str
    item: str
    name: str
    line_class: str
    unit_price: str
    quantity: str
    amount: Fen
    in_policy: Fen | None
    why: str
    clause: str
    """The clause's short name, and its page; "" where nothing was taken out."""
    page: str
    problem: str
    """Why this line stands in the way of settling, or ""."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """What the panel beside the lines shows."""

    bill: ShownBill | None
    to_do: Sequence[ToDo]
    draft: str = ""
    """The line that is being typed and counted in, by its name; "" if none is."""

    @property
    def ready(self) -> bool:
        """Whether the visit can be settled as it stands."""
        return self.bill is not None and not self.to_do


@dataclass(frozen=True, slots=True)
class DepositShown:
    """Whether the deposit is waived, in the rule's words, with its clause."""

    waived: bool
    text: str
    clause: str
    page: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The page of one visit."""

    visit: Visit
    glance: Glance
    state: str
    open: bool
    powers: frozenset[str]
    clinical: bool
    lines: Sequence[LineShown]
    withdrawn: Sequence[FeeLine]
    total: Fen
    diagnoses: Sequence[tuple[str, str, str]]
    payouts: Sequence[Payout]
    settlements: Sequence[tuple[str, str]]
    """Number and kind in words, the newest first."""
    disease: str
    insurance: str
    quoted: Quoted | None
    deposit: DepositShown | None
    practitioners: Sequence[tuple[str, str]] = field(default=())


def find(actor: Actor, number: str) -> Visit | None:
    """The visit if the actor sees it."""
    return (
        visible_visits(actor, Visit.objects.filter(number=number))
        .select_related("person", "provider")
        .first()
    )


@transaction.atomic
def desk(actor: Actor, visit: Visit) -> Desk:
    """What the page of a visit shows. Refusal ``not_found`` if the actor does not see the person, ``no_law``."""
    powers, clinical = powers_over(actor, visit), fields_for(actor).clinical
    is_open = visit.state in OPEN
    record(actor, "visit.read", "visit", visit.number, visit.person_id)
    at = glance(actor, visit.person.number)
    ahead = look_ahead(actor, visit.number) if is_open and powers else None
    standing = list(visit.lines.order_by("pk")) if clinical else []
    law = engine_of(active_bundle()).law
    quoted = quoted_of(ahead) if ahead else None
    lines = [line for line in standing if line.withdrawn_at is None]
    return Desk(
        visit=visit,
        glance=at,
        state=VisitState(visit.state).label,
        open=is_open,
        powers=powers if is_open else frozenset(),
        clinical=clinical,
        lines=_lines(lines, ahead, quoted),
        withdrawn=[line for line in standing if line.withdrawn_at is not None],
        total=sum(line.amount for line in lines),
        diagnoses=list(visit.diagnoses.order_by("rank").values_list("code", "name", "practitioner"))
        if clinical
        else [],
        payouts=list(visit.payouts.filter(withdrawn_at=None).order_by("pk")),
        settlements=[
            (row.number, row.get_kind_display())
            for row in visit.settlements.order_by("-pk").only("number", "kind")
        ],
        disease=disease_name(law.diseases, visit.disease) if clinical else "",
        insurance=insurance_on(visit),
        quoted=quoted,
        deposit=_deposit(ahead) if ahead else None,
        practitioners=_practitioners(visit) if powers else (),
    )


def quote(actor: Actor, visit: Visit, draft: Draft | None) -> Quoted:
    """The panel while a line is being typed."""
    ahead = look_ahead(actor, visit.number, [draft] if draft else [])
    return quoted_of(ahead, draft.name if draft else "")


def quoted_of(ahead: Ahead, draft: str = "") -> Quoted:
    """The panel: the bill as far as it can be computed, and what still has to be done."""
    law = ahead.law.engine.law
    bill = None
    if ahead.prepared is not None:
        names = {line.number: line.name for line in ahead.lines}
        bill = bill_of(ahead.prepared.inputs, ahead.prepared.entry.result, law, names=names)
    return Quoted(bill, [_to_do(refusal, ahead, law) for refusal in ahead.refusals], draft)


def _to_do(refusal: Refusal, ahead: Ahead, law: Law) -> ToDo:
    shown = refusal_of(refusal, law)
    line = _line_of(refusal, ahead)
    if line:
        return ToDo(shown, "这一行", f"line-{line}")
    where = _AT_VISIT.sub("", refusal.where)
    place, anchor = PLACES.get(re.split(r"[.\[]", where)[0], ("", ""))
    return ToDo(shown, place, anchor)


def _line_of(refusal: Refusal, ahead: Ahead) -> str:
    """The number of the line that a refusal is about: the office names it by its number, the engine by its place."""
    found = _LINE.search(refusal.where)
    if found is None:
        return ""
    if _AT_VISIT.match(refusal.where):
        at = int(found.group(1))
        return ahead.lines[at].number if at < len(ahead.lines) else ""
    return found.group(1)


def _lines(lines: Sequence[FeeLine], ahead: Ahead | None, quoted: Quoted | None) -> list[LineShown]:
    known = {line.number: line for line in ahead.lines} if ahead else {}
    bill = quoted.bill.bill if quoted and quoted.bill else None
    rows = {row.id: row for row in bill.lines} if bill else {}
    problems = _problems(ahead)
    shown = []
    for line in lines:
        listed, row = known.get(line.number), rows.get(line.number)
        clause = row.clause if row else None
        shown.append(
            LineShown(
                number=line.number,
                item=line.item,
                name=line.name,
                line_class=class_label(listed.line_class, listed.advance) if listed else "",
                unit_price=price(line.unit_price),
                quantity=plain(line.quantity),
                amount=line.amount,
                in_policy=row.in_policy if row else None,
                why=row.why if row else "",
                clause=clause.label if clause else "",
                page=clause_page(clause.id) if clause else "",
                problem=problems.get(line.number, ""),
            )
        )
    return shown


def _problems(ahead: Ahead | None) -> Mapping[str, str]:
    if ahead is None:
        return {}
    law = ahead.law.engine.law
    return {_line_of(refusal, ahead): refusal_of(refusal, law).what for refusal in ahead.refusals}


def class_label(line_class: str | None, advance: tuple[int, int] | None) -> str:
    """甲, 乙 with its advance, 丙 for what lies outside the catalogue."""
    named = LINE_CLASS[line_class or "C"][0]
    return f"{named} {percent(Rate(*advance))}" if advance else named


def plain(number: Decimal) -> str:
    """A quantity or a unit price without noughts at its end, but with two places at least where it has any."""
    text = f"{number.normalize():f}"
    whole, point, places = text.partition(".")
    return f"{whole}{point}{places.ljust(2, '0')}" if point else whole


def price(number: Decimal) -> str:
    """A unit price as money is written, with further places only where it has them: 5,200.00, 0.0345."""
    whole, _, places = f"{number.normalize():,f}".partition(".")
    return f"{whole}.{places.ljust(2, '0')}"


def disease_name(diseases: Sequence[Disease], condition: str) -> str:
    """A disease as people say it: 糖尿病, 器官移植（肾移植）."""
    code, _, subtype = condition.partition(":")
    known = next((d for d in diseases if d.code == code), None)
    if known is None:
        return condition
    return f"{known.short}（{known.subtype_names.get(subtype, subtype)}）" if subtype else known.short


def conditions(diseases: Sequence[Disease]) -> list[tuple[str, str]]:
    """What an outpatient visit may be for, as code and name: a disease, or each of its sub-types where one must be said."""
    found = []
    for disease in diseases:
        codes = [f"{disease.code}:{sub}" for sub in disease.subtype_names] if disease.subtype_required else []
        found += [(code, disease_name(diseases, code)) for code in codes or [disease.code]]
    return found


def insurance_on(visit: Visit) -> str:
    """The insurance of the visit's day, as known today; "" if there is none: what is listed then goes for both."""
    day = visit.discharged or visit.admitted
    found = Enrolment.objects.at(day, today()).filter(person=visit.person_id)
    return found.order_by("start", "pk").values_list("insurance", flat=True).first() or ""


def _deposit(ahead: Ahead) -> DepositShown | None:
    if ahead.deposit is None:
        return None
    clause = ahead.deposit.clause
    label = ahead.law.engine.law.clause_label(clause, "zh") if clause else ""
    return DepositShown(
        ahead.deposit.waived, ahead.deposit.text, label, clause_page(clause) if clause else ""
    )


def _practitioners(visit: Visit) -> list[tuple[str, str]]:
    day = visit.discharged or visit.admitted
    posts = Post.objects.at(day, today()).filter(provider=visit.provider_id, role="physician")
    found = Practitioner.objects.filter(pk__in=posts.values("practitioner"))
    return list(found.values_list("code", "name").order_by("code"))
