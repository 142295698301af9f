"""What was true on a day, as known on a day: nothing that was known is ever lost."""

from __future__ import annotations

import datetime as dt

import pytest

from sanchong.office.accounts.models import Realm
from sanchong.office.people.models import Grant, Person

pytestmark = pytest.mark.django_db


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture
def person() -> Person:
    realm = Realm.objects.create(name="正式", sandbox=False)
    return Person.objects.create(
        number="P1",
        realm=realm,
        identity_number="140302199001010010",
        identity_index=Person.index_of("identity", "140302199001010010"),
        name="张三",
        name_index=Person.index_of("name", "张三"),
        sex="1",
    )


def grant(person: Person, start: str, end: str | None, known: str) -> Grant:
    return Grant.objects.create(
        person=person,
        category="subsistence_allowance",
        department="民政局",
        start=day(start),
        end=day(end) if end else None,
        known_from=day(known),
    )


def test_a_row_holds_on_both_its_days_and_not_beside_them(person: Person) -> None:
    grant(person, "2025-03-01", "2025-03-31", "2025-02-20")
    held = [
        d
        for d in ("2025-02-28", "2025-03-01", "2025-03-31", "2025-04-01")
        if Grant.objects.at(day(d), day(d))
    ]
    assert held == ["2025-03-01", "2025-03-31"]


def test_what_was_not_yet_known_does_not_count(person: Person) -> None:
    grant(person, "2025-01-01", None, "2025-06-10")
    assert not Grant.objects.at(day("2025-03-01"), day("2025-06-09"))
    assert Grant.objects.at(day("2025-03-01"), day("2025-06-10"))


def test_a_correction_leaves_what_was_known_before_it(person: Person) -> None:
    first = grant(person, "2025-01-01", None, "2025-01-01")
    ended = first.superseding(end=day("2025-05-31"), known_from=day("2025-07-01"))
    ended.save()
    assert Grant.objects.at(day("2025-06-15"), day("2025-06-30")).get() == first
    assert not Grant.objects.at(day("2025-06-15"), day("2025-07-01"))
    assert Grant.objects.at(day("2025-05-31"), day("2025-07-01")).get() == ended
    assert list(Grant.objects.current()) == [ended]


def test_a_withdrawal_takes_back_from_the_day_it_is_known(person: Person) -> None:
    first = grant(person, "2025-01-01", None, "2025-01-01")
    first.superseding(withdrawn=True, known_from=day("2025-02-01")).save()
    assert Grant.objects.at(day("2025-01-15"), day("2025-01-31"))
    assert not Grant.objects.at(day("2025-01-15"), day("2025-02-01"))
    assert not Grant.objects.current()


def test_overlapping_counts_a_shared_day(person: Person) -> None:
    grant(person, "2025-03-01", "2025-03-31", "2025-02-20")
    assert Grant.objects.overlapping(day("2025-03-31"), None)
    assert Grant.objects.overlapping(day("2025-01-01"), day("2025-03-01"))
    assert not Grant.objects.overlapping(day("2025-04-01"), None)
    assert not Grant.objects.overlapping(day("2025-01-01"), day("2025-02-28"))


def test_identity_is_not_readable_in_the_database(person: Person) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_number, name, phone FROM people_person")
        number, name, phone = map(bytes, cursor.fetchone())
    assert b"1403021990" not in number and "张三".encode() not in name and phone == b""
    assert Person.objects.get(identity_index=Person.index_of("identity", "140302199001010010")).name == "张三"
    assert person.masked_number() == "140302********0010"
