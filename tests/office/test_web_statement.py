"""The statement's page: the bill with its receipt, what a correction changes, who sees nothing of it or no disease."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from tests.office import staffed
from tests.office.pages import enter, text_of
from tests.office.staffed import Staffed

from sanchong.office import guards
from sanchong.office.claims import services as claims
from sanchong.office.claims.models import Diagnosis, Settlement

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


def settled(office: Staffed, day: str = "2026-03-10", **how: Any) -> dict[str, Any]:
    person = how.pop("person", None) or staffed.named(
        staffed.moved(office.city.person("subsistence_allowance", "diabetes"), "140302"), "王秀兰"
    )
    visit = office.city.visit(person, "inpatient", day, ("A1", "30000"), ("C1", "100"))
    Diagnosis.objects.create(visit=visit, rank=1, code="I21.9", name="急性心肌梗死")
    visit.lines.filter(item="A1").update(name="冠脉支架植入术")
    answer = claims.settle(visit.number, f"key-{visit.number}", office.city.actor)
    return {**answer, "person": person}


def test_a_clerk_reads_and_prints_a_statement(office: Staffed) -> None:
    answer = settled(office)
    page = enter(office, "agency_county").get(f"/statements/{answer['settlement']}/")
    text = text_of(page)
    paid = answer["result"]["visits"][0]
    assert paid["total"] == "30100.00" and "30,100.00" in text
    for said in ("王秀兰", "低保对象", "急性心肌梗死", "冠脉支架植入术", "示例数据", "市第一医院", "经办人"):
        assert said in text, said
    receipt = answer["result"]["receipt"]["result"]
    assert receipt in text and f"{receipt[:4]}…{receipt[-4:]}" in text
    assert "/policy/clauses/" in page.content.decode()
    assert office.city.person().identity_number not in text


def test_a_department_that_pays_sees_amounts_without_disease_or_items(office: Staffed) -> None:
    answer = settled(office)
    text = text_of(enter(office, "finance").get(f"/statements/{answer['settlement']}/"))
    assert "30,100.00" in text and "王秀兰" in text
    for medical in ("急性心肌梗死", "冠脉支架", "I21.9", "糖尿病", "算式"):
        assert medical not in text, medical


@pytest.mark.parametrize("role", ["civil_affairs", "analyst", "expert"])
def test_who_sees_no_visits_sees_no_statement(office: Staffed, role: str) -> None:
    answer = settled(office)
    assert enter(office, role).get(f"/statements/{answer['settlement']}/").status_code == 404


def test_next_door_sees_nothing(office: Staffed) -> None:
    """The county's clerk, after the person has moved to another county; there is no such number either."""
    answer = settled(office)
    clerk = enter(office, "agency_county")
    assert clerk.get(f"/statements/{answer['settlement']}/").status_code == 200
    staffed.moved(answer["person"], "140303")
    for number in (answer["settlement"], "S0"):
        page = clerk.get(f"/statements/{number}/")
        assert page.status_code == 404 and "30,100.00" not in page.content.decode()


def test_a_correction_shows_what_it_changes_and_leads_to_what_it_replaces(office: Staffed) -> None:
    first = settled(office)
    second = settled(office, "2026-05-10", person=first["person"])
    undone = claims.reverse(first["visit"], "key-reverse", office.city.actor, "错收")
    clerk = enter(office, "agency_city")
    text = text_of(clerk.get(f"/statements/{undone['settlement']}/"))
    assert "撤销结算单" in text and "本单变动" in text
    change = undone["adjusted"][0]["change"]
    assert f"-{first['result']['visits'][0]['pooled']}".replace("-", "-") in text.replace(",", "")
    adjusted = text_of(clerk.get(f"/statements/{undone['adjusted'][0]['settlement']}/"))
    assert "补差结算单" in adjusted and f"更正的是 {second['settlement']}" in adjusted
    assert change["patient"] in adjusted.replace(",", "")
    assert "本结算已被撤销" in text_of(clerk.get(f"/statements/{first['settlement']}/"))
    assert "本结算已被更正" in text_of(clerk.get(f"/statements/{second['settlement']}/"))


def test_the_years_end_has_its_statement(office: Staffed) -> None:
    person = settled(office)["person"]
    closed = claims.close_year(office.city.actor, "key-close-1", person.number, 2026)
    text = text_of(enter(office, "agency_city").get(f"/statements/{closed['settlement']}/"))
    assert "年终救助结算单" in text and "年底一次性救助" in text


def test_a_statement_that_no_longer_comes_out_is_not_shown(office: Staffed) -> None:
    answer = settled(office)
    kept = Settlement.objects.get(number=answer["settlement"])
    spoilt = json.loads(kept.inputs or "")
    spoilt["visits"][0]["lines"][0]["amount"] = "30001.00"
    with guards.lifted(connection):
        Settlement.objects.filter(pk=kept.pk).update(inputs=json.dumps(spoilt))
    page = enter(office, "agency_city").get(f"/statements/{answer['settlement']}/")
    text = text_of(page)
    assert page.status_code == 409
    assert "与当时的凭据不一致" in text and "请勿据此付款" in text
    assert "30,1" not in text and "王秀兰" not in text
