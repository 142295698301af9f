"""A visit from registration to cancellation through the services: what may follow what, and what each refusal says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office.master import refused
from tests.office.world import LONG_AGO, City, build

from sanchong.office import guards
from sanchong.office.accounts.models import Realm
from sanchong.office.actor import Actor
from sanchong.office.claims import services
from sanchong.office.claims.models import Command, Diagnosis, FeeLine, Visit
from sanchong.office.claims.services import visits
from sanchong.office.people.models import Enrolment
from sanchong.office.providers.models import Post, Practitioner, Provider
from sanchong.office.trail.models import Entry

pytestmark = pytest.mark.django_db

MARCH: Any = dt.date(2026, 3, 1)
COLD = [{"code": "J18.9", "name": "肺炎"}]


@pytest.fixture
def city() -> City:
    return build()


@pytest.fixture
def desk(city: City) -> Actor:
    """The hospital's program."""
    return replace(city.actor, provider_code=city.hospital.code)


_keys = iter(range(10**9))


def key() -> str:
    return f"key-{next(_keys):08d}"


def registered(city: City, desk: Actor, kind: str = "inpatient", number: str = "ZY-1", **more: Any) -> str:
    person = more.pop("person", None) or city.person()
    said = visits.register(
        desk, key(), person_number=person.number, kind=kind, provider_number=number, admitted=MARCH, **more
    )
    return str(said["visit"])


def line(number: str = "1", amount: Any = "100", **more: Any) -> dict[str, Any]:
    said = {
        "number": number,
        "at": "2026-03-02T09:30:00",
        "item": "A1",
        "name": "甲类药",
        "quantity": "1",
        "unit_price": str(amount),
        "amount": amount,
    }
    return said | more


# ── the whole course ─────────────────────────────────────────────────────────────────────────


def test_a_stay_is_registered_diagnosed_charged_discharged_and_settled(city: City, desk: Actor) -> None:
    number = registered(city, desk)
    visits.diagnose(desk, key(), number, COLD)
    visits.add_lines(desk, key(), number, "B1", [line("1", "4000"), line("2", "8000")])
    visits.discharge(desk, key(), number, dt.date(2026, 3, 10))
    answer = services.settle(number, key(), desk, expected_total=1_200_000)
    assert answer["result"]["visits"][0]["date"] == "2026-03-10"
    assert Visit.objects.get(number=number).state == "settled"


def test_after_a_reversal_everything_can_be_undone_or_settled_again(city: City, desk: Actor) -> None:
    """2305 is followed by 2405, 2302 and 2404, or by a corrected settlement of the same visit."""
    number = registered(city, desk, discharged=dt.date(2026, 3, 10))
    visits.diagnose(desk, key(), number, COLD)
    visits.add_lines(desk, key(), number, "B1", [line("1", "4000"), line("2", "8000")])
    services.settle(number, key(), desk)
    services.reverse(number, key(), desk, "错收")
    visits.withdraw(desk, key(), number, lines=["2"])
    with refused("visit_state", "visit"):
        services.settle(number, key(), desk)
    visits.diagnose(desk, key(), number, COLD)
    assert services.settle(number, key(), desk)["result"]["visits"][0]["total"] == "4000.00"
    services.reverse(number, key(), desk, "退院")
    visits.undo_discharge(desk, key(), number)
    visits.withdraw(desk, key(), number)
    visits.cancel(desk, key(), number)
    assert Visit.objects.get(number=number).state == "cancelled"


@pytest.mark.parametrize("state", ["settled", "cancelled"])
def test_what_is_settled_or_cancelled_stays_as_it_is(city: City, desk: Actor, state: str) -> None:
    number = registered(city, desk)
    Visit.objects.filter(number=number).update(state=state)
    commands: list[Callable[[str], Any]] = [
        lambda k: visits.diagnose(desk, k, number, COLD),
        lambda k: visits.add_lines(desk, k, number, "B1", [line()]),
        lambda k: visits.withdraw(desk, k, number),
        lambda k: visits.discharge(desk, k, number, MARCH),
        lambda k: visits.undo_discharge(desk, k, number),
        lambda k: visits.amend(desk, k, number, practitioner="D1"),
        lambda k: visits.cancel(desk, k, number),
    ]
    for command in commands:
        with refused("visit_state", "visit"):
            command(key())


