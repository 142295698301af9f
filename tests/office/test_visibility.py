"""Who sees whom: a user from next door sees nothing, in every list; who is no physician sees no disease."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office import staffed, within
from tests.office.master import refused
from tests.office.staffed import Staffed
from tests.office.within import Matter

from sanchong.dates import today
from sanchong.office.accounts import staff
from sanchong.office.accounts.acting import actor_in, nobody, posts_of
from sanchong.office.accounts.models import Account, Realm
from sanchong.office.accounts.roles import ROLES
from sanchong.office.accounts.services import agency_only, real_agency_only
from sanchong.office.actor import Actor
from sanchong.office.citizens import services as citizens
from sanchong.office.claims import queries as claims_queries
from sanchong.office.claims import services as claims
from sanchong.office.claims import statement
from sanchong.office.claims.models import Command, Settlement, Visit
from sanchong.office.claims.services import later
from sanchong.office.keeping import When
from sanchong.office.people import queries
from sanchong.office.people import services as people
from sanchong.office.people.models import Grant, Household, Member, Person, Recognition
from sanchong.office.providers.models import Provider
from sanchong.office.trail.models import Entry
from sanchong.office.visibility import counted_people, fields_for, visible_people, visible_visits
from sanchong.office.web.matters import RECOGNITIONS
from sanchong.office.web.recipients import recipients_on
from sanchong.office.web.today import month
from sanchong.office.web.waiting import VISITS
from sanchong.settlement.refusal import Refusal

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
    return staffed.opened()


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
    "list of visits": lambda a, p: VISITS.rows(a),
    "list of recipients": lambda a, p: recipients_on(a, today()).rows(a),
    "list of recognitions": lambda a, p: RECOGNITIONS.rows(a),
}


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"administrator"}))
def test_next_door_sees_nobody(office: Staffed, role: str) -> None:
    person, _ = here(office)
    neighbour = next_door(office, role)
    for name, read in LISTS.items():
        listed = not name.startswith(("visible_", "list of "))
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


# ── claims ───────────────────────────────────────────────────────────────────────────────────

NOT_THERE = {"no_visit", "no_settlement", "not_found"}
NOT_SHOWN = {"agency_only", "amounts", "clinical", "not_authorised"}


def matter(office: Staffed) -> Matter:
    """Somebody of the first district with an outpatient visit that is settled, a stay that waits, and another that goes on."""
    person, settled = here(office)
    done = claims.settle(settled.number, "key-matter", office.city.actor)
    waiting = office.city.visit(person, "inpatient", "2026-05-12", ("A1", "9000"))
    stay = office.city.visit(person, "inpatient", "2026-05-20")
    Visit.objects.filter(pk=stay.pk).update(state="registered")
    return Matter(person, settled, waiting, stay, Settlement.objects.get(number=done["settlement"]))


def refusal_of(call: within.Try, actor: Actor, of: Matter) -> str:
    """The code with which a call is refused; "" if it gave nothing; it must not give anything else."""
    try:
        found = call(actor, of)
    except Refusal as refusal:
        return refusal.code
    assert found == [], found
    return ""


def texts(answer: object) -> Iterator[str]:
    """All that an answer says, in its names as in its values, each by itself."""
    if isinstance(answer, Mapping):
        yield from texts([*answer.keys(), *answer.values()])
    elif isinstance(answer, list | tuple | set | frozenset):
        for part in answer:
            yield from texts(part)
    else:
        yield answer if isinstance(answer, str) else repr(answer)


def codes(said: Iterable[str]) -> set[str]:
    """What stands in texts as a whole word of Latin letters and digits: a number drawn by lot may have an item's "A1" inside."""
    return {word for text in said for word in re.findall("[0-9A-Za-z]+", text)}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_next_door_reads_and_changes_nothing_of_claims(office: Staffed, role: str) -> None:
    of = matter(office)
    neighbour = next_door(office, role)
    for name, read in within.READS.items():
        assert refusal_of(read, neighbour, of) in {"", *NOT_THERE, *NOT_SHOWN}, name
    commands, entries = Command.objects.count(), Settlement.objects.count()
    for name, command in (within.OF_VISITS | within.OF_PEOPLE).items():
        expected = {"agency_only"}
        if ROLES[role].serves or (ROLES[role].place == "provider" and name in within.OF_VISITS):
            expected = NOT_THERE if role not in ("physician", "pharmacist") else NOT_THERE | {"other_post"}
        assert refusal_of(command, neighbour, of) in expected, name
    if ROLES[role].place != "provider":  # to a hospital somebody presents their document
        code = "not_found" if ROLES[role].serves else "agency_only"
        assert refusal_of(within.REGISTER["register"], neighbour, of) == code
    assert (Command.objects.count(), Settlement.objects.count()) == (commands, entries)
    assert not Entry.objects.filter(account=neighbour.account, person_id=of.person.pk).exists()


