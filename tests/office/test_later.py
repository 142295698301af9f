"""Facts known after settlement: previewed, confirmed, their differences posted; the entries still fold to the year's state.

The figures, in yuan. At the city's hospital (third class) the fund pays 85 % of what a stay exceeds 100. Assistance of a
subsistence allowance: 70 % of what is left; its catastrophic insurance: 65 % of the year's burden over 5,000 (everybody
else's: 60 % over 10,000).

    stay of 12,000:  fund (12,000 - 100) x 85 % = 10,115;  burden 1,885
        nobody:      patient 1,885
        allowance:   assistance 1,885 x 70 % = 1,319.50;  patient 565.50
    stay of 30,000 after it:  fund 29,900 x 85 % = 25,415;  burden 4,585, of the year 6,470
        nobody:      patient 4,585
        allowance:   catastrophic (6,470 - 5,000) x 65 % = 955.50;  assistance (4,585 - 955.50) x 70 % = 2,540.65;
                     patient 1,088.85
"""

from __future__ import annotations

import datetime as dt

import orjson
import pytest
from django.db import connection
from django.db.models import Sum
from tests.office.knowing import (
    WHY,
    allowance,
    changes,
    city,
    confirmed,
    everything_adds_up,
    key,
    payout,
    settled,
)
from tests.office.master import refused
from tests.office.world import City

from sanchong.office import guards
from sanchong.office.claims import services
from sanchong.office.claims.models import LaterFact, ManualCase, Payout, PersonYear, Posting, Settlement
from sanchong.office.claims.services import later
from sanchong.office.claims.year import standing_entries
from sanchong.office.keeping import When
from sanchong.office.people import services as people
from sanchong.office.people.models import Enrolment, Grant, Recognition, Referral, Registration
from sanchong.office.providers.models import Standing as ProviderStanding
from sanchong.office.trail.models import Entry as TrailEntry

pytestmark = pytest.mark.django_db
__all__ = ["city"]


# ── a category ───────────────────────────────────────────────────────────────────────────────


def test_a_retroactive_category_lists_each_later_visit_and_writes_nothing(city: City) -> None:
    person = city.person(None)
    first, second = settled(city, person, ("2026-03-10", "12000"), ("2026-05-10", "30000"))
    before = Settlement.objects.count(), Grant.objects.count(), LaterFact.objects.count()
    shown = later.preview(city.actor, allowance(person))
    assert changes(shown) == [
        (first.number, {"assistance": "1319.50", "patient": "-1319.50"}),
        (second.number, {"catastrophic": "955.50", "assistance": "2540.65", "patient": "-3496.15"}),
    ]
    entry = shown["years"][0]["entries"][1]
    assert (entry["before"]["patient"], entry["after"]["patient"]) == ("4585.00", "1088.85")
    assert entry["transfers"] == entry["patient"] == [
        {"debtor": "catastrophic", "creditor": "patient", "amount": "955.50"},
        {"debtor": "assistance", "creditor": "patient", "amount": "2540.65"},
    ]  # fmt: skip
    assert entry["provider"] == []
    assert shown["net"] == {"catastrophic": "955.50", "assistance": "3860.15", "patient": "-4815.65"}
    assert (Settlement.objects.count(), Grant.objects.count(), LaterFact.objects.count()) == before
    assert TrailEntry.objects.filter(act="claims.preview_later", person_id=person.pk).count() == 1
    assert not TrailEntry.objects.filter(act="grant.record").exists()


def test_confirmed_it_posts_the_differences_with_the_fact_as_their_cause(city: City) -> None:
    person = city.person(None)
    first, second = settled(city, person, ("2026-03-10", "12000"), ("2026-05-10", "30000"))
    done = confirmed(city, allowance(person))
    fact = LaterFact.objects.get(number=done["fact"])
    assert (fact.kind, fact.reason, fact.said) == ("category", WHY, allowance(person))
    assert fact.rows == [["grant", Grant.objects.get().pk]]
    assert [s.visit for s in fact.settlements.order_by("turn")] == [first, second]
    assert Posting.objects.filter(account="refund").aggregate(s=Sum("amount"))["s"] == -481_565
    everything_adds_up()


