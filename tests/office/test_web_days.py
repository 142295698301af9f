"""A day is typed as people write it, on every page in the same field; anything else is refused with what was typed."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.test import Client
from tests.office import staffed
from tests.office.pages import enter, text_of
from tests.office.staffed import Staffed

from sanchong.office import web
from sanchong.office.accounts.models import Assignment
from sanchong.office.claims.models import Visit
from sanchong.office.imports.cells import Misread
from sanchong.office.imports.cells import date as cell_date
from sanchong.office.web.forms import Field, ask, day, fill

WRITTEN = ["2025-07-01", "2025.7.1", "2025/7/1", "20250701", "2025年7月1日", " 2025-7-1 ", "2025年07月01日"]
REFUSED = [
    "07/01/2025", "1/7/2025", "2025-07", "2025-13-01", "2025-02-29", "2025-7/1", "202571", "25-07-01", "2025 07 01",
    "2025-07-01日", "2025年7月1", "2025-07-01T00:00", "今天", "２０２５-07-01", "-2025-07-01", "20250701 x",
]  # fmt: skip
FIELD = re.compile(r"<input[^>]*data-day[^>]*>")


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


@pytest.mark.parametrize("text", WRITTEN)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert day(text) == dt.date(2025, 7, 1)


@pytest.mark.parametrize("text", REFUSED)
def test_whatever_else_is_refused_with_what_was_typed_and_an_example(text: str) -> None:
    with pytest.raises(Misread) as refused:
        day(text)
    assert refused.value.zh == f"“{text}”不是日期；请写成 2025-07-01 这样"


def test_nothing_typed_is_said_to_be_missing_and_a_long_text_is_not_repeated() -> None:
    with pytest.raises(Misread, match="a date such as"):
        day(" ")
    with pytest.raises(Misread) as refused:
        day("9" * 500)
    assert refused.value.zh == f"“{'9' * 30}”不是日期；请写成 2025-07-01 这样"


def test_a_declared_field_says_it_at_the_field() -> None:
    field = Field("start", "起始日期", cell_date, "day")
    (asked,) = fill([field], {"start": "7月1日"}).asked
    assert asked.wrong == "“7月1日”不是日期；请写成 2025-07-01 这样" and asked.text == "7月1日"
    assert fill([field], {"start": "2025.7.1"}).values == {"start": dt.date(2025, 7, 1)}
    assert ask([field], {"start": "2025-07-01"})[0].text == "2025-07-01"


def test_no_page_has_a_field_of_another_form() -> None:
    """Neither the browser's own control, which writes days its own way, nor a text field with a pattern of its own."""
    templates = Path(web.__file__).parent / "templates"
    for file in templates.rglob("*.html"):
        text = file.read_text()
        assert not re.search(r"type=.?(date|month|datetime)", text), file.name
        assert ("data-day" in text) is (file.name == "day.html"), file.name
        for name in re.findall(
            r"<input[^>]*name=.(day|date|start|end|admitted|paid_on|since|until|from|to)[\"']", text
        ):
            pytest.fail(f"{file.name}: {name} is a day that does not use web/day.html")


pages = pytest.mark.django_db


@pages
def test_the_field_asks_for_a_day_in_the_same_way_everywhere(office: Staffed) -> None:
    person = office.city.person("subsistence_allowance", "diabetes")
    stay = office.city.visit(person, "inpatient", "2026-05-10", ("A1", "9000"))
    office.actor("agency_county")
    county, keeper = enter(office, "agency_county"), enter(office, "administrator")
    key = office.account("agency_county").pk
    for client, address, shown in (
        (county, f"/visits/new/?person={person.number}", 1),
        (county, f"/visits/{stay.number}/", 3),
        (county, "/visits/?state=", 2),
        (county, "/recipients/", 1),
        (county, f"/people/{person.number}/later/", 2),
        (county, f"/people/{person.number}/access/", 2),
        (keeper, f"/staff/{key}/", 2),
        (county, "/imports/grants/", 1),
        (Client(), "/calculate/", 1),
    ):
        found = FIELD.findall(client.get(address).content.decode())
        assert len(found) == shown, address
        for field in found:
            value = re.search(r'value="([^"]*)"', field)
            assert value and re.fullmatch(r"(\d{4}-\d\d-\d\d)?", value.group(1)), (address, field)
            assert 'inputmode="numeric"' in field and 'autocomplete="off"' in field, address
            assert 'placeholder="2025-07-01"' in field and "type=" not in field, address
            name = re.search(r' id="([^"]+)"', field)
            assert name and f'<label for="{name.group(1)}">' in client.get(address).content.decode(), address


