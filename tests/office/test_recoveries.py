"""Recoveries and refunds: what is open, the decision, payments in parts, and changes that go the other way.

A stay of 100 yuan at the city's hospital lies within the fund's deductible of 100: the fund pays nothing and 100 are left.
Assistance pays all of it for extreme poverty, 70 % = 70 for a subsistence allowance, 60 % beyond a yearly deductible, which is
more than 100, for near subsistence: nothing. So the person bears 0, 30 or 100.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.office.knowing import everything_adds_up
from tests.office.master import refused
from tests.office.world import City, build

from sanchong.dates import today
from sanchong.money import parse_yuan
from sanchong.office import guards
from sanchong.office.actor import Actor
from sanchong.office.claims import ledger, services
from sanchong.office.claims.models import Confirmation, Payment, Posting, Settlement, Visit
from sanchong.office.claims.positions import Claim, open_sum, replay
from sanchong.office.claims.services import later, recoveries
from sanchong.office.people.models import Grant, Person
from sanchong.settlement.refusal import Refusal

_keys = itertools.count(1)


def key() -> str:
    return f"pay-{next(_keys):08d}"


@pytest.fixture
def city(db: None) -> City:
    return build()


def stay(city: City, person: Person, day: str = "2026-03-10", amount: str = "100") -> Visit:
    visit = city.visit(person, "inpatient", day, ("A1", amount))
    services.settle(visit.number, key(), city.actor)
    return visit


def apply(city: City, fact: dict[str, Any]) -> list[str]:
    """The numbers of the entries that a fact makes."""
    shown = later.preview(city.actor, fact)
    done = later.confirm(city.actor, key(), fact, shown["digest"], "更正")
    return [entry["settlement"] for year in done["years"] for entry in year["adjusted"]]


def without_category(city: City, person: Person) -> str:
    """The household's category withdrawn: the entry that opens a recovery."""
    row = Grant.objects.current().get(household=person.memberships.get().household)
    (entry,) = apply(city, {"withdraw": {"kind": "grant", "row": row.pk}})
    return entry


def with_category(city: City, person: Person, category: str) -> str:
    (entry,) = apply(
        city,
        {
            "category": {
                "person": person.number, "category": category, "department": "民政局",
                "from": "2026-01-01", "to": None,
            }
        },
    )  # fmt: skip
    return entry


def account(name: str) -> int:
    return Posting.objects.filter(account=name).aggregate(s=Sum("amount"))["s"] or 0


def told(city: City, person: Person) -> tuple[str, str]:
    """The year's open recovery and refund."""
    (year,) = recoveries.open_of(city.actor, person.number)["years"]
    return year["recovery"], year["refund"]


# ── the worked example ───────────────────────────────────────────────────────────────────────


def test_a_recovery_in_part_paid_turns_into_a_refund(city: City) -> None:
    """Extreme poverty turns out wrong, then a subsistence allowance turns out right.

    The person bears 0; then 100 (recovery 100, confirmed, 40 paid, 60 open); then 30, 70 less: the 60 are taken back, and 10
    of the 40 go back. In the end the person has paid 40 - 10 = 30, which is what the person bears.
    """
    person = city.person("extreme_poverty")
    stay(city, person)
    assert account("patient") == 0
    first = without_category(city, person)
    assert told(city, person) == ("100.00", "0.00")
    recoveries.confirm(city.actor, key(), first, "待遇有误")
    assert recoveries.pay(city.actor, key(), first, "recovery", 4000, today())["open"] == "60.00"
    second = with_category(city, person, "subsistence_allowance")
    assert told(city, person) == ("0.00", "10.00")
    recoveries.confirm(city.actor, key(), second, "补记低保")
    with refused("more_than_open"):
        recoveries.pay(city.actor, key(), second, "refund", 1001, today())
    recoveries.pay(city.actor, key(), second, "refund", 1000, today())
    assert told(city, person) == ("0.00", "0.00")
    assert (account("patient"), account("recovery"), account("refund")) == (3000, 0, 0)
    assert Settlement.objects.aggregate(s=Sum("patient"))["s"] == 3000
    with refused("nothing_open"):
        recoveries.pay(city.actor, key(), first, "recovery", 1, today())
    everything_adds_up()


