"""A citizen's own pages and an agent's: statements, corrections asked and answered; and nobody else's."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from openpyxl import load_workbook
from tests.office import staffed
from tests.office.entering import as_citizen, as_neighbour, citizen, documented
from tests.office.master import refused
from tests.office.pages import enter
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office.actor import Actor
from sanchong.office.citizens import corrections, services
from sanchong.office.citizens.models import DATA, MOVES, Correction, CorrectionState
from sanchong.office.claims import services as claims
from sanchong.office.claims.models import Settlement
from sanchong.office.keeping import When
from sanchong.office.people.models import FormerData, Person
from sanchong.office.trail.models import Entry

pytestmark = pytest.mark.django_db
OWN, OTHER = "13800000001", "13800000002"
ASKED = {"datum": "phone", "right": "13911112222", "evidence": "手机在手上，可以当场拨打"}


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


@pytest.fixture
def person(office: Staffed) -> Person:
    """With one settled stay: 10000 in policy at the city's hospital of fee class 3."""
    person = documented(staffed.named(office.city.person(), "王秀兰"))
    settled(office, person, "10000")
    citizen(office, person, OWN)
    return person


def settled(office: Staffed, person: Person, amount: str) -> Settlement:
    visit = office.city.visit(person, "inpatient", today().isoformat(), ("A1", amount))
    claims.settle(visit.number, f"key-{visit.number}", office.city.actor)
    return Settlement.objects.get(visit=visit)