def test_a_stay_that_has_not_ended_is_not_settled(city: City, desk: Actor) -> None:
    number = registered(city, desk)
    visits.diagnose(desk, key(), number, COLD)
    visits.add_lines(desk, key(), number, "B1", [line()])
    with refused("not_discharged", "discharged"):
        services.quote(number, desk)


def test_an_outpatient_visit_names_its_disease_before_it_is_settled(city: City, desk: Actor) -> None:
    number = registered(city, desk, "outpatient", person=city.person(None, "diabetes"))
    visits.diagnose(desk, key(), number, COLD)
    visits.add_lines(desk, key(), number, "B1", [line()])
    with refused("no_disease", "disease"):
        services.quote(number, desk)
    visits.amend(desk, key(), number, disease="diabetes")
    assert services.quote(number, desk)["result"]["visits"][0]["total"] == "100.00"


# ── registration ─────────────────────────────────────────────────────────────────────────────


def test_the_repeat_of_a_registration_gives_the_first_answer(city: City, desk: Actor) -> None:
    asked: dict[str, Any] = {
        "person_number": city.person().number,
        "kind": "inpatient",
        "provider_number": "ZY-1",
        "admitted": MARCH,
    }
    first = visits.register(desk, "key-register", **asked)
    assert visits.register(desk, "key-register", **asked) == first
    with refused("key_reused"):
        visits.register(desk, "key-register", **(asked | {"kind": "special_drug"}))
    assert visits.register(desk, key(), **asked)["visit"] == first["visit"]
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("other", ["person", "kind", "admitted"])
def test_a_providers_number_belongs_to_one_visit(city: City, desk: Actor, other: str) -> None:
    person, another = city.person(), city.person()
    registered(city, desk, person=person)
    instead: dict[str, dict[str, Any]] = {
        "person": {"person_number": another.number},
        "kind": {"kind": "special_drug"},
        "admitted": {"admitted": dt.date(2026, 3, 2)},
    }
    asked = {"person_number": person.number, "kind": "inpatient", "admitted": MARCH} | instead[other]
    with refused("provider_number", "provider_number"):
        visits.register(desk, key(), provider_number="ZY-1", **asked)


def test_a_cancelled_visit_sets_its_number_free(city: City, desk: Actor) -> None:
    person = city.person()
    first = registered(city, desk, person=person)
    visits.cancel(desk, key(), first)
    assert registered(city, desk, person=person) != first


def test_each_provider_has_its_own_numbers(city: City, desk: Actor) -> None:
    other = Provider.objects.create(code="H14030200002", name="市第二医院", kind="hospital")
    person = city.person()
    first = registered(city, desk, person=person)
    second = registered(city, replace(desk, provider_code=other.code), person=person)
    assert first != second


def test_another_realms_person_is_unknown_and_another_providers_visit_too(city: City, desk: Actor) -> None:
    sandbox = Realm.objects.create(name="沙箱", sandbox=True, provider_code=city.hospital.code)
    person = city.person()
    other = Provider.objects.create(code="H14030200002", name="市第二医院", kind="hospital")
    with refused("not_found", "person_number"):
        registered(city, replace(desk, realm=sandbox.pk), person=person)
    with refused("other_provider", "provider"):
        registered(city, desk, person=person, provider=other.code)
    number = registered(city, desk, person=person)
    for stranger in (replace(desk, provider_code=other.code), replace(desk, realm=sandbox.pk)):
        with refused("no_visit", "visit"):
            visits.cancel(stranger, key(), number)


def test_the_agency_names_the_provider(city: City) -> None:
    person = city.person()
    with refused("not_found", "provider"):
        registered(city, city.actor, person=person)
    number = registered(city, city.actor, person=person, provider=city.hospital.code)
    assert Visit.objects.get(number=number).provider == city.hospital


