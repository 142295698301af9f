"""What holds of somebody on a date: one at a time, ended, corrected, withdrawn, and kept for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from tests.office.master import actor, day, enrol, law, refused, register, rows, since

from sanchong.dates import today
from sanchong.office.accounts import services as accounts
from sanchong.office.actor import Actor
from sanchong.office.keeping import When
from sanchong.office.people import queries, services
from sanchong.office.people.models import Enrolment, Household, Member, Person, Recognition, Registration
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db
__all__ = ["actor", "law"]


# ── one on a date ────────────────────────────────────────────────────────────────────────────


def test_two_enrolments_share_no_day_and_the_refusal_says_what_stands_there(actor: Actor) -> None:
    person = register(actor)
    enrol(actor, person, "2026-01-01", "2026-12-31")
    with refused("overlap", "enrolment") as caught:
        enrol(actor, person, "2026-12-31", None, "employee")
    said = caught.value.messages["en"]
    assert "resident 140300 2026 2026-01-01 to 2026-12-31" in said
    enrol(actor, person, "2027-01-01", None, "employee")


def at_the_same_moment(act: Callable[[], object]) -> list[str]:
    """What six threads are told that do the same at once."""
    gate, told = threading.Barrier(6), []

    def work() -> None:
        try:
            gate.wait()
            act()
            told.append("done")
        except Refusal as refusal:
            told.append(refusal.code)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(told)


@pytest.mark.django_db(transaction=True)
def test_of_two_enrolments_at_the_same_moment_one_is_refused(actor: Actor) -> None:
    person = register(actor)
    assert at_the_same_moment(lambda: enrol(actor, person, "2026-01-01", None)) == ["done", *["overlap"] * 5]
    assert Enrolment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_ends_of_a_row_at_the_same_moment_one_is_refused(actor: Actor) -> None:
    row = enrol(actor, register(actor), "2026-01-01", None)
    told = at_the_same_moment(lambda: services.end(actor, "enrolment", row.pk, day("2026-06-30"), "迁出"))
    assert told == ["done", *["superseded"] * 5]
    assert Enrolment.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_registrations_at_the_same_moment_one_is_refused(actor: Actor) -> None:
    assert at_the_same_moment(lambda: register(actor)) == ["done", *["identity_taken"] * 5]
    assert Person.objects.count() == 1


def test_moving_ends_the_old_membership_the_day_before(actor: Actor) -> None:
    person, other = register(actor, 1), register(actor, 2)
    old = services.form_household(actor, "140302001001", [person, other], since("2020-01-01"))
    new = services.form_household(actor, "140303", [], since("2020-01-01"))
    services.move(actor, person, new, since("2026-05-01"))

    def lives(on: str) -> list[str]:
        rights = queries.rights(actor, person.number, day(on), today())
        return [m.household.number for m in rights.memberships]

    assert lives("2026-04-30") == [old.number] and lives("2026-05-01") == [new.number]
    there = queries.household(actor, old.number, day("2026-05-01"), today())
    assert [p.number for p in there] == [other.number]


def test_moving_to_before_the_old_membership_is_refused(actor: Actor) -> None:
    person = register(actor)
    services.form_household(actor, "140302", [person], since("2020-01-01"))
    new = services.form_household(actor, "140303", [], since("2020-01-01"))
    with refused("overlap", "member"):
        services.move(actor, person, new, since("2019-06-01"))
    with refused("overlap", "member"):  # a visit of a month: where would the person be afterwards?
        services.move(actor, person, new, since("2026-06-01", "2026-06-30"))


def test_a_household_moves_its_place_and_keeps_the_old_one(actor: Actor) -> None:
    household = services.form_household(actor, "140302", [], since("2020-01-01"))
    services.place(actor, household, "140303", since("2026-07-01"))
    held = [
        Registration.objects.at(day(on), today()).get(household=household).area_id
        for on in ("2026-06-30", "2026-07-01")
    ]
    assert held == ["140302", "140303"]
    with refused("unknown_area"):
        services.place(actor, household, "999999", since("2026-08-01"))


def test_a_household_number_is_the_realms_own(actor: Actor) -> None:
    services.form_household(actor, "140302", [], since("2020-01-01"), "城关-1")
    with refused("household_taken"):
        services.form_household(actor, "140302", [], since("2020-01-01"), "城关-1")
    sandbox = Actor(accounts.sandbox_of("H1").pk, provider_code="H1")
    services.form_household(sandbox, "140302", [], since("2020-01-01"), "城关-1")


def test_nobody_is_put_into_another_realms_household(actor: Actor) -> None:
    person = register(actor)
    sandbox = Actor(accounts.sandbox_of("H1").pk, provider_code="H1")
    other = services.form_household(sandbox, "140302", [], since("2020-01-01"))
    with refused("not_found", "household"):
        services.move(actor, person, other, since("2026-01-01"))


def test_a_household_that_fails_half_way_leaves_nothing(actor: Actor) -> None:
    person = register(actor)
    services.form_household(actor, "140302", [person], since("2020-01-01"))
    with refused("overlap", "member"):
        services.form_household(actor, "140303", [person], since("2026-01-01"))
    assert Household.objects.count() == 1


def test_an_area_lies_in_one_that_is_registered(actor: Actor) -> None:
    assert services.register_area(actor, "140302", "城区").parent_id == "140300"
    with refused("area_taken"):
        services.register_area(actor, "140302", "郊区")
    with refused("unknown_area"):
        services.register_area(actor, "140311002", "某镇")
    with refused("invalid_input"):
        services.register_area(actor, "14030", "某区")
    sandbox = accounts.sandbox_of("H1").pk
    with refused("agency_only"):  # all realms share the areas
        services.register_area(Actor(sandbox, provider_code="H1"), "140311", "郊区")


# ── ending, correcting, withdrawing ──────────────────────────────────────────────────────────


def test_a_correction_shows_both_what_is_known_now_and_what_was(actor: Actor) -> None:
    person = register(actor)
    row = services.enrol(
        actor,
        person,
        "resident",
        "140300",
        2026,
        40_000,
        0,
        When(day("2026-01-01"), known_from=day("2025-12-01")),
    )
    services.correct(
        actor, "enrolment", row.pk, "资助补记", day("2026-02-10"), subsidy=28_000, end=day("2026-12-31")
    )
    before = queries.rights(actor, person.number, day("2026-01-15"), day("2026-02-09")).enrolments
    after = queries.rights(actor, person.number, day("2026-01-15"), day("2026-02-10")).enrolments
    assert [(e.subsidy, e.end) for e in before] == [(0, None)]
    assert [(e.subsidy, e.end, e.source) for e in after] == [(28_000, day("2026-12-31"), "资助补记")]
    assert len(queries.history(actor, person.number, "enrolment")) == 2


def test_a_row_is_superseded_once(actor: Actor) -> None:
    person = register(actor)
    row = enrol(actor, person, "2026-01-01", None)
    services.end(actor, "enrolment", row.pk, day("2026-06-30"), "迁出")
    with refused("superseded"):
        services.end(actor, "enrolment", row.pk, day("2026-03-31"), "迁出")
    with refused("superseded"):
        services.withdraw(actor, "enrolment", row.pk, "误登")


def test_ending_later_than_the_end_is_not_ending(actor: Actor) -> None:
    row = enrol(actor, register(actor), "2026-01-01", "2026-06-30")
    with refused("invalid_input", "end"):
        services.end(actor, "enrolment", row.pk, day("2026-12-31"), "延长")
    with refused("invalid_input", "end"):
        services.end(actor, "enrolment", row.pk, day("2025-12-31"), "提前")


def test_a_correction_may_not_run_into_another_row(actor: Actor) -> None:
    person = register(actor)
    row = enrol(actor, person, "2026-01-01", "2026-06-30")
    enrol(actor, person, "2026-07-01", None, "employee")
    with refused("overlap"):
        services.correct(actor, "enrolment", row.pk, "延长", end=day("2026-07-01"))


def test_a_withdrawn_row_leaves_room_and_stays_readable(actor: Actor) -> None:
    person = register(actor)
    row = enrol(actor, person, "2026-01-01", None)
    services.withdraw(actor, "enrolment", row.pk, "登记错人")
    assert not queries.rights(actor, person.number, day("2026-02-01"), today()).enrolments
    enrol(actor, person, "2026-01-01", None, "employee")
    told = queries.history(actor, person.number, "enrolment")
    assert [r.withdrawn for r in told] == [False, True, False]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"person_id": 1}, "person_id"),
        ({"known_from": day("2020-01-01")}, None),
        ({"recorded_at": None}, "recorded_at"),
        ({"insurance": "private"}, "insurance"),
        ({"contribution": -1}, "contribution"),
        ({"region": "1403"}, "region"),
        ({"area_id": "999999"}, "area"),
    ],
)
def test_what_may_not_stand_may_not_be_corrected_to(
    actor: Actor, changes: dict[str, Any], where: str | None
) -> None:
    row = enrol(actor, register(actor), "2026-01-01", None)
    with refused("unknown_area" if where == "area" else "invalid_input", where):
        services.correct(actor, "enrolment", row.pk, "更正", **changes)


def test_what_is_known_only_tomorrow_is_not_recorded_today(actor: Actor) -> None:
    with refused("invalid_input", "known_from"):
        services.form_household(actor, "140302", [], When(day("2026-01-01"), known_from=day("2999-01-01")))


def test_everything_only_grows(actor: Actor, law: None) -> None:
    """Through a whole life of rows, no table ever loses one and no dated row ever changes."""
    before = rows()
    seen: dict[tuple[type, int], Any] = {}

    def look() -> None:
        nonlocal before
        after = rows()
        assert all(after[table] >= count for table, count in before.items())
        before = after
        for model in (Enrolment, Member, Registration, Recognition):
            for held in model.objects.values():
                assert seen.setdefault((model, held["id"]), held) == held

    person = register(actor)
    household = services.form_household(actor, "140302", [person], since("2020-01-01"))
    steps: list[Callable[[], object]] = [
        lambda: enrol(actor, person, "2026-01-01", None),
        lambda: services.recognise(actor, person, "diabetes", "市医院", since("2026-01-01")),
        lambda: services.place(actor, household, "140303", since("2026-02-01")),
        lambda: services.end(
            actor, "enrolment", Enrolment.objects.current().get().pk, day("2026-05-01"), "迁"
        ),
        lambda: services.withdraw(actor, "recognition", Recognition.objects.current().get().pk, "误"),
        lambda: services.correct(
            actor, "member", Member.objects.current().get().pk, "误", start=day("2020-02-01")
        ),
    ]
    for step in steps:
        step()
        look()


# ── categories, diseases, referrals ──────────────────────────────────────────────────────────


def test_a_kind_that_does_not_exist_is_refused(actor: Actor) -> None:
    with refused("invalid_input", "kind"):
        services.withdraw(actor, "person", 1, "误登")


def test_a_person_has_the_households_categories_and_their_own(actor: Actor) -> None:
    person, other = register(actor, 1), register(actor, 2)
    household = services.form_household(actor, "140302", [person, other], since("2020-01-01"))
    services.grant(actor, household, "subsistence_allowance", "民政局", since("2026-01-01"))
    services.grant(actor, person, "orphan", "民政局", since("2026-01-01"))
    with refused("overlap", "grant"):
        services.grant(actor, household, "subsistence_allowance", "民政局", since("2026-03-01"))
    with refused("invalid_input", "category"):
        services.grant(actor, person, "poor", "民政局", since("2026-01-01"))

    def categories(p: Person) -> set[str]:
        return {g.category for g in queries.rights(actor, p.number, day("2026-03-01"), today()).grants}

    assert categories(person) == {"subsistence_allowance", "orphan"}
    assert categories(other) == {"subsistence_allowance"}


@pytest.mark.parametrize(
    ("disease", "subtype", "where"),
    [
        ("cold", "", "disease"),
        ("transplant", "", "subtype"),
        ("transplant", "Kidney!", "subtype"),
        ("psychosis", "sadness", "subtype"),
        ("diabetes", "type2", "subtype"),
    ],
)
def test_a_disease_is_one_of_the_law_with_its_subtype(
    actor: Actor, law: None, disease: str, subtype: str, where: str
) -> None:
    person = register(actor)
    with refused("invalid_input", where):
        services.recognise(actor, person, disease, "市医院", since("2026-01-01"), subtype)


def test_recognitions_of_two_subtypes_stand_beside_each_other(actor: Actor, law: None) -> None:
    person = register(actor)
    services.recognise(actor, person, "transplant", "市医院", since("2026-01-01"), "kidney")
    services.recognise(actor, person, "transplant", "市医院", since("2026-01-01"), "liver")
    with refused("overlap", "recognition"):
        services.recognise(actor, person, "transplant", "市医院", since("2026-05-01"), "liver")


def test_without_a_law_no_disease_is_recognised(actor: Actor) -> None:
    person = register(actor)
    with refused("no_law"):
        services.recognise(actor, person, "diabetes", "市医院", since("2026-01-01"))


def test_a_waiver_is_of_two_diseases_in_either_order(actor: Actor, law: None) -> None:
    person = register(actor)
    services.waive(actor, person, "transplant:kidney", "dialysis", since("2026-01-01", source="会议纪要"))
    with refused("overlap", "waiver"):
        services.waive(actor, person, "dialysis", "transplant:kidney", since("2026-03-01"))
    with refused("invalid_input", "second"):
        services.waive(actor, person, "dialysis", "dialysis", since("2026-03-01"))


def test_a_referral_goes_somewhere_and_a_provider_refers_from_itself(actor: Actor) -> None:
    person = register(actor)
    hospital = Actor(actor.realm, provider_code="H14030200001")
    with refused("invalid_input", "provider_code"):
        services.refer(actor, person, since("2026-01-01"))
    with refused("scope", "from_provider"):
        services.refer(hospital, person, since("2026-01-01"), "H14030200002", region="110100")
    row = services.refer(hospital, person, since("2026-01-01"), "H14030200001", region="110100")
    with refused("scope"):
        services.correct(hospital, "referral", row.pk, "更正", from_provider="H14030200002")
    with refused("not_found"):
        services.withdraw(Actor(actor.realm, provider_code="H2"), "referral", row.pk, "误")
    services.end(hospital, "referral", row.pk, day("2026-02-01"), "已出院")
    services.register_cross_area(actor, person, "110100", "settled", since("2026-01-01"))
    rights = queries.rights(hospital, person.number, day("2026-02-02"), today())
    assert not rights.referrals and [c.region for c in rights.cross_areas] == ["110100"]
