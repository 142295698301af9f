"""Dated rows about a person in words: what each says, when it holds, and since when and until when that was known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sanchong.dates import today
from sanchong.law.labels import CATEGORY
from sanchong.money import yuan
from sanchong.office.actor import Actor
from sanchong.office.dated import Dated
from sanchong.office.people.models import INSURANCE_NAMES, Area, CrossArea
from sanchong.office.people.queries import Shown
from sanchong.office.people.register import Held, Home, register
from sanchong.office.providers.models import Provider
from sanchong.office.web.timeline import disease_name, disease_names

CROSS_AREA_KINDS: Final = {
    str(code): str(name) for code, name in CrossArea._meta.get_field("kind").flatchoices
}
TITLES: Final = {
    "member": "户成员",
    "registration": "户籍地",
    "enrolment": "参保",
    "grant": "救助对象类别",
    "recognition": "门诊慢特病认定",
    "waiver": "病种互斥豁免",
    "referral": "转诊备案",
    "cross_area": "异地就医备案",
}
ONE_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the register shows it."""

    of: str
    key: int
    title: str
    said: str
    period: str
    ground: str
    """Who decided it, by which document; ""."""
    known: str
    stands: bool
    """It counts today by all that is known, or will: it was neither superseded nor withdrawn."""
    ended: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The register of a person."""

    person: Shown
    home: Home | None
    standing: Sequence[Row]
    former: Sequence[Row]


def page_of(actor: Actor, number: str) -> Page:
    """The register of a person, what stands apart from what stood."""
    found = register(actor, number)
    names = names_of([held.row for held in found.rows])
    rows = [_row(held, names) for held in found.rows]
    return Page(
        found.person, found.home, [row for row in rows if row.stands], [row for row in rows if not row.stands]
    )


@dataclass(frozen=True, slots=True)
class Names:
    """What codes in rows are called."""

    areas: dict[str, str]
    providers: dict[str, str]
    diseases: dict[str, str]


def names_of(rows: Sequence[Dated]) -> Names:
    """The names that these rows need, in one statement each."""
    regions = {code for row in rows if (code := getattr(row, "region", ""))}
    codes = {getattr(row, name, "") for row in rows for name in ("from_provider", "provider_code")} - {""}
    return Names(
        dict(Area.objects.filter(pk__in=regions).values_list("pk", "name")),
        dict(Provider.objects.filter(code__in=codes).values_list("code", "name")),
        disease_names(),
    )


def said_of(of: str, row: Any, names: Names) -> str:
    """What a row says."""

    def area(code: str) -> str:
        return names.areas.get(code, code)

    if of == "member":
        return f"户 {row.household.number}"
    if of == "registration":
        return str(row.area.name)
    if of == "enrolment":
        return f"{INSURANCE_NAMES[row.insurance]} · {area(row.region)} · {row.year} 年度 · 个人缴费 {yuan(row.contribution)}"
    if of == "grant":
        return f"{CATEGORY[row.category][0]}（{'全户' if row.household_id else '本人'}）"
    if of == "recognition":
        return disease_name(f"{row.disease}:{row.subtype}" if row.subtype else row.disease, names.diseases)
    if of == "waiver":
        return "、".join(disease_name(code, names.diseases) for code in (row.first, row.second))
    if of == "referral":
        return names.providers.get(row.provider_code, row.provider_code) or area(row.region)
    return f"{area(row.region)} · {CROSS_AREA_KINDS[row.kind]}"


def period_of(row: Dated) -> str:
    """From when to when it holds."""
    return f"{row.start} 至 {row.end or '长期'}"


def known_of(row: Dated) -> str:
    """From when to when it was what the office knew: the second axis of time."""
    after: Dated | None = getattr(row, "superseded_by", None)
    if row.withdrawn:
        return f"{row.known_from} 起：撤回"
    if after is None:
        return f"{row.known_from} 起"
    if after.known_from <= row.known_from:
        return f"{row.known_from} 当日改"
    return f"{row.known_from} 至 {after.known_from - ONE_DAY}"


def _row(held: Held, names: Names) -> Row:
    row = held.row
    after = getattr(row, "superseded_by", None)
    return Row(
        of=held.kind.name,
        key=row.pk,
        title=TITLES[held.kind.name],
        said=said_of(held.kind.name, row, names),
        period=period_of(row),
        known=known_of(row),
        ground="，".join(filter(None, (getattr(row, "department", ""), row.source))),
        stands=after is None and not row.withdrawn,
        ended=row.end is not None and row.end < today(),
    )
