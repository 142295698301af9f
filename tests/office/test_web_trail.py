"""The trail as an auditor reads it: by day, who, what and whom; half names, no medical data; and reading it is on it."""

from __future__ import annotations

import ast
import datetime as dt
import io
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from tests.office import staffed
from tests.office.entering import as_citizen, citizen
from tests.office.master import refused
from tests.office.pages import column, enter, text_of
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office import guards, keeping
from sanchong.office.accounts import staff
from sanchong.office.accounts.roles import ROLES
from sanchong.office.claims.models import Visit
from sanchong.office.keeping import When
from sanchong.office.people.models import Person
from sanchong.office.trail.models import Entry
from sanchong.office.trail.services import record
from sanchong.office.visibility import may_audit, visible_entries, visible_people, visible_visits
from sanchong.office.web import trail_words

pytestmark = pytest.mark.django_db

PAGE = "/trail/"
SOURCE = Path(keeping.__file__).parent


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


def seen(office: Staffed) -> Person:
    """Somebody whose rights a clerk of the county has looked up."""
    person = staffed.named(office.city.person("subsistence_allowance", "diabetes"), "王秀兰", "2")
    enter(office, "agency_county").get(f"/people/{person.number}/")
    return person


def test_an_auditor_reads_who_did_what_to_whose_data(office: Staffed) -> None:
    person = seen(office)
    client = enter(office, "auditor")
    page = client.get(f"{PAGE}?day={today()}&act=person")
    (row,) = [cells for cells in zip(*(column(page, n) for n in range(7)), strict=True)]
    at, who, behalf, act, thing, whom, address = row
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", at)
    assert (who, behalf) == ("演示县级经办（agency_county）", "—")
    assert (act, thing) == ("查看待遇", f"参保人 {person.number}")
    assert (whom, address) == (f"王** {person.number}", "127.0.0.1")
    assert f'href="{PAGE}"' in client.get("/").content.decode(), "linked in the navigation"


def test_no_name_no_document_and_nothing_medical_is_shown(office: Staffed) -> None:
    person = seen(office)
    client = enter(office, "auditor")
    shown = client.get(f"{PAGE}?day={today()}").content.decode()
    book = client.post(PAGE, {"day": str(today()), "export": "xlsx"})
    cells = [str(c.value) for sheet in load_workbook(io.BytesIO(book.content)) for r in sheet for c in r]
    for text in (shown, " ".join(cells)):
        assert "王**" in text
        for private in ("王秀兰", person.identity_number, "diabetes", "糖尿病"):
            assert private not in text
    assert not re.search(r"[a-z]{3,}\.[a-z]{3,}", " ".join(column(client.get(f"{PAGE}?day={today()}"), 3)))


def test_a_citizen_s_account_is_not_named(office: Staffed) -> None:
    person = staffed.named(office.city.person(), "李建国")
    account = citizen(office, person, "13800000001")
    as_citizen("13800000001")
    page = enter(office, "auditor").get(f"{PAGE}?day={today()}&act=account")
    assert f"参保人账号 {account.pk}" in column(page, 1)
    assert "李建国" not in page.content.decode()


def test_it_is_narrowed_by_day_by_who_by_what_and_by_whom(office: Staffed) -> None:
    person, other = seen(office), office.city.person()
    enter(office, "agency_city").get(f"/people/{other.number}/")
    old = Entry(act="person.rights", kind="person", object_id="P9", account=office.account("analyst").pk)
    old.save()
    client = enter(office, "auditor")

    def lines(form: dict[str, str]) -> int:
        page = client.post(PAGE, form, follow=True)
        assert page.status_code == 200, text_of(page)
        return len(column(page, 0))

    day = str(today())
    assert lines({"day": day, "act": "person"}) == 3
    assert lines({"day": day, "act": "person", "who": "agency_county"}) == 1
    assert lines({"act": "person", "who": "演示县级经办"}) == 1
    assert lines({"whom": person.number}) == 1 and lines({"whom": other.number}) == 1
    assert lines({"whom": "P000000"}) == 0
    yesterday = str(today() - dt.timedelta(days=1))
    assert lines({"day": yesterday}) == 0
    assert client.get(f"{PAGE}?whom={person.number}").status_code == 400, "no number in an address"


def test_without_a_condition_today_is_shown(office: Staffed) -> None:
    """The whole trail of years is nobody's page."""
    old = Entry(act="person.rights", kind="person", object_id="P9")
    old.save()
    with guards.lifted(connection):
        Entry.objects.filter(pk=old.pk).update(at=timezone.now() - dt.timedelta(days=1))
    client = enter(office, "auditor")
    for asked in (PAGE, f"{PAGE}?act=person", f"{PAGE}?act=account"):
        page = client.get(asked)
        assert f'name="day" value="{today()}"' in page.content.decode()
        assert all(at.startswith(str(today())) for at in column(page, 0))
    yesterday = client.get(f"{PAGE}?day={today() - dt.timedelta(days=1)}")
    assert column(yesterday, 4) == ["参保人 P9"]
    assert client.post(PAGE, {"act": "account", "export": "xlsx"}).headers["Location"] == PAGE


