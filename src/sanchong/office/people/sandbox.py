"""Test people: they do not exist, and their documents' numbers begin with an area that none has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from sanchong.dates import today
from sanchong.money import Fen
from sanchong.office.accounts.models import Realm
from sanchong.office.actor import Actor
from sanchong.office.keeping import When
from sanchong.office.people import queries, services
from sanchong.office.people.identity import check_digit
from sanchong.office.people.models import Person
from sanchong.office.people.services import Identity
from sanchong.settlement.refusal import Refusal

NOWHERE: Final = "990000"
CITY: Final = "140300"
AREAS: Final = (("140000", "山西省"), (CITY, "阳泉市"), ("140302", "城区"))
CONTRIBUTION: Final[Fen] = 40_000
DEPARTMENT: Final = "沙箱"


@dataclass(frozen=True, slots=True)
class Story:
    """A test person: who, with what, and what can be tried with them."""

    name: str
    born: str
    serial: int
    zh: str
    en: str
    insurance: str = "resident"
    category: str = ""
    diseases: Sequence[str] = ()

    @property
    def identity_number(self) -> str:
        """A resident identity number that is well formed and nobody's."""
        first = f"{NOWHERE}{self.born}{self.serial:03d}"
        return first + check_digit(first)


STORIES: Final = (
    Story("测试甲", "19650312", 1, "低保对象，糖尿病、高血压；门诊慢特病与住院", "subsistence allowance; diabetes, hypertension",
          category="subsistence_allowance", diseases=("diabetes", "hypertension")),
    Story("测试乙", "19480920", 2, "特困人员，透析；门诊特殊疾病", "extreme poverty; dialysis",
          category="extreme_poverty", diseases=("dialysis",)),
    Story("测试丙", "19880101", 3, "普通居民；住院，无医疗救助", "a resident without a category"),
    Story("测试丁", "19751105", 4, "低保边缘，恶性肿瘤；救助起付标准", "near subsistence; cancer",
          category="near_subsistence", diseases=("cancer:lung",)),
    Story("测试戊", "19700630", 5, "职工；医保已付金额须随就诊给出", "an employee: the insurers' payments are given with the visit",
          insurance="employee", category="near_subsistence"),
    Story("测试己", "19951231", 6, "未参保；看拒绝怎样写", "not insured: see how a refusal reads", insurance=""),
)  # fmt: skip


@transaction.atomic
def fill(agency: Actor, realm: Realm) -> None:
    """Register the test people in a sandbox, once. ``agency`` acts in the real ledger, for the areas that all realms share."""
    Realm.objects.select_for_update(no_key=True).get(pk=realm.pk)
    if Person.objects.filter(realm=realm).exists():
        return
    for code, name in AREAS:
        _register_area(agency, code, name)
    actor = Actor(realm.pk, account=agency.account, address=agency.address)
    since = dt.date(today().year - 1, 1, 1)
    when = When(since, known_from=since, source=DEPARTMENT)
    people = services.register_people(actor, [Identity(s.identity_number, s.name) for s in STORIES])
    for story, person in zip(STORIES, people, strict=True):
        services.form_household(actor, AREAS[-1][0], [person], when)
        if story.insurance:
            services.enrol(actor, person, story.insurance, CITY, today().year, CONTRIBUTION, 0, when)
        if story.category:
            services.grant(actor, person, story.category, DEPARTMENT, when)
        for named in story.diseases:
            disease, _, subtype = named.partition(":")
            services.recognise(actor, person, disease, DEPARTMENT, when, subtype)


def _register_area(agency: Actor, code: str, name: str) -> None:
    """The area, whatever name it bears there already."""
    try:
        services.register_area(agency, code, name)
    except Refusal as refusal:
        if refusal.code != "area_taken":
            raise


def test_people(actor: Actor) -> list[tuple[Story, queries.Shown]]:
    """The test people of the actor's sandbox that are still as they were made; Refusal ``sandbox_only`` in the real ledger."""
    if not Realm.objects.filter(pk=actor.realm, sandbox=True).exists():
        raise Refusal(
            "sandbox_only", "realm", "正式环境没有测试人员", "there are no test people in the real ledger"
        )
    found = ((story, queries.find_by_identity(actor, story.identity_number)) for story in STORIES)
    return [(story, shown) for story, shown in found if shown is not None]