@pytest.mark.parametrize(
    ("kind", "more", "where"),
    [
        ("inpatient", {"discharged": dt.date(2026, 2, 28)}, "end"),
        ("outpatient", {"discharged": MARCH}, "discharged"),
        ("inpatient", {"disease": "diabetes"}, "disease"),
        ("outpatient", {"disease": "gout"}, "disease"),
        ("outpatient", {"disease": "diabetes:one"}, "disease"),
        ("house_call", {}, "kind"),
        ("inpatient", {"number": ""}, "provider_number"),
        ("inpatient", {"number": "9" * 31}, "provider_number"),
        ("inpatient", {"practitioner": "D\n1"}, "practitioner"),
        ("special_drug", {"given_pooled": -1}, "given_pooled"),
    ],
)
def test_what_cannot_be_registered(
    city: City, desk: Actor, kind: str, more: dict[str, Any], where: str
) -> None:
    person = city.person()
    with refused("invalid_input", where):
        registered(city, desk, kind, person=person, **more)


def test_insurers_payments_are_stated_where_the_rules_do_not_compute_them(city: City, desk: Actor) -> None:
    resident, employee = city.person(), city.person()
    with guards.lifted(connection):
        Enrolment.objects.filter(person=employee).update(insurance="employee")
    with refused("invalid_input", "given_pooled"):
        registered(city, desk, person=resident, given_pooled=100)
    registered(city, desk, number="1", person=employee, given_pooled=100, given_catastrophic=0)
    registered(city, desk, "special_drug", number="2", person=resident, given_pooled=100)
    stay = registered(city, desk, number="3", person=resident)
    with refused("invalid_input", "given_catastrophic"):
        visits.amend(desk, key(), stay, given_catastrophic=5)
    assert visits.amend(city.actor, key(), stay, given_catastrophic=5)["given_catastrophic"] == 5


def test_an_amendment_changes_what_it_names_and_nothing_else(city: City, desk: Actor) -> None:
    number = registered(city, desk, "outpatient", disease="diabetes", practitioner="D1")
    visits.amend(desk, key(), number, disease="hypertension")
    visit = Visit.objects.get(number=number)
    assert (visit.disease, visit.practitioner, visit.admitted) == ("hypertension", "D1", MARCH)
    with refused("invalid_input"):
        visits.amend(desk, key(), number)


# ── diagnoses ────────────────────────────────────────────────────────────────────────────────


def test_diagnoses_take_the_place_of_those_before(city: City, desk: Actor) -> None:
    number = registered(city, desk)
    visits.diagnose(desk, key(), number, [{"code": "I10", "name": "高血压"}, *COLD])
    visits.diagnose(desk, key(), number, COLD)
    assert list(Diagnosis.objects.values_list("rank", "code")) == [(1, "J18.9")]
    assert Visit.objects.get(number=number).state == "diagnosed"


@pytest.mark.parametrize(
    ("diagnoses", "where"),
    [
        ([], "diagnoses"),
        ([{"name": "肺炎"}], "diagnoses[0].code"),
        ([*COLD, {"code": "X" * 21, "name": "肺炎"}], "diagnoses[1].code"),
        ([{**COLD[0], "severity": "3"}], "diagnoses[0].severity"),
        (COLD * 100, "diagnoses"),
    ],
)
def test_diagnoses_that_cannot_stand(city: City, desk: Actor, diagnoses: Any, where: str) -> None:
    number = registered(city, desk)
    with refused("invalid_input", where):
        visits.diagnose(desk, key(), number, diagnoses)


# ── lines ────────────────────────────────────────────────────────────────────────────────────


def test_quantity_and_price_are_kept_exactly(city: City, desk: Actor) -> None:
    """0.1235 × 1234.567891 = 152.469134…, half up 152.47; 15 digits each."""
    number = registered(city, desk)
    rows = [
        line("1", quantity="0.1235", unit_price=Decimal("1234.567891"), amount=Decimal("152.47")),
        line("2", quantity="12345678901.2345", unit_price="0.000001", amount="12345.68"),
        line("3", quantity="0.0001", unit_price="123456789.123456", amount="12345.68"),
        line("4", quantity=3, unit_price="0.005", amount="0.02"),
    ]
    said = visits.add_lines(desk, key(), number, "B1", rows)
    # 152.47 + 12345.68 + 12345.68 + 0.02; the last 3 × 0.005 = 0.015, half up
    assert said["total"] == "24843.85"
    kept = FeeLine.objects.order_by("pk").values_list("quantity", "unit_price", "amount")
    assert list(kept) == [
        (Decimal("0.1235"), Decimal("1234.567891"), 15247),
        (Decimal("12345678901.2345"), Decimal("0.000001"), 1234568),
        (Decimal("0.0001"), Decimal("123456789.123456"), 1234568),
        (Decimal(3), Decimal("0.005"), 2),
    ]
    moment = FeeLine.objects.order_by("pk")[0].at
    assert moment == dt.datetime(2026, 3, 2, 1, 30, tzinfo=dt.UTC)  # half past nine in Shanghai