def test_a_recovery_not_yet_paid_is_only_lowered(city: City) -> None:
    """100 to be recovered, none paid; then 70 less: 30 are left of the same claim, nothing is refunded."""
    person = city.person("extreme_poverty")
    stay(city, person)
    first = without_category(city, person)
    with_category(city, person, "subsistence_allowance")
    (year,) = recoveries.open_of(city.actor, person.number)["years"]
    assert [(c["settlement"], c["amount"], c["taken_back"], c["open"]) for c in year["claims"]] == [
        (first, "100.00", "70.00", "30.00")
    ]
    assert (account("recovery"), account("refund")) == (3000, 0)
    everything_adds_up()


def test_a_refund_in_part_paid_turns_into_a_recovery(city: City) -> None:
    """The person paid 100; an allowance gives 70 back, of which 50 were paid out; then it is withdrawn.

    70 more to bear: the 20 not yet paid out are taken back, 50 are to be recovered.
    """
    person = city.person(None)
    stay(city, person)
    first = with_category(city, person, "subsistence_allowance")
    recoveries.confirm(city.actor, key(), first, "补记低保")
    recoveries.pay(city.actor, key(), first, "refund", 5000, today())
    (second,) = apply(city, {"withdraw": {"kind": "grant", "row": Grant.objects.get().pk}})
    assert told(city, person) == ("50.00", "0.00")
    recoveries.confirm(city.actor, key(), second, "撤回低保")
    recoveries.pay(city.actor, key(), second, "recovery", 2000, today())
    recoveries.pay(city.actor, key(), second, "recovery", 3000, today())
    # 100 at the counter - 50 + 20 + 30
    assert (account("patient"), account("recovery"), account("refund")) == (10000, 0, 0)
    everything_adds_up()


def test_the_years_end_takes_back_what_is_open_before_it_pays(city: City) -> None:
    """100 to be recovered; the year's end gives 26.10 to a diabetic whose allowance was given back since."""
    person = city.person("extreme_poverty", "diabetes")
    stay(city, person)
    without_category(city, person)
    with_category(
        city, person, "near_subsistence"
    )  # the deductible is not reached: nothing changes for the stay
    assert told(city, person) == ("100.00", "0.00")
    services_of = city.visit(person, "outpatient", "2026-05-10", ("A1", "290"), disease="diabetes")
    with guards.lifted(connection):
        Grant.objects.filter(person=person).update(category="subsistence_allowance")
    services.settle(services_of.number, key(), city.actor)
    services.close_year(city.actor, key(), person.number, 2026)
    assert told(city, person) == ("73.90", "0.00")


# ── reversal ─────────────────────────────────────────────────────────────────────────────────


def test_a_reversed_visit_gives_back_what_was_paid_and_drops_what_was_not(city: City) -> None:
    """100 to be recovered, 40 of it paid: reversing gives 40 back and drops the 60."""
    person = city.person("extreme_poverty")
    visit = stay(city, person)
    first = without_category(city, person)
    recoveries.confirm(city.actor, key(), first, "待遇有误")
    recoveries.pay(city.actor, key(), first, "recovery", 4000, today())
    shown = services.preview_reversal(visit.number, city.actor)
    assert (shown["given_back"], shown["dropped"]) == ("40.00", "60.00")
    done = services.reverse(visit.number, key(), city.actor, "重复结算", shown["digest"])
    reversal = Settlement.objects.get(number=done["settlement"])
    assert dict(reversal.postings.values_list("account", "amount")) == {
        "patient": -4000, "recovery": -6000, "payable": 10000,
    }  # fmt: skip
    assert told(city, person) == ("0.00", "0.00") and account("patient") == 0
    everything_adds_up()


def test_a_reversed_visit_leaves_other_visits_claims(city: City) -> None:
    person = city.person("extreme_poverty")
    visit, other = stay(city, person), stay(city, person, "2026-04-10")
    row = Grant.objects.get().pk
    entries = apply(city, {"withdraw": {"kind": "grant", "row": row}})
    services.reverse(visit.number, key(), city.actor, "重复结算")
    (year,) = recoveries.open_of(city.actor, person.number)["years"]
    assert [(c["settlement"], c["visit"], c["open"]) for c in year["claims"]] == [
        (entries[0], visit.number, "0.00"),
        (entries[1], other.number, "100.00"),
    ]
    everything_adds_up()


