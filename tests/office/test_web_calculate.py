"""What would I get? Settled by the engine, refused at the field, assumed figures editable; nothing typed stays anywhere."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Mapping
from html import unescape
from types import MappingProxyType

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from tests.office import world

from sanchong.office.accounts import knocking
from sanchong.office.accounts.models import Knocks
from sanchong.office.web.calculator.examples import EXAMPLES
from sanchong.office.web.calculator.form import ROWS

pytestmark = pytest.mark.django_db

NOTHING: Mapping[str, object] = MappingProxyType({})
STAY = {
    "date": "2026-03-02",
    "region": "140300",
    "household": "140300",
    "insurance": "resident",
    "category": "",
    "kind": "inpatient",
    "hospital": "county",
    "where": "here",
    "designated": "yes",
    "referred": "yes",
    "name-0": "西药",
    "amount-0": "5,000",
    "class-0": "A",
    "name-1": "乙类药",
    "amount-1": "1000.00 元",
    "class-1": "B",
    "advance-1": "10",
}
"""(5000 + 1000 × 90% − 400) × 75% = 4125; of 6000 the patient keeps 1875."""


@pytest.fixture(autouse=True)
def office() -> None:
    world.build()


def asked(changed: Mapping[str, object] = NOTHING, /, *, status: int = 200, htmx: bool = False) -> str:
    """The answer to the stay with some fields changed."""
    headers = {"HX-Request": "true"} if htmx else {}
    answer = Client().post("/calculate/", {**STAY, **changed}, headers=headers)
    assert answer.status_code == status, words(answer.content.decode())
    return answer.content.decode()


def words(page: str) -> str:
    """What a page says, without markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def said_at(page: str, field: str) -> str:
    found = re.search(rf'<p class="field-wrong" id="e-{field}" role="alert">([^<]+)</p>', page)
    assert found is not None, f"nothing is said at {field}"
    return unescape(found[1])


def counts() -> dict[str, int]:
    """The rows of every table there is."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def test_a_stay_is_settled_by_the_office_s_own_law() -> None:
    said = words(asked())
    assert "4,125.00" in said and "1,875.00" in said
    page = asked()
    assert 'href="/policy/clauses/' in page, "every bar leads to its clause"


@pytest.mark.parametrize("key", EXAMPLES)
def test_every_example_can_be_computed_and_says_that_it_is_one(key: str) -> None:
    page = Client().get(f"/calculate/?example={key}")
    said = words(page.content.decode())
    assert page.status_code == 200 and "这次大约这样支付" in said and "例子里的费用是我们编的" in said


def test_a_quarter_of_diabetes_gets_assistance_at_the_year_s_end() -> None:
    # (420 + 360 × 90% + 90) × 70% = 583.80, within 600; the rest, 250.20, × 30% = 75.06 at the year's end.
    said = words(Client().get("/calculate/?example=diabetes").content.decode())
    assert "583.80" in said and "75.06" in said and "年底一次算清" in said


def test_nothing_typed_stays_anywhere(caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    before = counts()
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/calculate/", {**STAY, "name-0": "某种少见的药", "amount-0": "4321.07"})
        client.get("/calculate/")
        client.post("/calculate/", {**STAY, "amount-0": "不是数"})
    assert "4,321.07" in answer.content.decode()
    after = counts()
    knocks = Knocks._meta.db_table
    assert {name: rows for name, rows in after.items() if name != knocks} == {
        name: rows for name, rows in before.items() if name != knocks
    }
    (kept,) = Knocks.objects.values()
    assert kept == {"source": "calculate 127.0.0.1", "window": kept["window"], "times": 3}, "how often alone"
    assert isinstance(kept["window"], int)
    assert set(client.cookies) <= {"sanchong-csrf"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "4321.07" not in caplog.text and "少见" not in caplog.text


def test_an_address_that_never_stops_is_told_when_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two o'clock and a hundred seconds: the quarter ends at 14:15, in 800 seconds."""
    now = dt.datetime(2026, 5, 4, 14, 1, 40, tzinfo=timezone.get_current_timezone()).timestamp()
    monkeypatch.setattr("time.time", lambda: now)
    monkeypatch.setattr(knocking, "MOST_CALCULATIONS", 2)
    here, there = Client(REMOTE_ADDR="192.0.2.7"), Client(REMOTE_ADDR="192.0.2.8")
    assert [here.post("/calculate/", STAY).status_code for _ in range(2)] == [200, 200]
    refusal = here.post("/calculate/", STAY)
    said = words(refusal.content.decode())
    assert refusal.status_code == 429 and "测算过于频繁" in said and "请在 14:15 以后再来" in said
    assert refusal.headers["Retry-After"] == "800"
    part = here.post("/calculate/", STAY, headers={"HX-Request": "true"})
    assert part.status_code == 429 and part.content.decode().startswith('<section id="result"')
    assert here.get("/calculate/").status_code == 429
    assert there.post("/calculate/", STAY).status_code == 200
    monkeypatch.setattr("time.time", lambda: now + 800)
    assert here.post("/calculate/", STAY).status_code == 200
    assert set(Knocks.objects.values_list("source", flat=True)) == {"calculate 192.0.2.7"}