@pytest.mark.parametrize(
    ("spoilt", "where"),
    [
        ({"quantity": 1.0}, "lines[1].quantity"),
        ({"quantity": True}, "lines[1].quantity"),
        ({"quantity": "0"}, "lines[1].quantity"),
        ({"quantity": "-1"}, "lines[1].quantity"),
        ({"quantity": "1.00000"}, "lines[1].quantity"),
        ({"quantity": "100000000000"}, "lines[1].quantity"),
        ({"quantity": "1e2"}, "lines[1].quantity"),
        ({"quantity": "NaN"}, "lines[1].quantity"),
        ({"quantity": Decimal("Infinity")}, "lines[1].quantity"),
        ({"quantity": None}, "lines[1].quantity"),
        ({"unit_price": "100.0000001"}, "lines[1].unit_price"),
        ({"unit_price": 100.0}, "lines[1].unit_price"),
        ({"amount": "100.001"}, "lines[1].amount"),
        ({"amount": 100.0}, "lines[1].amount"),
        ({"amount": "10000000000.01"}, "lines[1].amount"),
        ({"at": "yesterday"}, "lines[1].at"),
        ({"at": None}, "lines[1].at"),
        ({"item": "X" * 51}, "lines[1].item"),
        ({"item": "A\x00"}, "lines[1].item"),
        ({"name": ""}, "lines[1].name"),
        ({"days": 0}, "lines[1].days"),
        ({"days": "7"}, "lines[1].days"),
        ({"conforming": "yes"}, "lines[1].conforming"),
        ({"colour": "red"}, "lines[1].colour"),
        ({"number": "1"}, "lines[1].number"),
        ({"number": "9" * 31}, "lines[1].number"),
    ],
)
def test_a_line_that_cannot_stand_refuses_its_batch(
    city: City, desk: Actor, spoilt: dict[str, Any], where: str
) -> None:
    number = registered(city, desk)
    with refused("invalid_input", where):
        visits.add_lines(desk, key(), number, "B1", [line("1"), line("2") | spoilt])


@pytest.mark.parametrize("amount", ["0.01", "0.03"])
def test_an_amount_that_is_not_quantity_times_price_names_its_line(
    city: City, desk: Actor, amount: str
) -> None:
    """3 × 0.005 = 0.015, which is 0.02 half up to the fen."""
    number = registered(city, desk)
    wrong = line("L-7", quantity="3", unit_price="0.005", amount=amount)
    with refused("amount_differs", "lines[0].amount") as caught:
        visits.add_lines(desk, key(), number, "B1", [wrong])
    for said in caught.value.messages.values():
        assert "L-7" in said and "0.02" in said


def test_a_lines_number_is_used_once_in_a_visit_also_after_withdrawal(city: City, desk: Actor) -> None:
    number = registered(city, desk)
    visits.add_lines(desk, key(), number, "B1", [line("1"), line("2")])
    visits.withdraw(desk, key(), number, lines=["2"])
    for again in ("1", "2"):
        with refused("line_repeated", "lines[1].number"):
            visits.add_lines(desk, key(), number, "B2", [line("3"), line(again)])


def test_the_repeat_of_a_batch_adds_nothing(city: City, desk: Actor) -> None:
    number = registered(city, desk)
    first = visits.add_lines(desk, "key-batch-1", number, "B1", [line("1"), line("2")])
    assert visits.add_lines(desk, "key-batch-1", number, "B1", [line("1"), line("2")]) == first
    with refused("key_reused"):
        visits.add_lines(desk, "key-batch-1", number, "B1", [line("1"), line("2", "101")])
    assert FeeLine.objects.count() == 2


