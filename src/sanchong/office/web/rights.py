"""A person's rights as a page shows them: names in place of codes, what is left of each limit, what leans on an assumed figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sanchong.dates import today
from sanchong.law.documents import Disease
from sanchong.law.labels import CATEGORY
from sanchong.money import NO_LIMIT, yuan
from sanchong.office.actor import Actor
from sanchong.office.claims.limits import Limit, Limits, Standing, limits, year_so_far
from sanchong.office.lawbook.services import active_bundle, engine_of
from sanchong.office.people import queries
from sanchong.office.people.models import INSURANCE_NAMES, Area, CrossArea
from sanchong.office.people.queries import Rights
from sanchong.office.visibility import fields_for
from sanchong.office.web.charts import meter
from sanchong.settlement.refusal import Refusal

SOON = dt.timedelta(days=30)
STATUS_WORDS = {"assumed": "示例，无文件依据", "missing": "本地文件未收录", "unmodelled": "另行规定，未收录"}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that holds: what, on what ground, in which period."""

    what: str
    by: str
    start: dt.date
    end: dt.date | None


@dataclass(frozen=True, slots=True)
class Gauge:
    """A limit as a page shows it: the figure left, of how much, and how full the bar is."""

    title: str
    tier: str
    left: str
    of: str
    fill: str
    note: str


@dataclass(frozen=True, slots=True)
class Glance:
    """Everything on the page of a person's rights."""

    rights: Rights
    age: int | None
    enrolments: Sequence[Fact]
    categories: Sequence[Fact]
    diseases: Sequence[Fact]
    registrations: Sequence[Fact]
    cross_areas: Sequence[Fact]
    gauges: Sequence[Gauge]
    warnings: Sequence[str]
    assumed: Sequence[str]
    """Sentences on the assumed figures that the page leans on, each with its figure."""
    borne: str
    """What the person has borne this year; "" for those who do not see amounts."""


def glance(actor: Actor, number: str, *, presented: bool = False) -> Glance:
    """A person's rights today; Refusal ``not_found`` if the actor sees no such person."""
    day = today()
    rights = queries.rights(actor, number, day, day, presented=presented)
    fields = fields_for(actor)
    names = {d.code: d for d in _diseases()}
    warnings = _missing(rights)
    found = _limits(rights, day, clinical=fields.clinical) if fields.amounts else None
    if isinstance(found, Refusal):
        warnings.append(found.messages["zh"])
        found = None
    if found is not None:
        warnings += found.warnings
    rows = [row for row in found.rows if row.limit != NO_LIMIT] if found else []
    diseases = [_fact(_disease(r.disease, r.subtype, names), r.department, r) for r in rights.recognitions]
    warnings += [
        f"{fact.what}认定将于 {fact.end} 到期，请提前办理复审"
        for fact in diseases
        if fact.end is not None and fact.end - day <= SOON
    ]
    return Glance(
        rights=rights,
        age=_age(rights.person.born, day),
        enrolments=[
            _fact(f"{INSURANCE_NAMES[e.insurance]} · {_area(e.region)} · {e.year} 年度", "", e)
            for e in rights.enrolments
        ],
        categories=[_fact(CATEGORY[g.category][0], g.department, g) for g in rights.grants],
        diseases=diseases,
        registrations=[_fact(r.area.name, "户籍", r) for r in rights.registrations],
        cross_areas=[
            _fact(f"{_area(c.region)} · {dict(CrossArea._meta.get_field('kind').flatchoices)[c.kind]}", "", c)
            for c in rights.cross_areas
        ],
        gauges=[_gauge(row) for row in rows],
        warnings=warnings,
        assumed=[
            f"{row.title.removesuffix('余').removesuffix('还差')} {yuan(row.limit)}"
            for row in rows
            if row.status == "assumed" and row.limit is not None
        ],
        borne=yuan(found.patient) if found else "",
    )


def _limits(rights: Rights, day: dt.date, *, clinical: bool) -> Limits | Refusal | None:
    """What is left; None for somebody not insured or of no known household."""
    if not rights.enrolments or not rights.registrations:
        return None
    enrolment = rights.enrolments[0]
    standing = Standing(
        insurance=enrolment.insurance,
        region=enrolment.region,
        household=rights.registrations[0].area_id[:6],
        categories=tuple(g.category for g in rights.grants),
        diseases=tuple(f"{r.disease}:{r.subtype}" if r.subtype else r.disease for r in rights.recognitions),
    )
    try:
        engine = engine_of(active_bundle())
    except Refusal as refusal:
        return refusal
    return limits(engine, standing, year_so_far(rights.person.id, day.year), day, day, clinical=clinical)


def _missing(rights: Rights) -> list[str]:
    said = []
    if rights.person.died is not None:
        said.append(f"已于 {rights.person.died} 死亡")
    elif not rights.enrolments:
        said.append("当前未参保，不能结算；请先办理参保登记")
    if not rights.registrations:
        said.append("没有户籍地记录，救助待遇无法确定；请先登记户籍")
    return said


def _gauge(row: Limit) -> Gauge:
    note = STATUS_WORDS.get(row.status, "")
    if row.limit is None or row.left is None:
        return Gauge(row.title, row.tier, "—", "", "0", note)
    if row.to_reach and not row.left:
        return Gauge(row.title, row.tier, "已过起付", yuan(row.limit), "100", note)
    if not row.left:
        note = "；".join(filter(None, ("已用完", note)))
    shown = row.limit - row.left if row.to_reach else row.left
    return Gauge(row.title, row.tier, yuan(row.left), yuan(row.limit), meter(shown, row.limit), note)


def _fact(what: str, by: str, row: object) -> Fact:
    return Fact(what, by, row.start, row.end)  # type: ignore[attr-defined]


def _disease(code: str, subtype: str, names: dict[str, Disease]) -> str:
    known = names.get(code)
    if known is None:
        return code
    return f"{known.short}（{known.subtype_names[subtype]}）" if subtype else known.short


def _diseases() -> Sequence[Disease]:
    try:
        return engine_of(active_bundle()).law.diseases
    except Refusal:
        return ()


def _area(code: str) -> str:
    return Area.objects.filter(pk=code).values_list("name", flat=True).first() or code


def _age(born: dt.date | None, day: dt.date) -> int | None:
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