def test_reading_and_exporting_it_stand_in_it(office: Staffed) -> None:
    client, account = enter(office, "auditor"), office.account("auditor").pk
    client.get(f"{PAGE}?day={today()}")
    client.post(PAGE, {"whom": "P000001"})
    client.post(PAGE, {"day": str(today()), "export": "xlsx"})
    read = Entry.objects.filter(account=account, act="trail.read").order_by("pk")
    assert [entry.details["conditions"] for entry in read] == [["day"], ["whom"], ["day"]]
    exported = Entry.objects.get(account=account, act="list.export")
    assert exported.object_id == "trail" and exported.details["rows"] > 0
    page = client.get(f"{PAGE}?day={today()}&who=auditor")
    assert column(page, 3)[:2] == ["查看审计记录", "导出列表"]


def test_page_by_page_in_as_many_statements_however_many(office: Staffed) -> None:
    client, actor = enter(office, "auditor"), office.actor("agency_county")
    people = [office.city.person() for _ in range(3)]

    def ask(page: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{PAGE}?day={today()}&who=agency_county&page={page}").status_code == 200
        return len(asked)

    record(actor, "person.rights", "person", people[0].number, people[0].pk)
    ask(1)
    few = ask(1)
    for turn in range(60):
        person = people[turn % 3]
        record(actor, "person.rights", "person", person.number, person.pk)
    assert ask(1) == few
    page = client.get(f"{PAGE}?day={today()}&who=agency_county&page=2")
    assert len(column(page, 0)) == 25 and "共 61 条" in text_of(page)


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"auditor"}))
def test_nobody_else_reads_it_and_the_administrator_least(office: Staffed, role: str) -> None:
    seen(office)
    actor = office.actor(role)
    assert not may_audit(actor) and not visible_entries(actor, Entry.objects.all()).exists()
    client = enter(office, role)
    assert f'href="{PAGE}"' not in client.get("/").content.decode()
    for answer in (
        client.get(f"{PAGE}?day={today()}"),
        client.post(PAGE, {"day": "2026-01-01", "export": "1"}),
    ):
        assert answer.status_code == 403
    assert Entry.objects.filter(account=actor.account, act="page.refused", object_id="web:trail").count() == 2


def test_a_citizen_reads_none_of_it(office: Staffed) -> None:
    citizen(office, office.city.person(), "13800000001")
    assert as_citizen("13800000001").get(PAGE).status_code == 403


def test_an_auditor_sees_nobody_and_changes_nothing(office: Staffed) -> None:
    """Commands: test_powers and test_visibility try each of them with every role, this one among them."""
    person = seen(office)
    actor, client = office.actor("auditor"), enter(office, "auditor")
    assert not visible_people(actor, Person.objects.all()).exists()
    assert not visible_visits(actor, Visit.objects.all()).exists()
    for path in (
        "/people/",
        f"/people/{person.number}/",
        "/visits/",
        "/staff/",
        "/manage/",
        "/imports/",
        "/studies/",
    ):
        assert client.get(path).status_code == 403, path
    with refused("administrators_only"):
        staff.open_account(actor, "chen", "陈静")


@pytest.mark.parametrize(("held", "asked"), [("administrator", "auditor"), ("auditor", "administrator")])
def test_nobody_keeps_the_system_and_audits_it(office: Staffed, held: str, asked: str) -> None:
    administrator, account = office.actor("administrator"), office.account(held)
    with refused("roles_apart", "role"):
        staff.assign(administrator, account, asked, "医保局", When(today()))
    post = account.assignments.get()
    staff.dismiss(administrator, post, "调离")
    staff.assign(administrator, account, asked, "医保局", When(today()))
    staff.assign(administrator, office.account("analyst"), asked, "医保局", When(today()))


# ── words ────────────────────────────────────────────────────────────────────────────────────


OTHERWISE = {"page.html", "person.balance", "person.household_region", "visit.state", "visit.sum"}
"""A file, and places in a case: they look like acts."""


def acts_in_source() -> set[str]:
    """Every act that the office's code names: texts such as ``person.rights`` where something is recorded."""
    found: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        if file.name in ("trail_words.py", "problems.py"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for given in node.args:
                    if isinstance(given, ast.Constant) and isinstance(given.value, str):
                        found |= set(re.findall(r"^[a-z_]+\.[a-z_]+$", given.value))
    return {act for act in found if act.partition(".")[0] in trail_words.SUBJECTS} - OTHERWISE


def test_every_act_has_its_words() -> None:
    acts = acts_in_source()
    assert {"claims.settle", "person.rights", "account.sign_in", "list.export", "trail.read"} <= acts
    kinds = {"recognition", "grant", "enrolment", "assignment", "standing", "authorisation"}
    acts |= {f"{kind}.{verb}" for kind in kinds for verb in ("record", "end", "correct", "withdraw")}
    wordless = {
        act for act in acts if act not in trail_words.WHOLE and act.partition(".")[2] not in trail_words.VERBS
    }
    assert not wordless
    assert not [act for act in acts if re.search("[A-Za-z]", trail_words.act(act))]
    assert trail_words.act("recognition.correct") == "更正病种认定"


def test_what_nobody_has_named_yet_is_still_chinese() -> None:
    assert trail_words.act("rocket.launch") == "办理其他事项"


def test_every_kind_of_object_that_is_recorded_has_a_word(office: Staffed) -> None:
    seen(office)
    kinds = set(Entry.objects.values_list("kind", flat=True)) - {"page"}
    assert kinds <= set(trail_words.KINDS), kinds
