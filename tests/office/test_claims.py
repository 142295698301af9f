"""Settling, reversing and closing a year through the services: what is paid, what is posted, what is kept."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from tests.office.world import City, build

from sanchong.money import parse_yuan
from sanchong.office import guards
from sanchong.office.claims import services
from sanchong.office.claims.models import PersonYear, Posting, Settlement, Visit
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build()


def stay(city: City, person: object, day: str, amount: str) -> Visit:
    return city.visit(person, "inpatient", day, ("A1", amount))  # type: ignore[arg-type]


def ledger_is_balanced() -> None:
    for row in Posting.objects.values("settlement", "payment").annotate(sum=Sum("amount")):
        assert row["sum"] == 0


def figures(answer: dict[str, object], *names: str) -> list[str]:
    return [answer["result"]["visits"][0][name] for name in names]  # type: ignore[index]


def test_a_stay_is_settled_through_three_tiers_and_posted(city: City) -> None:
    """12,000 in policy at a third-class hospital."""
    visit = stay(city, city.person(), "2026-03-10", "12000")
    answer = services.settle(visit.number, "key-00000001", city.actor)
    kept = Settlement.objects.get(number=answer["settlement"])
    paid = answer["result"]["visits"][0]
    assert kept.total == 1_200_000
    for payer in ("pooled", "catastrophic", "other", "assistance", "hospital", "patient"):
        assert getattr(kept, payer) == parse_yuan(paid[payer])
    assert Posting.objects.get(settlement=kept, account="payable").amount == -1_200_000
    ledger_is_balanced()
    visit.refresh_from_db()
    assert visit.state == "settled"


def test_a_quote_changes_nothing_and_says_what_settling_says(city: City) -> None:
    visit = stay(city, city.person(), "2026-03-10", "12000")
    quoted = services.quote(visit.number, city.actor)
    assert not Settlement.objects.exists() and not PersonYear.objects.exists()
    assert services.settle(visit.number, "key-00000001", city.actor)["result"] == quoted["result"]


def test_the_repeat_of_a_key_gets_the_first_answer(city: City) -> None:
    visit = stay(city, city.person(), "2026-03-10", "12000")
    first = services.settle(visit.number, "key-00000001", city.actor)
    assert services.settle(visit.number, "key-00000001", city.actor) == first
    assert Settlement.objects.count() == 1


def test_a_key_with_another_request_is_refused(city: City) -> None:
    person = city.person()
    one, two = stay(city, person, "2026-03-10", "12000"), stay(city, person, "2026-03-20", "500")
    services.settle(one.number, "key-00000001", city.actor)
    with pytest.raises(Refusal) as refused:
        services.settle(two.number, "key-00000001", city.actor)
    assert refused.value.code == "key_reused"
    assert Settlement.objects.count() == 1


def test_reversing_the_first_stay_adjusts_the_second(city: City) -> None:
    """The assistance deductible that the first stay had filled is filled by the second instead."""
    person = city.person()
    one, two = stay(city, person, "2026-03-10", "30000"), stay(city, person, "2026-05-10", "30000")
    services.settle(one.number, "key-00000001", city.actor)
    second = services.settle(two.number, "key-00000002", city.actor)
    alone = services.quote(stay(city, city.person(), "2026-05-10", "30000").number, city.actor)
    shown = services.preview_reversal(one.number, city.actor)
    done = services.reverse(one.number, "key-00000003", city.actor, "重复结算")
    assert [a["visit"] for a in done["adjusted"]] == [two.number] == [a["visit"] for a in shown["adjusted"]]
    assert figures(alone, "assistance") != figures(second, "assistance")
    after = done["adjusted"][0]["after"]
    assert after["assistance"] == figures(alone, "assistance")[0]
    sums = Settlement.objects.filter(visit=two).aggregate(Sum("assistance"), Sum("patient"))
    assert sums["assistance__sum"] == parse_yuan(after["assistance"])
    assert Settlement.objects.filter(visit=one).aggregate(Sum("patient"))["patient__sum"] == 0
    ledger_is_balanced()


def test_closing_pays_the_deferred_base_once(city: City) -> None:
    person = city.person("subsistence_allowance", "diabetes")
    visit = city.visit(person, "outpatient", "2026-05-10", ("A1", "290"), disease="diabetes")
    services.settle(visit.number, "key-00000001", city.actor)
    closed = services.close_year(city.actor, "key-00000002", person.number, 2026)
    paid = closed["result"]["close_year"]["assistance"]
    assert parse_yuan(paid) > 0
    assert Posting.objects.get(account="refund").amount == -parse_yuan(paid)
    with pytest.raises(Refusal) as refused:
        services.close_year(city.actor, "key-00000003", person.number, 2026)
    assert refused.value.code == "closed"
    ledger_is_balanced()


def test_a_late_visit_of_a_closed_year_adjusts_the_years_end(city: City) -> None:
    person = city.person("subsistence_allowance", "diabetes")
    for i, day in enumerate(("2026-05-10", "2026-06-10")):
        visit = city.visit(person, "outpatient", day, ("A1", "290"), disease="diabetes")
        if i == 0:
            services.settle(visit.number, "key-00000001", city.actor)
            closed = services.close_year(city.actor, "key-00000002", person.number, 2026)
    services.settle(visit.number, "key-00000003", city.actor)
    adjusted = Settlement.objects.get(kind="adjust")
    assert adjusted.visit is None and adjusted.assistance > 0
    assert Settlement.objects.filter(visit=None).aggregate(s=Sum("assistance"))["s"] > parse_yuan(
        closed["result"]["close_year"]["assistance"]
    )
    ledger_is_balanced()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ("DELETE FROM people_enrolment", "not_insured"),
        ("DELETE FROM providers_agreement", "not_designated"),
        ("DELETE FROM claims_feeline", "no_lines"),
        ("UPDATE claims_visit SET state = 'registered'", "visit_state"),
        ("UPDATE claims_feeline SET item = 'XX'", "not_in_catalogue"),
        ("DELETE FROM lawbook_activation", "no_law"),
        ("DELETE FROM lawbook_acceptance", "assumed_value"),
    ],
)
def test_what_cannot_be_settled_is_refused_and_nothing_is_kept(city: City, spoil: str, code: str) -> None:
    visit = stay(city, city.person(), "2026-03-10", "12000")
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute(spoil)
    with pytest.raises(Refusal) as refused:
        services.settle(visit.number, "key-00000001", city.actor)
    assert refused.value.code == code
    assert not Settlement.objects.exists() and not Posting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_settling_takes_at_most_twelve_statements_whatever_the_lines(city: City) -> None:
    person = city.person()
    services.settle(stay(city, person, "2026-01-10", "100").number, "key-00000000", city.actor)
    many = city.visit(person, "inpatient", "2026-03-10", *[("A1", "10.00")] * 300)
    with CaptureQueriesContext(connection) as captured:
        services.settle(many.number, "key-00000001", city.actor)
    statements = [q["sql"] for q in captured if not q["sql"].startswith(("BEGIN", "COMMIT"))]
    assert len(statements) <= 12, statements
