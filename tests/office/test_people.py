"""People and households through the services: what is refused, what is kept for ever, who may read what."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from tests.office.master import agency, day, document, refused, register, rows, since

from sanchong.dates import today
from sanchong.office.accounts import services as accounts
from sanchong.office.actor import Actor
from sanchong.office.keeping import When
from sanchong.office.lawbook import services as lawbook
from sanchong.office.people import queries, services
from sanchong.office.people.identity import masked, plain_number, read_resident
from sanchong.office.people.models import (
    Enrolment,
    FormerData,
    Household,
    Member,
    Person,
    Recognition,
    Registration,
)
from sanchong.office.people.services import Identity
from sanchong.office.trail.models import Entry
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> Actor:
    return agency()


@pytest.fixture
def law() -> None:
    lawbook.activate(lawbook.keep(), "启用")


def enrol(
    actor: Actor, person: Person, start: str, end: str | None, insurance: str = "resident"
) -> Enrolment:
    return services.enrol(actor, person, insurance, "140300", int(start[:4]), 40_000, 0, since(start, end))


# ── identity ─────────────────────────────────────────────────────────────────────────────────


def test_the_numbers_that_the_standard_itself_gives_as_examples_are_read() -> None:
    """GB 11643-1999 works 11010519491231002X (a woman, 1949-12-31) and 440524188001010014 (a man, 1880-01-01)."""
    woman, man = read_resident("11010519491231002X"), read_resident("440524188001010014")
    assert (woman.born, woman.sex) == (day("1949-12-31"), "2")
    assert (man.born, man.sex) == (day("1880-01-01"), "1")


@pytest.mark.parametrize("wrong", ["X", *"013456789"])
def test_every_other_check_digit_is_refused(wrong: str) -> None:
    right = "44052418800101001"
    if wrong == "4":
        assert read_resident(right + wrong)
        return
    with pytest.raises(Refusal) as caught:
        read_resident(right + wrong)
    assert caught.value.where == "identity_number"


@pytest.mark.parametrize(
    "number",
    ["", "110105491231002", "11010519491331002X", document(1, "20990101"), "A" * 18],
)
def test_a_number_that_cannot_be_is_refused(actor: Actor, number: str) -> None:
    with refused("invalid_input", "identity_number"):
        services.register_person(actor, Identity(number, "张三"))


def test_a_number_is_the_same_however_it_is_typed() -> None:
    assert plain_number(" 1101 0519 4912 3100 ２ｘ ") == "11010519491231002X"


def test_sex_and_birth_come_from_the_number_and_are_compared_with_what_is_given(actor: Actor) -> None:
    person = services.register_person(actor, Identity(document(3, "19850615"), "李四"))
    assert (person.sex, person.born) == ("1", day("1985-06-15"))
    with refused("invalid_input", "sex"):
        services.register_person(actor, Identity(document(5), "王五", sex="2"))
    with refused("invalid_input", "born"):
        services.register_person(actor, Identity(document(5), "王五", born=day("1990-01-02")))


def test_another_document_needs_the_sex_to_be_said(actor: Actor) -> None:
    with refused("invalid_input", "sex"):
        services.register_person(actor, Identity("E12345678", "SMITH", identity_type="08"))
    services.register_person(actor, Identity("E12345678", "SMITH", identity_type="08", sex="9"))
    found = queries.find_by_identity(actor, "e12345678", "08")
    assert found is not None and found.masked_number == "*********"
    assert queries.find_by_identity(actor, "E12345678", "07") is None


def test_a_registered_document_is_refused_without_telling_whose(actor: Actor) -> None:
    first = register(actor, 1, "赵六")
    with refused("identity_taken") as caught:
        register(actor, 1, "钱七")
    told = json.dumps(caught.value.messages, ensure_ascii=False)
    assert "赵六" not in told and first.number not in told and document(1) not in told


def test_each_realm_has_its_own_people(actor: Actor) -> None:
    register(actor)
    sandbox = accounts.sandbox_of("H14030200001")
    provider = Actor(sandbox.pk, provider_code="H14030200001")
    assert queries.find_by_identity(provider, document(1)) is None
    there = register(provider)
    with refused("not_found"):
        services.enrol(actor, there, "resident", "140300", 2026, 0, 0, since("2026-01-01"))


def test_nothing_personal_is_readable_in_the_database_or_the_trail(actor: Actor) -> None:
    identity = Identity(
        document(1), "欧阳娜娜", phone="13812345678", card="C99887766", bank_account="6222021001"
    )
    person = services.register_person(actor, identity)
    services.correct_person(actor, person.number, "改名", name="司马光", phone="13900001111")
    queries.find_by_identity(actor, document(1))
    queries.rights(actor, person.number, day("2026-03-01"), today())
    secrets = [document(1), "欧阳娜娜", "司马光", "13812345678", "13900001111", "C99887766", "6222021001"]
    tables = [t for t in connection.introspection.table_names() if t.startswith(("people_", "trail_"))]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                for cell in row:
                    held = bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                    assert not [s for s in secrets if s.encode() in held], table
    acts = list(Entry.objects.filter(person_id=person.pk).order_by("pk").values_list("act", flat=True))
    assert acts == ["person.register", "person.correct", "person.find", "person.rights"]


def test_a_correction_keeps_what_stood_before(actor: Actor) -> None:
    person = services.register_person(actor, Identity(document(1), "张三", phone="1", card="K1"))
    before = rows()
    after = services.correct_person(
        actor, person.number, "号码登记有误", identity_number=document(2, "19910202")
    )
    assert (after.sex, after.born, after.name, after.phone) == ("2", day("1991-02-02"), "张三", "1")
    former = FormerData.objects.get(person=person)
    assert (former.identity_number, former.sex, former.reason) == (document(1), "1", "号码登记有误")
    assert queries.find_by_identity(actor, document(1)) is None
    found = queries.find_by_card(actor, " k1 ")
    assert found is not None and found.number == person.number
    assert all(count >= before[table] for table, count in rows().items())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"identity_number": document(2)}, "identity_taken"),
        ({"card": "K2"}, "card_taken"),
        ({"name": ""}, "invalid_input"),
        ({"name": "a" * 101}, "invalid_input"),
        ({"name": "张\x00三"}, "invalid_input"),
        ({"sex": "2"}, "invalid_input"),
        ({"identity_type": "77", "sex": "1"}, "invalid_input"),
        ({"died": day("2999-01-01")}, "invalid_input"),
        ({"recorded_at": None}, "invalid_input"),
    ],
)
def test_a_correction_that_cannot_stand_changes_nothing(
    actor: Actor, changes: dict[str, Any], code: str
) -> None:
    person = register(actor, 1)
    services.register_person(actor, Identity(document(2), "李四", card="K2"))
    with refused(code):
        services.correct_person(actor, person.number, "更正", **changes)
    person.refresh_from_db()
    assert person.name == "张三" and person.identity_number == document(1)


def test_a_correction_needs_a_reason(actor: Actor) -> None:
    person = register(actor)
    with refused("invalid_input", "reason"):
        services.correct_person(actor, person.number, " ", phone="2")


def test_masks_show_six_and_four_of_a_long_number_and_nothing_of_a_short_one() -> None:
    assert masked("140302199001010018") == "140302********0018"
    assert masked("G1234567") == "********"


# ── one on a date ────────────────────────────────────────────────────────────────────────────


def test_two_enrolments_share_no_day_and_the_refusal_says_what_stands_there(actor: Actor) -> None:
    person = register(actor)
    enrol(actor, person, "2026-01-01", "2026-12-31")
    with refused("overlap", "enrolment") as caught:
        enrol(actor, person, "2026-12-31", None, "employee")
    said = caught.value.messages["en"]
    assert "resident 140300 2026 2026-01-01 to 2026-12-31" in said
    enrol(actor, person, "2027-01-01", None, "employee")


def at_the_same_moment(act: Callable[[], object]) -> list[str]:
    """What six threads are told that do the same at once."""
    gate, told = threading.Barrier(6), []

    def work() -> None:
        try:
            gate.wait()
            act()
            told.append("done")
        except Refusal as refusal:
            told.append(refusal.code)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(told)


@pytest.mark.django_db(transaction=True)
def test_of_two_enrolments_at_the_same_moment_one_is_refused(actor: Actor) -> None:
    person = register(actor)
    assert at_the_same_moment(lambda: enrol(actor, person, "2026-01-01", None)) == ["done", *["overlap"] * 5]
    assert Enrolment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_ends_of_a_row_at_the_same_moment_one_is_refused(actor: Actor) -> None:
    row = enrol(actor, register(actor), "2026-01-01", None)
    told = at_the_same_moment(lambda: services.end(actor, "enrolment", row.pk, day("2026-06-30"), "迁出"))
    assert told == ["done", *["superseded"] * 5]
    assert Enrolment.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_registrations_at_the_same_moment_one_is_refused(actor: Actor) -> None:
    assert at_the_same_moment(lambda: register(actor)) == ["done", *["identity_taken"] * 5]
    assert Person.objects.count() == 1


def test_moving_ends_the_old_membership_the_day_before(actor: Actor) -> None:
    person, other = register(actor, 1), register(actor, 2)
    old = services.form_household(actor, "140302001001", [person, other], since("2020-01-01"))
    new = services.form_household(actor, "140303", [], since("2020-01-01"))
    services.move(actor, person, new, since("2026-05-01"))

    def lives(on: str) -> list[str]:
        rights = queries.rights(actor, person.number, day(on), today())
        return [m.household.number for m in rights.memberships]

    assert lives("2026-04-30") == [old.number] and lives("2026-05-01") == [new.number]
    there = queries.household(actor, old.number, day("2026-05-01"), today())
    assert [p.number for p in there] == [other.number]


def test_moving_to_before_the_old_membership_is_refused(actor: Actor) -> None:
    person = register(actor)
    services.form_household(actor, "140302", [person], since("2020-01-01"))
    new = services.form_household(actor, "140303", [], since("2020-01-01"))
    with refused("overlap", "member"):
        services.move(actor, person, new, since("2019-06-01"))
    with refused("overlap", "member"):  # a visit of a month: where would the person be afterwards?
        services.move(actor, person, new, since("2026-06-01", "2026-06-30"))


def test_a_household_moves_its_place_and_keeps_the_old_one(actor: Actor) -> None:
    household = services.form_household(actor, "140302", [], since("2020-01-01"))
    services.place(actor, household, "140303", since("2026-07-01"))
    held = [
        Registration.objects.at(day(on), today()).get(household=household).area_id
        for on in ("2026-06-30", "2026-07-01")
    ]
    assert held == ["140302", "140303"]
    with refused("unknown_area"):
        services.place(actor, household, "999999", since("2026-08-01"))


def test_a_household_number_is_the_realms_own(actor: Actor) -> None:
    services.form_household(actor, "140302", [], since("2020-01-01"), "城关-1")
    with refused("household_taken"):
        services.form_household(actor, "140302", [], since("2020-01-01"), "城关-1")
    sandbox = Actor(accounts.sandbox_of("H1").pk, provider_code="H1")
    services.form_household(sandbox, "140302", [], since("2020-01-01"), "城关-1")


def test_nobody_is_put_into_another_realms_household(actor: Actor) -> None:
    person = register(actor)
    sandbox = Actor(accounts.sandbox_of("H1").pk, provider_code="H1")
    other = services.form_household(sandbox, "140302", [], since("2020-01-01"))
    with refused("not_found", "household"):
        services.move(actor, person, other, since("2026-01-01"))


# ── ending, correcting, withdrawing ──────────────────────────────────────────────────────────


def test_a_correction_shows_both_what_is_known_now_and_what_was(actor: Actor) -> None:
    person = register(actor)
    row = services.enrol(
        actor,
        person,
        "resident",
        "140300",
        2026,
        40_000,
        0,
        When(day("2026-01-01"), known_from=day("2025-12-01")),
    )
    services.correct(
        actor, "enrolment", row.pk, "资助补记", day("2026-02-10"), subsidy=28_000, end=day("2026-12-31")
    )
    before = queries.rights(actor, person.number, day("2026-01-15"), day("2026-02-09")).enrolments
    after = queries.rights(actor, person.number, day("2026-01-15"), day("2026-02-10")).enrolments
    assert [(e.subsidy, e.end) for e in before] == [(0, None)]
    assert [(e.subsidy, e.end, e.source) for e in after] == [(28_000, day("2026-12-31"), "资助补记")]
    assert len(queries.history(actor, person.number, "enrolment")) == 2


def test_a_row_is_superseded_once(actor: Actor) -> None:
    person = register(actor)
    row = enrol(actor, person, "2026-01-01", None)
    services.end(actor, "enrolment", row.pk, day("2026-06-30"), "迁出")
    with refused("superseded"):
        services.end(actor, "enrolment", row.pk, day("2026-03-31"), "迁出")
    with refused("superseded"):
        services.withdraw(actor, "enrolment", row.pk, "误登")


def test_ending_later_than_the_end_is_not_ending(actor: Actor) -> None:
    row = enrol(actor, register(actor), "2026-01-01", "2026-06-30")
    with refused("invalid_input", "end"):
        services.end(actor, "enrolment", row.pk, day("2026-12-31"), "延长")
    with refused("invalid_input", "end"):
        services.end(actor, "enrolment", row.pk, day("2025-12-31"), "提前")


def test_a_correction_may_not_run_into_another_row(actor: Actor) -> None:
    person = register(actor)
    row = enrol(actor, person, "2026-01-01", "2026-06-30")
    enrol(actor, person, "2026-07-01", None, "employee")
    with refused("overlap"):
        services.correct(actor, "enrolment", row.pk, "延长", end=day("2026-07-01"))


def test_a_withdrawn_row_leaves_room_and_stays_readable(actor: Actor) -> None:
    person = register(actor)
    row = enrol(actor, person, "2026-01-01", None)
    services.withdraw(actor, "enrolment", row.pk, "登记错人")
    assert not queries.rights(actor, person.number, day("2026-02-01"), today()).enrolments
    enrol(actor, person, "2026-01-01", None, "employee")
    told = queries.history(actor, person.number, "enrolment")
    assert [r.withdrawn for r in told] == [False, True, False]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"person_id": 1}, "person_id"),
        ({"known_from": day("2020-01-01")}, None),
        ({"recorded_at": None}, "recorded_at"),
        ({"insurance": "private"}, "insurance"),
        ({"contribution": -1}, "contribution"),
        ({"region": "1403"}, "region"),
        ({"area_id": "999999"}, "area"),
    ],
)
def test_what_may_not_stand_may_not_be_corrected_to(
    actor: Actor, changes: dict[str, Any], where: str | None
) -> None:
    row = enrol(actor, register(actor), "2026-01-01", None)
    with refused("unknown_area" if where == "area" else "invalid_input", where):
        services.correct(actor, "enrolment", row.pk, "更正", **changes)


def test_what_is_known_only_tomorrow_is_not_recorded_today(actor: Actor) -> None:
    with refused("invalid_input", "known_from"):
        services.form_household(actor, "140302", [], When(day("2026-01-01"), known_from=day("2999-01-01")))


def test_everything_only_grows(actor: Actor, law: None) -> None:
    """Through a whole life of rows, no table ever loses one and no dated row ever changes."""
    before = rows()
    seen: dict[tuple[type, int], Any] = {}

    def look() -> None:
        nonlocal before
        after = rows()
        assert all(after[table] >= count for table, count in before.items())
        before = after
        for model in (Enrolment, Member, Registration, Recognition):
            for held in model.objects.values():
                assert seen.setdefault((model, held["id"]), held) == held

    person = register(actor)
    household = services.form_household(actor, "140302", [person], since("2020-01-01"))
    steps: list[Callable[[], object]] = [
        lambda: enrol(actor, person, "2026-01-01", None),
        lambda: services.recognise(actor, person, "diabetes", "市医院", since("2026-01-01")),
        lambda: services.place(actor, household, "140303", since("2026-02-01")),
        lambda: services.end(
            actor, "enrolment", Enrolment.objects.current().get().pk, day("2026-05-01"), "迁"
        ),
        lambda: services.withdraw(actor, "recognition", Recognition.objects.current().get().pk, "误"),
        lambda: services.correct(
            actor, "member", Member.objects.current().get().pk, "误", start=day("2020-02-01")
        ),
    ]
    for step in steps:
        step()
        look()


# ── categories, diseases, referrals ──────────────────────────────────────────────────────────


def test_a_kind_that_does_not_exist_is_refused(actor: Actor) -> None:
    with refused("invalid_input", "kind"):
        services.withdraw(actor, "person", 1, "误登")


def test_a_person_has_the_households_categories_and_their_own(actor: Actor) -> None:
    person, other = register(actor, 1), register(actor, 2)
    household = services.form_household(actor, "140302", [person, other], since("2020-01-01"))
    services.grant(actor, household, "subsistence_allowance", "民政局", since("2026-01-01"))
    services.grant(actor, person, "orphan", "民政局", since("2026-01-01"))
    with refused("overlap", "grant"):
        services.grant(actor, household, "subsistence_allowance", "民政局", since("2026-03-01"))
    with refused("invalid_input", "category"):
        services.grant(actor, person, "poor", "民政局", since("2026-01-01"))

    def categories(p: Person) -> set[str]:
        return {g.category for g in queries.rights(actor, p.number, day("2026-03-01"), today()).grants}

    assert categories(person) == {"subsistence_allowance", "orphan"}
    assert categories(other) == {"subsistence_allowance"}


@pytest.mark.parametrize(
    ("disease", "subtype", "where"),
    [
        ("cold", "", "disease"),
        ("transplant", "", "subtype"),
        ("transplant", "Kidney!", "subtype"),
        ("psychosis", "sadness", "subtype"),
        ("diabetes", "type2", "subtype"),
    ],
)
def test_a_disease_is_one_of_the_law_with_its_subtype(
    actor: Actor, law: None, disease: str, subtype: str, where: str
) -> None:
    person = register(actor)
    with refused("invalid_input", where):
        services.recognise(actor, person, disease, "市医院", since("2026-01-01"), subtype)


def test_recognitions_of_two_subtypes_stand_beside_each_other(actor: Actor, law: None) -> None:
    person = register(actor)
    services.recognise(actor, person, "transplant", "市医院", since("2026-01-01"), "kidney")
    services.recognise(actor, person, "transplant", "市医院", since("2026-01-01"), "liver")
    with refused("overlap", "recognition"):
        services.recognise(actor, person, "transplant", "市医院", since("2026-05-01"), "liver")


def test_without_a_law_no_disease_is_recognised(actor: Actor) -> None:
    person = register(actor)
    with refused("no_law"):
        services.recognise(actor, person, "diabetes", "市医院", since("2026-01-01"))


def test_a_waiver_is_of_two_diseases_in_either_order(actor: Actor, law: None) -> None:
    person = register(actor)
    services.waive(actor, person, "transplant:kidney", "dialysis", since("2026-01-01", source="会议纪要"))
    with refused("overlap", "waiver"):
        services.waive(actor, person, "dialysis", "transplant:kidney", since("2026-03-01"))
    with refused("invalid_input", "second"):
        services.waive(actor, person, "dialysis", "dialysis", since("2026-03-01"))


def test_a_referral_goes_somewhere_and_a_provider_refers_from_itself(actor: Actor) -> None:
    person = register(actor)
    hospital = Actor(actor.realm, provider_code="H14030200001")
    with refused("invalid_input", "provider_code"):
        services.refer(actor, person, since("2026-01-01"))
    with refused("scope", "from_provider"):
        services.refer(hospital, person, since("2026-01-01"), "H14030200002", region="110100")
    row = services.refer(hospital, person, since("2026-01-01"), "H14030200001", region="110100")
    with refused("scope"):
        services.correct(hospital, "referral", row.pk, "更正", from_provider="H14030200002")
    with refused("not_found"):
        services.withdraw(Actor(actor.realm, provider_code="H2"), "referral", row.pk, "误")
    services.end(hospital, "referral", row.pk, day("2026-02-01"), "已出院")
    services.register_cross_area(actor, person, "110100", "settled", since("2026-01-01"))
    rights = queries.rights(hospital, person.number, day("2026-02-02"), today())
    assert not rights.referrals and [c.region for c in rights.cross_areas] == ["110100"]


# ── reading ──────────────────────────────────────────────────────────────────────────────────


def test_a_provider_finds_by_identifier_and_browses_nothing(actor: Actor) -> None:
    person = services.register_person(actor, Identity(document(1), "张三", card="K1"))
    hospital = Actor(actor.realm, provider_code="H14030200001")
    by = (
        queries.find_by_identity(hospital, document(1)),
        queries.find_by_card(hospital, "K1"),
        queries.find_by_number(hospital, person.number),
    )
    assert {found and found.number for found in by} == {person.number}
    household = services.form_household(actor, "140302", [person], since("2020-01-01"))
    for browse in (
        lambda: queries.find_by_name(hospital, "张三"),
        lambda: queries.page(hospital, day("2026-01-01"), today()),
        lambda: queries.household(hospital, household.number, day("2026-01-01"), today()),
        lambda: queries.history(hospital, person.number, "enrolment"),
        lambda: enrol(hospital, person, "2026-01-01", None),
        lambda: services.register_person(hospital, Identity(document(2), "李四")),
    ):
        with refused("agency_only"):
            browse()


def test_a_name_finds_all_who_bear_it(actor: Actor) -> None:
    one, two, _ = register(actor, 1, "王芳"), register(actor, 2, "王芳"), register(actor, 3, "王芳芳")
    assert {p.number for p in queries.find_by_name(actor, " 王芳 ")} == {one.number, two.number}


@pytest.fixture
def village(actor: Actor, law: None) -> list[Person]:
    """Seven people: three in the village, four in the mining district, of whom two have a category and one a disease."""
    people = [register(actor, serial) for serial in range(1, 8)]
    here = services.form_household(actor, "140302001001", people[:3], since("2020-01-01"))
    services.form_household(actor, "140303", people[3:], since("2020-01-01"))
    services.grant(actor, here, "monitored", "乡村振兴局", since("2026-01-01"))
    services.grant(actor, people[5], "monitored", "乡村振兴局", since("2026-01-01"))
    services.recognise(actor, people[6], "transplant", "市医院", since("2026-01-01"), "kidney")
    return people


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [0, 1, 2, 3, 4, 5, 6]),
        ({"area": "140302001001"}, [0, 1, 2]),
        ({"area": "140302"}, [0, 1, 2]),
        ({"area": "140303"}, [3, 4, 5, 6]),
        ({"area": "140300"}, [0, 1, 2, 3, 4, 5, 6]),
        ({"area": "140000"}, [0, 1, 2, 3, 4, 5, 6]),
        ({"area": "110000"}, []),
        ({"category": "monitored"}, [0, 1, 2, 5]),
        ({"category": "monitored", "area": "140303"}, [5]),
        ({"disease": "transplant"}, [6]),
        ({"disease": "transplant:kidney"}, [6]),
        ({"disease": "transplant:liver"}, []),
    ],
)
def test_lists_by_area_category_and_disease(
    actor: Actor, village: list[Person], wanted: dict[str, Any], found: list[int]
) -> None:
    page = queries.page(actor, day("2026-03-01"), today(), **wanted)
    assert [r.person.number for r in page.rows] == [village[i].number for i in found]
    assert not queries.page(actor, day("2019-12-31"), today(), **wanted).rows or wanted == {}


def test_a_list_is_read_page_by_page_with_a_trail_for_everybody_shown(
    actor: Actor, village: list[Person]
) -> None:
    after: int | None = 0
    told: list[str] = []
    while after is not None:
        page = queries.page(actor, day("2026-03-01"), today(), size=3, after=after)
        told += [r.person.number for r in page.rows]
        after = page.after
    assert told == [p.number for p in village]
    assert Entry.objects.filter(act="person.list").count() == 7


def test_the_statements_of_a_list_do_not_grow_with_its_people(actor: Actor, village: list[Person]) -> None:
    def statements(size: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            queries.page(actor, day("2026-03-01"), today(), size=size)
        return len(captured)

    assert statements(2) == statements(7)


def test_an_area_lies_in_one_that_is_registered(actor: Actor) -> None:
    assert services.register_area(actor, "140302", "城区").parent_id == "140300"
    with refused("area_taken"):
        services.register_area(actor, "140302", "郊区")
    with refused("unknown_area"):
        services.register_area(actor, "140311002", "某镇")
    with refused("invalid_input"):
        services.register_area(actor, "14030", "某区")
    sandbox = accounts.sandbox_of("H1").pk
    with refused("agency_only"):  # all realms share the areas
        services.register_area(Actor(sandbox, provider_code="H1"), "140311", "郊区")


def test_a_household_that_fails_half_way_leaves_nothing(actor: Actor) -> None:
    person = register(actor)
    services.form_household(actor, "140302", [person], since("2020-01-01"))
    with refused("overlap", "member"):
        services.form_household(actor, "140303", [person], since("2026-01-01"))
    assert Household.objects.count() == 1