def test_a_clinic_s_visitors_share_an_address_without_noticing() -> None:
    """Ten people who change a field every five seconds are 10 × 180 answers in a quarter of an hour."""
    assert knocking.MOST_CALCULATIONS >= 10 * knocking.WINDOW // 5


def test_an_assumed_figure_is_a_field_and_changing_it_recomputes() -> None:
    page = asked()
    field = 'name="figure-inpatient.pooled_rate.second_county" value="75%"'
    assert field in page and "示例，无文件依据" in page
    # (5900 − 400) × 80% = 4400; 6000 − 4400 = 1600
    changed = asked({"figure-inpatient.pooled_rate.second_county": "80%"})
    said = words(changed)
    assert "4,400.00" in said and "1,600.00" in said
    assert 'value="80%"' in changed and "已改，示例为 75%" in said
    # 5900 × 75% = 4425 without a deductible: 0 is a figure, not a gap
    assert "4,425.00" in words(asked({"figure-inpatient.deductible.second_county": "0"}))
    same = asked(
        {"figure-inpatient.pooled_rate.second_county": "75", "figure-pooled_fund.annual_cap": "70000"}
    )
    assert "已改" not in same, "the same figure written otherwise is no other figure"


def test_bands_are_read_as_they_are_shown() -> None:
    page = Client().get("/calculate/?example=cancer-stay").content.decode()
    assert "超出 0.00 以上 65%\n超出 40,000.00 以上 70%" in unescape(page)
    typed = {
        "category": "extreme_poverty",
        "hospital": "province",
        "amount-0": "100,000",
        "amount-1": "",
        "name-1": "",
    }
    # (100000 − 1000) × 60% = 59400; burden 40600, less 5000 is 35600, × 50% = 17800
    bands = {"figure-catastrophic.bands.extreme_poverty": "超出 0 以上 50%"}
    assert "17,800.00" in words(asked({**typed, **bands}))
    wrong = asked({**typed, "figure-catastrophic.bands.extreme_poverty": "一半"}, status=400)
    assert "请按原来的写法填写" in wrong


def test_what_a_document_states_is_no_field_and_cannot_be_changed() -> None:
    typed = {"category": "subsistence_allowance"}
    stated = "assistance.inpatient.rate.subsistence_allowance"
    page = asked(typed)
    assert f"figure-{stated}" not in page
    assert words(asked({**typed, f"figure-{stated}": "100%"})) == words(page)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"amount-0": "abc"}, "amount-0", "请填金额"),
        ({"amount-0": "-5"}, "amount-0", "不小于零"),
        ({"amount-0": "99999999999"}, "amount-0", "不得超过"),
        ({"amount-1": ""}, "amount-1", "请填金额"),
        ({"advance-1": ""}, "advance-1", "比例"),
        ({"date": "昨天"}, "date", "日期"),
        ({"date": ""}, "date", "日期"),
        ({"kind": "outpatient", "disease": ""}, "disease", "请选择这次看的病"),
        ({"kind": "outpatient", "disease": "diabetes"}, "disease", "没有有效的糖尿病门诊慢特病认定"),
        ({"kind": "outpatient", "disease": "diabetes", "diseases": "diabetes", "date": "2025-03-31"}, "date", "没有施行中"),
        ({"insurance": "employee"}, "pooled", "职工医保的比例和限额不在收录的文件里"),
        ({"kind": "special_drug", "in_scope": "20000"}, "pooled", "请填基本医保已付的金额"),
        ({"commercial": "很多"}, "commercial", "请填金额"),
    ],
)  # fmt: skip
def test_a_refusal_stands_at_its_field_in_plain_chinese(typed: dict[str, str], field: str, said: str) -> None:
    page = asked(typed, status=400)
    message = said_at(page, field)
    assert said in message
    assert not re.search("[A-Za-z_]{4,}", message)
    assert page.count('class="field-wrong"') > 1 and page.count("去改这一项") == 1


