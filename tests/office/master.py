"""What the tests of the master data stand on: a ledger, the areas of a city, documents that could exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps

from sanchong.office.accounts import services as accounts
from sanchong.office.actor import Actor
from sanchong.office.keeping import When
from sanchong.office.lawbook import services as lawbook
from sanchong.office.people import services as people
from sanchong.office.people.identity import check_digit
from sanchong.office.people.models import Enrolment, Person
from sanchong.office.people.services import Identity
from sanchong.settlement.refusal import Refusal

AREAS = (
    ("140000", "山西省"),
    ("140300", "阳泉市"),
    ("140302", "城区"),
    ("140303", "矿区"),
    ("140302001", "上站街道"),
    ("140302001001", "新华社区"),
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def since(start: str, end: str | None = None, source: str = "") -> When:
    return When(day(start), day(end) if end else None, source=source)


def document(serial: int, born: str = "19900101") -> str:
    """A resident identity number of Yangquan's city district; an odd serial is a man's."""
    first = f"140302{born}{serial:03d}"
    return first + check_digit(first)


def agency() -> Actor:
    """The agency in the real ledger, with the areas registered."""
    actor = Actor(accounts.open_ledger().pk, address="10.0.0.1")
    for code, name in AREAS:
        people.register_area(actor, code, name)
    return actor


@pytest.fixture
def actor() -> Actor:
    return agency()


@pytest.fixture
def law() -> None:
    lawbook.activate(lawbook.keep(), "启用")


def register(actor: Actor, serial: int = 1, name: str = "张三") -> Person:
    return people.register_person(actor, Identity(document(serial), name))


def enrol(
    actor: Actor, person: Person, start: str, end: str | None, insurance: str = "resident"
) -> Enrolment:
    return people.enrol(actor, person, insurance, "140300", int(start[:4]), 40_000, 0, since(start, end))


def rows() -> dict[str, int]:
    """How many rows each table of the office has."""
    models = [m for m in apps.get_models() if m.__module__.startswith("sanchong.office")]
    return {m._meta.label: m._default_manager.count() for m in models}


@contextmanager
def refused(code: str, where: str | None = None) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """The block is refused with a code, said in both languages; no table has a row more or less than before."""
    before = rows()
    with pytest.raises(Refusal) as caught:
        yield caught
    assert caught.value.code == code, caught.value
    if where is not None:
        assert caught.value.where == where
    assert caught.value.messages["zh"] and caught.value.messages["en"]
    assert rows() == before