# ── anything in any order ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(3))
def test_after_anything_in_any_order_the_person_owes_what_the_entries_say(city: City, seed: int) -> None:
    """Stays, outpatient visits, categories given and withdrawn, payouts, reversals, the year's end, payments: twenty-five steps."""
    draw = random.Random(seed)
    person = city.person(None, "diabetes")
    done = 0

    def settle_stay() -> None:
        stay(city, person, f"2026-{draw.randint(1, 10):02d}-10", str(draw.randint(50, 40000)))

    def settle_outpatient() -> None:
        amount = str(draw.randint(50, 900))
        visit = city.visit(person, "outpatient", "2026-05-10", ("A1", amount), disease="diabetes")
        services.settle(visit.number, key(), city.actor)

    def give_category() -> None:
        names = ("extreme_poverty", "subsistence_allowance", "near_subsistence")
        start = f"2026-{draw.randint(1, 9):02d}-01"
        apply(
            city,
            {
                "category": {
                    "person": person.number, "category": draw.choice(names), "department": "民政局",
                    "from": start, "to": None,
                }
            },
        )  # fmt: skip

    def withdraw_category() -> None:
        row = draw.choice(list(Grant.objects.current()))
        apply(city, {"withdraw": {"kind": "grant", "row": row.pk}})

    def add_payout() -> None:
        visit = draw.choice(list(Visit.objects.filter(state="settled")))
        apply(
            city,
            {
                "payout": {
                    "visit": visit.number, "payer": "mutual_aid", "amount": str(draw.randint(1, 3000)),
                    "paid_on": "2026-06-01",
                }
            },
        )  # fmt: skip

    def reverse() -> None:
        visit = draw.choice(list(Visit.objects.filter(state="settled")))
        services.reverse(visit.number, key(), city.actor, "重复结算")

    def close() -> None:
        services.close_year(city.actor, key(), person.number, 2026)

    def pay_something() -> None:
        (year,) = recoveries.open_of(city.actor, person.number)["years"]
        claim = draw.choice([c for c in year["claims"] if c["open"] != "0.00"])
        if not claim["confirmed"]:
            recoveries.confirm(city.actor, key(), claim["settlement"], "核对")
        part = draw.randint(1, parse_yuan(claim["open"]))
        recoveries.pay(city.actor, key(), claim["settlement"], claim["kind"], part, today())

    steps = (
        settle_stay,
        settle_outpatient,
        give_category,
        withdraw_category,
        add_payout,
        reverse,
        pay_something,
    )
    for turn in range(25):
        step = close if turn == 15 else draw.choice(steps)
        try:
            with transaction.atomic():
                step()
        except (Refusal, IndexError, ValueError):
            continue  # nothing to reverse, to withdraw or to pay; a category that stands
        done += 1
        bears = Settlement.objects.aggregate(s=Sum("patient"))["s"] or 0
        owed = account("recovery"), -account("refund")
        assert min(owed) == 0 and account("patient") + owed[0] - owed[1] == bears >= 0
    assert done >= 12
    everything_adds_up()


# ── decisions and payments ───────────────────────────────────────────────────────────────────


def test_nothing_is_paid_before_it_is_confirmed(city: City) -> None:
    person = city.person("extreme_poverty")
    stay(city, person)
    first = without_category(city, person)
    with refused("not_confirmed"):
        recoveries.pay(city.actor, key(), first, "recovery", 100, today())


def test_a_decision_is_taken_once_and_its_repeat_gets_the_first_answer(city: City) -> None:
    person = city.person("extreme_poverty")
    stay(city, person)
    first, name = without_category(city, person), key()
    said = recoveries.confirm(city.actor, name, first, "待遇有误")
    assert said == {"settlement": first, "kind": "recovery", "open": "100.00"}
    assert recoveries.confirm(city.actor, name, first, "待遇有误") == said
    with refused("confirmed"):
        recoveries.confirm(city.actor, key(), first, "再次")
    assert Confirmation.objects.count() == 1


def test_a_payment_sent_twice_is_paid_once(city: City) -> None:
    person = city.person("extreme_poverty")
    stay(city, person)
    first, name = without_category(city, person), key()
    recoveries.confirm(city.actor, key(), first, "待遇有误")
    said = recoveries.pay(city.actor, name, first, "recovery", 4000, today())
    assert recoveries.pay(city.actor, name, first, "recovery", 4000, today()) == said
    with refused("key_reused"):
        recoveries.pay(city.actor, name, first, "recovery", 5000, today())
    assert Payment.objects.count() == 1
    payment = Payment.objects.get()
    assert dict(payment.postings.values_list("account", "amount")) == {"recovery": -4000, "patient": 4000}


