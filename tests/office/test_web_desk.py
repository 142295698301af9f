"""The settlement desk: who finds which visits, lines typed and pasted, a quote that changes nothing, settling as shown."""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from openpyxl import load_workbook
from tests.office import staffed, world
from tests.office.pages import column, enter, hidden, text_of
from tests.office.staffed import Staffed

from sanchong.office import guards
from sanchong.office.catalogue.models import Item
from sanchong.office.claims.models import Command, FeeLine, Settlement, Visit
from sanchong.office.people.models import Person, Referral
from sanchong.office.providers.models import Provider
from sanchong.office.trail.models import Entry

pytestmark = pytest.mark.django_db

DAY = "2026-05-10"


@pytest.fixture
def office() -> Staffed:
    made = staffed.opened()
    call("A1", "盐酸二甲双胍缓释片")
    call("B1", "糖化血红蛋白测定")
    return made


def call(code: str, name: str) -> None:
    """Give an item of the small catalogue a name as people type it."""
    with guards.lifted(connection):
        Item.objects.filter(code=code).update(name=name)


def patient(office: Staffed, category: str | None = "subsistence_allowance") -> Person:
    return staffed.named(staffed.moved(office.city.person(category, "diabetes"), "140302001001"), "王秀兰")


def outpatient(office: Staffed, *lines: tuple[str, str]) -> Visit:
    return office.city.visit(patient(office), "outpatient", DAY, *lines, disease="diabetes")


def send(client: Client, visit: Visit, act: str, **form: str) -> Any:
    """A form of the desk, as the page gives it: with its key, the next line's number and the moment."""
    page = client.get(f"/visits/{visit.number}/")
    fixed = (
        {name: hidden(page, name, "line") for name in ("number", "at")} if act in ("line", "paste") else {}
    )
    return client.post(f"/visits/{visit.number}/{act}/", {"key": uuid.uuid4().hex, **fixed, **form})


def written() -> Mapping[str, int]:
    """How many rows stand where money and facts are kept."""
    return {m.__name__: m._default_manager.count() for m in (FeeLine, Settlement, Command)}


# ── who finds what ───────────────────────────────────────────────────────────────────────────


def test_next_door_finds_no_visit_and_can_do_nothing_to_it(office: Staffed) -> None:
    """The same people sit next door once the person has moved to another county, and the visit is another hospital's."""
    visit = outpatient(office, ("A1", "290"))
    clients = [
        enter(office, role) for role in ("agency_county", "agency_village", "provider_operator", "physician")
    ]
    for client in clients:
        assert "王秀兰" in text_of(client.get("/visits/"))
    staffed.moved(visit.person, "140303")
    other = Provider.objects.create(code="H14030300001", name="矿区医院", kind="hospital")
    Visit.objects.filter(pk=visit.pk).update(provider=other)
    before = written()
    for client in clients:
        listed = client.get("/visits/?state=")
        assert listed.status_code == 200 and "没有符合条件的就诊" in text_of(listed)
        assert exported(client, {"state": ""}) == []
        for path in ("", "quote/", "items/", "line/", "withdraw/", "settle/", "cancel/", "diagnoses/"):
            address, form = f"/visits/{visit.number}/{path}", {"key": uuid.uuid4().hex}
            answer = client.post(address, form) if path else client.get(address)
            assert answer.status_code == 404, path
            assert "王秀兰" not in answer.content.decode()
        register = client.post(f"/visits/new/?person={visit.person.number}", {"key": uuid.uuid4().hex})
        assert register.status_code in (403, 404)
    assert written() == before


def test_who_sees_no_visits_has_no_list(office: Staffed) -> None:
    visit = outpatient(office, ("A1", "290"))
    for role in ("civil_affairs", "analyst", "administrator"):
        client = enter(office, role)
        assert client.get("/visits/").status_code == 403
        assert client.post("/visits/", {"export": "xlsx"}).status_code == 403
        assert client.get(f"/visits/{visit.number}/").status_code == 404


def test_a_department_sees_the_visit_without_disease_or_items(office: Staffed) -> None:
    visit = outpatient(office, ("A1", "290"))
    visit.lines.update(name="盐酸二甲双胍缓释片")
    client = enter(office, "finance")
    assert exported(client, {}) == ["王秀兰"]
    book = str(sheet(client, {}))
    for text in (text_of(client.get("/visits/")), text_of(client.get(f"/visits/{visit.number}/")), book):
        assert "王秀兰" in text and "门诊慢特病" in text
        assert "糖尿病" not in text and "二甲双胍" not in text
    assert client.post(f"/visits/{visit.number}/line/", {"key": "x" * 10}).status_code == 403