@pytest.mark.parametrize(
    "role", sorted(r.code for r in ROLES.values() if not r.serves and r.place != "provider")
)
def test_only_the_agency_and_providers_change_what_they_see(office: Staffed, role: str) -> None:
    of, actor = matter(office), office.actor(role)
    before = Command.objects.count()
    for name, command in within.COMMANDS.items():
        assert refusal_of(command, actor, of) == "agency_only", name
    assert Command.objects.count() == before


@pytest.mark.parametrize("role", ["civil_affairs", "taxation", "expert", "analyst", "administrator"])
def test_who_sees_no_amounts_reads_no_visit(office: Staffed, role: str) -> None:
    of, actor = matter(office), office.actor(role)
    for name, read in within.READS.items():
        if name == "outlook" and ROLES[role].clinical:
            continue  # an expert may ask what would be paid; it is told why not, and no bill that was made out
        assert refusal_of(read, actor, of) in {"", *NOT_THERE, *NOT_SHOWN}, name


@pytest.mark.parametrize("role", ["finance", "insurer"])
def test_a_department_sees_what_was_paid_and_no_disease(office: Staffed, role: str) -> None:
    of, actor = matter(office), office.actor(role)
    visit = claims_queries.visit(actor, of.settled.number)
    assert (visit["disease"], visit["diagnoses"], visit["lines"]) == ("", [], [])
    assert visit["total"] == "290.00" and len(visit["settlements"]) == 1
    assert {v["disease"] for v in claims_queries.visits(actor)["visits"]} == {""}
    account = claims_queries.account(actor, of.person.number, 2026)
    assert account["quota"]["refusal"]["code"] == "clinical" and not {"text", "by_disease"} & set(
        account["quota"]
    )
    told = statement.statement(actor, of.settlement.number)
    (settled,) = told["result"]["visits"]
    assert (settled["lines"], settled["explanation"], settled["gates"]) == ([], [], [])
    assert told["amounts"]["total"] == settled["total"] == "290.00"
    shown = [*texts([visit, account, told])]
    assert not [text for text in shown if "diabetes" in text or "糖尿病" in text]
    assert "A1" not in codes(shown)
    reviewer = office.actor("reviewer")
    assert "糖尿病" in f"{statement.statement(reviewer, of.settlement.number)}"
    assert "A1" in codes(texts(claims_queries.visit(reviewer, of.settled.number)))
    for name in ("statement's page", "outlook"):
        assert refusal_of(within.READS[name], actor, of) == "clinical"


@pytest.mark.parametrize("role", ["agency_village", "agency_county", "provider_operator"])
def test_those_of_the_place_settle_and_reverse(office: Staffed, role: str) -> None:
    of, actor = matter(office), office.actor(role)
    assert claims_queries.visit(actor, of.settled.number)["disease"] == "diabetes"
    claims.quote(of.waiting.number, actor)
    claims.settle(of.waiting.number, "key-settle", actor)
    preview = claims.preview_reversal(of.settled.number, actor)
    claims.reverse(of.settled.number, "key-reverse", actor, "误结", preview["digest"])
    assert [s["kind"] for s in claims_queries.settlements(actor)["settlements"]][-1] == "settle"
    assert Entry.objects.filter(account=actor.account, act="claims.reverse").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["agency_county", "provider_operator"])
def test_an_account_settles_in_as_few_statements_as_a_program(office: Staffed, role: str) -> None:
    of = matter(office)
    with CaptureQueriesContext(connection) as captured:
        claims.settle(of.waiting.number, "key-settle", office.actor(role))
    asked = [
        q["sql"] for q in captured if not q["sql"].startswith(("BEGIN", "COMMIT", "RELEASE", "SAVEPOINT"))
    ]
    ours = [sql for sql in asked if "accounts_" not in sql]  # who the role's account is, is asked by the test
    assert len(ours) <= 12, ours