@pytest.mark.parametrize(
    ("kind", "amount", "days", "code", "where"),
    [
        ("recovery", 10001, 0, "more_than_open", "amount"),
        ("recovery", 0, 0, "invalid_input", "amount"),
        ("recovery", -1, 0, "invalid_input", "amount"),
        ("refund", 100, 0, "other_direction", "kind"),
        ("gift", 100, 0, "invalid_input", "kind"),
        ("recovery", 100, 1, "invalid_input", "paid_on"),
        ("recovery", 100, -1, "invalid_input", "paid_on"),
    ],
)
def test_what_cannot_be_paid_is_refused(
    city: City, kind: str, amount: int, days: int, code: str, where: str
) -> None:
    person = city.person("extreme_poverty")
    stay(city, person)
    first = without_category(city, person)
    recoveries.confirm(city.actor, key(), first, "待遇有误")
    with refused(code, where):
        recoveries.pay(city.actor, key(), first, kind, amount, today() + dt.timedelta(days=days))


def test_an_entry_that_opened_nothing_cannot_be_confirmed(city: City) -> None:
    person = city.person("extreme_poverty")
    stay(city, person)
    with refused("nothing_open"):
        recoveries.confirm(city.actor, key(), Settlement.objects.get().number, "?")
    with refused("no_settlement"):
        recoveries.confirm(city.actor, key(), "S0", "?")
    with refused("invalid_input", "reason"):
        recoveries.confirm(city.actor, key(), Settlement.objects.get().number, " ")


def test_providers_and_other_realms_have_no_part_in_it(city: City) -> None:
    person = city.person("extreme_poverty")
    stay(city, person)
    first = without_category(city, person)
    provider, other = Actor(city.realm.pk, provider_code="H14030200001"), Actor(city.realm.pk + 1)
    with refused("agency_only"):
        recoveries.open_of(provider, person.number)
    with refused("agency_only"):
        recoveries.confirm(provider, key(), first, "?")
    with refused("agency_only"):
        recoveries.pay(provider, key(), first, "recovery", 1, today())
    with refused("not_found"):
        recoveries.open_of(other, person.number)
    with refused("no_settlement"):
        recoveries.pay(other, key(), first, "recovery", 1, today())


def test_what_is_open_says_who_owes_whom_and_leaves_a_trail(city: City) -> None:
    from sanchong.office.trail.models import Entry

    person = city.person("extreme_poverty")
    visit = stay(city, person)
    first = without_category(city, person)
    recoveries.confirm(city.actor, key(), first, "待遇有误")
    recoveries.pay(city.actor, key(), first, "recovery", 4000, today())
    (year,) = recoveries.open_of(city.actor, person.number)["years"]
    (claim,) = year["claims"]
    assert claim.pop("confirmed")["reason"] == "待遇有误"
    assert claim == {
        "settlement": first, "visit": visit.number, "kind": "recovery",
        "debtor": "patient", "creditor": "office",
        "amount": "100.00", "paid": "40.00", "taken_back": "0.00", "open": "60.00",
    }  # fmt: skip
    assert Entry.objects.filter(act="claims.open_of", person_id=person.pk).count() == 1
    assert recoveries.open_of(city.actor, city.person().number)["years"] == []


# ── the rule by itself ───────────────────────────────────────────────────────────────────────


def posted(*changes: tuple[int, int]) -> list[Claim]:
    """Claims after changes to the patient's part, each (visit, fen), posted one after the other."""
    rows: list[tuple[int, int | None, int | None, str, int]] = []
    for settlement, (visit, change) in enumerate(changes, 1):
        claims = replay(rows)
        amounts = {**ledger.NOTHING, "assistance": -change, "patient": change}
        postings = ledger.afterwards(amounts, open_sum(claims, "recovery"), open_sum(claims, "refund"))
        assert sum(fen for _, fen in postings) == 0
        rows += [(settlement, visit, None, a, fen) for a, fen in postings if a in ("recovery", "refund")]
    return replay(rows)


def test_a_change_takes_back_its_own_visits_claims_first() -> None:
    claims = posted((1, 100), (2, 50), (2, -70))
    assert [(c.settlement, c.taken_back, c.open) for c in claims] == [(1, 20, 80), (2, 50, 0)]


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(-1000, 1000)), max_size=12))
def test_in_one_year_only_one_direction_is_open_and_it_is_the_sum(changes: list[tuple[int, int]]) -> None:
    claims = posted(*changes)
    net = sum(change for _, change in changes)
    assert (open_sum(claims, "recovery"), open_sum(claims, "refund")) == (max(net, 0), max(-net, 0))