def test_two_diseases_that_exclude_each_other_are_refused_with_the_clause() -> None:
    typed = {"kind": "outpatient", "disease": "dialysis", "diseases": ["dialysis", "transplant:kidney"]}
    page = asked({**typed, "hospital": "city_second"}, status=400)
    assert "互斥病种" in said_at(page, "disease") and "/policy/clauses/shanxi.a39.html" in page


def test_an_employee_gives_what_the_insurers_paid() -> None:
    # 5900 in policy − 4000 − 0 leaves 1900; subsistence allowance: no deductible, 70% = 1330; 6000 − 4000 − 1330 = 670
    typed = {
        "insurance": "employee",
        "category": "subsistence_allowance",
        "pooled": "4000",
        "catastrophic": "0",
    }
    said = words(asked(typed))
    assert "1,330.00" in said and "670.00" in said


def test_what_is_not_modelled_is_named_with_what_to_do() -> None:
    monitored = words(asked({"category": "monitored"}))
    assert "住院救助比例（监测对象）" in monitored and "请向户籍地医保经办机构询问" in monitored
    elsewhere = words(asked({"category": "subsistence_allowance", "household": "999999"}))
    assert "户籍地的医疗救助规定：由另外的文件规定" in elsewhere
    assert "医疗救助不用另外申请" not in elsewhere, "Yangquan's clauses are said of Yangquan's people alone"


def test_where_to_apply_is_what_the_clauses_say() -> None:
    by_application = asked({"category": "near_subsistence"})
    assert "医疗救助要先申请" in by_application and "/policy/clauses/yangquan.b84.html" in by_application
    direct = asked({"category": "subsistence_allowance"})
    assert "医疗救助不用另外申请" in direct and "免交押金" in direct
    assert "免交押金" not in asked({"category": "subsistence_allowance", "where": "province"})
    assert "收录的文件没有写" in direct
    typed = {"kind": "outpatient", "disease": "diabetes", "region": "140700", "household": "140700"}
    assert "20 个工作日" in asked(typed, status=400)


def test_while_one_types_only_the_answer_and_what_is_wrong_come_back() -> None:
    part = asked(htmx=True)
    assert part.lstrip().startswith('<section id="result"') and "<html" not in part
    assert part.count("hx-swap-oob") == 9 + 2 * ROWS and 'role="alert"' not in part
    wrong = asked({"amount-0": "abc"}, htmx=True)
    assert "请填金额" in said_at(wrong.replace(' hx-swap-oob="true"', ""), "amount-0")


def test_an_empty_form_says_what_to_do() -> None:
    assert "先挑一个例子" in words(asked({"name-0": "", "amount-0": "", "name-1": "", "amount-1": ""}))


def test_a_stranger_cannot_make_the_server_work_long() -> None:
    assert Client().post("/calculate/", {"name-0": "长" * 40_000}).status_code == 413
    many = {f"name-{n}": "药" for n in range(ROWS, 40)} | {f"amount-{n}": "1" for n in range(ROWS, 40)}
    assert "6,000.00" in words(asked(many)), "rows that the form does not have are not read"


@pytest.mark.parametrize(
    "junk", ["", "x", "\x00", "😀" * 50, "9" * 40, "{}", "140300", "2026-02-30", "1e9", "⁵"]
)
def test_junk_in_any_field_is_answered(junk: str) -> None:
    fields = [*STAY, "disease", "diseases", "pooled", "catastrophic", "commercial", "in_scope",
              "figure-inpatient.pooled_rate.second_county", "figure-nothing", "figure-catastrophic.bands.standard"]  # fmt: skip
    client = Client()
    for field in fields:
        answer: HttpResponse = client.post("/calculate/", {**STAY, field: junk})  # type: ignore[assignment]
        assert answer.status_code in (200, 400), field
        special = {**STAY, "kind": "outpatient", "disease": "dialysis", "diseases": "dialysis", field: junk}
        assert client.post("/calculate/", special).status_code in (200, 400), field


def test_the_way_to_it_is_on_the_sign_in_page() -> None:
    assert 'href="/calculate/"' in Client().get("/sign-in/").content.decode()