def test_a_post_is_offered_and_may_send_only_its_forms(office: Staffed) -> None:
    person = patient(office)
    visits = {
        "outpatient": office.city.visit(person, "outpatient", DAY, ("A1", "290"), disease="diabetes"),
        "inpatient": office.city.visit(person, "inpatient", DAY, ("A1", "290")),
    }
    before = written()
    for role, kind, may, may_not in (
        ("physician", "outpatient", ["line", "diagnoses"], ["settle", "amend", "cancel", "payouts"]),
        ("pharmacist", "outpatient", ["line"], ["settle", "diagnoses", "discharge"]),
        ("pharmacist", "inpatient", [], ["line", "settle"]),
        ("reviewer", "outpatient", [], ["line", "settle", "diagnoses"]),
    ):
        client, base = enter(office, role), f"/visits/{visits[kind].number}"
        page = client.get(f"{base}/").content.decode()
        for act in may:
            assert f"{base}/{act}/" in page, (role, act)
        for act in may_not:
            assert f"{base}/{act}/" not in page, (role, act)
            assert client.post(f"{base}/{act}/", {"key": uuid.uuid4().hex}).status_code == 403, (role, act)
    assert written() == before


# ── the list ─────────────────────────────────────────────────────────────────────────────────


def sheet(client: Client, form: dict[str, str]) -> list[list[Any]]:
    """The rows of the list's workbook, its head first."""
    response = client.post("/visits/", {"export": "xlsx", **form})
    assert response.status_code == 200, text_of(response)
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(response.content))["就诊结算"]]


def exported(client: Client, form: dict[str, str]) -> list[str]:
    """Whose visits the workbook holds."""
    return [row[0] for row in sheet(client, form)[1:]]


def test_the_list_filters_sorts_and_pages(office: Staffed) -> None:
    person = patient(office)
    for turn in range(30):
        office.city.visit(
            person, "outpatient", f"2026-04-{turn + 1:02}", ("A1", str(100 + turn)), disease="diabetes"
        )
    office.city.visit(person, "inpatient", "2026-06-01", ("A1", "50"))
    client = enter(office, "agency_county")

    def amounts(query: str) -> list[str]:
        return column(client.get(f"/visits/?{query}"), 8)

    first, second = amounts("sort=-amount"), amounts("sort=-amount&page=2")
    assert first[0] == "129.00" and len(first) == 25
    assert second == ["104.00", "103.00", "102.00", "101.00", "100.00", "50.00"]
    assert amounts("")[0] == "50.00", "what was registered last"
    assert amounts("kind=inpatient") == ["50.00"]
    assert amounts("since=2026.4.20&until=2026-04-20") == ["119.00"]
    assert len(amounts("provider=一医院")) == 25 and amounts("provider=没有的") == []
    assert column(client.post("/visits/", {"name": "王秀兰"}), 0) == ["王秀兰"] * 25
    assert column(client.post("/visits/", {"name": "别人"}), 0) == []
    assert "没有符合条件的就诊" in text_of(client.get("/visits/?state=settled"))
    for nonsense in ("state=x", "sort=x", "page=-1", "page=²", "kind=x", "name=王秀兰"):
        assert client.get(f"/visits/?{nonsense}").status_code == 400, nonsense
    assert client.get("/visits/?since=x").status_code == 422


def test_those_that_wait_are_shown_unless_all_are_asked_for(office: Staffed) -> None:
    visit = outpatient(office, ("A1", "290"))
    Visit.objects.filter(pk=visit.pk).update(state="settled")
    client = enter(office, "agency_county")
    waiting = text_of(client.get("/visits/"))
    assert "没有等待结算的就诊" in waiting and "先在上方查询参保人" in waiting
    every = client.get("/visits/?state=")
    assert column(every, 6) == ["已结算"]
    assert "state=&amp;sort=amount" in every.content.decode(), "sorted, all are still asked for"
    assert exported(client, {"state": ""}) == ["王秀兰"] and exported(client, {}) == []


def test_a_read_of_the_list_is_one_entry_a_person(office: Staffed) -> None:
    visit = outpatient(office, ("A1", "290"))
    office.city.visit(visit.person, "inpatient", DAY, ("A1", "9000"))
    enter(office, "agency_county").get("/visits/")
    assert Entry.objects.filter(act="list.read", object_id="visits", person_id=visit.person_id).count() == 1