def test_lines_are_withdrawn_by_batch_by_number_and_all(city: City, desk: Actor) -> None:
    number = registered(city, desk)
    for batch, lines in (("B1", "12"), ("B2", "34"), ("B3", "56")):
        visits.add_lines(desk, key(), number, batch, [line(n) for n in lines])
    assert visits.withdraw(desk, key(), number, batch="B2") == {
        "visit": number,
        "state": "registered",
        "withdrawn": 2,
        "total": "400.00",
    }
    assert visits.withdraw(desk, key(), number, lines=["1"])["withdrawn"] == 1
    assert visits.withdraw(desk, key(), number)["withdrawn"] == 3
    assert visits.withdraw(desk, key(), number)["total"] == "0.00", "nothing stands: nothing to do"
    assert FeeLine.objects.count() == 6, "nothing is deleted"


def test_what_does_not_stand_is_not_withdrawn(city: City, desk: Actor) -> None:
    number = registered(city, desk)
    visits.add_lines(desk, key(), number, "B1", [line("1"), line("2")])
    visits.withdraw(desk, key(), number, lines=["1"])
    wanted: list[tuple[str | None, list[str] | None]] = [("B2", None), (None, ["1", "2"]), (None, ["3"])]
    for batch, lines in wanted:
        with refused("no_line"):
            visits.withdraw(desk, key(), number, batch=batch, lines=lines)
    for batch, lines in (("B1", ["2"]), (None, [])):
        with refused("invalid_input", "lines"):
            visits.withdraw(desk, key(), number, batch=batch, lines=lines)


def test_a_visit_with_lines_is_not_cancelled(city: City, desk: Actor) -> None:
    number = registered(city, desk)
    visits.add_lines(desk, key(), number, "B1", [line()])
    with refused("lines_stand", "lines"):
        visits.cancel(desk, key(), number)


@pytest.mark.parametrize("command", ["add", "withdraw"])
def test_the_number_of_statements_does_not_grow_with_lines(city: City, desk: Actor, command: str) -> None:
    taken = []
    for count in (1, 1_500):
        number = registered(city, desk, number=f"ZY-{count}")
        rows = [line(str(i)) for i in range(count)]
        if command == "withdraw":
            visits.add_lines(desk, key(), number, "B1", rows)
        with CaptureQueriesContext(connection) as captured:
            if command == "add":
                visits.add_lines(desk, key(), number, "B1", rows)
            else:
                visits.withdraw(desk, key(), number, lines=[row["number"] for row in rows])
        taken.append(len(captured))
    assert taken[0] == taken[1] <= 10


# ── discharge ────────────────────────────────────────────────────────────────────────────────


def test_only_a_stay_is_discharged_and_not_before_it_began(city: City, desk: Actor) -> None:
    stay = registered(city, desk, number="1")
    with refused("invalid_input", "end"):
        visits.discharge(desk, key(), stay, dt.date(2026, 2, 28))
    visits.discharge(desk, key(), stay, dt.date(2026, 3, 5))
    visits.undo_discharge(desk, key(), stay)
    assert Visit.objects.get(number=stay).discharged is None
    outpatient = registered(city, desk, "outpatient", number="2")
    with refused("invalid_input", "discharged"):
        visits.discharge(desk, key(), outpatient, MARCH)
    with refused("invalid_input", "discharged"):
        visits.undo_discharge(desk, key(), outpatient)


# ── other payers ─────────────────────────────────────────────────────────────────────────────


def test_a_payout_known_before_settlement_is_taken_off_and_later_it_is_refused(
    city: City, desk: Actor
) -> None:
    number = registered(city, desk, discharged=dt.date(2026, 3, 10))
    visits.diagnose(desk, key(), number, COLD)
    visits.add_lines(desk, key(), number, "B1", [line("1", "12000")])
    visits.record_payout(desk, key(), number, "commercial", 50_000, dt.date(2026, 3, 11))
    assert services.settle(number, key(), desk)["result"]["visits"][0]["other"] == "500.00"
    with refused("settled", "visit"):
        visits.record_payout(desk, key(), number, "mutual_aid", 100, dt.date(2026, 3, 12))


