"""Signed in by the pages themselves: somebody from next door, citizens by telephone. Staff: ``pages.enter``."""

from __future__ import annotations

from django.test import Client
from tests.office.master import document
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office.accounts import staff
from sanchong.office.accounts.models import Account, SecondFactor
from sanchong.office.citizens import services as citizens
from sanchong.office.keeping import When
from sanchong.office.people.models import Person

CITIZENS_PASSWORD = "雨天要带雨伞-2026"


def as_neighbour(office: Staffed, role: str, **place: str) -> Client:
    """A browser in which somebody with the same role at another place is signed in."""
    opened = staff.open_account(office.city.actor, f"{role}-2", "邻人")
    staff.assign(office.city.actor, opened.account, role, "邻区", When(today()), **place)
    account = opened.account
    account.must_change = False
    account.save(update_fields=["must_change"])
    SecondFactor.objects.create(user=account, name="", key=SecondFactor.new_key(), confirmed=True)
    client = Client()
    client.post("/sign-in/", {"username": account.username, "password": opened.password})
    device: SecondFactor = SecondFactor.objects.get(user=account)
    assert client.post("/sign-in/second/", {"code": device.code_now()}).status_code == 302
    return client


def documented(person: Person) -> Person:
    """The same person with a document that could exist, by which it is found; of the sex that it says."""
    person.identity_number = document(person.pk % 1000)
    person.identity_index = Person.index_of("identity", person.identity_number)
    person.sex = "1" if int(person.identity_number[16]) % 2 else "2"
    person.save(update_fields=["identity_number", "identity_index", "sex"])
    return person


def citizen(office: Staffed, person: Person, phone: str) -> Account:
    """The person's own account, opened with a printed code."""
    code = citizens.print_code(office.city.actor, person)
    return citizens.activate(code, person.identity_number, phone, CITIZENS_PASSWORD)


def as_citizen(phone: str) -> Client:
    """A browser in which the citizen with this telephone is signed in."""
    client = Client()
    answer = client.post("/sign-in/", {"username": phone, "password": CITIZENS_PASSWORD})
    assert answer.status_code == 302
    return client