def test_a_citizen_reads_their_own_and_changes_nothing(office: Staffed) -> None:
    of = matter(office)
    stranger = office.city.visit(office.city.person(), "inpatient", "2026-05-11", ("A1", "100"))
    other = claims.settle(stranger.number, "key-other", office.city.actor)
    holder = citizens.holder_of(citizen(office, of.person))
    assert holder is not None
    actor = citizens.actor_for_self(holder)
    assert claims_queries.visit(actor, of.settled.number)["disease"] == "diabetes"
    assert [s["settlement"] for s in claims_queries.settlements(actor)["settlements"]] == [
        of.settlement.number
    ]
    assert len(claims_queries.account(actor, of.person.number, 2026)["entries"]) == 1
    assert statement.statement(actor, of.settlement.number)["result"]["visits"][0]["explanation"]
    with refused("no_visit"):
        claims_queries.visit(actor, stranger.number)
    with refused("no_settlement"):
        statement.statement(actor, other["settlement"])
    with refused("not_found"):
        claims_queries.account(actor, stranger.person.number, 2026)
    for name, command in within.COMMANDS.items():
        assert refusal_of(command, actor, of) == "agency_only", name


def test_an_agent_without_the_matter_reads_no_statement(office: Staffed) -> None:
    of = matter(office)
    agent = citizen(office, office.city.person())
    held = citizens.authorise(
        office.city.actor, agent, of.person, "child", ["rights"], When(today(), source="授权书")
    )
    actor = citizens.actor_for(held)
    for name in ("visit", "visits", "settlements", "account", "statement", "statement's page"):
        assert refusal_of(within.READS[name], actor, of) == "not_authorised", name
    citizens.revoke(office.city.actor, held, "换发授权")
    held = citizens.authorise(
        office.city.actor, agent, of.person, "child", ["statements"], When(today(), source="授权书")
    )
    actor = citizens.actor_for(held)
    assert statement.statement(actor, of.settlement.number)["person"] == of.person.number
    told = Entry.objects.values_list("account", "on_behalf_of").get(act="settlement.statement")
    assert told == (agent.pk, of.person.number)
    for name, command in within.COMMANDS.items():
        assert refusal_of(command, actor, of) == "agency_only", name


def test_a_fact_about_a_household_that_reaches_beyond_the_area_is_left_to_the_city(office: Staffed) -> None:
    of = matter(office)
    home = of.person.memberships.get().household
    away = staffed.moved(office.city.person(None), "140303")
    own = away.memberships.get()
    staffed.instead(
        own, start=dt.date(2026, 7, 1)
    )  # until then a member of the household in the first district
    Member.objects.create(
        person=away, household=home, start=own.start, end=dt.date(2026, 6, 30), known_from=own.known_from
    )
    visit = office.city.visit(away, "inpatient", "2026-05-11", ("A1", "9000"))
    claims.settle(visit.number, "key-away", office.city.actor)
    fact = {
        "category": {
            "household": home.number, "category": "extreme_poverty", "department": "民政", "from": "2026-01-01",
        }
    }  # fmt: skip
    told = later.preview(office.actor("agency_city"), fact)
    assert away.number in {year["person"] for year in told["years"]}
    with refused("beyond_area"):
        later.preview(office.actor("agency_county"), fact)


def test_a_law_that_reaches_back_is_for_those_who_keep_what_all_share(office: Staffed) -> None:
    fact = {"law": {"document": "raised"}}
    with refused("agency_only"):
        later.preview(office.actor("agency_county"), fact)


def test_next_door_corrects_nobody_and_a_department_refers_nobody(office: Staffed) -> None:
    person, _ = here(office)
    grant, held = Grant.objects.get(), Recognition.objects.get()
    neighbour = next_door(office, "agency_county")
    with refused("not_found"):
        people.correct_person(neighbour, person.number, "更正", name="李四")
    for kind, row in (("grant", grant.pk), ("recognition", held.pk)):
        with refused("not_found"):
            people.withdraw(neighbour, kind, row, "有误")
        with refused("not_found"):
            people.end(neighbour, kind, row, dt.date(2026, 1, 1), "有误")
    for role in ("health", "analyst", "expert"):
        with refused("agency_only"):
            people.refer(office.actor(role), person, When(today()), provider_code="H14030200001")
    people.withdraw(office.actor("agency_county"), "grant", grant.pk, "有误")
    people.withdraw(office.actor("agency_county"), "recognition", held.pk, "有误")
