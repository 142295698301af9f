"""What a dated row, known later, makes of a settled entry: the inputs with this row, and without those that it takes the place of.

Nothing else that became known since is looked at: the entry keeps its known-on date and all its other inputs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.db.models import Q

from sanchong.office.claims.case import category_of, line_of, recognition_of
from sanchong.office.claims.known import Fact, Head, Known, read_head, read_known, read_lines
from sanchong.office.claims.models import LaterYear
from sanchong.office.claims.referral import referred
from sanchong.office.claims.services.moves import Homes, Row, covers, homes_of
from sanchong.office.claims.values import values_of
from sanchong.office.claims.year import Change, Data, Standing, options_of
from sanchong.office.dated import Dated
from sanchong.office.lawbook.services import engine_of
from sanchong.office.people import kinds
from sanchong.office.people.models import Enrolment, Grant, Registration
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


def touch(row: Row, person: int, year: int) -> Change:
    """What the row makes of the entries of a person's year."""
    homes = homes_of(person, year)

    def change(standing: Standing, before: Data) -> Standing:
        if not homes.reached(row, standing):
            return standing
        if row.kind == "member":
            return _with_household(standing, row, homes, year)
        if row.kind in LISTED:
            return _with_listed(standing, row, homes)
        if row.kind == "enrolment":
            return _with_enrolment(standing, row, person)
        if row.kind == "registration":
            standing = _with_registration(standing, row)
        return _with_referral(standing, row, homes, year)

    return change


def _fact(kind: str, row: Dated) -> Fact:
    words = WORDS[kind](row)
    four = (*words, *[""] * (4 - len(words)))
    return Fact(
        (four[0], four[1], four[2], four[3]), row.start.isoformat(), row.end.isoformat() if row.end else None
    )


# ── what a case lists: categories, recognitions, waivers ─────────────────────────────────────


def _with_listed(standing: Standing, row: Row, homes: Homes) -> Standing:
    name, written = LISTED[row.kind]
    listed = list(standing.inputs["person"][name])
    for old in row.before:
        said = written(_fact(row.kind, old))
        if said in listed:
            listed.remove(said)
            break
    if row.holds(standing.day):
        said = written(_fact(row.kind, row.row))
        if said not in listed or listed.count(said) < _twins(row, standing, homes):
            listed.append(said)
    if name != "waived_exclusions":
        listed.sort(key=_order)
    return _of_person(standing, **{name: listed})


def _order(said: Data) -> tuple[str, ...]:
    return (said["from"], *(str(v) for k, v in sorted(said.items()) if k != "from"))


def _twins(row: Row, standing: Standing, homes: Homes) -> int:
    """How many rows give the person this very fact: one, or two when person and household have the same category."""
    if row.kind != "grant":
        return 1
    held = Grant.objects.current().filter(category=row.row.category, start=row.row.start, end=row.row.end)
    home = Q(household__isnull=False, household=homes.of(standing))
    return int(held.filter(Q(person=homes.person) | home).count())


# ── insurance, place of registration ─────────────────────────────────────────────────────────


def _with_enrolment(standing: Standing, row: Row, person: int) -> Standing:
    day = standing.day
    if not row.holds(day):
        others = Enrolment.objects.current().filter(person=person)
        if row.held(day) and not any(covers(other, day) for other in others):
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
    if row.held(day) and not _placed(row.row.household_id, day):
        raise _no_place()
    return standing


# ── household ────────────────────────────────────────────────────────────────────────────────


def _with_household(standing: Standing, row: Row, homes: Homes, year: int) -> Standing:
    """The entry as of another household: without what the former one brought, with what the new one is known to bring."""
    day, was, now = standing.day, homes.of(standing), homes.of(standing, row)
    if was == now:
        return standing
    places = _placed(now, day)
    if not places:
        raise _no_place()
    brought = [_said_of(grant) for grant in Grant.objects.filter(household__isnull=False, household=was)]
    own = [_said_of(grant) for grant in Grant.objects.current().filter(person=homes.person)]
    there = standing.inputs["person"]["categories"]
    listed = [said for said in there if said not in brought]
    listed += [said for said in own if said in brought and said in there]
    for grant in Grant.objects.current().filter(household=now):
        if covers(grant, day):
            listed.append(_said_of(grant))
    standing = _of_person(
        standing, categories=sorted(listed, key=_order), household_region=places[0].area_id[:6]
    )
    return _with_referral(standing, row, homes, year)


def _placed(household: int | None, day: dt.date) -> list[Registration]:
    """Where a household is registered on a day, by all that is recorded: one row, or none."""
    rows = Registration.objects.current().filter(household__isnull=False, household=household)
    return [row for row in rows if covers(row, day)]


def _said_of(grant: Grant) -> Data:
    return category_of(_fact("grant", grant))


def _no_place() -> Refusal:
    return Refusal(
        "not_on_record",
        "person.household_region",
        "没有当日户籍地的记录",
        "no household registration on record",
    )


# ── referral ─────────────────────────────────────────────────────────────────────────────────


def _with_referral(standing: Standing, row: Row, homes: Homes, year: int) -> Standing:
    """A stay, referred or not by what was known when it was settled, by what was applied since, and by this row."""
    if standing.visit is None or standing.inputs["visits"][0]["kind"] != "inpatient":
        return standing
    head = _head(standing)
    known = read_known(head, standing.known_on)
    facts = {kind: list(found) for kind, found in known.facts.items()}
    day, move = standing.day, [row] if row.kind == "member" else []
    home = homes.of(standing, *move)
    if home != homes.first(standing):
        facts["registration"] = [_fact("registration", place) for place in _placed(home, day)]
    for one in (*_applied(year), row):
        if one.kind in OF_REFERRAL and homes.reached(one, standing, *move):
            _replace(facts, one, day)
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
