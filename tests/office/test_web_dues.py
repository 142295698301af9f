"""Recoveries and refunds from a page: listed, decided once, paid in parts, for those who serve the person's area."""

from __future__ import annotations

import datetime as dt
import io
import re
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from tests.office import staffed
from tests.office.pages import column
from tests.office.staffed import PASSWORD, Staffed

from sanchong.dates import today
from sanchong.money import parse_yuan, yuan
from sanchong.office.claims import dues, services
from sanchong.office.claims.ledger import PAYERS
from sanchong.office.claims.models import Payment, Settlement
from sanchong.office.claims.services import later, recoveries
from sanchong.office.people.models import Person
from sanchong.office.trail.models import Entry
from sanchong.office.web import sessions

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


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


def test_a_claim_says_which_visit_made_it_by_how_much_and_under_which_clause(office: Staffed) -> None:
    _, entry = recovered(office)
    client, page = enter(office, "agency_county"), f"/recoveries/{entry.number}/"
    said = text_of(client, page)
    assert "撤销了 2026-03-10 住院（市第一医院）的结算" in said
    settled = Settlement.objects.get(kind="settle", visit=entry.visit)
    moved = [payer for payer in PAYERS if getattr(entry, payer)]
    assert "patient" in moved
    for payer in moved:
        was, change = getattr(settled, payer), getattr(entry, payer)
        assert f"{yuan(was)} → {yuan(was + change)}" in said, payer
    assert client.get(page).content.decode().count('href="/policy/clauses/') >= len(moved) - 1


def test_a_fact_known_later_and_the_years_end_say_why(office: Staffed) -> None:
    """Of 100 yuan, all within the deductible, assistance pays 70 % = 70, and all for extreme poverty: 30 come back."""
    actor = office.city.actor
    person = staffed.named(office.city.person("subsistence_allowance", "diabetes"), "王秀兰")
    stay = office.city.visit(person, "inpatient", "2026-03-10", ("A1", "100"))
    chronic = office.city.visit(person, "outpatient", "2026-03-12", ("A1", "100"), disease="diabetes")
    for visit in (stay, chronic):
        services.settle(visit.number, f"key-{visit.number}", actor)
    fact = {
        "category": {
            "person": person.number, "category": "extreme_poverty", "department": "城区民政局", "from": "2026-01-01",
        }
    }  # fmt: skip
    later.confirm(actor, "key-later", fact, later.preview(actor, fact)["digest"], "证件补发")
    client = enter(office, "agency_county")
    said = text_of(client, f"/recoveries/{Settlement.objects.get(kind='adjust', visit=stay).number}/")
    assert "补记了救助对象类别：特困人员，2026-01-01 起" in said and "理由：证件补发" in said
    assert "医疗救助 70.00 → 100.00 +30.00" in said and "个人支付 30.00 → 0.00 −30.00" in said
    services.close_year(actor, "key-closing", person.number, 2026)
    closed = Settlement.objects.get(kind="close")
    said = text_of(client, f"/recoveries/{closed.number}/")
    assert "按全年留下的费用一次性计算医疗救助" in said
    assert f"年终医疗救助 0.00 → {yuan(closed.assistance)}" in said and closed.assistance > 0


def test_what_is_typed_wrongly_is_said_beside_it(office: Staffed) -> None:
    _, entry = recovered(office)
    recoveries.confirm(office.city.actor, "key-decided", entry.number, "撤销后重算")
    client, page = enter(office, "agency_county"), f"/recoveries/{entry.number}/"
    for typed, said in (
        ({"amount": "1.234", "paid_on": "2026-11-01"}, "不超过两位小数"),
        ({"amount": "1", "paid_on": "昨天"}, "“昨天”不是日期；请写成 2025-07-01 这样"),
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
    told = Entry.objects.filter(person_id=person.pk, account=office.account("agency_county").pk)
    assert not told.exists()
    text_of(enter(office, "agency_city"), page)


def test_the_list_takes_as_many_statements_and_sorts_and_narrows(office: Staffed) -> None:
    recovered(office)
    client = enter(office, "agency_city")
    client.get("/recoveries/")
    with CaptureQueriesContext(connection) as few:
        assert column(client.get("/recoveries/"), 0) == ["王秀兰"]
    entries = [recovered(office, f"王秀{n}")[1] for n in "英梅芳"]
    with CaptureQueriesContext(connection) as many:
        page = client.get("/recoveries/")
    assert len(many) == len(few)
    assert column(page, 0) == ["王秀芳", "王秀梅", "王秀英", "王秀兰"], "the newest first"
    assert column(page, 5) == [yuan(entries[0].patient)] * 4, "all four owe the same"
    assert "没有符合条件" in text_of(client, "/recoveries/?kind=refund")
    assert column(client.post("/recoveries/", {"name": "王秀英"}), 0) == ["王秀英"]
    tomorrow = (today() + dt.timedelta(days=1)).isoformat()
    assert "没有符合条件" in text_of(client, f"/recoveries/?from={tomorrow}")
    text_of(client, "/recoveries/?state=nowhere", 400)
    text_of(client, "/recoveries/?sort=left", 400)


def test_what_was_taken_back_wholly_opened_nothing_that_a_list_could_count(office: Staffed) -> None:
    """A change that only takes back what was open is no claim: it stands in no list, and the count is of the rows."""
    _, entry = recovered(office)
    assert entry.visit is not None
    payout = {"visit": entry.visit.number, "payer": "commercial", "amount": "10.00", "paid_on": "2026-06-01"}
    told = later.preview(office.city.actor, {"payout": payout})
    later.confirm(office.city.actor, "key-payout", {"payout": payout}, told["digest"], "补记赔付")
    changed = Settlement.objects.filter(kind="adjust").exclude(patient=0)
    assert sorted(one.patient > 0 for one in changed) == [False, True], "the second is in the person's favour"
    counted = dues.entries(office.city.actor)
    assert [one.number for one in counted] == [entry.number]
    assert [one.entry for one in dues.with_claims(list(counted))] == [entry]
    assert vars(counted[0])["opened"] == dues.with_claims([entry])[0].claim.amount == entry.patient


def test_an_export_is_of_what_one_sees(office: Staffed) -> None:
    person, entry = recovered(office)
    exported = enter(office, "agency_county").post("/recoveries/", {"export": "xlsx"})
    (head, row) = load_workbook(io.BytesIO(exported.content))["追回与退付"].iter_rows(values_only=True)
    assert (row[0], row[head.index("结算编号")]) == ("王秀兰", entry.number)
    assert round(row[head.index("金额")] * 100) == entry.patient
    assert Entry.objects.filter(act="list.export", object_id="dues", person_id=person.pk).count() == 1
    for role in ("finance", "provider_operator", "analyst", "reviewer"):
        assert enter(office, role).post("/recoveries/", {"export": "xlsx"}).status_code == 403
    staffed.moved(person, "140303")
    next_door = enter(office, "agency_county").post("/recoveries/", {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(next_door.content))["追回与退付"]
    assert sheet.max_row == 1, "the head alone"
