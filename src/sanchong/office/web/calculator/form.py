"""What stands in the form, and the case of the settle contract that it makes. It judges nothing: the engine reads the case."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.http import QueryDict

from sanchong.dates import today
from sanchong.law.documents import Disease
from sanchong.law.labels import CATEGORY, INSURANCE, KIND
from sanchong.law.library import Law
from sanchong.office.imports.cells import Misread
from sanchong.office.web.forms import day as read_day
from sanchong.site.words import AREA

ROWS: Final = 8
OPEN_ROWS: Final = 4
"""So many rows are seen before one asks for more."""
LONGEST: Final = 40
"""Characters of a field that are read."""
ELSEWHERE: Final = "999999"
"""A place of registration of which the law here says nothing."""
OTHER: Final = "other"
"""The sub-type of a disease that is none of those that the law names."""


@dataclass(frozen=True, slots=True)
class Hospital:
    """A kind of hospital as people know it, and what the law asks of it."""

    zh: str
    level: int
    fee_class: int
    administrative_level: str


HOSPITALS: Final = {
    "township": Hospital("乡镇卫生院、社区卫生服务中心（一级，三类收费）", 1, 3, "township"),
    "county": Hospital("县级医院（二级，县级二类收费）", 2, 2, "county"),
    "city_second": Hospital("市级医院（二级，市级二类收费）", 2, 2, "city"),
    "city_first": Hospital("市级三甲医院（三级，一类收费）", 3, 1, "city"),
    "province": Hospital("省级三甲医院（三级，一类收费）", 3, 1, "province"),
}
WHERE: Final = {"here": ("本市", ""), "province": ("省内其他市", "140100"), "outside": ("省外", "110000")}
"""Where the hospital lies: its name, and an area that lies there."""
CLASSES: Final = {"A": "甲类", "B": "乙类", "C": "目录外"}
KINDS: Final = {code: words[0] for code, words in KIND.items()}
INSURANCES: Final = {code: words[0] for code, words in INSURANCE.items()}
CATEGORIES: Final = {"": "不属于救助对象", **{code: words[0] for code, words in CATEGORY.items()}}


@dataclass(frozen=True, slots=True)
class Row:
    """A fee as it was typed."""

    number: int
    name: str = ""
    amount: str = ""
    line_class: str = "A"
    advance: str = ""

    @property
    def key(self) -> str:
        """Its number, as its fields' names end."""
        return str(self.number)

    @property
    def filled(self) -> bool:
        """Whether it counts: a name without an amount is refused at the amount."""
        return bool(self.amount or self.name)


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it was typed, or as an example fills it."""

    date: str
    region: str = "140300"
    household: str = "140300"
    insurance: str = "resident"
    category: str = ""
    diseases: tuple[str, ...] = ()
    """Recognised, ``code`` or ``code:subtype``."""
    kind: str = "inpatient"
    disease: str = ""
    hospital: str = "county"
    where: str = "here"
    designated: str = "yes"
    referred: str = "yes"
    rows: tuple[Row, ...] = field(default_factory=lambda: tuple(map(Row, range(ROWS))))
    in_scope: str = ""
    pooled: str = ""
    catastrophic: str = ""
    commercial: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    """Assumed figures as typed, by address."""

    @property
    def first_rows(self) -> tuple[Row, ...]:
        """The rows that are seen at once: four, or up to the last that is filled."""
        last = max((row.number for row in self.rows if row.filled), default=0)
        return self.rows[: max(OPEN_ROWS, last + 1)]

    @property
    def more_rows(self) -> tuple[Row, ...]:
        """The others."""
        return self.rows[len(self.first_rows) :]

    @property
    def given(self) -> bool:
        """Whether the insurers' payments are asked for: of employees, and of special drugs."""
        return self.insurance == "employee" or self.kind == "special_drug"

    @property
    def at(self) -> Hospital:
        """The kind of hospital; one that the form does not offer is taken for the first that it does."""
        return HOSPITALS.get(self.hospital, HOSPITALS["township"])

    @property
    def empty(self) -> bool:
        """Whether there is nothing yet to compute."""
        return not (self.in_scope if self.kind == "special_drug" else any(row.filled for row in self.rows))


def typed(posted: QueryDict, day: dt.date) -> Form:
    """The form as it was posted; what is not there keeps its default."""
    blank = Form(day.isoformat())
    singles = (
        "date", "region", "household", "insurance", "category", "kind", "disease", "hospital", "where",
        "designated", "referred", "in_scope", "pooled", "catastrophic", "commercial",
    )  # fmt: skip
    said = {name: _text(posted.get(name, "")) for name in singles if name in posted}
    if "date" in said:
        said["date"] = _day(said["date"])
    rows = tuple(
        Row(
            number,
            _text(posted.get(f"name-{number}", "")),
            _text(posted.get(f"amount-{number}", "")),
            _text(posted.get(f"class-{number}", "A")),
            _text(posted.get(f"advance-{number}", "")),
        )
        for number in range(ROWS)
    )
    figures = {
        name.removeprefix("figure-"): posted.get(name, "")[:300]
        for name in posted
        if name.startswith("figure-")
    }
    diseases = tuple(dict.fromkeys(map(_text, posted.getlist("diseases"))))[:60]
    return replace(blank, **said, rows=rows, diseases=diseases, figures=figures)


