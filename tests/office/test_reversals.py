"""Why a settlement was taken back: kept beside the reversal, shown where people ask, as far as each may be told."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.office import staffed
from tests.office.api import program
from tests.office.entering import as_citizen, as_neighbour, citizen, documented
from tests.office.master import refused
from tests.office.pages import enter, text_of
from tests.office.staffed import Staffed

from sanchong.office.actor import Actor
from sanchong.office.claims import services, statement
from sanchong.office.claims.models import ReversalReason, Settlement, Visit, VisitState
from sanchong.office.claims.reversals import reversal_of
from sanchong.office.claims.services import later
from sanchong.office.claims.services.consequences import what_followed
from sanchong.office.claims.timeline import timeline
from sanchong.office.people.models import Person

pytestmark = pytest.mark.django_db

REASON = "误按急性心肌梗死结算"
"""As a clerk may write it: it names a disease."""
PHONE = "13800000001"


@dataclass
class Taken:
    """Two stays; the county's clerk reversed the first, so that the second was adjusted."""

    office: Staffed
    person: Person
    visits: list[Visit]
    first: Settlement
    second: Settlement
    reversal: Settlement
    adjusted: Settlement

    @property
    def clerk(self) -> str:
        return self.office.account("agency_county").name

    @property
    def when(self) -> str:
        return f"{timezone.localtime(self.reversal.reversal_reason.at):%Y-%m-%d %H:%M}"

    def text(self, role: str, address: str) -> str:
        return text_of(enter(self.office, role).get(address))


def stays(office: Staffed) -> tuple[Person, list[Visit]]:
    """30,000 twice: the first fills what comes first, so that the second comes to more for the person without it."""
    person = staffed.moved(staffed.named(office.city.person(), "王秀兰"), "140302")
    visits = [
        office.city.visit(person, "inpatient", day, ("A1", "30000")) for day in ("2026-03-10", "2026-05-10")
    ]
    for visit in visits:
        services.settle(visit.number, f"key-{visit.number}", office.city.actor)
    return person, visits


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


@pytest.fixture
def taken(office: Staffed) -> Taken:
    person, visits = stays(office)
    services.reverse(visits[0].number, "key-reverse", office.actor("agency_county"), REASON)
    entries = Settlement.objects.order_by("turn")
    assert [entry.kind for entry in entries] == ["settle", "settle", "reverse", "adjust"]
    return Taken(office, person, visits, *entries)


# ── kept ─────────────────────────────────────────────────────────────────────────────────────


def test_it_is_kept_beside_the_reversal_with_who_did_it(taken: Taken) -> None:
    kept = ReversalReason.objects.get()
    assert (kept.settlement, kept.reason) == (taken.reversal, REASON)
    assert kept.by == taken.office.account("agency_county")


@pytest.mark.parametrize(
    "reason", ["", " \u3000", "错" * 401, "错\x07收"], ids=["none", "blank", "long", "bell"]
)
def test_what_is_no_reason_is_refused_and_nothing_is_done(office: Staffed, reason: str) -> None:
    _, visits = stays(office)
    with refused("invalid_input", "reason"):
        services.reverse(visits[0].number, "key-reverse", office.city.actor, reason)
    assert not Settlement.objects.filter(kind="reverse").exists() and not ReversalReason.objects.exists()
    assert Visit.objects.get(pk=visits[0].pk).state == VisitState.SETTLED


def test_a_repeat_under_its_key_writes_no_second_reason(taken: Taken) -> None:
    actor = taken.office.actor("agency_county")
    again = services.reverse(taken.visits[0].number, "key-reverse", actor, REASON)
    assert again["settlement"] == taken.reversal.number and ReversalReason.objects.count() == 1
    with refused("key_reused"):
        services.reverse(taken.visits[0].number, "key-reverse", actor, "另一个理由")


@pytest.mark.django_db(transaction=True)
def test_reversing_takes_as_many_statements_whatever_the_lines(office: Staffed) -> None:
    """One of them writes the reason."""
    taken = []
    for lines in (1, 300):
        visit = office.city.visit(office.city.person(), "inpatient", "2026-03-10", *[("A1", "10.00")] * lines)
        services.settle(visit.number, f"settle-{lines:04}", office.city.actor)
        with CaptureQueriesContext(connection) as captured:
            services.reverse(visit.number, f"reverse-{lines:04}", office.city.actor, REASON)
        taken.append([q["sql"] for q in captured if not q["sql"].startswith(("BEGIN", "COMMIT"))])
    assert len(taken[0]) == len(taken[1]) <= 12, taken[1]
    assert sum("claims_reversalreason" in sql for sql in taken[1]) == 1


# ── who is told ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        ("agency_city", REASON), ("agency_county", REASON), ("provider_operator", REASON), ("reviewer", REASON),
        ("finance", ""), ("insurer", ""),
    ],
)  # fmt: skip
def test_who_sees_the_reversal_is_told_the_reason_if_they_see_medical_data(
    taken: Taken, role: str, reason: str
) -> None:
    actor = taken.office.actor(role)
    for entry in (taken.reversal, taken.first):
        said = statement.statement(actor, entry.number)["reversal"]
        assert (said["settlement"], said["by"], said["reason"]) == (
            taken.reversal.number,
            taken.clerk,
            reason,
        )
        assert said["at"] == taken.reversal.reversal_reason.at.isoformat()
    assert statement.statement(actor, taken.second.number)["reversal"] is None
    assert statement.statement(actor, taken.adjusted.number)["reversal"] is None
    told = {entry.turn: entry.reversal for entry in timeline(actor, taken.person.number, 2026).entries}
    assert told[3] is not None and (told[3].by, told[3].reason) == (taken.clerk, reason)
    assert told[1] is told[2] is told[4] is None
    followed = what_followed(actor, taken.reversal.number).told
    assert followed is not None and followed.reason == reason


