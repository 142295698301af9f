"""Commands about people: who sees somebody may name them; a user from next door changes nothing, by whatever command."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from tests.office import staffed
from tests.office.master import document, refused, register, since
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office.accounts import staff
from sanchong.office.accounts.acting import actor_in
from sanchong.office.accounts.roles import ROLES
from sanchong.office.actor import Actor
from sanchong.office.imports import services as imports
from sanchong.office.keeping import When
from sanchong.office.people import queries
from sanchong.office.people import services as people
from sanchong.office.people.models import Enrolment, Grant, Household, Member, Person
from sanchong.office.people.reach import households_within, people_within
from sanchong.office.providers.models import Provider

pytestmark = pytest.mark.django_db

HERE, NEXT_DOOR = "140302001001", "140303"
WHEN = since("2026-02-01", "2026-03-31")


@dataclass(frozen=True)
class Matter:
    """Somebody of the first district with a grant, in a household of their own, and that household."""

    person: Person
    household: Household
    grant: Grant


Try = Callable[[Actor, Matter], object]

COMMANDS: dict[str, Try] = {
    "correct_person": lambda a, m: people.correct_person(a, m.person.number, "更正", name="李四"),
    "form_household": lambda a, m: people.form_household(a, HERE, [m.person], When(today())),
    "form_households": lambda a, m: people.form_households(a, [people.Home(HERE, [m.person])], When(today())),
    "place": lambda a, m: people.place(a, m.household, NEXT_DOOR, When(today())),
    "move": lambda a, m: people.move(a, m.person, m.household, When(today())),
    "enrol": lambda a, m: people.enrol(
        a, m.person, "resident", "140300", 2024, 0, 0, since("2024-01-01", "2024-12-31")
    ),
    "grant": lambda a, m: people.grant(a, m.person, "near_subsistence", "民政局", WHEN),
    "recognise": lambda a, m: people.recognise(a, m.person, "hypertension", "市医院", WHEN),
    "waive": lambda a, m: people.waive(a, m.person, "diabetes", "hypertension", WHEN),
    "refer": lambda a, m: people.refer(a, m.person, WHEN, a.provider_code, region="110000"),
    "register_cross_area": lambda a, m: people.register_cross_area(a, m.person, "110000", "temporary", WHEN),
    "end": lambda a, m: people.end(a, "grant", m.grant.pk, today(), "期满"),
    "correct": lambda a, m: people.correct(a, "grant", m.grant.pk, "更正", department="民政所"),
    "withdraw": lambda a, m: people.withdraw(a, "grant", m.grant.pk, "有误"),
}
OF_NOBODY = {"register_area", "register_people", "register_person"}
"""Commands that name nobody who is there."""


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


def matter(office: Staffed) -> Matter:
    person = staffed.moved(office.city.person("subsistence_allowance"), HERE)
    person.identity_number = document(55)
    person.identity_index = Person.index_of("identity", person.identity_number)
    person.save()
    return Matter(person, Household.objects.get(members__person=person), Grant.objects.get())


def next_door(office: Staffed, role: str) -> Actor:
    """Somebody in this role for the district next door, or at another hospital."""
    Provider.objects.get_or_create(code="H14030300001", name="矿区医院", kind="hospital")
    account = staff.open_account(office.city.actor, f"{role}-2", "邻人").account
    place = {"provider_code": "H14030300001"} if ROLES[role].place == "provider" else {"area": NEXT_DOOR}
    return actor_in(staff.assign(office.city.actor, account, role, "邻区", When(today()), **place))


def test_every_command_is_tried() -> None:
    takes_actor = {
        name
        for name in people.__all__
        if inspect.isfunction(getattr(people, name))
        and "actor" in inspect.signature(getattr(people, name)).parameters
    }
    assert takes_actor - OF_NOBODY == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_next_door_changes_nothing(office: Staffed, name: str) -> None:
    of, neighbour = matter(office), next_door(office, "agency_county")
    with refused("not_found"):
        COMMANDS[name](neighbour, of)


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"move", "form_household", "form_households"}))
def test_who_sees_the_person_does_it(office: Staffed, name: str) -> None:
    assert COMMANDS[name](office.actor("agency_county"), matter(office))


@pytest.mark.parametrize("role", ["civil_affairs", "health", "expert", "reviewer"])
def test_who_sees_but_does_not_serve_changes_nothing(office: Staffed, role: str) -> None:
    of, actor = matter(office), office.actor(role)
    for command in COMMANDS.values():
        with refused("agency_only"):
            command(actor, of)


def test_a_hospital_refers_its_own_patients_only(office: Staffed) -> None:
    of = matter(office)
    refer = COMMANDS["refer"]
    office.city.visit(of.person, "inpatient", "2026-02-10", ("A1", "100"))
    elsewhere = next_door(office, "provider_operator")
    with refused("not_found"):
        refer(elsewhere, of)
    assert refer(office.actor("provider_operator"), of)
    with refused("agency_only"):
        COMMANDS["grant"](office.actor("provider_operator"), of)


def test_nobody_is_moved_into_or_out_of_a_household_next_door(office: Staffed) -> None:
    of, county = matter(office), office.actor("agency_county")
    away = staffed.moved(office.city.person(None), NEXT_DOOR)
    theirs = Household.objects.get(members__person=away)
    with refused("not_found", "household"):
        people.move(county, of.person, theirs, When(today()))
    with refused("not_found", "person"):
        people.move(county, away, of.household, When(today()))
    member = Member.objects.get(person=of.person).pk
    with refused("not_found", "household"):
        people.correct(county, "member", member, "更正", household_id=theirs.pk)
    people.move(office.actor("agency_city"), away, of.household, When(today()))
    assert Member.objects.at(today(), today()).get(person=away).household == of.household


def test_moving_somebody_away_is_one_command_to_its_end(office: Staffed) -> None:
    """The old row's end takes the household out of the clerk's sight before the new row is written."""
    of, county = matter(office), office.actor("agency_county")
    staffed.instead(Enrolment.objects.current().get(person=of.person), region="140400", area_id=None)
    placed = people.place(county, of.household, NEXT_DOOR, When(today()))
    assert placed.area_id == NEXT_DOOR
    with refused("not_found"):
        people.place(county, of.household, HERE, When(today() + dt.timedelta(days=1)))


def test_who_has_left_a_household_lends_no_reach_to_it(office: Staffed) -> None:
    of = matter(office)
    child = office.city.person(None)
    staffed.moved(child, NEXT_DOOR)
    own = Member.objects.get(person=child)
    staffed.instead(own, start=dt.date(2026, 2, 1))
    Member.objects.create(
        person=child, household=of.household, start=own.start, end=dt.date(2026, 1, 31), known_from=own.known_from
    )  # fmt: skip
    neighbour = next_door(office, "agency_county")
    assert list(households_within(neighbour)) == [own.household]
    assert queries.history(neighbour, child.number, "grant") == []
    assert queries.history(office.actor("agency_city"), child.number, "grant") == [of.grant]
    with refused("not_found", "household"):
        people.grant(neighbour, of.household, "near_subsistence", "民政局", WHEN)
    assert people.grant(office.actor("agency_county"), of.household, "near_subsistence", "民政局", WHEN)


def test_a_household_where_nobody_is_left_stays_with_those_who_knew_the_last(office: Staffed) -> None:
    of = matter(office)
    staffed.instead(Member.objects.get(person=of.person), end=today() - dt.timedelta(days=1))
    assert of.household in households_within(office.actor("agency_city"))
    assert of.household not in households_within(next_door(office, "agency_county"))


def test_a_new_household_takes_in_who_has_just_been_registered(office: Staffed) -> None:
    county = office.actor("agency_county")
    formed = people.form_household(county, HERE, [register(county, 77, "新来")], When(today()))
    assert formed in households_within(county)


SHEET = "证件号码,姓名,险种,参保地,年度,个人缴费,资助,起始日期,终止日期,户编号,户籍地"


def test_an_imported_sheet_reaches_no_further(office: Staffed) -> None:
    of = matter(office)
    number = of.person.identity_number
    sheets = {
        "people": f"{SHEET}\n{number},张三,城乡居民,140300,2026,400,0,2025-01-01,,,",
        "grants": f"证件号码,户编号,类别,认定部门,起始日期\n,{of.household.number},特困人员,民政局,2026-01-01",
        "recognitions": f"证件号码,病种,认定机构,起始日期\n{number},hypertension,市医院,2026-01-01",
    }
    neighbour = next_door(office, "agency_county")
    for kind, sheet in sheets.items():
        told = imports.preview(neighbour, kind, sheet.encode())
        assert [problem.zh for problem in told.problems] == ["已登记在辖区外；请转当地或市级经办机构办理"], (
            kind
        )
        assert not told.digest and not any(told.samples.values())
        assert imports.preview(office.actor("agency_county"), kind, sheet.encode()).digest


def test_a_clerk_imports_a_family_of_the_area_insured_elsewhere(office: Staffed) -> None:
    """Joining the household comes before the insurance: with that alone the clerk would see them no more."""
    county = office.actor("agency_county")
    row = f"{document(77)},新来,城乡居民,140400,2026,400,0,2026-01-01,2026-12-31,H-NEW,{HERE}"
    sheet = f"{SHEET}\n{row}".encode()
    done = imports.apply(county, "people", sheet, imports.preview(county, "people", sheet).digest)
    assert done.counts["new"] == 1
    assert Member.objects.get(household__number="H-NEW").person in people_within(county)
