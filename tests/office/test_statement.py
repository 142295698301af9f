"""The statement of a settlement: its explanation computed again, the receipt's hash, every assumed figure named."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.office.master import refused
from tests.office.world import LONG_AGO, City, build

from sanchong.law.library import shipped_policies
from sanchong.office import guards
from sanchong.office.catalogue.models import Edition
from sanchong.office.claims import services, statement
from sanchong.office.claims.models import Settlement
from sanchong.office.lawbook import services as lawbook
from sanchong.office.lawbook.models import Acceptance
from sanchong.office.lawbook.services import active_bundle
from sanchong.office.people.models import Person, Referral
from sanchong.office.providers.models import Provider, Standing
from sanchong.office.trail.models import Entry
from sanchong.settlement.receipt import sha256

pytestmark = pytest.mark.django_db

FIRST_CONTACT = "assistance.referral.first_contact_level"


@pytest.fixture
def city() -> City:
    return build()


def settled(city: City, person: Person, day: str = "2026-03-10") -> dict[str, Any]:
    visit = city.visit(person, "inpatient", day, ("A1", "30000"), ("C1", "100"))
    return services.settle(visit.number, f"key-{visit.number}", city.actor)


def test_a_statement_says_what_was_said_at_the_counter(city: City) -> None:
    answer = settled(city, city.person())
    said = statement.statement(city.actor, answer["settlement"])
    assert said["result"] == answer["result"]
    explanation = {"visits": [said["result"]["visits"][0]["explanation"]], "close_year": []}
    assert sha256(explanation) == answer["result"]["receipt"]["explanation"]
    paid = answer["result"]["visits"][0]
    assert all(said["amounts"][payer] == paid[payer] for payer in ("pooled", "assistance", "patient"))
    assert sum(int(p["amount"].replace(".", "")) for p in said["postings"]) == 0
    assert said["law"] == {"bundle": active_bundle(), "edition": Edition.objects.get().hash}


def test_every_figure_without_a_document_is_named(city: City) -> None:
    answer = settled(city, city.person())
    said = statement.statement(city.actor, answer["settlement"])
    named = {row["address"]: row for row in said["assumed"]}
    assert set(answer["result"]["visits"][0]["assumed"]) < set(named)
    assert named[FIRST_CONTACT]["label"] == "首诊机构最高级别"
    assert {row["note"] for row in said["assumed"]} == {"示例数据"}
    page = statement.page(city.actor, answer["settlement"])
    assert "示例数据" in page
    for row in said["assumed"]:
        assert row["label"] in page, row


def test_the_page_is_one_file_that_loads_nothing(city: City) -> None:
    answer = settled(city, city.person())
    page = statement.page(city.actor, answer["settlement"])
    assert f"结算单 {answer['settlement']}" in page
    assert answer["visit"] in page
    for loads in ("<script", "<link", "src=", "http://", "https://"):
        assert loads not in page


@pytest.mark.parametrize("column", ["inputs", "before", "result"])
def test_a_settlement_that_no_longer_comes_out_the_same_is_not_shown(city: City, column: str) -> None:
    """What was kept is spoilt by hand: the bill, the year before it, the hash."""
    number = settled(city, city.person())["settlement"]
    kept = Settlement.objects.get(number=number)
    data = json.loads(getattr(kept, column))
    if column == "inputs":
        data["visits"][0]["lines"][0]["amount"] = "30001.00"
    elif column == "before":
        data["deductible_filled"] = 1
    else:
        data["receipt"]["explanation"] = "0" * 64
    with guards.lifted(connection):
        Settlement.objects.filter(pk=kept.pk).update(**{column: json.dumps(data)})
    for show in (statement.statement, statement.page):
        with refused("receipt_differs", "settlement"):
            show(city.actor, number)


def test_every_entry_of_a_year_has_its_statement(city: City) -> None:
    """A stay, its reversal, the adjustment of the later one, the year's end."""
    person = city.person()
    first, second = settled(city, person), settled(city, person, "2026-05-10")
    undone = services.reverse(first["visit"], "key-reverse", city.actor, "错收")
    adjusted = undone["adjusted"][0]
    closed = services.close_year(city.actor, "key-close-1", person.number, 2026)

    said = statement.statement(city.actor, undone["settlement"])
    assert (said["replaces"], said["result"]) == (first["settlement"], None)
    assert said["amounts"]["total"] == "-30100.00"
    page = statement.page(city.actor, undone["settlement"])
    assert f"撤销 {undone['settlement']}：已撤销的结算 {first['settlement']}" in page

    said = statement.statement(city.actor, adjusted["settlement"])
    assert (said["replaces"], said["cause"]) == (second["settlement"], undone["settlement"])
    assert said["result"]["visits"][0]["assistance"] == adjusted["after"]["assistance"]
    assert said["amounts"]["assistance"] == adjusted["change"]["assistance"]
    assert "补差结算单" in statement.page(city.actor, adjusted["settlement"])

    said = statement.statement(city.actor, closed["settlement"])
    assert (said["visit"], said["result"]["visits"]) == (None, [])
    page = statement.page(city.actor, closed["settlement"])
    assert "年终结算单" in page
    assert "年底一次性救助" in page
    assert "总费用" not in page, "the year's end has no bill of its own, and no sums of none"


