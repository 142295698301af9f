"""A form of the desk that was refused: its field is marked, has the cursor and the message beside it; what was typed stands."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from tests.office import staffed
from tests.office.pages import enter, text_of
from tests.office.staffed import Staffed

from sanchong.office.claims.models import Command, Diagnosis, Visit

pytestmark = pytest.mark.django_db

DAY = "2026-05-10"
LONG = "甲" * 101


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


def stay(office: Staffed) -> Visit:
    """A stay that goes on, with one diagnosis."""
    visit = office.city.visit(office.city.person(None), "inpatient", DAY, ("A1", "290"))
    Visit.objects.filter(pk=visit.pk).update(discharged=None)
    return visit


def outpatient(office: Staffed) -> Visit:
    visit = office.city.visit(office.city.person(None, "diabetes"), "outpatient", DAY, disease="diabetes")
    Visit.objects.filter(pk=visit.pk).update(discharged=None)
    return visit


def send(client: Client, visit: Visit, act: str, form: Mapping[str, str]) -> Any:
    return client.post(f"/visits/{visit.number}/{act}/", {"key": uuid.uuid4().hex, **form})


def stands(page: str, name: str) -> str:
    """What stands in a field: its value, of a select the option that is chosen."""
    if (chosen := re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)) is not None:
        option = re.search(r'<option value="([^"]*)" selected', chosen[0])
        return option[1] if option else ""
    tag = re.search(rf'<input(?: id="[^"]*")? name="{name}"[^>]*>', page)
    assert tag is not None, name
    value = re.search(r' value="([^"]*)"', tag[0])
    return value[1] if value else ""


def fault(answer: Any) -> tuple[str, str]:
    """The one field that is marked, and the message that describes it; nothing is said above the form as well."""
    page = answer.content.decode()
    marked = re.findall(r"<[^>]* aria-invalid=[^>]*>", page)
    assert len(marked) == 1, text_of(answer)
    tag = marked[0]
    assert ' aria-invalid="true"' in tag and page.count(" autofocus") == 1
    assert 'role="alert"' not in page
    described = re.search(r' aria-describedby="([^"]+)"', tag)
    assert described is not None
    (said,) = re.findall(rf'<span class="mistake" id="{described[1]}">([^<]*)</span>', page)
    if "radiogroup" in tag:
        assert re.search(r'type="radio"[^>]* autofocus', page)
        return "kind", said
    name = re.search(r' name="([^"]+)"', tag)
    assert name is not None and " autofocus" in tag
    return name[1], said


REFUSED = {
    "a diagnosis without a name": (
        "diagnoses",
        {"code-0": "I21.9", "name-0": "急性心肌梗死", "code-2": "E11.9", "name-2": ""},
        "name-2",
        "请填写名称",
    ),
    "a diagnosis without a code": ("diagnoses", {"code-0": "", "name-0": "糖尿病"}, "code-0", "请填写代码"),
    "a name that is too long": (
        "diagnoses",
        {"code-1": "E11.9", "name-1": LONG},
        "name-1",
        "至多 100 个字符",
    ),
    "no diagnosis": ("diagnoses", {"code-0": "", "name-0": ""}, "code-0", "至少要有一条诊断"),
    "no day": ("discharge", {"day": ""}, "day", "请填写日期，如 2025-07-01"),
    "what is no day": ("discharge", {"day": "五月"}, "day", "“五月”不是日期；请写成 2025-07-01 这样"),
    "a discharge before the admission": (
        "discharge",
        {"day": "2026-05-01"},
        "day",
        "终止日期 2026-05-01 早于起始日期 2026-05-10",
    ),
    "what is no amount": (
        "payouts",
        {"payer": "mutual_aid", "amount": "一千", "paid_on": DAY},
        "amount",
        "“一千”不是金额",
    ),
    "nothing paid": (
        "payouts",
        {"payer": "mutual_aid", "amount": "0", "paid_on": DAY},
        "amount",
        "应大于零",
    ),
    "a payment on no day": (
        "payouts",
        {"payer": "mutual_aid", "amount": "12.50", "paid_on": "2026-02-30"},
        "paid_on",
        "“2026-02-30”不是日期",
    ),
    "a registration on no day": (
        "amend",
        {"admitted": "昨天", "practitioner": "D9", "department": "内科", "department_code": "A03"},
        "admitted",
        "“昨天”不是日期",
    ),
    "a code that is too long": (
        "amend",
        {"admitted": DAY, "practitioner": "D" * 31, "department": "内科", "department_code": "A03"},
        "practitioner",
        "至多 30 个字符",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_field_at_fault_is_marked_and_keeps_what_was_typed(office: Staffed, case: str) -> None:
    act, form, field, why = REFUSED[case]
    visit = stay(office)
    before = (Command.objects.count(), list(Diagnosis.objects.values_list("code", "name")))
    answer = send(enter(office, "agency_county"), visit, act, form)
    assert answer.status_code == 400
    at, said = fault(answer)
    assert at == field and why in said
    assert not re.search("[a-z]{3,}", said), "no name that only programs read"
    page = answer.content.decode()
    for name, typed in form.items():
        assert stands(page, name) == typed, name
    assert (Command.objects.count(), list(Diagnosis.objects.values_list("code", "name"))) == before


def test_an_amended_disease_and_amount_are_kept_and_marked(office: Staffed) -> None:
    """The employee's amounts are typed; of a resident the hospital may not state them."""
    visit = outpatient(office)
    form = {
        "admitted": DAY,
        "disease": "none_such",
        "practitioner": "",
        "department": "",
        "department_code": "",
    }
    client = enter(office, "agency_county")
    assert fault(send(client, visit, "amend", form))[0] == "disease"
    chosen = form | {"disease": "dialysis", "admitted": "昨天"}
    assert stands(send(client, visit, "amend", chosen).content.decode(), "disease") == "dialysis"
    Visit.objects.filter(pk=visit.pk).update(kind="special_drug", disease="")
    page = send(client, visit, "amend", form | {"given_pooled": "一百", "given_catastrophic": "5.00"})
    assert fault(page) == ("given_pooled", "统筹已付：“一百”不是金额；请以元填写，至多两位小数")
    assert stands(page.content.decode(), "given_catastrophic") == "5.00"