def test_a_hospitals_list_has_no_name_to_search_by(office: Staffed) -> None:
    outpatient(office, ("A1", "290"))
    client = enter(office, "provider_operator")
    page = client.get("/visits/").content.decode()
    assert 'name="name"' not in page and 'name="provider"' not in page
    assert column(client.post("/visits/", {"name": "别人", "state": ""}, follow=True), 0) == ["王秀兰"], (
        "what it may not ask by narrows nothing"
    )


# ── registering ──────────────────────────────────────────────────────────────────────────────


def test_a_visit_is_registered_once_and_led_to_its_desk(office: Staffed) -> None:
    person = patient(office)
    client = enter(office, "agency_county")
    page = client.get(f"/visits/new/?person={person.number}")
    assert "糖尿病" in text_of(page)
    form = {
        "key": uuid.uuid4().hex,
        "kind": "inpatient",
        "provider": f"{office.city.hospital.code} 市第一医院",
        "provider_number": "ZY-1",
        "admitted": DAY,
        "disease": "diabetes",
    }
    answers = [client.post(f"/visits/new/?person={person.number}", form) for _ in range(2)]
    visit = Visit.objects.get()
    assert {answer.headers["Location"] for answer in answers} == {f"/visits/{visit.number}/"}
    assert (visit.kind, visit.disease, visit.provider_number) == ("inpatient", "", "ZY-1")
    other = client.post(
        f"/visits/new/?person={person.number}", form | {"key": uuid.uuid4().hex, "admitted": "2026-05-11"}
    )
    assert other.status_code == 400 and "院内编号 ZY-1 已用于另一次就诊" in text_of(other)
    unknown = client.post(
        f"/visits/new/?person={person.number}",
        form | {"key": uuid.uuid4().hex, "provider": "H9", "provider_number": "2"},
    )
    assert unknown.status_code == 400 and "没有医药机构 H9" in text_of(unknown)


def test_a_hospital_registers_only_who_presented_themselves(office: Staffed) -> None:
    person = patient(office)
    client = enter(office, "provider_operator")
    assert client.get(f"/visits/new/?person={person.number}").status_code == 404
    card = Person.objects.get(pk=person.pk)
    card.identity_index = Person.index_of("identity", card.identity_number)
    card.save(update_fields=["identity_index"])
    found = client.post("/people/", {"q": card.identity_number})
    assert found.status_code == 302
    assert "登记就诊" in text_of(client.get(found.headers["Location"]))
    assert client.get(f"/visits/new/?person={person.number}").status_code == 200


# ── lines ────────────────────────────────────────────────────────────────────────────────────


def test_a_line_is_added_by_code_or_name_with_its_amount_reckoned(office: Staffed) -> None:
    visit = outpatient(office)
    client = enter(office, "provider_operator")
    for item, quantity, price in (("A1 盐酸二甲双胍缓释片", "4", "28.6"), ("糖化血红", "１", "1,060.005")):
        assert send(client, visit, "line", item=item, quantity=quantity, unit_price=price).status_code == 302
    lines = list(FeeLine.objects.order_by("pk").values_list("item", "name", "amount"))
    # 4 × 28.60 = 114.40; 1 × 1,060.005 = 1,060.01, half up
    assert lines == [("A1", "盐酸二甲双胍缓释片", 11440), ("B1", "糖化血红蛋白测定", 106001)]
    assert (
        send(client, visit, "line", item="护工费", quantity="1", unit_price="80", outside="on").status_code
        == 302
    )
    assert FeeLine.objects.filter(item="", name="护工费", amount=8000).exists()
    text = text_of(client.get(f"/visits/{visit.number}/"))
    assert "乙 10%" in text and "不在三大目录内" in text


UNREADABLE = {
    ("没有这个", "1", "1"): "就诊当日的目录中没有“没有这个”",
    ("", "1", "1"): "请输入项目编码或名称",
    ("A1", "0", "1"): "数量应大于零",
    ("A1", "两盒", "1"): "“两盒”不是数字",
    ("A1", "1e3", "1"): "“1e3”不是数字",
    ("A1", "1", "-5"): "“-5”不是数字",
    ("A1", "1.00001", "5"): "数量至多 4 位小数",
    ("A1", "1", "9999999999"): "单价过大",
}