def test_a_statement_is_shown_to_its_provider_and_leaves_its_trail(city: City) -> None:
    person = city.person()
    number = settled(city, person)["settlement"]
    Provider.objects.create(code="H14030200002", name="市第二医院", kind="hospital")
    with refused("no_settlement", "settlement"):
        statement.statement(replace(city.actor, provider_code="H14030200002"), number)
    with guards.lifted(connection):
        Entry.objects.all().delete()
    statement.statement(replace(city.actor, provider_code=city.hospital.code), number)
    statement.page(city.actor, number)
    assert list(Entry.objects.order_by("pk").values_list("act", "object_id", "person_id")) == [
        ("settlement.statement", number, person.pk),
        ("settlement.page", number, person.pk),
    ]


# ── referral ─────────────────────────────────────────────────────────────────────────────────


def referral_of(city: City, person: Person) -> tuple[bool, bool, str, list[str]]:
    answer = settled(city, person)
    said = statement.statement(city.actor, answer["settlement"])["referral"]
    paid = answer["result"]["visits"][0]
    assert ("not_referred" in paid["gates"]) is not said["referred"]
    return said["needed"], said["referred"], said["explanation"][-1]["clause"], said["assumed"]


def test_within_the_city_the_level_of_first_contact_decides(city: City) -> None:
    """The illustration lets care begin at every level: 3 is not above 3."""
    assert referral_of(city, city.person()) == (False, True, "yangquan.b119", [FIRST_CONTACT])


def test_above_the_level_of_first_contact_a_stay_needs_a_referral(city: City, tmp_path: Path) -> None:
    """A law by which care begins at level 1: the hospital's 3 is above it."""
    policies = tmp_path / "policies"
    shutil.copytree(shipped_policies(), policies)
    values = policies / "illustrative" / "overlay" / "values.yaml"
    row = f"{{address: {FIRST_CONTACT}, value: "
    values.write_text(values.read_text(encoding="utf-8").replace(f"{row}3", f"{row}1"), encoding="utf-8")
    lawbook.activate(lawbook.keep(policies), "首诊限一级")
    person = city.person()
    assert referral_of(city, person) == (True, False, "yangquan.b119", [FIRST_CONTACT])
    Referral.objects.create(
        person=person, provider_code=city.hospital.code, start=LONG_AGO, known_from=LONG_AGO
    )
    assert referral_of(city, person) == (True, True, "yangquan.b119", [FIRST_CONTACT])


def test_a_level_that_nobody_stated_or_accepted_is_not_guessed(city: City) -> None:
    """Each illustration but this one is accepted: the stay cannot be settled."""
    with guards.lifted(connection):
        Acceptance.objects.filter(address="assistance").delete()
    for family in ("in_force_from", "disposable_income_per_capita", "inpatient", "annual_cap"):
        lawbook.accept(f"assistance.{family}", "测试", "测试用")
    person = city.person()
    visit = city.visit(person, "inpatient", "2026-03-10", ("A1", "30000"))
    with refused("assumed_value", FIRST_CONTACT):
        services.quote(visit.number, city.actor)


def test_outside_the_city_a_stay_needs_a_referral(city: City) -> None:
    """The hospital is in Jinzhong, the household in Yangquan; no level is asked for."""
    with guards.lifted(connection):
        Standing.objects.update(region="140700")
    person = city.person()
    assert referral_of(city, person) == (True, False, "yangquan.b119", [])
    Referral.objects.create(
        person=person, provider_code=city.hospital.code, start=LONG_AGO, known_from=LONG_AGO
    )
    assert referral_of(city, person) == (True, True, "yangquan.b119", [])
