"""What each post may do with visits: every command of claims, tried by every post of the right hospital and the right area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import transaction
from tests.office import staffed, within
from tests.office.master import refused
from tests.office.staffed import Staffed
from tests.office.within import Matter, Try

from sanchong.office.accounts.acting import nobody
from sanchong.office.accounts.roles import ROLES
from sanchong.office.actor import Actor
from sanchong.office.claims import services as claims
from sanchong.office.claims.models import Command, Settlement, Visit
from sanchong.office.claims.services import visits
from sanchong.office.claims.services.ahead import look_ahead
from sanchong.office.powers import EVERYTHING, powers_of
from sanchong.office.trail.models import Entry
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db

OF_VISITS: dict[str, Try] = {
    **within.OF_VISITS,
    **within.REGISTER,
    "look_ahead": lambda a, m: look_ahead(a, m.waiting.number),
}
OF_PHYSICIANS = {"quote", "look_ahead", "diagnose", "add_lines", "withdraw"}
OF_PHARMACISTS = {"quote", "look_ahead", "add_lines", "withdraw"}
"""With what is dispensed; with a stay nothing."""

AGENCY = sorted(role.code for role in ROLES.values() if role.serves)
OTHERS = sorted(role.code for role in ROLES.values() if not role.serves and role.place != "provider")
PROVIDERS = ["pharmacist", "physician", "provider_operator"]
WRONG_POST = {"agency_only", "other_post"}


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


def matter(office: Staffed, waiting: str = "inpatient") -> Matter:
    """Somebody of the district with a settled visit, one of a kind that waits, and a stay that goes on, all at the hospital."""
    person = staffed.moved(office.city.person("subsistence_allowance", "diabetes"), "140302001001")
    settled = office.city.visit(person, "outpatient", "2026-05-10", ("A1", "290"), disease="diabetes")
    done = claims.settle(settled.number, "key-matter", office.city.actor)
    disease = "" if waiting == "inpatient" else "diabetes"
    waits = office.city.visit(person, waiting, "2026-05-12", ("A1", "90"), disease=disease)
    stay = office.city.visit(person, "inpatient", "2026-05-20")
    Visit.objects.filter(pk=stay.pk).update(state="registered")
    return Matter(person, settled, waits, stay, Settlement.objects.get(number=done["settlement"]))


def tried(command: Try, actor: Actor, of: Matter) -> str:
    """The code with which a command is refused, "" if it is carried out; taken back either way."""
    with transaction.atomic():
        try:
            command(actor, of)
        except Refusal as refusal:
            assert set(refusal.messages) == {"zh", "en"}
            return refusal.code
        finally:
            transaction.set_rollback(True)
    return ""


def standing(of: Matter) -> tuple[object, ...]:
    """What no refused command may change."""
    return (
        Command.objects.count(),
        Settlement.objects.count(),
        list(Visit.objects.order_by("pk").values()),
        list(of.waiting.lines.order_by("pk").values()),
    )


@pytest.mark.parametrize("waiting", ["inpatient", "outpatient"])
@pytest.mark.parametrize("role", PROVIDERS)
def test_a_hospital_s_posts_do_what_is_theirs_and_the_counter_the_rest(
    office: Staffed, role: str, waiting: str
) -> None:
    of, actor = matter(office, waiting), office.actor(role)
    theirs = {
        "provider_operator": set(OF_VISITS),
        "physician": OF_PHYSICIANS,
        "pharmacist": OF_PHARMACISTS if waiting == "outpatient" else set(),
    }[role]
    before = standing(of)
    refusals = {name: tried(command, actor, of) for name, command in OF_VISITS.items()}
    assert {name for name, code in refusals.items() if code not in WRONG_POST} == theirs
    assert {code for code in refusals.values() if code in WRONG_POST} <= {"other_post"}
    assert standing(of) == before
    for name, command in within.OF_PEOPLE.items():
        assert tried(command, actor, of) == "agency_only", name


@pytest.mark.parametrize("role", AGENCY)
def test_the_agency_s_clerks_do_everything(office: Staffed, role: str) -> None:
    of, actor = matter(office), office.actor(role)
    for name, command in (OF_VISITS | within.OF_PEOPLE).items():
        assert tried(command, actor, of) not in WRONG_POST, name
    assert tried(within.OF_VISITS["settle"], actor, of) == ""
    assert tried(within.OF_PEOPLE["close_year"], actor, of) == ""


@pytest.mark.parametrize("role", OTHERS)
def test_departments_reviewers_analysts_and_administrators_do_nothing(office: Staffed, role: str) -> None:
    of, actor = matter(office), office.actor(role)
    before = standing(of)
    for name, command in (OF_VISITS | within.OF_PEOPLE).items():
        assert tried(command, actor, of) == "agency_only", name
    assert standing(of) == before


def test_an_account_without_a_post_does_nothing_and_a_program_what_its_scopes_say(office: Staffed) -> None:
    of = matter(office)
    code = of.settled.provider.code
    account = nobody(office.account("provider_operator"))
    for actor, expected in (
        (account, "agency_only"),
        (replace(account, provider_code=code), "other_post"),
        (replace(office.actor("provider_operator"), person=of.person.pk), "agency_only"),
        (Actor(office.city.realm.pk, token=1, provider_code=code), ""),
        (office.city.actor, ""),
    ):
        assert tried(within.OF_VISITS["settle"], actor, of) == expected, actor
    assert powers_of(Actor(office.city.realm.pk, token=1)) == EVERYTHING


SAYS: dict[str, tuple[str, Callable[[Actor, Matter], object]]] = {
    "physician": (
        "医保医师不能结算；请由本机构医保窗口办理",
        lambda a, m: claims.settle(m.waiting.number, "key-settle", a),
    ),
    "pharmacist": (
        "医保药师不能录入或撤销这次就诊的费用；请由本机构医保窗口办理",
        lambda a, m: visits.withdraw(a, "key-withdraw", m.waiting.number),
    ),
}


@pytest.mark.parametrize("role", sorted(SAYS))
def test_the_refusal_says_what_and_who_does_it_instead(office: Staffed, role: str) -> None:
    of = matter(office)
    said, command = SAYS[role]
    with refused("other_post", "actor") as found:
        command(office.actor(role), of)
    assert found.value.messages["zh"] == said
    assert "leave it to the provider's counter" in found.value.messages["en"]


def test_a_pharmacist_of_a_visit_next_door_learns_nothing_of_it(office: Staffed) -> None:
    """The same answer whether there is such a visit or not."""
    of = matter(office)
    pharmacist = office.actor("pharmacist")
    for number in (of.waiting.number, "V999999"):
        with refused("other_post"):
            claims.settle(number, "key-settle", pharmacist)
    assert not Entry.objects.filter(account=pharmacist.account).exists()
