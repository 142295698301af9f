"""The small city with people who sign in: one account a role, as ``demo`` opens them, and a month of settled visits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.office import world
from tests.office.replay import replayed
from tests.office.world import City

from sanchong.dates import today
from sanchong.office.accounts import demonstration
from sanchong.office.accounts.acting import actor_in, posts_of
from sanchong.office.accounts.models import Account, SecondFactor
from sanchong.office.actor import Actor
from sanchong.office.claims import services as claims
from sanchong.office.dated import Dated
from sanchong.office.people.models import Area, Enrolment, Grant, Member, Person, Recognition, Registration

if TYPE_CHECKING:
    from sanchong.office.people.models import Household

PASSWORD = demonstration.PASSWORD


@dataclass
class Staffed:
    """The city, and as what its accounts act."""

    city: City

    def account(self, role: str) -> Account:
        return Account.objects.get(username=role)

    def actor(self, role: str) -> Actor:
        """As whom the role's account acts when it is signed in."""
        return actor_in(posts_of(self.account(role))[0])

    def code(self, role: str) -> str:
        """The account's code of this moment, opening once more."""
        factor: SecondFactor = SecondFactor.objects.get(user=self.account(role), confirmed=True)
        factor.last_t = -1
        factor.save(update_fields=["last_t"])
        return factor.code_now()


def staff(city: City) -> Staffed:
    """Accounts for every role of the city, its hospital's among them."""
    for code, name, level, parent in (
        ("140303", "矿区", "county", "140300"),
        ("140302001", "上站街道", "township", "140302"),
        ("140302001001", "新华社区", "village", "140302001"),
    ):
        Area.objects.create(code=code, name=name, level=level, parent_id=parent)
    demonstration.open_accounts(city.actor, city.hospital.code, city.hospital.name)
    return Staffed(city)


def named(person: Person, name: str, sex: str = "1") -> Person:
    """The same person under another name."""
    person.name, person.name_index, person.sex = name, Person.index_of("name", name), sex
    person.save(update_fields=["name", "name_index", "sex"])
    return person


def instead(row: Dated, **changes: object) -> None:
    """Another row in the place of one that stands, known as long: dated rows are never updated."""
    row.superseding(**changes).save()


def moved(person: Person, area: str) -> Person:
    """The same person, registered and insured in another area all along."""
    household: Household = Member.objects.get(person=person).household
    instead(Registration.objects.current().get(household=household), area_id=area)
    instead(Enrolment.objects.current().get(person=person), region=f"{area[:4]}00", area_id=area)
    return person


def a_month(city: City) -> None:
    """Stays and outpatient visits of the month so far, settled; one more that waits."""
    now = today()
    people = [
        named(city.person("subsistence_allowance", "diabetes"), "王秀兰", sex="2"),
        named(city.person(None), "李建国"),
        named(city.person("extreme_poverty"), "赵铁柱"),
    ]
    turn = 0
    lines: tuple[tuple[str, str], ...]
    for day in range(1, now.day + 1):
        date = now.replace(day=day)
        if date.weekday() >= 5:
            continue
        person, amount = people[day % 3], str(3000 + 1700 * (day % 7))
        if day % 3 == 0:
            lines, kind, disease = (("A1", "286.40"), ("B1", "120")), "outpatient", "diabetes"
        else:
            lines, kind, disease = (("A1", amount), ("B1", "900"), ("C1", "260")), "inpatient", ""
        visit = city.visit(people[0] if disease else person, kind, date.isoformat(), *lines, disease=disease)
        turn += 1
        claims.settle(visit.number, f"month-{turn:08d}", city.actor)
    city.visit(people[0], "inpatient", now.isoformat(), ("A1", "5200"))
    instead(Recognition.objects.get(person=people[0]), end=now + dt.timedelta(days=12))
    for grant in Grant.objects.all():
        instead(grant, department="城区民政局")


@replayed
def opened() -> Staffed:
    """The city with its accounts."""
    return staff(world.build())


@replayed
def build() -> Staffed:
    """The city with its accounts and its month."""
    staffed = staff(world.build())
    a_month(staffed.city)
    return staffed