def read(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def agent_for(office: Staffed, person: Person, *matters: str) -> Client:
    """A browser in which somebody acts for the person in these matters."""
    account = citizen(office, staffed.named(office.city.person(None), "王小明"), OTHER)
    row = services.authorise(
        office.city.actor, account, person, "child", matters, When(today(), source="授权书")
    )
    client = as_citizen(OTHER)
    client.post("/account/capacity/", {"capacity": f"agent-{row.pk}"})
    return client


def test_my_statements_are_listed_and_opened(office: Staffed, person: Person) -> None:
    mine = as_citizen(OWN)
    kept = Settlement.objects.get()
    first, listed = read(mine, "/mine/"), read(mine, "/mine/statements/")
    for page in (first, listed):
        assert "市第一医院" in page and "10,000.00" in page and f"/mine/statements/{kept.number}/" in page
    opened = read(mine, f"/mine/statements/{kept.number}/")
    # Fee class 3: (10000 − 100) × 85% = 8415; of the 1585 left 70% is assisted, 1109.50; 475.50 stays.
    assert "8,415.00" in opened and "1,109.50" in opened and "475.50" in opened
    assert 'href="/policy/clauses/' in opened and "示例数据" in opened
    acts = set(Entry.objects.filter(person_id=person.pk).values_list("act", flat=True))
    assert {"settlement.list", "settlement.statement"} <= acts


def test_a_citizen_opens_nobody_else_s_statement(office: Staffed, person: Person) -> None:
    neighbour = office.city.person()
    other = settled(office, neighbour, "777")
    mine = as_citizen(OWN)
    assert "777.00" not in read(mine, "/mine/statements/")
    assert "777.00" not in read(mine, f"/mine/statements/{other.number}/", 404)
    for role in ("agency_city", "provider_operator", "analyst"):
        there = enter(office, role)
        read(there, "/mine/statements/", 403)
        read(there, f"/mine/statements/{other.number}/", 403)
        read(there, "/mine/corrections/", 403)


def test_a_person_without_statements_is_told_what_will_stand_here(office: Staffed) -> None:
    citizen(office, office.city.person(), OTHER)
    assert "还没有结算单" in read(as_citizen(OTHER), "/mine/statements/")


def test_an_agent_is_offered_and_does_only_what_is_authorised(office: Staffed, person: Person) -> None:
    agent = agent_for(office, person, "statements")
    kept = Settlement.objects.get()
    assert agent.get("/").headers["Location"] == "/mine/statements/"
    listed = read(agent, "/mine/statements/")
    assert "您正在代王秀兰办理" in listed
    assert 'href="/mine/"' not in listed and 'href="/mine/corrections/"' not in listed
    opened = read(agent, f"/mine/statements/{kept.number}/")
    assert "475.50" in opened and "申请更正" not in opened
    assert "授权不含" in read(agent, "/mine/", 403)
    assert "授权不含" in read(agent, "/mine/corrections/", 403)
    assert agent.post("/mine/corrections/", ASKED).status_code == 403 or not Correction.objects.exists()
    assert not Correction.objects.exists()
    entry = Entry.objects.filter(act="settlement.statement").latest("pk")
    assert entry.on_behalf_of == person.number and entry.account != person.holder.account_id


def test_an_agent_for_corrections_sees_no_statement(office: Staffed, person: Person) -> None:
    agent = agent_for(office, person, "correct")
    kept = Settlement.objects.get()
    for path in ("/mine/statements/", f"/mine/statements/{kept.number}/"):
        assert "授权不含" in read(agent, path, 403)
    assert agent.post("/mine/corrections/", ASKED).status_code == 302
    row = Correction.objects.get()
    assert row.by_agent and row.person == person
    entry = Entry.objects.get(act="correction.ask")
    assert entry.on_behalf_of == person.number and entry.person_id == person.pk


def test_a_correction_is_asked_accepted_and_its_answer_read(office: Staffed, person: Person) -> None:
    mine, clerk = as_citizen(OWN), enter(office, "agency_county")
    assert "正确的内容：请写明" in mine.post("/mine/corrections/", {**ASKED, "right": " "}).content.decode()
    assert "请选择要更正的事项" in mine.post("/mine/corrections/", {**ASKED, "datum": "x"}).content.decode()
    assert mine.post("/mine/corrections/", ASKED).status_code == 302
    row = Correction.objects.get()
    assert "待答复" in read(mine, "/mine/corrections/")
    assert "更正申请" in read(clerk, "/") and "王秀兰" in read(clerk, "/corrections/")
    path = f"/corrections/{row.pk}/"
    assert "13911112222" in read(clerk, path)
    without = clerk.post(path, {"verdict": "accept", "reason": " ", "value": "13911112222"})
    assert without.status_code == 400 and "理由：请写明理由" in without.content.decode()
    without = clerk.post(path, {"verdict": "accept", "reason": "已拨打核对", "value": ""})
    assert without.status_code == 400 and "请填更正后的联系电话" in without.content.decode()
    done = clerk.post(path, {"verdict": "accept", "reason": "已拨打核对", "value": "13911112222"})
    assert done.status_code == 302, done.content.decode()
    person.refresh_from_db()
    assert person.phone == "13911112222"
    assert FormerData.objects.get(person=person).reason == "更正申请：已拨打核对"
    answered = read(mine, "/mine/corrections/")
    assert "已更正" in answered and "已拨打核对" in answered
    again = clerk.post(path, {"verdict": "decline", "reason": "误"})
    assert again.status_code == 400 and "不能再改" in again.content.decode()
    acts = Entry.objects.filter(act__startswith="correction.", person_id=person.pk)
    assert {"correction.ask", "correction.read", "correction.answer"} <= set(
        acts.values_list("act", flat=True)
    )
    kept = " ".join(str(entry.details) for entry in acts)
    assert "1391" not in kept, "the trail holds no personal data"


def test_a_correction_is_declined_with_a_reason_or_taken_back(office: Staffed, person: Person) -> None:
    mine, clerk = as_citizen(OWN), enter(office, "agency_county")
    for _ in range(2):
        mine.post("/mine/corrections/", {**ASKED, "datum": "category"})
    first, second = Correction.objects.order_by("pk")
    clerk.post(f"/corrections/{first.pk}/", {"verdict": "decline", "reason": "民政部门没有登记"})
    assert "民政部门没有登记" in read(mine, "/mine/corrections/")
    assert mine.post(f"/mine/corrections/{second.pk}/withdraw/").status_code == 302
    assert "已撤回" in read(mine, "/mine/corrections/")
    assert mine.post(f"/mine/corrections/{first.pk}/withdraw/").status_code == 403
    assert "没有等待答复的申请" in read(clerk, "/corrections/")


def test_too_many_corrections_wait_for_no_answer(office: Staffed, person: Person) -> None:
    mine = as_citizen(OWN)
    for _ in range(corrections.MOST_OPEN):
        assert mine.post("/mine/corrections/", ASKED).status_code == 302
    assert "已有 5 件申请等待答复" in mine.post("/mine/corrections/", ASKED).content.decode()


def rows_of(client: Client, form: dict[str, str]) -> list[tuple[str, ...]]:
    """The first three columns of the workbook of requests."""
    answer = client.post("/corrections/", {"export": "xlsx", **form})
    assert answer.status_code == 200
    rows = load_workbook(io.BytesIO(answer.content))["更正申请"].iter_rows(values_only=True, min_row=2)
    return [tuple(str(cell) for cell in row[:3]) for row in rows]


def test_corrections_are_the_business_of_one_s_own_agency(office: Staffed, person: Person) -> None:
    mine = as_citizen(OWN)
    mine.post("/mine/corrections/", ASKED)
    row = Correction.objects.get()
    next_door = as_neighbour(office, "agency_county", area="140303")
    assert "王秀兰" not in read(next_door, "/corrections/?state=")
    assert rows_of(next_door, {"state": ""}) == []
    own = enter(office, "agency_county")
    assert rows_of(own, {}) == [("王秀兰", DATA[ASKED["datum"]], ASKED["right"])]
    told = Entry.objects.filter(act="list.export", object_id="corrections", person_id=row.person_id)
    assert told.count() == 1
    assert "王秀兰" in read(own, "/corrections/?datum=" + ASKED["datum"])
    assert "没有符合条件的更正申请" in read(own, "/corrections/?state=declined")
    read(next_door, f"/corrections/{row.pk}/", 404)
    answer = next_door.post(f"/corrections/{row.pk}/", {"verdict": "decline", "reason": "x"})
    assert answer.status_code == 404
    for role in ("civil_affairs", "provider_operator", "reviewer", "analyst", "administrator"):
        there = enter(office, role)
        read(there, "/corrections/", 403)
        assert there.post("/corrections/", {"export": "xlsx"}).status_code == 403
        read(there, f"/corrections/{row.pk}/", 403)
    citizen(office, office.city.person(), OTHER)
    stranger = as_citizen(OTHER)
    assert stranger.post(f"/mine/corrections/{row.pk}/withdraw/").status_code == 404
    read(stranger, f"/corrections/{row.pk}/", 403)
    row.refresh_from_db()
    assert row.state == CorrectionState.ASKED


def test_only_the_moves_in_the_table_are_made(office: Staffed, person: Person) -> None:
    holder = services.holder_of(person.holder.account)
    assert holder is not None
    own = services.actor_for_self(holder)
    agency = Actor(
        office.city.realm.pk, account=office.account("agency_city").pk, role="agency_city", area="140300"
    )
    acts: dict[CorrectionState, Callable[[int], Correction]] = {
        CorrectionState.ACCEPTED: lambda key: corrections.answer(
            agency, key, accept=True, reason="r", value="v"
        ),
        CorrectionState.DECLINED: lambda key: corrections.answer(agency, key, accept=False, reason="r"),
        CorrectionState.WITHDRAWN: lambda key: corrections.withdraw(own, key),
    }
    for start in CorrectionState:
        for to, act in acts.items():
            row = Correction.objects.create(
                person=person, asked_by=holder.account, datum="other", right="a", evidence="b", state=start
            )
            if to in MOVES[start]:
                assert act(row.pk).state == to
            else:
                with refused("correction_closed"):
                    act(row.pk)
