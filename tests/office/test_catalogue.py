"""Editions of the catalogue: one content one hash, terms that can stand, what holds on a date as known on a date."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from tests.office.master import agency, day, refused

from sanchong.dates import today
from sanchong.money import Rate
from sanchong.office.accounts import services as accounts
from sanchong.office.actor import Actor
from sanchong.office.catalogue import queries
from sanchong.office.catalogue.models import Edition, Item
from sanchong.office.catalogue.services import make_edition
from sanchong.office.catalogue.terms import Terms

pytestmark = pytest.mark.django_db

METFORMIN = Terms(
    "XA10BA", "二甲双胍片", "drug", "B", advance=Rate(1, 10), price_cap=1250, diseases=("diabetes",)
)
SALINE = Terms("XB05XA", "氯化钠注射液", "drug", "A")
MASK = Terms("C140299", "医用口罩", "consumable", "C")


@pytest.fixture
def actor() -> Actor:
    return agency()


def make(actor: Actor, *rows: Terms, start: str = "2026-01-01", known: str = "2025-12-01") -> Edition:
    return make_edition(actor, f"目录 {start}", day(start), rows, day(known))


def test_the_hash_is_over_the_rows_in_the_order_of_codes(actor: Actor) -> None:
    """By hand: the canonical JSON (keys sorted, no spaces, UTF-8) of the two rows, the lesser code first."""
    edition = make(actor, SALINE, METFORMIN)
    said = (
        '[{"advance":"1/10","class":"B","code":"XA10BA","diseases":["diabetes"],"dual_channel":false,'
        '"insurance":"","kind":"drug","name":"二甲双胍片","price_cap":1250,"special_drug":false},'
        '{"advance":null,"class":"A","code":"XB05XA","diseases":[],"dual_channel":false,'
        '"insurance":"","kind":"drug","name":"氯化钠注射液","price_cap":null,"special_drug":false}]'
    )
    assert edition.hash == hashlib.sha256(said.encode()).hexdigest()
    assert edition.rows == 2 == Item.objects.count()


def test_the_same_content_is_the_same_edition_and_is_refused_by_name(actor: Actor) -> None:
    make(actor, SALINE, METFORMIN)
    with refused("same_edition") as caught:
        make(actor, METFORMIN, SALINE, start="2026-07-01")
    assert "目录 2026-01-01" in caught.value.messages["zh"]
    half = replace(METFORMIN, advance=Rate(10, 100))
    with refused("same_edition"):  # 10/100 is 1/10
        make(actor, half, SALINE)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"advance": None}, "advance"),
        ({"line_class": "A"}, "advance"),
        ({"advance": Rate(11, 10)}, "advance"),
        ({"price_cap": 0}, "price_cap"),
        ({"price_cap": 10**12 + 1}, "price_cap"),
        ({"diseases": ("cold",)}, "diseases"),
        ({"diseases": ("thyroid", "diabetes")}, "diseases"),
        ({"line_class": "D"}, "line_class"),
        ({"kind": "food"}, "kind"),
        ({"insurance": "private"}, "insurance"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
    ],
)
def test_terms_that_cannot_stand_are_refused_by_code_and_column(
    actor: Actor, changes: dict[str, Any], column: str
) -> None:
    with refused("invalid_input", f"XA10BA.{column}"):
        make(actor, SALINE, replace(METFORMIN, **changes))


def test_a_code_stands_once_for_an_insurance(actor: Actor) -> None:
    with refused("invalid_input", "XB05XA.code"):
        make(actor, SALINE, replace(SALINE, name="另一种"))
    make(actor, SALINE, replace(SALINE, insurance="employee", price_cap=900))


def test_no_catalogue_is_empty_or_without_a_code_or_from_the_future(actor: Actor) -> None:
    with refused("invalid_input", "rows"):
        make(actor)
    with refused("invalid_input"):
        make(actor, replace(SALINE, code=""))
    with refused("invalid_input", "known_from"):
        make(actor, SALINE, known=str(today() + dt.timedelta(days=1)))


def test_the_terms_of_the_very_insurance_count_before_those_of_both(actor: Actor) -> None:
    make(actor, SALINE, replace(SALINE, insurance="employee", price_cap=900))
    caps = {
        insurance: getattr(queries.item_on("XB05XA", insurance, day("2026-02-01"), today()), "price_cap", "?")
        for insurance in ("resident", "employee")
    }
    assert caps == {"resident": None, "employee": 900}


def test_terms_are_asked_on_a_date_as_known_on_a_date(actor: Actor) -> None:
    make(actor, SALINE)
    make(actor, replace(SALINE, price_cap=500), start="2026-06-01", known="2026-07-15")

    def cap(on: str, known: str) -> object:
        return getattr(queries.item_on("XB05XA", "resident", day(on), day(known)), "price_cap", "not listed")

    assert cap("2026-06-10", "2026-07-14") is None
    assert cap("2026-06-10", "2026-07-15") == 500
    assert cap("2026-05-31", "2026-07-15") is None
    assert cap("2025-12-31", "2026-07-15") == "not listed"
    assert cap("2026-02-01", "2025-11-30") == "not listed"


def test_a_search_finds_by_code_and_by_any_part_of_the_name(actor: Actor) -> None:
    edition = make(actor, SALINE, METFORMIN, MASK, replace(SALINE, insurance="employee", price_cap=1))

    def keys(text: str, **more: Any) -> list[tuple[str, str]]:
        return [(i.code, i.insurance) for i in queries.search(edition, text, **more).rows]

    assert keys("双胍") == [("XA10BA", "")]
    assert keys("xb05") == [("XB05XA", ""), ("XB05XA", "employee")]
    assert keys("", kind="consumable") == [("C140299", "")]
    told, after = [], ("", "")
    while after is not None:
        page = queries.search(edition, "", after=after, size=1)
        told += [(i.code, i.insurance) for i in page.rows]
        after = page.after  # type: ignore[assignment]
    assert told == [("C140299", ""), ("XA10BA", ""), ("XB05XA", ""), ("XB05XA", "employee")]


def test_the_difference_of_two_editions_says_field_by_field(actor: Actor) -> None:
    before = make(actor, SALINE, METFORMIN)
    after = make(actor, replace(METFORMIN, advance=Rate(1, 5), price_cap=None), MASK, start="2026-06-01")
    found = queries.difference(queries.terms_in(before), queries.terms_in(after))
    assert [t.code for t in found.new] == ["C140299"] and [t.code for t in found.gone] == ["XB05XA"]
    [changed] = found.changed
    assert changed.key == ("XA10BA", "")
    assert changed.fields == {"advance": ("1/10", "1/5"), "price_cap": (1250, None)}
    assert found.unchanged == 0


def test_only_the_agency_in_the_real_ledger_makes_editions(actor: Actor) -> None:
    sandbox = accounts.sandbox_of("H1").pk
    for other in (Actor(actor.realm, provider_code="H1"), Actor(sandbox, provider_code="H1"), Actor(sandbox)):
        with refused("agency_only"):
            make(other, SALINE)