@pages
def test_a_visit_is_registered_and_discharged_on_days_written_in_any_way(office: Staffed) -> None:
    person = office.city.person()
    client = enter(office, "agency_county")
    new, form = (
        f"/visits/new/?person={person.number}",
        {"kind": "inpatient", "provider_number": "ZY1", "key": "key-new-1"},
    )
    form["provider"] = office.city.hospital.code
    wrong = client.post(new, form | {"admitted": "05/10/2026"})
    assert wrong.status_code == 400
    assert "“05/10/2026”不是日期；请写成 2025-07-01 这样" in text_of(wrong)
    assert 'value="05/10/2026"' in wrong.content.decode(), "what was typed stays"
    assert client.post(new, form | {"admitted": "2026年5月10日"}).status_code == 302
    visit = Visit.objects.get(person=person)
    assert visit.admitted == dt.date(2026, 5, 10)
    page = f"/visits/{visit.number}/"
    late = client.post(f"{page}discharge/", {"key": "key-out-1", "day": "五月二十"})
    assert late.status_code == 400 and "出院日期：“五月二十”不是日期" in text_of(late)
    assert 'value="五月二十"' in late.content.decode()
    client.post(f"{page}discharge/", {"key": "key-out-2", "day": "2026.5.20"})
    client.post(f"{page}amend/", {"key": "key-amend", "admitted": "20260511"})
    visit.refresh_from_db()
    assert (visit.admitted, visit.discharged) == (dt.date(2026, 5, 11), dt.date(2026, 5, 20))


@pages
def test_a_post_and_a_fact_known_later_take_days_the_same_way(office: Staffed) -> None:
    keeper, account = enter(office, "administrator"), office.account("analyst")
    post = {"role": "reviewer", "unit": "市医保中心", "area": "140300", "start": "2026/12/1", "end": "明年"}
    refused = keeper.post(f"/staff/{account.pk}/posts/", post)
    assert "终止日期：“明年”不是日期；请写成 2025-07-01 这样" in text_of(refused)
    keeper.post(f"/staff/{account.pk}/posts/", post | {"end": "20261231"})
    given = Assignment.objects.filter(account=account).latest("pk")
    assert (given.start, given.end) == (dt.date(2026, 12, 1), dt.date(2026, 12, 31))
    person = office.city.person(None)
    fact = {"kind": "category", "category": "monitored", "department": "乡村振兴局", "step": "preview"}
    client, page = enter(office, "agency_county"), f"/people/{person.number}/later/"
    answer = client.post(page, fact | {"from": "去年"})
    assert answer.status_code == 409 and "开始日期：“去年”不是日期" in text_of(answer)
    assert client.post(page, fact | {"from": "2026.1.1", "to": "2026年12月31日"}).status_code == 200


@pages
def test_a_citizen_computes_with_a_day_written_in_any_way(office: Staffed) -> None:
    form = {"kind": "inpatient", "name-0": "床位", "amount-0": "9000", "class-0": "A"}
    answer = Client().post("/calculate/", form | {"date": "2026年5月10日"})
    assert answer.status_code == 200 and 'value="2026-05-10"' in answer.content.decode()
    wrong = Client().post("/calculate/", form | {"date": "5月10日"})
    assert wrong.status_code == 400 and "“5月10日”不是日期；请写成 2025-07-01 这样" in text_of(wrong)