def test_a_line_that_cannot_be_read_is_shown_again_as_typed(office: Staffed) -> None:
    visit, client = outpatient(office), enter(office, "provider_operator")
    for (item, quantity, price), said in UNREADABLE.items():
        answer = send(client, visit, "line", item=item, quantity=quantity, unit_price=price)
        assert answer.status_code == 400 and said in text_of(answer)
        assert f'value="{quantity}"' in answer.content.decode()
    assert not FeeLine.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"quantity": "两"}, "quantity"),
        ({"unit_price": "一元"}, "unit_price"),
        ({"days": "三天"}, "days"),
        ({"item": "没有这一项"}, "item"),
    ],
)
def test_a_mistake_stands_at_its_field(office: Staffed, typed: dict[str, str], field: str) -> None:
    """One field is marked, has the cursor, and is described by the message (WCAG 3.3.1)."""
    visit = outpatient(office)
    line = {"item": "A1", "quantity": "1", "unit_price": "50", "days": ""} | typed
    page = send(enter(office, "provider_operator"), visit, "line", **line).content.decode()
    (marked,) = (tag.partition(">")[0] for tag in page.split("<") if "aria-invalid" in tag)
    assert f'name="{field}"' in marked and " autofocus" in marked
    described = marked.partition('aria-describedby="')[2].partition('"')[0]
    assert described and f'role="alert" id="{described}"' in page


def test_a_name_of_several_items_is_offered_as_a_choice(office: Staffed) -> None:
    visit = outpatient(office)
    call("B1", "盐酸二甲双胍片")
    client = enter(office, "provider_operator")
    answer = send(client, visit, "line", item="二甲双胍", quantity="2", unit_price="10")
    assert answer.status_code == 400 and "有 2 个项目符合，请选择" in text_of(answer)
    assert '<option value="A1 盐酸二甲双胍缓释片">' in answer.content.decode()
    items = client.post(f"/visits/{visit.number}/items/", {"item": "二甲双胍片"}).content.decode()
    assert "B1 盐酸二甲双胍片" in items and "A1" not in items


def test_pasted_rows_are_shown_before_any_is_added(office: Staffed) -> None:
    visit = outpatient(office)
    client = enter(office, "provider_operator")
    rows = "项目\t名称\t数量\t单价\t金额\nA1\t\t4\t28.60\t114.40\n自费\t护工费\t1\t80\t80\n"
    wrong = send(client, visit, "paste", pasted=rows + "B1\t\t2\t60\t100\nZ9\t\t1\t1\t\n")
    text = text_of(wrong)
    assert "2 行可以加入，合计 194.40；2 行有误" in text
    assert "金额：数量 × 单价为 120.00，与金额 100 不符" in text and "目录中没有“Z9”" in text
    assert 'name="confirm"' not in wrong.content.decode() and not FeeLine.objects.exists()
    forced = send(client, visit, "paste", pasted=rows + "Z9\t\t1\t1\t\n", confirm="1")
    assert forced.status_code == 400 and not FeeLine.objects.exists(), "all rows or none"
    shown = send(client, visit, "paste", pasted=rows)
    assert "加入 2 行" in text_of(shown) and not FeeLine.objects.exists()
    form = {
        "pasted": rows, "confirm": "1", **{n: hidden(shown, n, "paste") for n in ("key", "number", "at")}
    }  # fmt: skip
    for _ in range(2):
        assert client.post(f"/visits/{visit.number}/paste/", form).status_code == 302
    assert list(FeeLine.objects.order_by("pk").values_list("number", "name", "amount")) == [
        ("1", "盐酸二甲双胍缓释片", 11440),
        ("2", "护工费", 8000),
    ]
    plain = send(client, visit, "paste", pasted="盐酸二甲双胍缓释片\t1\t5\n")
    assert "1 行可以加入，合计 5.00" in text_of(plain)


def test_a_line_is_withdrawn_and_stays_as_withdrawn(office: Staffed) -> None:
    visit = outpatient(office, ("A1", "290"), ("B1", "100"))
    client = enter(office, "provider_operator")
    assert send(client, visit, "withdraw", line="2").status_code == 302
    text = text_of(client.get(f"/visits/{visit.number}/"))
    assert "1 项，合计 290.00" in text and "已撤销 1 项" in text
    again = send(client, visit, "withdraw", line="2")
    assert again.status_code == 400 and "没有未撤销的明细 2" in text_of(again)