def test_next_door_is_told_nothing(taken: Taken) -> None:
    """Another hospital, the county's clerk after the person has moved away, an analyst, a department without amounts."""
    elsewhere = replace(taken.office.actor("provider_operator"), provider_code="H14030300001")
    actors: list[Actor] = [elsewhere, taken.office.actor("analyst"), taken.office.actor("civil_affairs")]
    staffed.moved(taken.person, "140303")
    actors.append(taken.office.actor("agency_county"))
    for actor in actors:
        for entry in (taken.reversal, taken.first):
            assert reversal_of(actor, entry) is None
            with refused("no_settlement", "settlement"):
                statement.statement(actor, entry.number)


def test_a_program_reverses_without_a_name_and_reads_why(office: Staffed) -> None:
    _, visits = stays(office)
    his = program(office.city)
    back = his.post(f"/visits/{visits[0].number}/reverse", {"reason": REASON}).json()
    first = Settlement.objects.get(turn=1)
    for number in (back["settlement"], first.number):
        said = his.get(f"/settlements/{number}").json()["reversal"]
        assert (said["settlement"], said["by"], said["reason"]) == (back["settlement"], "", REASON)
    page = text_of(enter(office, "agency_county").get(f"/statements/{back['settlement']}/"))
    assert f"由信息系统撤销，理由：{REASON}" in page


# ── pages ────────────────────────────────────────────────────────────────────────────────────


def test_pages_say_who_took_it_back_when_and_why(taken: Taken) -> None:
    said = f"{taken.when} 由{taken.clerk}撤销，理由：{REASON}"
    for address in (
        f"/statements/{taken.reversal.number}/",
        f"/statements/{taken.first.number}/",
        f"/settlements/{taken.reversal.number}/reversed/",
        f"/people/{taken.person.number}/year/2026/",
        f"/recoveries/{taken.adjusted.number}/",
    ):
        assert taken.text("agency_county", address).count(said) == 1, address
    assert REASON not in taken.text("agency_county", f"/statements/{taken.second.number}/")
    because = taken.text("agency_county", f"/recoveries/{taken.adjusted.number}/")
    assert f"{taken.when[:10]} 撤销了 2026-03-10 住院" in because, "the day where the office is"
    assert said in taken.text("provider_operator", f"/statements/{taken.reversal.number}/")


def test_a_department_that_pays_reads_who_and_when(taken: Taken) -> None:
    for address in (f"/statements/{taken.first.number}/", f"/people/{taken.person.number}/year/2026/"):
        page = taken.text("finance", address)
        assert f"{taken.when} 由{taken.clerk}撤销" in page and "所在岗位不能查看" in page
        assert "心肌梗死" not in page


def test_next_door_reads_nothing(taken: Taken) -> None:
    neighbour = as_neighbour(taken.office, "agency_county", area="140303")
    for address in (
        f"/statements/{taken.reversal.number}/",
        f"/statements/{taken.first.number}/",
        f"/settlements/{taken.reversal.number}/reversed/",
        f"/people/{taken.person.number}/year/2026/",
        f"/recoveries/{taken.adjusted.number}/",
    ):
        page = neighbour.get(address)
        assert page.status_code == 404 and "心肌梗死" not in page.content.decode(), address


def test_the_person_reads_when_and_why_and_not_by_whom(taken: Taken) -> None:
    citizen(taken.office, documented(taken.person), PHONE)
    mine = as_citizen(PHONE)
    said = f"{taken.when} 撤销，理由：{REASON}"
    for address in (
        f"/mine/statements/{taken.reversal.number}/",
        f"/mine/statements/{taken.first.number}/",
        f"/mine/statements/{taken.adjusted.number}/",
        "/mine/year/2026/",
    ):
        page = text_of(mine.get(address))
        assert page.count(said) == 1 and taken.clerk not in page, address
    assert "这次结算已被撤销，不再有效" in text_of(mine.get(f"/mine/statements/{taken.first.number}/"))


def test_an_agent_without_the_matter_reads_nothing(taken: Taken) -> None:
    actor = Actor(realm=taken.person.realm_id, account=1, person=taken.person.pk, on_behalf_of="P1")
    with refused("not_authorised"):
        reversal_of(actor, taken.reversal)


def test_a_reason_of_several_lines_is_kept_as_one(office: Staffed) -> None:
    _, visits = stays(office)
    client, number = enter(office, "agency_county"), Settlement.objects.get(turn=1).number
    given = {
        "reason": "费用登记有误\r\n重新录入",
        "key": "key-reverse",
        "visit": visits[0].number,
        "digest": services.preview_reversal(visits[0].number, office.city.actor)["digest"],
    }
    assert client.post(f"/settlements/{number}/reverse/", given).status_code == 302
    assert ReversalReason.objects.get().reason == "费用登记有误 重新录入"


def test_an_adjustment_for_another_cause_names_no_reversal(taken: Taken) -> None:
    """A payout known later corrects the adjusted stay once more: the reason for that is the fact's."""
    fact = {
        "payout": {
            "visit": taken.visits[1].number, "payer": "commercial", "amount": "10.00", "paid_on": "2026-06-01",
        }
    }  # fmt: skip
    actor = taken.office.city.actor
    later.confirm(actor, "key-payout", fact, later.preview(actor, fact)["digest"], "补记赔付")
    entry = Settlement.objects.latest("turn")
    assert entry.fact is not None and entry.patient
    citizen(taken.office, documented(taken.person), PHONE)
    page = text_of(as_citizen(PHONE).get(f"/mine/statements/{entry.number}/"))
    assert "已于 2026-06-01 赔付 10.00" in page and REASON not in page
