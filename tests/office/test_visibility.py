"""Who sees whom: a user from next door sees nothing, in every list; who is no physician sees no disease."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.office import staffed, world
from tests.office.master import refused
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office.accounts import staff
from sanchong.office.accounts.acting import actor_in, nobody, posts_of
from sanchong.office.accounts.models import Account, Realm
from sanchong.office.accounts.roles import ROLES
from sanchong.office.accounts.services import agency_only, real_agency_only
from sanchong.office.actor import Actor
from sanchong.office.citizens import services as citizens
from sanchong.office.claims import services as claims
from sanchong.office.claims.models import Visit
from sanchong.office.keeping import When
from sanchong.office.people import queries
from sanchong.office.people.models import Household, Person
from sanchong.office.providers.models import Provider
from sanchong.office.trail.models import Entry
from sanchong.office.visibility import counted_people, fields_for, visible_people, visible_visits
from sanchong.office.web.today import month

pytestmark = pytest.mark.django_db

CLINICAL = {
    "agency_city", "agency_county", "agency_township", "agency_village", "contracted",
    "provider_operator", "physician", "pharmacist", "expert", "reviewer",
}  # fmt: skip
DEPARTMENTS = {
    "civil_affairs", "rural_revitalisation", "finance", "health", "taxation", "union", "insurer",
}  # fmt: skip


@pytest.fixture
def office() -> Staffed:
    return staffed.staff(world.build())


def next_door(office: Staffed, role: str) -> Actor:
    """The same role one district further, or at another hospital."""
    place = ROLES[role].place
    account = staff.open_account(office.city.actor, f"{role}-2", "邻人").account
    area = {"county": "140303", "township": "140303001", "village": "140303001001", "city": "140400"}
    post = staff.assign(
        office.city.actor,
        account,
        role,
        "邻区",
        When(today()),
        area=area.get(ROLES[role].level, "140303") if place == "area" else "",
        provider_code="H14030300001" if place == "provider" else "",
    )
    return actor_in(post)


def here(office: Staffed) -> tuple[Person, Visit]:
    """Somebody registered in the community of the first district, with a visit to its hospital."""
    person = staffed.moved(office.city.person("subsistence_allowance", "diabetes"), "140302001001")
    return person, office.city.visit(person, "outpatient", "2026-05-10", ("A1", "290"), disease="diabetes")


Reads = Callable[[Actor, Person], object]

LISTS: dict[str, Reads] = {
    "visible_people": lambda a, p: visible_people(a, Person.objects.all()),
    "visible_visits": lambda a, p: visible_visits(a, Visit.objects.all()),
    "page": lambda a, p: queries.page(a, today(), today()).rows,
    "find_by_name": lambda a, p: queries.find_by_name(a, p.name),
    "household": lambda a, p: queries.household(
        a, Household.objects.get(members__person=p).number, today(), today()
    ),
}


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"administrator"}))
def test_next_door_sees_nobody(office: Staffed, role: str) -> None:
    person, _ = here(office)
    neighbour = next_door(office, role)
    for name, read in LISTS.items():
        listed = name not in ("visible_people", "visible_visits")
        if listed and (ROLES[role].place == "provider" or not ROLES[role].sees_people):
            with refused("agency_only"):
                read(neighbour, person)
        else:
            assert list(read(neighbour, person)) == [], name  # type: ignore[call-overload]
    assert queries.find_by_number(neighbour, person.number) is None
    if ROLES[role].place != "provider":  # to a hospital somebody presents their document
        assert queries.find_by_identity(neighbour, person.number) is None
    with refused("not_found"):
        queries.rights(neighbour, person.number, today(), today())
    assert not counted_people(neighbour, Person.objects.all()).exists()
    assert not Entry.objects.filter(account=neighbour.account, person_id=person.pk).exists()


@pytest.mark.parametrize("role", sorted(CLINICAL | DEPARTMENTS))
def test_those_of_the_place_see_whom_their_role_lets_them(office: Staffed, role: str) -> None:
    person, visit = here(office)
    actor = office.actor(role)
    assert list(visible_people(actor, Person.objects.all())) == [person]
    visits = list(visible_visits(actor, Visit.objects.all()))
    assert visits == ([visit] if ROLES[role].sees_visits else [])
    rights = queries.rights(actor, person.number, today(), today())
    assert fields_for(actor).clinical is (role in CLINICAL)
    assert [r.disease for r in rights.recognitions] == (["diabetes"] if role in CLINICAL else [])
    assert Entry.objects.filter(account=actor.account, person_id=person.pk, act="person.rights").count() == 1


@pytest.mark.parametrize("role", sorted(DEPARTMENTS))
def test_a_department_cannot_ask_by_disease(office: Staffed, role: str) -> None:
    person, _ = here(office)
    actor = office.actor(role)
    with refused("clinical"):
        queries.page(actor, today(), today(), disease="diabetes")
    with refused("clinical"):
        queries.history(actor, person.number, "recognition")
    assert not queries.page(actor, today(), today()).rows[0].recognitions


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_who_counts_or_keeps_the_system_sees_no_person(office: Staffed, role: str) -> None:
    person, _ = here(office)
    actor = office.actor(role)
    assert not visible_people(actor, Person.objects.all()).exists()
    assert not visible_visits(actor, Visit.objects.all()).exists()
    assert queries.find_by_number(actor, person.number) is None
    assert counted_people(actor, Person.objects.all()).exists() is (role == "analyst")


def test_sums_are_of_ones_own_area_only(office: Staffed) -> None:
    day = today().replace(day=1).isoformat()
    one = staffed.moved(office.city.person(), "140302001001")
    other = staffed.moved(office.city.person(), "140303")
    for turn, (person, yuan) in enumerate(((one, "5000"), (other, "7000"))):
        visit = office.city.visit(person, "inpatient", day, ("A1", yuan))
        claims.settle(visit.number, f"key-{turn:08d}", office.city.actor)
    totals = {}
    for role in ("agency_city", "agency_village", "analyst", "physician", "finance"):
        found = month(office.actor(role))
        totals[role] = found and found.total
    assert totals == {
        "agency_city": 1_200_000,  # 5,000.00 + 7,000.00
        "agency_village": 500_000,
        "analyst": 1_200_000,
        "physician": 1_200_000,
        "finance": 1_200_000,
    }
    assert month(office.actor("civil_affairs")) is None


def test_a_hospital_sees_its_own_visits_and_patients(office: Staffed) -> None:
    person, visit = here(office)
    other = Provider.objects.create(code="H14030300001", name="矿区医院", kind="hospital")
    stranger = office.city.person()
    elsewhere = office.city.visit(stranger, "inpatient", "2026-05-11", ("A1", "100"))
    Visit.objects.filter(pk=elsewhere.pk).update(provider=other)
    operator = office.actor("provider_operator")
    assert list(visible_visits(operator, Visit.objects.all())) == [visit]
    assert list(visible_people(operator, Person.objects.all())) == [person]
    assert queries.find_by_number(operator, stranger.number) is None
    presented = queries.find_by_identity(operator, stranger.number)
    assert presented is not None and presented.number == stranger.number
    with refused("not_found"):
        queries.rights(operator, stranger.number, today(), today())
    assert queries.rights(operator, stranger.number, today(), today(), presented=True)


def test_an_account_without_a_post_sees_nothing(office: Staffed) -> None:
    person, _ = here(office)
    actor = nobody(office.account("agency_city"))
    assert not visible_people(actor, Person.objects.all()).exists()
    assert not visible_visits(actor, Visit.objects.all()).exists()
    with refused("not_found"):
        queries.rights(actor, person.number, today(), today())


def test_a_post_that_ended_is_none(office: Staffed) -> None:
    account = office.account("agency_city")
    post = account.assignments.get()
    staff.dismiss(office.city.actor, post, "调离")
    assert posts_of(account) == []


def test_another_realm_is_another_world(office: Staffed) -> None:
    here(office)
    sandbox = Realm.objects.create(name="沙箱", sandbox=True, provider_code="H14030200001")
    for actor in (Actor(sandbox.pk), Actor(sandbox.pk, provider_code="H14030200001")):
        assert not visible_people(actor, Person.objects.all()).exists()
        assert not visible_visits(actor, Visit.objects.all()).exists()


def test_somebody_just_registered_is_seen_by_clerks_until_they_belong_somewhere(office: Staffed) -> None:
    person = Person.objects.create(
        number="P9",
        realm=office.city.realm,
        identity_number="140302199001019999",
        identity_index=Person.index_of("identity", "140302199001019999"),
        name="新来",
        name_index=Person.index_of("name", "新来"),
        sex="1",
    )
    assert visible_people(office.actor("agency_county"), Person.objects.filter(pk=person.pk)).exists()
    assert not visible_people(office.actor("taxation"), Person.objects.filter(pk=person.pk)).exists()


# ── citizens ─────────────────────────────────────────────────────────────────────────────────


def citizen(office: Staffed, person: Person, phone: str = "13800000001") -> Account:
    code = citizens.print_code(office.city.actor, person)
    return citizens.activate(code, person.identity_number, phone, "雨天要带雨伞-2026")


def test_a_person_sees_themselves_and_nobody_else(office: Staffed) -> None:
    person, visit = here(office)
    other = office.city.person()
    office.city.visit(other, "inpatient", "2026-05-11", ("A1", "100"))
    holder = citizens.holder_of(citizen(office, person))
    assert holder is not None
    actor = citizens.actor_for_self(holder)
    assert list(visible_people(actor, Person.objects.all())) == [person]
    assert list(visible_visits(actor, Visit.objects.all())) == [visit]
    assert queries.find_by_number(actor, other.number) is None
    for name in ("page", "find_by_name", "household"):
        with refused("agency_only"):
            LISTS[name](actor, person)


def test_an_agent_acts_for_several_in_named_matters_until_revoked(office: Staffed) -> None:
    agent = citizen(office, office.city.person())
    parents = [office.city.person(), office.city.person()]
    rows = [
        citizens.authorise(
            office.city.actor, agent, parent, "child", [matter], When(today(), source="授权书")
        )
        for parent, matter in zip(parents, ("rights", "apply"), strict=True)
    ]
    held = citizens.authorisations_of(agent)
    assert [row.person for row in held] == parents
    first, second = (citizens.actor_for(row) for row in held)
    assert list(visible_people(first, Person.objects.all())) == [parents[0]]
    citizens.require_matter(first, "rights")
    with refused("not_authorised"):
        citizens.require_matter(second, "rights")
    queries.rights(first, parents[0].number, today(), today())
    told = Entry.objects.values_list("account", "on_behalf_of", "person_id").get(act="person.rights")
    assert told == (agent.pk, parents[0].number, parents[0].pk)
    citizens.revoke(office.city.actor, rows[0], "本人撤回")
    assert [row.person for row in citizens.authorisations_of(agent)] == [parents[1]]
    with refused("not_authorised"):
        citizens.require_matter(first, "rights")


def test_an_authorisation_needs_its_paper_and_its_matters(office: Staffed) -> None:
    agent, parent = citizen(office, office.city.person()), office.city.person()
    actor = office.city.actor
    with refused("invalid_input", "source"):
        citizens.authorise(actor, agent, parent, "child", ["rights"], When(today()))
    with refused("invalid_input", "matters"):
        citizens.authorise(actor, agent, parent, "child", ["all"], When(today(), source="授权书"))
    neighbour = next_door(office, "agency_county")
    with refused("not_found"):
        citizens.authorise(neighbour, agent, parent, "child", ["rights"], When(today(), source="授权书"))


def test_a_code_opens_one_account_with_the_right_document_once(office: Staffed) -> None:
    person = office.city.person()
    code = citizens.print_code(office.city.actor, person)
    with refused("code_unknown"):
        citizens.activate(code, "140302199001010000", "13800000002", "雨天要带雨伞-2026")
    account = citizens.activate(code.lower(), person.identity_number, "13800000002", "雨天要带雨伞-2026")
    assert "13800000002" not in account.username and account.phone == "13800000002"
    with refused("code_unknown"):
        citizens.activate(code, person.identity_number, "13800000003", "雨天要带雨伞-2026")
    with refused("account_taken"):
        citizens.print_code(office.city.actor, person)


def test_five_wrong_documents_spend_a_code(office: Staffed) -> None:
    person = office.city.person()
    code = citizens.print_code(office.city.actor, person)
    for _ in range(5):
        with refused("code_unknown"):
            citizens.activate(code, "140302199001010000", "13800000002", "雨天要带雨伞-2026")
    with refused("code_unknown"):
        citizens.activate(code, person.identity_number, "13800000002", "雨天要带雨伞-2026")


def test_departments_and_citizens_write_nothing(office: Staffed) -> None:
    for role in ROLES.values():
        actor = office.actor(role.code)
        for allowed, guard in ((role.serves, agency_only), (role.keeps, real_agency_only)):
            if allowed and not actor.provider_code:
                guard(actor)
            else:
                with refused("agency_only"):
                    guard(actor)
    holder = citizens.holder_of(citizen(office, office.city.person()))
    assert holder is not None
    with refused("agency_only"):
        agency_only(citizens.actor_for_self(holder))
