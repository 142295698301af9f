"""The department (科室) of a visit: registered, put right, shown to those who treat and to nobody who must not know."""

from __future__ import annotations

import pytest
from tests.office import staffed
from tests.office.api import program
from tests.office.pages import enter, hidden, text_of
from tests.office.staffed import Staffed
from tests.office.test_api import problem

from sanchong.office.claims import queries
from sanchong.office.claims.models import Visit

pytestmark = pytest.mark.django_db
ONCOLOGY = {"department": "肿瘤内科", "department_code": "A03.10"}


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


def registered(office: Staffed) -> Visit:
    """A stay that the agency's counter registered on the page."""
    person = office.city.person()
    client, page = enter(office, "agency_county"), f"/visits/new/?person={person.number}"
    assert "科室" in text_of(client.get(page))
    said = {"key": "key-register", "kind": "inpatient", "provider_number": "ZY1", "admitted": "2026-05-10"}
    provider = {"provider": office.city.hospital.code}
    assert client.post(page, said | provider | ONCOLOGY).status_code == 302
    return Visit.objects.get(provider_number="ZY1")


def test_it_is_registered_shown_and_put_right(office: Staffed) -> None:
    visit = registered(office)
    assert (visit.department, visit.department_code) == ("肿瘤内科", "A03.10")
    client, page = enter(office, "physician"), f"/visits/{visit.number}/"
    assert "科室 肿瘤内科 A03.10" in text_of(client.get(page))
    desk = enter(office, "provider_operator")
    key = hidden(desk.get(page), "key", "amend")
    said = {
        "key": key,
        "admitted": "2026-05-10",
        "practitioner": "",
        "department": "呼吸内科",
        "department_code": "",
    }
    assert desk.post(f"{page}amend/", said).status_code == 302
    visit.refresh_from_db()
    assert (visit.department, visit.department_code) == ("呼吸内科", "")


def test_it_tells_a_disease_and_is_hidden_with_it(office: Staffed) -> None:
    visit = registered(office)
    assert queries.visit(office.actor("agency_city"), visit.number)["department"] == "肿瘤内科"
    told = queries.visit(office.actor("finance"), visit.number)
    assert (told["department"], told["department_code"]) == ("", "")
    assert "肿瘤" not in enter(office, "finance").get(f"/visits/{visit.number}/").content.decode()


def test_a_hospitals_program_registers_reads_and_amends_it(office: Staffed) -> None:
    his = program(office.city)
    body = {
        "person": office.city.person().number,
        "provider_number": "ZY2",
        "kind": "inpatient",
        "admitted": "2026-05-10",
    }
    visit = his.post("/visits", body | ONCOLOGY).json()["visit"]
    read = his.get(f"/visits/{visit}").json()
    assert (read["department"], read["department_code"]) == ("肿瘤内科", "A03.10")
    assert (
        his.call("PATCH", f"/visits/{visit}", {"department": None, "department_code": "A03"}).status_code
        == 200
    )
    read = his.get(f"/visits/{visit}").json()
    assert (read["department"], read["department_code"]) == ("", "A03")
    problem(
        his.post("/visits", body | {"provider_number": "ZY3", "department": "x" * 101}), 422, "invalid_input"
    )
