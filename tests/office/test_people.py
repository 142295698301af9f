"""Who somebody is, through the services: documents, what is kept of a correction, who may read and find whom."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office.master import actor, day, document, enrol, law, refused, register, rows, since

from sanchong.dates import today
from sanchong.office.accounts import services as accounts
from sanchong.office.actor import Actor
from sanchong.office.people import queries, services
from sanchong.office.people.identity import masked, plain_number, read_resident
from sanchong.office.people.models import FormerData, Person
from sanchong.office.people.services import Identity
from sanchong.office.trail.models import Entry
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db
__all__ = ["actor", "law"]


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
