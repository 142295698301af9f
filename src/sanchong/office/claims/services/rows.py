"""What a dated row, known later, makes of a settled entry: the inputs with this row, and without those that it takes the place of.

Nothing else that became known since is looked at: the entry keeps its known-on date and all its other inputs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sanchong.office.claims.case import category_of, line_of, recognition_of
from sanchong.office.claims.known import Fact, Head, Known, read_head, read_known, read_lines
from sanchong.office.claims.models import LaterYear
from sanchong.office.claims.referral import referred
from sanchong.office.claims.values import values_of
from sanchong.office.claims.year import Change, Data, Standing, options_of
from sanchong.office.dated import Dated
from sanchong.office.lawbook.services import engine_of
from sanchong.office.people import kinds
from sanchong.office.people.models import Enrolment, Grant, Member, Registration
from sanchong.settlement.refusal import Refusal

WORDS: Final[dict[str, Callable[[Any], tuple[str, ...]]]] = {
    "enrolment": lambda r: (r.insurance, r.region),
    "registration": lambda r: (r.area_id,),
    "grant": lambda r: (r.category,),
    "recognition": lambda r: (r.disease, r.subtype, "true" if r.legacy else "false"),
    "waiver": lambda r: (r.first, r.second),
    "referral": lambda r: (r.provider_code, r.region),
    "cross_area": lambda r: (r.region, r.kind),
}
"""What a row says, in the words of known.py."""

LISTED: Final[dict[str, tuple[str, Callable[[Fact], Any]]]] = {
    "grant": ("categories", category_of),
    "recognition": ("recognitions", recognition_of),
    "waiver": ("waived_exclusions", lambda fact: list(fact.words[:2])),
}
"""Where a case lists a kind of fact, and how it writes one."""

OF_REFERRAL: Final = ("registration", "referral", "cross_area")
"""Kinds by which a stay counts as referred, or not."""


@dataclass(frozen=True)
class Row:
    """A row with those that it took the place of."""

    kind: str
    row: Any

    @cached_property
    def before(self) -> list[Any]:
        """The rows that it took the place of, the latest first."""
        found: list[Any] = []
        row = self.row.supersedes
        while row is not None:
            found.append(row)
            row = row.supersedes
        return found

    def holds(self, day: dt.date) -> bool:
        """Whether the row itself holds on a day."""
        return not self.row.withdrawn and _covers(self.row, day)

    def held(self, day: dt.date) -> bool:
        """Whether one that it took the place of held on a day."""
        return any(_covers(row, day) for row in self.before)

    def reaches(self, person: int, day: dt.date, known_on: dt.date) -> bool:
        """Whether it is the person's, or of a household to which the person was known to belong."""
        if getattr(self.row, "person_id", None) is not None:
            return bool(self.row.person_id == person)
        of = Member.objects.at(day, known_on).filter(person=person, household=self.row.household_id)
        return bool(of.exists())


def touch(row: Row, person: int, year: int) -> Change:
    """What the row makes of the entries of a person's year."""

    def change(standing: Standing, before: Data) -> Standing:
        if not row.reaches(person, standing.day, standing.known_on):
            return standing
        if row.kind in LISTED:
            return _with_listed(standing, row, person)
        if row.kind == "enrolment":
            return _with_enrolment(standing, row, person)
        if row.kind == "registration":
            standing = _with_registration(standing, row)
        return _with_referral(standing, row, year)

    return change


def _covers(row: Dated, day: dt.date) -> bool:
    return row.start <= day and (row.end is None or day <= row.end)


def _fact(kind: str, row: Dated) -> Fact:
    words = WORDS[kind](row)
    four = (*words, *[""] * (4 - len(words)))
    return Fact(
        (four[0], four[1], four[2], four[3]), row.start.isoformat(), row.end.isoformat() if row.end else None
    )


# ── what a case lists: categories, recognitions, waivers ─────────────────────────────────────


def _with_listed(standing: Standing, row: Row, person: int) -> Standing:
    name, written = LISTED[row.kind]
    listed = list(standing.inputs["person"][name])
    for old in row.before:
        said = written(_fact(row.kind, old))
        if said in listed:
            listed.remove(said)
            break
    if row.holds(standing.day):
        said = written(_fact(row.kind, row.row))
        if said not in listed or listed.count(said) < _twins(row, person, standing):
            listed.append(said)
    if name != "waived_exclusions":
        listed.sort(
            key=lambda said: (said["from"], *(str(v) for k, v in sorted(said.items()) if k != "from"))
        )
    return _of_person(standing, **{name: listed})