def test_only_visits_in_the_period_change_and_keep_their_known_on_date(city: City) -> None:
    person = city.person(None)
    _, second = settled(city, person, ("2026-03-10", "12000"), ("2026-05-10", "30000"))
    known_on = [orjson.loads(s.inputs or "")["known_on"] for s in Settlement.objects.all()]
    done = confirmed(city, allowance(person, "2026-05-01"))
    # alone in its category, the second stay has the same burden of the year behind it
    assert changes(done) == [
        (second.number, {"catastrophic": "955.50", "assistance": "2540.65", "patient": "-3496.15"})
    ]
    adjustment = Settlement.objects.get(kind="adjust")
    assert orjson.loads(adjustment.inputs or "")["known_on"] in known_on
    everything_adds_up()


def test_after_the_fact_the_year_is_as_if_it_had_been_known(city: City) -> None:
    """A third visit, settled after the fact, comes to what it comes to for somebody whose category was always known."""
    late, early = city.person(None), city.person("subsistence_allowance")
    stays = ("2026-03-10", "12000"), ("2026-05-10", "30000")
    settled(city, late, *stays)
    settled(city, early, *stays)
    confirmed(city, allowance(late))
    results = []
    for person in (late, early):
        (visit,) = settled(city, person, ("2026-06-10", "50000"))
        results.append(Settlement.objects.get(visit=visit))
    assert results[0].patient == results[1].patient and results[0].catastrophic > 0
    states = [orjson.loads(y.state) for y in PersonYear.objects.order_by("person")]
    assert states[0] == states[1]


def test_an_entry_whose_inputs_change_and_amounts_do_not_is_kept_with_no_postings(city: City) -> None:
    """A diabetic's outpatient visit: nothing is paid now, but what the year's end pays for changes."""
    person = city.person(None, "diabetes")
    visit = city.visit(person, "outpatient", "2026-05-10", ("A1", "290"), disease="diabetes")
    services.settle(visit.number, key(), city.actor)
    assert "deferred_base" not in PersonYear.objects.get().state
    done = confirmed(city, allowance(person))
    assert changes(done) == [(visit.number, {})] and done["net"] == {}
    kept = Settlement.objects.get(kind="adjust")
    assert not kept.postings.exists() and kept.patient == 0
    everything_adds_up()
    # 290 x 30 % left by the insurance, of which assistance pays 30 %
    closed = services.close_year(city.actor, key(), person.number, 2026)
    assert closed["result"]["close_year"]["assistance"] == "26.10"


def test_the_years_end_is_adjusted_too(city: City) -> None:
    person = city.person(None, "diabetes")
    visit = city.visit(person, "outpatient", "2026-05-10", ("A1", "290"), disease="diabetes")
    services.settle(visit.number, key(), city.actor)
    services.close_year(city.actor, key(), person.number, 2026)
    done = confirmed(city, allowance(person))
    assert changes(done) == [
        (visit.number, {}),
        ("close_year", {"assistance": "26.10", "patient": "-26.10"}),
    ]
    everything_adds_up()


def test_a_households_category_changes_each_members_years_and_no_others(city: City) -> None:
    people_of = [city.person(None) for _ in range(3)]
    household = people_of[0].memberships.get().household
    moved = people_of[1].memberships.get()
    moved.household = household
    with guards.lifted(connection):
        moved.save()
    for person in people_of:
        settled(city, person, ("2026-03-10", "12000"))
    fact = allowance(people_of[0])
    del fact["category"]["person"]
    fact["category"]["household"] = household.number
    done = confirmed(city, fact)
    assert [y["person"] for y in done["years"]] == [p.number for p in people_of[:2]]
    assert done["net"] == {"assistance": "2639.00", "patient": "-2639.00"}
    everything_adds_up()


