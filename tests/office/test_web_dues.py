"""Recoveries and refunds from a page: listed, decided once, paid in parts, for those who serve the person's area."""

from __future__ import annotations

import re
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.office import staffed, world
from tests.office.staffed import PASSWORD, Staffed

from sanchong.dates import today
from sanchong.money import parse_yuan, yuan
from sanchong.office.claims import dues, services
from sanchong.office.claims.models import Payment, Settlement
from sanchong.office.claims.services import recoveries
from sanchong.office.people.models import Person
from sanchong.office.trail.models import Entry
from sanchong.office.web import sessions

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Staffed:
    return staffed.staff(world.build())


def recovered(office: Staffed, name: str = "王秀兰") -> tuple[Person, Settlement]:
    """Somebody who owes, since an earlier stay was reversed: the later one now fills more of what comes first."""
    person = staffed.named(office.city.person("subsistence_allowance"), name)
    visits = [
        office.city.visit(person, "inpatient", day, ("A1", amount))
        for day, amount in (("2026-03-10", "12000"), ("2026-05-10", "30000"))
    ]
    for visit in visits:
        services.settle(visit.number, f"key-{visit.number}", office.city.actor)
    services.reverse(visits[0].number, f"reverse-{visits[0].number}", office.city.actor, "误结")
    entry = Settlement.objects.get(kind="adjust", year__person=person)
    assert entry.patient > 0
    return person, entry


def enter(office: Staffed, role: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"username": role, "password": PASSWORD})
    client.post("/sign-in/second/", {"code": office.code(role)})
    return client


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def form_of(client: Client, address: str) -> dict[str, str]:
    shown = client.get(address).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(key|kind)" value="([^"]*)"', shown))


def test_a_recovery_is_decided_and_paid_in_parts(office: Staffed) -> None:
    _, entry = recovered(office)
    client, page = enter(office, "agency_county"), f"/recoveries/{entry.number}/"
    assert "待决定追回" in text_of(client, "/recoveries/") and yuan(entry.patient) in text_of(client, page)
    client.post(f"{page}decide/", form_of(client, page) | {"reason": "撤销后重算"})
    assert "没有待决定的追回或退付" in text_of(client, "/recoveries/")
    assert "已决定追回" in text_of(client, "/recoveries/?state=decided")
    form = form_of(client, page) | {"paid_on": today().isoformat()}
    for _ in range(2):  # sent twice, paid once
        assert client.post(f"{page}pay/", form | {"amount": "100.5"}).headers["Location"] == page
    assert list(Payment.objects.values_list("amount", flat=True)) == [10_050]
    assert f"未结 {yuan(entry.patient - 10_050)}" in text_of(client, page)
    more = client.post(f"{page}pay/", form_of(client, page) | {"paid_on": form["paid_on"], "amount": "99999"})
    assert more.status_code == 409 and "不能收付更多" in more.content.decode()
    rest = yuan(entry.patient - 10_050)
    assert parse_yuan(rest.replace(",", "")) == entry.patient - 10_050
    client.post(f"{page}pay/", form_of(client, page) | {"paid_on": form["paid_on"], "amount": rest})
    assert "已追回" in text_of(client, page) and "登记收回" not in text_of(client, page)


def test_what_is_typed_wrongly_is_said_beside_it(office: Staffed) -> None:
    _, entry = recovered(office)
    recoveries.confirm(office.city.actor, "key-decided", entry.number, "撤销后重算")
    client, page = enter(office, "agency_county"), f"/recoveries/{entry.number}/"
    for typed, said in (
        ({"amount": "1.234", "paid_on": "2026-11-01"}, "不超过两位小数"),
        ({"amount": "1", "paid_on": "昨天"}, "2025-07-01"),
        ({"amount": "0", "paid_on": today().isoformat()}, "应大于零"),
    ):
        answer = client.post(f"{page}pay/", form_of(client, page) | typed)
        assert answer.status_code in (400, 409) and said in answer.content.decode()
        assert f'value="{typed["amount"]}"' in answer.content.decode(), "what was typed is kept"
    assert not Payment.objects.exists()


def test_money_moves_only_by_who_has_just_proved_themselves(office: Staffed) -> None:
    _, entry = recovered(office)
    client, page = enter(office, "agency_county"), f"/recoveries/{entry.number}/"
    form = form_of(client, page) | {"reason": "撤销后重算"}
    session = client.session
    session[sessions.PROVED] = int(time.time()) - sessions.PROVED_FOR - 1
    session.save()
    assert client.post(f"{page}decide/", form).headers["Location"].startswith("/account/prove/")
    assert not Settlement.objects.filter(confirmation__isnull=False).exists()


def test_who_does_not_serve_the_area_sees_none(office: Staffed) -> None:
    person, entry = recovered(office)
    page = f"/recoveries/{entry.number}/"
    for role in ("finance", "provider_operator", "analyst", "reviewer"):
        client = enter(office, role)
        assert "只有医保经办机构" in text_of(client, "/recoveries/", 403)
        text_of(client, page, 403)
        assert client.post(f"{page}decide/", {"key": "key-decide", "reason": "x"}).status_code == 403
    staffed.moved(person, "140303")
    client = enter(office, "agency_county")
    assert "没有待决定" in text_of(client, "/recoveries/")
    text_of(client, page, 404)
    assert client.post(f"{page}decide/", {"key": "key-decide", "reason": "x"}).status_code == 404
    assert not Entry.objects.filter(act__startswith="claims.due", person_id=person.pk).exists()
    text_of(enter(office, "agency_city"), page)


def test_the_list_is_paged_in_as_many_statements(office: Staffed) -> None:
    actor = office.city.actor
    recovered(office)
    with CaptureQueriesContext(connection) as few:
        assert len(dues.dues(actor).rows) == 1
    entries = [recovered(office, f"王秀{n}")[1].number for n in "兰英梅"]
    with CaptureQueriesContext(connection) as many:
        first = dues.dues(actor, size=2)
    assert len(many) == len(few)
    rest = dues.dues(actor, size=2, after=first.after)
    shown = [one.entry.number for one in (*first.rows, *rest.rows)]
    assert shown[:3] == entries[::-1] and len(shown) == 4 and rest.after is None
    client = enter(office, "agency_city")
    text_of(client, "/recoveries/?state=nowhere", 404)
    text_of(client, "/recoveries/?after=x", 404)
