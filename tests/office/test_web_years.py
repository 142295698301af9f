"""A person's year as a timeline, and a settlement reversed from a page: who sees what, and that it does what it showed."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.office import staffed, world
from tests.office.staffed import PASSWORD, Staffed

from sanchong.money import parse_yuan, plain_yuan, yuan
from sanchong.office.accounts import staff
from sanchong.office.citizens import services as citizens
from sanchong.office.claims import queries, services
from sanchong.office.claims.models import Settlement, Visit, VisitState
from sanchong.office.claims.timeline import timeline
from sanchong.office.keeping import When
from sanchong.office.people.models import Person
from sanchong.office.providers.models import Agreement, Provider, Standing
from sanchong.office.trail.models import Entry
from sanchong.office.web import sessions

pytestmark = pytest.mark.django_db


@dataclass
class Year:
    """Somebody's year: a stay, a visit for a chronic disease, a longer stay, settled in this order."""

    office: Staffed
    person: Person
    visits: list[Visit]
    settlements: list[str]

    def client(self, role: str) -> Client:
        client = Client()
        client.post("/sign-in/", {"username": role, "password": PASSWORD})
        client.post("/sign-in/second/", {"code": self.office.code(role)})
        return client

    @property
    def address(self) -> str:
        return f"/people/{self.person.number}/year/2026/"


@pytest.fixture
def year() -> Year:
    office = staffed.opened()
    person = staffed.named(office.city.person("subsistence_allowance", "diabetes"), "王秀兰")
    visits = [
        office.city.visit(person, "inpatient", "2026-03-10", ("A1", "12000")),
        office.city.visit(person, "outpatient", "2026-04-02", ("A1", "290"), disease="diabetes"),
        office.city.visit(person, "inpatient", "2026-05-10", ("A1", "30000")),
    ]
    done = [services.settle(v.number, f"key-{v.number}", office.city.actor) for v in visits]
    return Year(office, person, visits, [d["settlement"] for d in done])


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()
    words = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(words.split())


# ── the year ─────────────────────────────────────────────────────────────────────────────────


def test_the_year_lists_what_adjusted_what(year: Year) -> None:
    services.reverse(year.visits[0].number, "key-reverse", year.office.city.actor, "误结")
    page = text_of(year.client("agency_county"), year.address)
    kinds = list(Settlement.objects.order_by("turn").values_list("kind", flat=True))
    assert kinds[:4] == ["settle", "settle", "settle", "reverse"] and set(kinds[4:]) == {"adjust"}
    assert [page.index(f"第 {turn} 笔 ") for turn in range(1, len(kinds) + 1)] == sorted(
        page.index(f"第 {turn} 笔 ") for turn in range(1, len(kinds) + 1)
    )
    assert "撤销第 1 笔" in page and "已由第 4 笔撤销" in page and "因第 4 笔而重算" in page
    last = len(kinds)
    assert f"更正第 {3} 笔" in page and f"已由第 {last} 笔更正" in page
    assert "门诊慢特病 · 糖尿病" in page and "市第一医院" in page
    assert "一季度" not in page and "二季度" in page, "the quarter that paid for a chronic disease"


def test_what_is_used_up_is_what_the_year_comes_to(year: Year) -> None:
    """After each entry that stands; the last is the account that programs are given."""
    actor = year.office.city.actor
    of = timeline(actor, year.person.number, 2026)
    account = queries.account(actor, year.person.number, 2026)["accumulators"]
    last = of.steps[-1].state
    assert [step.turn for step in of.steps] == [1, 2, 3]
    assert plain_yuan(last.pooled_used) == account["pooled_counted"]
    assert plain_yuan(last.patient) == account["patient"]
    for before, after in zip(of.steps, of.steps[1:], strict=False):
        assert after.state.pooled_used >= before.state.pooled_used
        assert after.state.patient >= before.state.patient
    services.reverse(year.visits[2].number, "key-reverse", actor, "误结")
    assert [step.turn for step in timeline(actor, year.person.number, 2026).steps] == [1, 2]
    page = text_of(year.client("agency_city"), year.address)
    assert yuan(of.steps[1].state.pooled_used) in page


def test_the_year_end_is_told(year: Year) -> None:
    client = year.client("agency_city")
    assert "留到年终一次性计算救助" in text_of(client, year.address), (
        "the outpatient visit waits for the year's end"
    )
    services.close_year(year.office.city.actor, "key-close", year.person.number, 2026)
    page = text_of(client, year.address)
    closing = Settlement.objects.get(kind="close")
    assert f"年度已结清，支付 {yuan(closing.assistance)}" in page and "年终一次性救助" in page