def test_a_category_that_assistance_leaves_open_opens_a_manual_case(city: City) -> None:
    person = city.person(None)
    settled(city, person, ("2026-03-10", "12000"))
    fact = allowance(person)
    fact["category"]["category"] = "returned_to_poverty"
    assert not ManualCase.objects.exists()
    confirmed(city, fact)
    assert ManualCase.objects.filter(settlement__kind="adjust").exists()
    everything_adds_up()


def test_a_withdrawn_category_takes_back_what_it_gave(city: City) -> None:
    person = city.person("subsistence_allowance")
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    done = confirmed(city, {"withdraw": {"kind": "grant", "row": Grant.objects.get().pk}})
    assert changes(done) == [(visit.number, {"assistance": "-1319.50", "patient": "1319.50"})]
    assert Posting.objects.get(account="recovery").amount == 131_950
    everything_adds_up()


def test_withdrawing_a_row_undoes_what_an_earlier_version_of_it_gave(city: City) -> None:
    """The category was ended without being applied: the visit knows it with an open end, and loses that one."""
    person = city.person("subsistence_allowance")
    settled(city, person, ("2026-03-10", "12000"))
    ended = people.end(city.actor, "grant", Grant.objects.get().pk, dt.date(2026, 6, 30), "期满")
    done = confirmed(city, {"withdraw": {"kind": "grant", "row": ended.pk}})
    assert done["net"] == {"assistance": "-1319.50", "patient": "1319.50"}
    everything_adds_up()


def test_a_corrected_period_moves_only_the_visits_that_it_loses(city: City) -> None:
    person = city.person("subsistence_allowance")
    _, second = settled(city, person, ("2026-03-10", "12000"), ("2026-05-10", "12000"))
    row = Grant.objects.get().pk
    done = confirmed(
        city,
        {"correct": {"kind": "grant", "row": row, "changes": {"from": "2025-01-01", "to": "2026-04-30"}}},
    )
    first_entry, second_entry = changes(done)
    assert first_entry[1] == {}  # the category's end is another, the amounts are not
    assert second_entry == (second.number, {"assistance": "-1319.50", "patient": "1319.50"})
    everything_adds_up()


def test_a_category_of_person_and_household_alike_is_taken_away_once(city: City) -> None:
    """Both say the same: withdrawing the person's leaves the household's."""
    person = city.person("subsistence_allowance")
    settled(city, person, ("2026-03-10", "12000"))
    confirmed(city, allowance(person, "2025-01-01"))
    own = Grant.objects.get(person=person)
    done = confirmed(city, {"withdraw": {"kind": "grant", "row": own.pk}})
    assert done["net"] == {}
    everything_adds_up()


# ── an entry that can no longer be settled ───────────────────────────────────────────────────


def test_visits_that_could_no_longer_be_settled_are_named_with_their_refusal(city: City) -> None:
    person = city.person(None, "diabetes")
    stay, *_ = settled(city, person, ("2026-03-10", "12000"))
    visits = []
    for day in ("2026-05-10", "2026-06-10"):
        visits.append(city.visit(person, "outpatient", day, ("A1", "290"), disease="diabetes"))
        services.settle(visits[-1].number, key(), city.actor)
    fact = {"withdraw": {"kind": "recognition", "row": Recognition.objects.get().pk}}
    shown = later.preview(city.actor, fact)
    (year,) = shown["years"]
    assert [(r["visit"], r["code"]) for r in year["refused"]] == [
        (visit.number, "not_recognised") for visit in visits
    ]
    assert all(r["message"] and r["message_en"] for r in year["refused"])
    assert year["entries"] == [] and shown["digest"] == "" and stay.number not in str(year)
    with refused("cannot_settle_again") as caught:
        later.confirm(city.actor, key(), fact, shown["digest"], WHY)
    assert visits[0].number in caught.value.messages["zh"]
    for visit in visits:
        services.reverse(visit.number, key(), city.actor, "认定有误")
    assert changes(confirmed(city, fact)) == [(stay.number, {})]
    everything_adds_up()