def _twins(row: Row, person: int, standing: Standing) -> int:
    """How many rows give the person this very fact: one, or two when person and household have the same category."""
    if row.kind != "grant":
        return 1
    held = Grant.objects.current().filter(category=row.row.category, start=row.row.start, end=row.row.end)
    households = Member.objects.at(standing.day, standing.known_on).filter(person=person)
    own = held.filter(person=person).count()
    return int(own + held.filter(household__in=households.values("household")).count())


# ── insurance, place of registration ─────────────────────────────────────────────────────────


def _with_enrolment(standing: Standing, row: Row, person: int) -> Standing:
    day = standing.day
    if not row.holds(day):
        others = Enrolment.objects.current().filter(person=person)
        if row.held(day) and not any(_covers(other, day) for other in others):
            raise Refusal(
                "not_insured", "person", f"{day} 未参保，不能结算", f"not insured on {day}", "yangquan.b34"
            )
        return standing
    insurance, region = WORDS["enrolment"](row.row)
    moved = standing.inputs["person"]["insurance"] != insurance
    standing = _of_person(standing, insurance=insurance)
    standing = standing.settled_from({**standing.inputs, "region": region})
    return _with_lines(standing, insurance) if moved and standing.visit is not None else standing


def _with_lines(standing: Standing, insurance: str) -> Standing:
    """The lines by the same edition of the catalogue, whose terms may differ between the insurances."""
    (visit,) = standing.inputs["visits"]
    if not visit.get("lines"):
        return standing
    head = _head(standing)
    lines, edition = read_lines(head, insurance, standing.known_on)
    if edition != standing.edition:
        raise Refusal(
            "edition_differs",
            "lines",
            "结算之后当日又有新的目录版本，明细不能按原版本重列；请撤销后重新结算",
            "another edition of the catalogue counts for that day now: reverse the settlement and settle anew",
        )
    changed = {**visit, "lines": [line_of(head, line) for line in lines]}
    return standing.settled_from({**standing.inputs, "visits": [changed]})


def _with_registration(standing: Standing, row: Row) -> Standing:
    day = standing.day
    if row.holds(day):
        return _of_person(standing, household_region=row.row.area_id[:6])
    others = Registration.objects.current().filter(household=row.row.household_id)
    if row.held(day) and not any(_covers(other, day) for other in others):
        raise Refusal(
            "not_on_record",
            "person.household_region",
            "没有当日户籍地的记录",
            "no household registration on record",
        )
    return standing


# ── referral ─────────────────────────────────────────────────────────────────────────────────


def _with_referral(standing: Standing, row: Row, year: int) -> Standing:
    """A stay, referred or not by what was known when it was settled, by what was applied since, and by this row."""
    if standing.visit is None or standing.inputs["visits"][0]["kind"] != "inpatient":
        return standing
    head = _head(standing)
    known = read_known(head, standing.known_on)
    facts = {kind: list(found) for kind, found in known.facts.items()}
    for one in (*_applied(year), row):
        if one.reaches(head.person, standing.day, standing.known_on):
            _replace(facts, one, standing.day)
    said = Known(facts, {})
    values = values_of(head, said, engine_of(standing.bundle), options_of(standing), standing.known_on)
    now = referred(head, said, values)
    (visit,) = standing.inputs["visits"]
    return standing.settled_from({**standing.inputs, "visits": [{**visit, "referred": now}]})


def _applied(year: int) -> Iterable[Row]:
    """The rows that earlier facts applied to the person's year, in their order."""
    for rows in LaterYear.objects.filter(year=year).order_by("fact").values_list("fact__rows", flat=True):
        for kind, key in rows:
            if kind in OF_REFERRAL:
                yield Row(kind, kinds.KINDS[kind].model._default_manager.get(pk=key))


def _replace(facts: dict[str, list[Fact]], row: Row, day: dt.date) -> None:
    held = facts.setdefault(row.kind, [])
    for old in row.before:
        if _fact(row.kind, old) in held:
            held.remove(_fact(row.kind, old))
            break
    if row.holds(day):
        if row.kind == "registration":
            held.clear()
        if _fact(row.kind, row.row) not in held:
            held.append(_fact(row.kind, row.row))


def _head(standing: Standing) -> Head:
    head = read_head(standing.number, lock=False)
    assert head is not None
    return head


def _of_person(standing: Standing, **said: Any) -> Standing:
    return standing.settled_from({**standing.inputs, "person": {**standing.inputs["person"], **said}})