def test_an_empty_year_says_what_to_do(year: Year) -> None:
    page = text_of(year.client("agency_city"), f"/people/{year.person.number}/year/2025/")
    assert "2025 年度还没有结算" in page and "2026 ›" in page
    text_of(year.client("agency_city"), f"/people/{year.person.number}/year/1999/", 404)


def test_the_year_takes_as_many_statements_for_many_entries(year: Year) -> None:
    actor = year.office.city.actor
    with CaptureQueriesContext(connection) as few:
        timeline(actor, year.person.number, 2026)
    for day in ("2026-06-01", "2026-06-02", "2026-06-03"):
        visit = year.office.city.visit(year.person, "inpatient", day, ("A1", "900"))
        services.settle(visit.number, f"key-{visit.number}", actor)
    with CaptureQueriesContext(connection) as many:
        timeline(actor, year.person.number, 2026)
    assert len(many) == len(few)


def test_who_sees_the_year(year: Year) -> None:
    """Next door nobody; a department with amounts no disease; without amounts nothing; each look stands in the trail."""
    staffed.moved(year.person, "140302")
    finance = text_of(year.client("finance"), year.address)
    assert "12,000.00" in finance and "糖尿病" not in finance and "季度限额" not in finance
    assert "撤销" not in finance
    assert "不能查询费用" in text_of(year.client("civil_affairs"), year.address, 403)
    text_of(year.client("analyst"), year.address, 403)
    staffed.moved(year.person, "140303")
    text_of(year.client("agency_county"), year.address, 404)
    told = Entry.objects.filter(act="person.timeline").values_list("person_id", flat=True)
    assert list(told) == [year.person.pk]


def test_a_hospital_sees_its_own_entries_and_the_year_as_it_stands(year: Year) -> None:
    other = elsewhere(year, 2)
    page = text_of(year.client("provider_operator"), year.address)
    assert "第 1 笔" in page and "第 3 笔" not in page and other.name not in page
    of = timeline(year.office.actor("provider_operator"), year.person.number, 2026)
    assert [entry.turn for entry in of.entries] == [1, 2] and len(of.steps) == 1


def test_a_person_sees_their_own_year_and_an_agent_with_the_matter(year: Year) -> None:
    code = citizens.print_code(year.office.city.actor, year.person)
    citizens.activate(code, year.person.identity_number, "13800000001", "雨天要带雨伞-2026")
    client = Client()
    client.post("/sign-in/", {"username": "13800000001", "password": "雨天要带雨伞-2026"})
    page = text_of(client, "/mine/year/2026/")
    assert "糖尿病" in page and "第 3 笔" in page and "撤销" not in page
    text_of(client, year.address, 403)
    assert "2025 年度还没有结算" in text_of(client, "/mine/year/2025/")
    text_of(year.client("agency_city"), "/mine/year/2026/", 403)


# ── a reversal ───────────────────────────────────────────────────────────────────────────────


def elsewhere(year: Year, turn: int) -> Provider:
    """Another hospital, where one of the year's visits took place."""
    other = Provider.objects.create(code="H14030300001", name="矿区医院", kind="hospital")
    for model in (Standing, Agreement):
        row = model.objects.get(provider=year.office.city.hospital)
        row.pk, row.provider = None, other
        row.save()
    Visit.objects.filter(pk=year.visits[turn].pk).update(provider=other)
    return other


def page_of(year: Year, turn: int = 0) -> str:
    return f"/settlements/{year.settlements[turn]}/reverse/"


def read(amount: str) -> str:
    """An amount of an answer as pages show it."""
    return yuan(parse_yuan(amount))