def test_a_payout_recorded_wrongly_is_withdrawn_while_the_visit_is_not_settled(
    city: City, desk: Actor
) -> None:
    """Of 500 and 300 the 500 were a mistake: 300 are taken off, and the mistake can still be read."""
    number = registered(city, desk, discharged=dt.date(2026, 3, 10))
    visits.diagnose(desk, key(), number, COLD)
    visits.add_lines(desk, key(), number, "B1", [line("1", "12000")])
    wrong = visits.record_payout(desk, key(), number, "commercial", 50_000, dt.date(2026, 3, 11))["payout"]
    right = visits.record_payout(desk, key(), number, "mutual_aid", 30_000, dt.date(2026, 3, 11))["payout"]
    once = key()
    gone = visits.withdraw_payout(desk, once, number, wrong)
    assert visits.withdraw_payout(desk, once, number, wrong) == gone
    assert Entry.objects.filter(act="visit.withdraw_payout", object_id=number).count() == 1
    for other in (wrong, right + 1):
        with refused("no_payout", "payout"):
            visits.withdraw_payout(desk, key(), number, other)
    elsewhere = registered(city, desk, number="ZY-2")
    with refused("no_payout", "payout"):
        visits.withdraw_payout(desk, key(), elsewhere, right)
    assert services.settle(number, key(), desk)["result"]["visits"][0]["other"] == "300.00"
    with refused("visit_state", "visit"):
        visits.withdraw_payout(desk, key(), number, right)
    services.reverse(number, key(), city.actor, "赔付有误")
    visits.withdraw_payout(desk, key(), number, right)
    visits.diagnose(desk, key(), number, COLD)
    assert services.settle(number, key(), desk)["result"]["visits"][0]["other"] == "0.00"


@pytest.mark.parametrize(
    ("payer", "amount", "where"),
    [("neighbour", 100, "payer"), ("commercial", 0, "amount"), ("commercial", -1, "amount")],
)
def test_payouts_that_cannot_stand(city: City, desk: Actor, payer: str, amount: int, where: str) -> None:
    number = registered(city, desk)
    with refused("invalid_input", where):
        visits.record_payout(desk, key(), number, payer, amount, MARCH)


# ── gates ────────────────────────────────────────────────────────────────────────────────────


def prescribed(city: City, desk: Actor, days: int | None, practitioner: str = "") -> str:
    number = registered(
        city,
        desk,
        "outpatient",
        number=key(),
        person=city.person(None, "diabetes"),
        disease="diabetes",
        practitioner=practitioner,
    )
    visits.diagnose(desk, key(), number, COLD)
    visits.add_lines(desk, key(), number, "B1", [line("1"), line("2", days=days)])
    return number


def employ(city: City, code: str, role: str) -> None:
    practitioner = Practitioner.objects.create(code=code, name="李四")
    since = {"start": LONG_AGO, "known_from": LONG_AGO}
    Post.objects.create(
        practitioner=practitioner, provider=city.hospital, role=role, status="active", **since
    )


def test_a_long_prescription_has_at_most_twelve_weeks_and_is_a_physicians(city: City, desk: Actor) -> None:
    """4 × 7 = 28 and 12 × 7 = 84 days, both included; fewer than 28 days are no long prescription."""
    employ(city, "D1", "physician")
    employ(city, "P1", "pharmacist")
    for days, practitioner in ((None, ""), (27, ""), (28, "D1"), (84, "D1")):
        assert services.quote(prescribed(city, desk, days, practitioner), desk)["result"]["ok"]
    for days, practitioner in ((28, ""), (84, "P1")):
        number = prescribed(city, desk, days, practitioner)
        with refused("prescriber", "practitioner") as caught:
            services.quote(number, desk)
        assert caught.value.clause == "shanxi.a105"
    number = prescribed(city, desk, 85, "D1")
    with refused("prescription_length", "lines[2].days") as caught:
        services.settle(number, key(), desk)
    assert caught.value.clause == "shanxi.a105"


# ── the trail ────────────────────────────────────────────────────────────────────────────────


def test_every_command_stands_once_in_the_trail_and_under_its_key(city: City, desk: Actor) -> None:
    person = city.person()
    number = registered(city, desk, person=person)
    visits.diagnose(desk, "key-diagnose", number, COLD)
    visits.diagnose(desk, "key-diagnose", number, COLD)
    visits.cancel(desk, key(), number)
    acts = Entry.objects.filter(kind="visit", person_id=person.pk).order_by("pk")
    assert [entry.act for entry in acts] == ["visit.register", "visit.diagnose", "visit.cancel"]
    assert all("J18" not in str(entry.details) for entry in acts)
    assert Command.objects.count() == 3
