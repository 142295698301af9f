"""A fact known after settlement, from a page: previewed over settled years, confirmed as previewed. Figures as in test_later.py."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client
from tests.office import staffed
from tests.office.staffed import PASSWORD, Staffed

from sanchong.office.claims import services
from sanchong.office.claims.models import LaterFact, Settlement
from sanchong.office.people.models import Grant, Person
from sanchong.office.web import sessions

pytestmark = pytest.mark.django_db
ALLOWANCE = {
    "kind": "category",
    "category": "subsistence_allowance",
    "department": "民政局",
    "from": "2026-01-01",
}


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


@pytest.fixture
def person(office: Staffed) -> Person:
    """Somebody of no category with two settled stays."""
    found = staffed.named(office.city.person(None), "王秀兰")
    for day, amount in (("2026-03-10", "12000"), ("2026-05-10", "30000")):
        visit = office.city.visit(found, "inpatient", day, ("A1", amount))
        services.settle(visit.number, f"key-{visit.number}", office.city.actor)
    return found


def enter(office: Staffed, role: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"username": role, "password": PASSWORD})
    client.post("/sign-in/second/", {"code": office.code(role)})
    return client


def confirmation(shown: str) -> dict[str, str]:
    """The fields of the form that confirms what is shown."""
    form = shown[shown.index('name="step" value="confirm"') - 60 :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_a_category_known_later_is_previewed_and_confirmed(office: Staffed, person: Person) -> None:
    client, page = enter(office, "agency_county"), f"/people/{person.number}/later/"
    assert "预览影响" in client.get(page).content.decode()
    shown = client.post(page, ALLOWANCE | {"step": "preview"}).content.decode()
    for amount in ("+1,319.50", "+955.50", "+2,540.65", "−3,496.15", "应退个人 4,815.65"):
        assert amount in shown, amount
    assert not Grant.objects.exists() and not Settlement.objects.filter(kind="adjust").exists()
    done = client.post(page, confirmation(shown) | {"reason": "民政局来函"})
    assert done.headers["Location"] == f"/people/{person.number}/year/2026/"
    assert LaterFact.objects.get().reason == "民政局来函" and Grant.objects.count() == 1
    assert sum(Settlement.objects.filter(kind="adjust").values_list("patient", flat=True)) == -481_565
    year = client.get(done.headers["Location"]).content.decode()
    assert year.count("因补记的救助对象类别而重算") == 2 and "更正后合计" in year


def test_what_was_typed_survives_the_proof(office: Staffed, person: Person) -> None:
    client, page = enter(office, "agency_county"), f"/people/{person.number}/later/"
    shown = client.post(page, ALLOWANCE | {"step": "preview"}).content.decode()
    session = client.session
    session[sessions.PROVED] = int(time.time()) - sessions.PROVED_FOR - 1
    session.save()
    sent = client.post(page, confirmation(shown) | {"reason": "民政局来函"})
    assert sent.headers["Location"].startswith("/account/prove/") and not LaterFact.objects.exists()
    assert 'value="民政局"' in client.get(page).content.decode()


def test_a_payout_and_a_mistake(office: Staffed, person: Person) -> None:
    client, page = enter(office, "agency_county"), f"/people/{person.number}/later/"
    number = person.visits.order_by("pk")[1].number
    assert number in client.get(f"{page}?kind=payout").content.decode()
    payout = {
        "kind": "payout",
        "visit": number,
        "payer": "commercial",
        "amount": "500",
        "paid_on": "2026-06-01",
    }
    shown = client.post(page, payout | {"step": "preview"}).content.decode()
    assert "应退个人 500.00" in shown
    wrong = client.post(page, payout | {"step": "preview", "paid_on": "2026-13-01"})
    assert wrong.status_code == 409 and 'role="alert"' in wrong.content.decode()
    assert client.get(f"{page}?kind=law").status_code == 404


def test_next_door_and_departments_put_in_nothing(office: Staffed, person: Person) -> None:
    page = f"/people/{person.number}/later/"
    for role in ("civil_affairs", "finance", "provider_operator", "analyst"):
        assert enter(office, role).get(page).status_code == 403
    staffed.moved(person, "140303")
    client = enter(office, "agency_county")
    assert client.get(page).status_code == 404
    assert (
        client.post(page, ALLOWANCE | {"step": "confirm", "key": "key-later", "reason": "x"}).status_code
        == 404
    )
    assert not Grant.objects.exists()