def form_of(client: Client, address: str) -> dict[str, str]:
    shown = client.get(address).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(key|digest|visit)" value="([^"]*)"', shown))


def test_every_consequence_is_shown_before_and_is_what_then_happens(year: Year) -> None:
    client = year.client("agency_county")
    preview = services.preview_reversal(year.visits[0].number, year.office.city.actor)
    shown = text_of(client, page_of(year))
    assert "现在还没有撤销" in shown and not Settlement.objects.filter(kind="reverse").exists()
    for one in preview["adjusted"]:
        for payer in one["change"]:
            assert read(one["before"][payer]) in shown and read(one["after"][payer]) in shown
    assert f"窗口应退个人 {read(preview['given_back'])}" in shown
    patient = sum(parse_yuan(one["change"].get("patient", "0")) for one in preview["adjusted"])
    assert patient > 0 and f"应向个人追回 {yuan(patient)}" in shown
    form = form_of(client, page_of(year)) | {"reason": "费用登记有误"}
    answer = client.post(page_of(year), form)
    reversal = Settlement.objects.get(kind="reverse")
    assert answer.headers["Location"] == f"/settlements/{reversal.number}/reversed/"
    adjusted = Settlement.objects.filter(cause=reversal)
    assert adjusted.count() == len(preview["adjusted"]) and sum(a.patient for a in adjusted) == patient
    after = text_of(client, answer.headers["Location"])
    assert "已撤销" in after and f"应向个人追回 {yuan(patient)}" in after
    assert Visit.objects.get(pk=year.visits[0].pk).state == VisitState.REVERSED
    again = client.post(page_of(year), form)
    assert again.headers["Location"] == answer.headers["Location"], "sent twice, done once"
    assert Settlement.objects.filter(kind="reverse").count() == 1


def test_a_reason_is_needed_and_the_holder_proves_who_they_are(year: Year) -> None:
    client = year.client("agency_county")
    form = form_of(client, page_of(year))
    assert "请写明撤销的原因" in client.post(page_of(year), form | {"reason": " "}).content.decode()
    session = client.session
    session[sessions.PROVED] = int(time.time()) - sessions.PROVED_FOR - 1
    session.save()
    sent = client.post(
        page_of(year),
        form | {"reason": "费用登记有误"},
        headers={"referer": f"http://testserver{page_of(year)}"},
    )
    assert sent.headers["Location"].startswith("/account/prove/") and not Settlement.objects.filter(
        kind="reverse"
    )
    proof = {"password": PASSWORD, "code": year.office.code("agency_county"), "next": page_of(year)}
    assert client.post("/account/prove/", proof).headers["Location"] == page_of(year)
    assert "费用登记有误</textarea>" in client.get(page_of(year)).content.decode(), (
        "the reason is still there"
    )
    assert client.post(page_of(year), form | {"reason": "费用登记有误"}).status_code == 302
    assert Settlement.objects.filter(kind="reverse").count() == 1


def test_what_changed_since_the_preview_is_not_done(year: Year) -> None:
    client = year.client("agency_county")
    form = form_of(client, page_of(year)) | {"reason": "费用登记有误"}
    late = year.office.city.visit(year.person, "inpatient", "2026-07-01", ("A1", "900"))
    services.settle(late.number, "key-late-visit", year.office.city.actor)
    answer = client.post(page_of(year), form)
    assert answer.status_code == 409 and "预览之后数据已变化" in answer.content.decode()
    assert "费用登记有误" in answer.content.decode(), "what was typed is kept"
    assert not Settlement.objects.filter(kind="reverse").exists()


def test_only_what_stands_is_reversed(year: Year) -> None:
    client = year.client("agency_county")
    services.reverse(year.visits[0].number, "key-reverse", year.office.city.actor, "误结")
    assert "已被后来的补差或撤销取代" in text_of(client, page_of(year, 2), 409)
    assert "没有有效的结算" in text_of(client, page_of(year, 0), 409)
    services.close_year(year.office.city.actor, "key-close", year.person.number, 2026)
    closing = Settlement.objects.get(kind="close").number
    assert "年终结算不能撤销" in text_of(client, f"/settlements/{closing}/reverse/", 409)
    text_of(client, f"/settlements/{closing}/reversed/", 404)


@pytest.mark.parametrize("role", ["physician", "pharmacist"])
def test_who_does_not_settle_does_not_reverse(year: Year, role: str) -> None:
    client, address = year.client(role), page_of(year)
    assert f'href="{address}"' not in client.get(f"/people/{year.person.number}/year/2026/").content.decode()
    for answer in (client.get(address), client.post(address, {"reason": "误结"})):
        assert answer.status_code == 403
    assert not Settlement.objects.filter(kind="reverse").exists()


def test_who_may_not_reverse_sees_no_preview(year: Year) -> None:
    assert "只有医保经办机构" in text_of(year.client("finance"), page_of(year), 403)
    text_of(year.client("analyst"), page_of(year), 403)
    neighbour = staff.open_account(year.office.city.actor, "lin", "邻人").account
    staff.assign(
        year.office.city.actor, neighbour, "provider_operator", "邻院", When(world.LONG_AGO),
        provider_code="H14030300001",
    )  # fmt: skip
    elsewhere(year, 2)
    client = year.client("provider_operator")
    shown = text_of(client, page_of(year))
    assert "在其他机构的 1 笔也将重算" in shown and "矿区医院" not in shown
    text_of(client, page_of(year, 2), 404)