def test_a_line_entered_in_two_windows_is_not_added_twice(office: Staffed) -> None:
    visit = outpatient(office)
    client = enter(office, "provider_operator")
    page = client.get(f"/visits/{visit.number}/")
    form = {"item": "A1", "quantity": "1", "unit_price": "5"}
    form |= {name: hidden(page, name, "line") for name in ("number", "at")}
    first = client.post(f"/visits/{visit.number}/line/", form | {"key": "window-one"})
    second = client.post(f"/visits/{visit.number}/line/", form | {"key": "window-two"})
    assert first.status_code == 302
    assert second.status_code == 400 and "另一个窗口刚为本次就诊录入过费用" in text_of(second)
    assert FeeLine.objects.count() == 1


# ── the quote ────────────────────────────────────────────────────────────────────────────────


def test_the_quote_counts_what_is_being_typed_and_changes_nothing(office: Staffed) -> None:
    visit = outpatient(office, ("A1", "100"))
    client = enter(office, "provider_operator")
    before = written()
    typed = {"item": "A1", "quantity": "2", "unit_price": "50"}
    text = text_of(client.post(f"/visits/{visit.number}/quote/", typed))
    assert "总费用 200.00" in text and "含正在录入、尚未加入的“盐酸二甲双胍缓释片”" in text
    assert "“盐酸二甲双胍缓释片”还没有加入，这时结算不含这一项" in text
    half = text_of(client.post(f"/visits/{visit.number}/quote/", typed | {"unit_price": ""}))
    assert "总费用 100.00" in half and "还没有加入" not in half
    assert written() == before and Entry.objects.filter(act="claims.quote").count() == 2


def test_what_stands_before_settling_is_named_where_it_is_put_right(office: Staffed) -> None:
    """A stay neither diagnosed nor ended is priced as it stands; settling waits."""
    visit = office.city.visit(patient(office), "inpatient", DAY, ("A1", "9000"))
    Visit.objects.filter(pk=visit.pk).update(state="registered", discharged=None)
    client = enter(office, "provider_operator")
    page = client.get(f"/visits/{visit.number}/")
    text = text_of(page)
    assert "9,000.00" in text and "就诊尚未上传诊断" in text
    assert '<a href="#diagnoses">诊断</a>' in page.content.decode()
    assert "disabled" in page.content.decode() and "收取个人支付" not in text
    assert (
        send(client, visit, "diagnoses", **{"code-0": "I21.9", "name-0": "急性心肌梗死"}).status_code == 302
    )
    text = text_of(client.get(f"/visits/{visit.number}/"))
    assert "尚未办理出院" in text and "尚未上传诊断" not in text
    early = send(client, visit, "discharge", day="2026-05-01")
    assert early.status_code == 400
    assert send(client, visit, "discharge", day="2026-05-12").status_code == 302
    assert "收取个人支付" in text_of(client.get(f"/visits/{visit.number}/"))
    assert send(client, visit, "discharge", undo="1").status_code == 302
    assert Visit.objects.get(pk=visit.pk).discharged is None


def test_a_gate_names_its_clause_and_its_line(office: Staffed) -> None:
    visit = outpatient(office, ("A1", "100"), ("X9", "5"))
    client = enter(office, "provider_operator")
    page = client.get(f"/visits/{visit.number}/")
    assert "明细 2：目录中没有项目 X9" in text_of(page)
    assert '<a href="#line-2">这一行</a>' in page.content.decode()
    other = office.city.visit(patient(office), "outpatient", DAY, ("A1", "100"), disease="cancer")
    text = text_of(client.get(f"/visits/{other.number}/"))
    assert "结算前还需" in text and "收取个人支付" not in text


# ── settling ─────────────────────────────────────────────────────────────────────────────────


def test_settling_twice_settles_once_and_leads_to_the_statement(office: Staffed) -> None:
    visit = outpatient(office, ("A1", "290"))
    client = enter(office, "provider_operator")
    page = client.get(f"/visits/{visit.number}/")
    form = {name: hidden(page, name, "settle") for name in ("key", "total", "patient")}
    assert form["total"] == "290.00"
    answers = [client.post(f"/visits/{visit.number}/settle/", form) for _ in range(2)]
    kept = Settlement.objects.get()
    assert [a.headers["Location"] for a in answers] == [f"/statements/{kept.number}/"] * 2
    text = text_of(client.get(f"/statements/{kept.number}/"))
    assert "290.00" in text and "盐酸二甲双胍" not in text, "the line's own name was A1"
    closed = text_of(client.get(f"/visits/{visit.number}/"))
    assert kept.number in closed and "预结算" not in closed and "加入" not in closed