def test_what_no_field_is_about_stands_above_the_form(office: Staffed) -> None:
    visit, client = stay(office), enter(office, "agency_county")
    same = {"admitted": DAY, "practitioner": "", "department": "", "department_code": ""}
    visit.refresh_from_db()
    same |= {name: getattr(visit, name) for name in ("practitioner", "department", "department_code")}
    for act, form, said in (
        ("amend", same, "没有要更改的内容"),
        ("payouts", {"withdraw": "999"}, "没有未撤回的赔付 999"),
        ("cancel", {}, "还有 1 条费用明细"),
    ):
        answer = send(client, visit, act, form)
        page = answer.content.decode()
        assert answer.status_code == 400 and said in text_of(answer)
        assert "aria-invalid" not in page and f'role="alert" id="wrong-{act}"' in page


NEW = {
    "kind": "inpatient",
    "provider": "H14030200001 市第一医院",
    "provider_number": "ZY-1",
    "admitted": DAY,
    "disease": "",
    "practitioner": "D1",
    "department": "内科",
    "department_code": "A03",
}


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        ({"kind": ""}, "kind", "请选择就诊类型"),
        ({"provider": "H9 没有的医院"}, "provider", "没有医药机构 H9"),
        ({"provider_number": ""}, "provider_number", "缺少院内编号"),
        ({"admitted": "2026-13-01"}, "admitted", "“2026-13-01”不是日期"),
        ({"kind": "outpatient", "disease": "none_such"}, "disease", ""),
        ({"practitioner": "D" * 31}, "practitioner", "至多 30 个字符"),
        ({"department": LONG}, "department", "至多 100 个字符"),
        ({"department_code": "A" * 31}, "department_code", "至多 30 个字符"),
    ],
)
def test_a_registration_names_its_field(office: Staffed, typed: dict[str, str], field: str, why: str) -> None:
    person, form = office.city.person(None, "diabetes"), NEW | typed
    answer = enter(office, "agency_county").post(
        f"/visits/new/?person={person.number}", {"key": uuid.uuid4().hex, **form}
    )
    assert answer.status_code == 400 and not Visit.objects.exists()
    at, said = fault(answer)
    assert at == field and said and why in said
    page = answer.content.decode()
    for name in form.keys() - {"kind", "disease"}:
        assert stands(page, name) == form[name], name
    if form["kind"]:
        assert f'value="{form["kind"]}" checked' in page
    if field != "disease":
        assert stands(page, "disease") == "", "what was not chosen is not chosen for them"


def test_a_number_that_another_visit_has_is_said_at_the_number(office: Staffed) -> None:
    person, client = office.city.person(None), enter(office, "agency_county")
    address = f"/visits/new/?person={person.number}"
    assert client.post(address, NEW | {"key": uuid.uuid4().hex}).status_code == 302
    again = client.post(address, NEW | {"key": uuid.uuid4().hex, "admitted": "2026-05-11"})
    at, said = fault(again)
    assert at == "provider_number" and "院内编号 ZY-1 已用于另一次就诊" in said
    keyless = client.post(address, NEW | {"key": "short"})
    assert keyless.status_code == 400 and 'role="alert" id="wrong-register"' in keyless.content.decode()


def test_no_diagnosis_is_lost_on_the_way_through_the_form(office: Staffed) -> None:
    visit = stay(office)
    rows = {f"code-{i}": f"E{i:02}.9" for i in range(25)} | {f"name-{i}": f"诊断 {i}" for i in range(25)}
    assert send(enter(office, "agency_county"), visit, "diagnoses", rows).status_code == 302
    assert visit.diagnoses.count() == 25