def test_a_recognition_known_later_counts_for_the_quarterly_limit(city: City) -> None:
    """A special visit before, none of whose amounts change; the recognition is kept with the entry."""
    person = city.person(None, "diabetes")
    visit = city.visit(person, "outpatient", "2026-05-10", ("A1", "290"), disease="diabetes")
    services.settle(visit.number, key(), city.actor)
    fact = {
        "recognition": {
            "person": person.number, "disease": "dialysis", "department": "市医院",
            "from": "2026-01-01", "to": None,
        }
    }  # fmt: skip
    assert changes(confirmed(city, fact)) == [(visit.number, {})]
    standing, _ = standing_entries(PersonYear.objects.get().pk)
    diseases = [r["disease"] for r in standing[0].inputs["person"]["recognitions"]]
    assert diseases == ["diabetes", "dialysis"]
    everything_adds_up()


# ── payouts, insurance, registration, referral ───────────────────────────────────────────────


def test_a_payout_after_settlement_lowers_assistance_and_the_patients_part(city: City) -> None:
    """Base 1,885 - 1,000 = 885; assistance 70 % = 619.50 (was 1,319.50); patient 265.50 (was 565.50)."""
    (visit,) = settled(city, city.person(), ("2026-03-10", "12000"))
    done = confirmed(city, payout(visit, "1000"))
    assert changes(done) == [
        (visit.number, {"other": "1000.00", "assistance": "-700.00", "patient": "-300.00"})
    ]
    assert Payout.objects.get().amount == 100_000
    entry = done["years"][0]["adjusted"][0]
    assert entry["transfers"] == [
        {"debtor": "other", "creditor": "assistance", "amount": "700.00"},
        {"debtor": "other", "creditor": "patient", "amount": "300.00"},
    ]
    assert entry["patient"] == entry["transfers"][1:]
    everything_adds_up()
    # 885 - 200 = 685; assistance 479.50: payouts add up
    assert confirmed(city, payout(visit, "200"))["net"] == {
        "other": "200.00", "assistance": "-140.00", "patient": "-60.00",
    }  # fmt: skip
    everything_adds_up()


def test_one_preview_pays_once_under_whatever_key(city: City) -> None:
    (visit,) = settled(city, city.person(), ("2026-03-10", "12000"))
    shown = later.preview(city.actor, payout(visit, "1000"))
    later.confirm(city.actor, key(), payout(visit, "1000"), shown["digest"], WHY)
    with refused("changed_since"):
        later.confirm(city.actor, key(), payout(visit, "1000"), shown["digest"], WHY)
    assert Payout.objects.count() == 1


def test_a_payout_beyond_the_burden_is_kept_and_pays_no_more(city: City) -> None:
    """Of 5,000 no more than the 1,885 left by the insurers counts; the same payout once more counts for nothing, and once."""
    (visit,) = settled(city, city.person(), ("2026-03-10", "12000"))
    assert confirmed(city, payout(visit, "5000"))["net"] == {
        "other": "1885.00", "assistance": "-1319.50", "patient": "-565.50",
    }  # fmt: skip
    shown = later.preview(city.actor, payout(visit, "5000"))
    assert shown["net"] == {} and changes(shown) == [(visit.number, {})]
    later.confirm(city.actor, key(), payout(visit, "5000"), shown["digest"], WHY)
    with refused("changed_since"):
        later.confirm(city.actor, key(), payout(visit, "5000"), shown["digest"], WHY)
    everything_adds_up()


@pytest.mark.parametrize(
    ("fact", "code", "where"),
    [
        ({"amount": "0"}, "invalid_input", "fact.payout.amount"),
        ({"amount": "1.001"}, "invalid_input", "fact.payout.amount"),
        ({"payer": "me"}, "invalid_input", "fact.payout.payer"),
        ({"visit": "V999999"}, "no_visit", "fact.payout.visit"),
        ({"paid_on": "2999-01-01"}, "invalid_input", "fact.payout.paid_on"),
        ({"extra": "1"}, "invalid_input", "fact.payout.extra"),
    ],
)
def test_a_payout_that_cannot_be_is_refused_with_its_place(
    city: City, fact: dict[str, str], code: str, where: str
) -> None:
    (visit,) = settled(city, city.person(), ("2026-03-10", "12000"))
    given = payout(visit, "10")
    given["payout"] |= fact
    with refused(code, where):
        later.preview(city.actor, given)