def case_of(form: Form, terms: Mapping[str, Any], law: Law) -> tuple[dict[str, Any], dict[str, str]]:
    """The case, and by each of its paths the field of the form that it came from."""
    fields = {
        "region": "region",
        "year": "date",
        "person.household_region": "household",
        "person.insurance": "insurance",
        "person.categories[0].category": "category",
        **{f"terms.{address}": f"figure-{address}" for address in terms},
    }
    year = _year(form.date)
    since = f"{year:04d}-01-01"
    case: dict[str, Any] = {
        "case": "what-if",
        "region": form.region,
        "year": year,
        "withhold_unmodelled": True,
        "terms": dict(terms),
        "person": {
            "id": "what-if",
            "insurance": form.insurance,
            "household_region": form.household,
            "categories": [{"category": form.category, "from": since, "to": None}] if form.category else [],
            "recognitions": [{"disease": named, "from": since, "to": None} for named in form.diseases],
        },
        "visits": [_visit(form, fields)],
    }
    if form.kind == "outpatient" and any(
        disease.code == form.disease.split(":")[0] and disease.kind == "chronic" for disease in law.diseases
    ):
        case["close_year"] = True
    for place in range(len(form.diseases)):
        for name in ("disease", "subtype"):
            fields[f"person.recognitions[{place}].{name}"] = "diseases"
    return case, fields


def _visit(form: Form, fields: dict[str, str]) -> dict[str, Any]:
    path = "visits[0]"
    for name in ("date", "kind", "disease", "pooled", "catastrophic", "in_scope"):
        fields[f"{path}.{name}"] = name
    fields[f"{path}.other_payments.commercial"] = "commercial"
    said: dict[str, Any] = {"id": "visit", "kind": form.kind, "date": form.date}
    if form.commercial:
        said["other_payments"] = {"commercial": _amount(form.commercial)}
    if form.given:
        said |= {
            name: _amount(getattr(form, name))
            for name in ("pooled", "catastrophic")
            if getattr(form, name) or form.kind == "special_drug"
        }
    if form.kind == "special_drug":
        return said | {"in_scope": _amount(form.in_scope)}
    if form.kind == "outpatient":
        said["disease"] = form.disease
    else:
        said["referred"] = form.referred != "no"
    said["provider"] = {
        "id": "what-if",
        "region": WHERE.get(form.where, WHERE["here"])[1] or form.region,
        "designated": form.designated != "no",
        "level": form.at.level,
        "fee_class": form.at.fee_class,
        "administrative_level": form.at.administrative_level,
    }
    said["lines"] = list(_lines(form, fields, path))
    return said


def _lines(form: Form, fields: dict[str, str], path: str) -> Iterator[dict[str, Any]]:
    for place, row in enumerate(row for row in form.rows if row.filled):
        at = f"{path}.lines[{place}]"
        fields |= {
            f"{at}.amount": f"amount-{row.number}",
            f"{at}.class": f"class-{row.number}",
            f"{at}.advance_rate": f"advance-{row.number}",
        }
        said = {"id": str(row.number + 1), "amount": _amount(row.amount), "class": row.line_class}
        if row.line_class == "B":
            said["advance_rate"] = _rate(row.advance)
        yield said


def names_of(form: Form) -> dict[str, str]:
    """What each line is called on the bill, by its id."""
    return {str(row.number + 1): row.name or f"第 {row.number + 1} 项" for row in form.rows if row.filled}


def regions_of(law: Law) -> dict[str, str]:
    """The cities for which the law has a document of their own, by code."""
    codes = sorted({document.area for document in law.documents if not document.area.endswith("0000")})
    return {code: AREA[code][0] if code in AREA else code for code in codes}


def conditions_of(law: Law, kind: str) -> list[tuple[str, str]]:
    """Every disease of a kind as it may be recognised: with its sub-types where it has some."""
    return [pair for disease in law.diseases if disease.kind == kind for pair in _conditions(disease)]


def _conditions(disease: Disease) -> Iterator[tuple[str, str]]:
    if not disease.subtype_required:
        yield disease.code, disease.name
        return
    for code, name in disease.subtype_names.items():
        yield f"{disease.code}:{code}", f"{disease.name}（{name}）"
    if disease.subtypes is None:
        yield f"{disease.code}:{OTHER}", f"{disease.name}（其他）"


def _text(value: str) -> str:
    """Without blanks around it, full-width letters and digits made plain, not longer than is read."""
    return unicodedata.normalize("NFKC", value[:LONGEST]).strip()


def _day(value: str) -> str:
    """A day as it is shown; what is none stays as it was typed, and is refused."""
    try:
        return read_day(value).isoformat()
    except Misread:
        return value


def _amount(value: str) -> str:
    """As people write amounts: with separators, with the unit behind."""
    return value.replace(",", "").removesuffix("元").strip()


def _rate(value: str) -> str:
    """A rate as people write it: 10 is 10 per cent."""
    plain = value.replace(" ", "")
    return f"{plain}%" if plain and not plain.endswith("%") and "/" not in plain else plain


def _year(date: str) -> int:
    head = date[:4]
    return int(head) if len(head) == 4 and head.isascii() and head.isdigit() else today().year