def test_another_amount_than_was_shown_is_not_settled(office: Staffed) -> None:
    visit = outpatient(office, ("A1", "290"))
    client = enter(office, "provider_operator")
    page = client.get(f"/visits/{visit.number}/")
    form = {name: hidden(page, name, "settle") for name in ("key", "total", "patient")}
    wrong = client.post(f"/visits/{visit.number}/settle/", form | {"patient": "0.01"})
    assert wrong.status_code == 400 and "与预结算时的 0.01 不同" in text_of(wrong)
    send(client, visit, "line", item="A1", quantity="1", unit_price="10")
    stale = client.post(f"/visits/{visit.number}/settle/", form)
    assert stale.status_code == 400 and "与所报总额 290.00 不符" in text_of(stale)
    assert not Settlement.objects.exists()


# ── admission, other payers, amending, cancelling ────────────────────────────────────────────


def test_the_deposit_is_waived_for_who_was_referred_and_has_the_category(office: Staffed) -> None:
    """Five facts together: referred by primary care, the category, within the city, designated, a stay."""
    person = patient(office)
    visit = office.city.visit(person, "inpatient", DAY)
    client = enter(office, "provider_operator")
    text = text_of(client.get(f"/visits/{visit.number}/"))
    assert "住院押金不免" in text and "经基层首诊转诊" in text
    Referral.objects.create(
        person=person,
        from_provider="H14030200009",
        provider_code=office.city.hospital.code,
        start=world.LONG_AGO,
        known_from=world.LONG_AGO,
    )
    text = text_of(client.get(f"/visits/{visit.number}/"))
    assert "免收住院押金" in text and "先诊疗后付费" in text
    poorer = office.city.visit(patient(office, "near_subsistence"), "inpatient", DAY)
    assert "住院押金不免" in text_of(client.get(f"/visits/{poorer.number}/"))


def test_what_another_payer_pays_is_recorded_and_taken_back(office: Staffed) -> None:
    visit = office.city.visit(patient(office), "inpatient", DAY, ("A1", "9000"))
    client = enter(office, "provider_operator")
    wrong = send(client, visit, "payouts", payer="commercial", amount="一千", paid_on=DAY)
    assert wrong.status_code == 400 and "“一千”不是金额" in text_of(wrong)
    sent = send(client, visit, "payouts", payer="commercial", amount="1,000.00", paid_on=DAY)
    assert sent.status_code == 302
    assert "商业保险 1,000.00" in text_of(client.get(f"/visits/{visit.number}/"))
    payout = visit.payouts.get()
    assert payout.amount == 100_000
    assert send(client, visit, "payouts", withdraw=str(payout.pk)).status_code == 302
    assert "商业保险 1,000.00" not in text_of(client.get(f"/visits/{visit.number}/"))


def test_what_was_registered_is_amended_and_a_visit_is_cancelled(office: Staffed) -> None:
    visit = outpatient(office)
    Visit.objects.filter(pk=visit.pk).update(discharged=None)
    client = enter(office, "provider_operator")
    amended = send(client, visit, "amend", admitted="2026-05-11", disease="cancer", practitioner="")
    assert amended.status_code == 302
    visit.refresh_from_db()
    assert (visit.admitted.isoformat(), visit.disease) == ("2026-05-11", "cancer")
    same = send(client, visit, "amend", admitted="2026-05-11", disease="cancer", practitioner="")
    assert same.status_code == 400 and "没有要更改的内容" in text_of(same)
    assert send(client, visit, "cancel").status_code == 302
    assert Visit.objects.get().state == "cancelled"
    page = client.get(f"/visits/{visit.number}/")
    assert "已取消" in text_of(page) and "加入" not in text_of(page)


def test_a_settled_visit_takes_no_more_lines(office: Staffed) -> None:
    visit = outpatient(office, ("A1", "290"))
    client = enter(office, "provider_operator")
    page = client.get(f"/visits/{visit.number}/")
    form = {name: hidden(page, name, "settle") for name in ("key", "total", "patient")}
    line = {"item": "A1", "quantity": "1", "unit_price": "5", "key": "a-key-of-its-own"}
    line |= {name: hidden(page, name, "line") for name in ("number", "at")}
    client.post(f"/visits/{visit.number}/settle/", form)
    late = client.post(f"/visits/{visit.number}/line/", line)
    assert late.status_code == 400 and "就诊已结算" in text_of(late)
    assert FeeLine.objects.count() == 1