def test_a_payout_for_a_visit_that_is_not_settled_belongs_to_the_visit(city: City) -> None:
    visit = city.visit(city.person(), "inpatient", "2026-03-10", ("A1", "100"))
    with refused("not_settled"):
        later.preview(city.actor, payout(visit, "10"))


def test_an_enrolment_that_ends_earlier_leaves_visits_uninsured(city: City) -> None:
    person = city.person()
    settled(city, person, ("2026-03-10", "12000"))
    (second,) = settled(city, person, ("2026-05-10", "12000"))
    fact = {"end": {"kind": "enrolment", "row": Enrolment.objects.get().pk, "to": "2026-04-30"}}
    (year,) = later.preview(city.actor, fact)["years"]
    assert [(r["visit"], r["code"]) for r in year["refused"]] == [(second.number, "not_insured")]


def test_another_insurance_is_another_law(city: City) -> None:
    """An employee's insurers' payments must be stated: the rules for residents do not compute them."""
    person = city.person()
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    fact = {
        "correct": {
            "kind": "enrolment", "row": Enrolment.objects.get().pk, "changes": {"insurance": "employee"},
        }
    }  # fmt: skip
    (year,) = later.preview(city.actor, fact)["years"]
    assert [(r["visit"], r["code"]) for r in year["refused"]] == [(visit.number, "unmodelled")]


def test_another_place_of_registration_changes_who_helps(city: City) -> None:
    """Assistance reaches households of the city: another city's is not modelled, so that it is withheld."""
    person = city.person()
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    people.register_area(city.actor, "140700", "晋中市")
    people.register_area(city.actor, "140702", "榆次区")
    row = Registration.objects.get().pk
    done = confirmed(city, {"correct": {"kind": "registration", "row": row, "changes": {"area": "140702"}}})
    assert changes(done) == [(visit.number, {"assistance": "-1319.50", "patient": "1319.50"})]
    everything_adds_up()


def test_a_referral_known_later_gives_the_assistance_that_was_withheld(city: City) -> None:
    """In another city without a referral assistance is withheld; with one it is 70 % as at home."""
    with guards.lifted(connection):
        ProviderStanding.objects.update(region="140700")
    person = city.person()
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    assert Settlement.objects.get().assistance == 0
    fact = {
        "referral": {
            "person": person.number, "provider_code": "H14030200001", "from": "2026-03-01", "to": None,
        }
    }  # fmt: skip
    assert changes(confirmed(city, fact)) == [
        (visit.number, {"assistance": "1319.50", "patient": "-1319.50"})
    ]
    everything_adds_up()
    # a registration for care there says the same; without the referral the stay is still referred
    cross = {
        "cross_area": {
            "person": person.number, "region": "140700", "kind": "working", "from": "2026-01-01", "to": None,
        }
    }  # fmt: skip
    assert changes(confirmed(city, cross)) == []
    gone = {"withdraw": {"kind": "referral", "row": Referral.objects.get().pk}}
    assert changes(confirmed(city, gone)) == []


def test_without_the_only_referral_assistance_is_taken_back(city: City) -> None:
    with guards.lifted(connection):
        ProviderStanding.objects.update(region="140700")
    person = city.person()
    row = people.refer(city.actor, person, When(dt.date(2026, 3, 1)), provider_code="H14030200001")
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    done = confirmed(city, {"withdraw": {"kind": "referral", "row": row.pk}})
    assert changes(done) == [(visit.number, {"assistance": "-1319.50", "patient": "1319.50"})]
    everything_adds_up()
