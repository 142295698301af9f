"""Hospitals, pharmacies and those who work there, through the services."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office.master import agency, day, refused, since

from sanchong.dates import today
from sanchong.office.accounts import services as accounts
from sanchong.office.actor import Actor
from sanchong.office.keeping import When
from sanchong.office.providers import queries, services
from sanchong.office.providers.models import Provider, Standing, Suspension

pytestmark = pytest.mark.django_db

CODE = "H14030200001"


@pytest.fixture
def actor() -> Actor:
    return agency()


@pytest.fixture
def hospital(actor: Actor) -> Provider:
    provider = services.register(actor, CODE, "市第一人民医院", "hospital")
    services.stand(actor, provider, "140302", 3, 3, "city", since("2025-01-01"))
    services.agree(actor, provider, "designated", since("2026-01-01", "2026-12-31"), "XY-1")
    return provider


def test_a_provider_is_registered_once_under_its_code(actor: Actor, hospital: Provider) -> None:
    with refused("provider_taken"):
        services.register(actor, CODE, "另一家", "hospital")
    with refused("invalid_input", "code"):
        services.register(actor, "H" * 13, "长编码", "hospital")
    with refused("invalid_input", "kind"):
        services.register(actor, "H2", "诊所", "clinic")
    assert queries.find(CODE) == hospital and queries.find("H9") is None


def test_a_new_standing_ends_the_one_before_and_both_can_be_asked(actor: Actor, hospital: Provider) -> None:
    services.stand(actor, hospital, "140302", 2, 2, "city", since("2026-07-01", source="降级"))
    levels = [
        queries.profile(CODE, day(on), today()).standings[0].level for on in ("2026-06-30", "2026-07-01")
    ]
    assert levels == [3, 2]
    with refused("overlap", "standing"):
        services.stand(actor, hospital, "140302", 1, 1, "city", since("2026-07-01"))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"level": 4}, "level"),
        ({"fee_class": 0}, "fee_class"),
        ({"administrative_level": "village"}, "administrative_level"),
        ({"region": "14030"}, "region"),
        ({"fee_class": 2, "administrative_level": "township"}, "fee_class"),
    ],
)
def test_a_standing_that_cannot_be_is_refused(
    actor: Actor, hospital: Provider, changes: dict[str, Any], where: str
) -> None:
    row = Standing.objects.current().get()
    with refused("invalid_input", where):
        services.correct(actor, "standing", row.pk, "更正", **changes)


def test_one_agreement_of_a_kind_on_a_date(actor: Actor, hospital: Provider) -> None:
    with refused("overlap", "agreement"):
        services.agree(actor, hospital, "designated", since("2026-12-31", None))
    services.agree(actor, hospital, "designated", since("2027-01-01", None))
    services.agree(actor, hospital, "one_stop", since("2026-01-01", None))
    services.agree(actor, hospital, "transitional", since("2026-01-01", "2026-03-31"))
    held = {a.kind for a in queries.profile(CODE, day("2026-04-01"), today()).agreements}
    assert held == {"designated", "one_stop"}


def test_a_suspension_says_why_and_is_lifted(actor: Actor, hospital: Provider) -> None:
    services.agree(actor, hospital, "one_stop", since("2026-01-01", None))
    with refused("invalid_input", "source"):
        services.suspend(actor, hospital, since("2026-03-01"))
    services.suspend(actor, hospital, since("2026-03-01", source="串换药品"))
    with refused("overlap", "suspension"):
        services.suspend(actor, hospital, since("2026-05-01", source="再查"))
    assert not queries.profile(CODE, day("2026-06-01"), today()).settles_one_stop
    services.lift(actor, hospital, day("2026-05-31"), "整改完成")
    assert queries.profile(CODE, day("2026-06-01"), today()).settles_one_stop
    assert not queries.profile(CODE, day("2026-05-31"), today()).settles_one_stop
    with refused("not_suspended"):
        services.lift(actor, hospital, day("2026-06-30"), "再次")
    assert Suspension.objects.count() == 2


def test_what_was_known_before_a_correction_can_be_asked(actor: Actor, hospital: Provider) -> None:
    row = services.give_role(
        actor, hospital, "recognises", When(day("2026-01-01"), known_from=day("2026-01-01"))
    )
    services.withdraw(actor, "role", row.pk, "未经批准", day("2026-02-01"))
    known = [
        bool(queries.profile(CODE, day("2026-01-15"), day(on)).roles) for on in ("2026-01-31", "2026-02-01")
    ]
    assert known == [True, False]


def test_a_practitioner_works_at_several_providers_and_is_suspended_at_one(
    actor: Actor, hospital: Provider
) -> None:
    other = services.register(actor, "H2", "县医院", "hospital")
    doctor = services.register_practitioner(actor, "D140302000001", "王医生")
    with refused("practitioner_taken"):
        services.register_practitioner(actor, "D140302000001", "李医生")
    for provider in (hospital, other):
        services.post(actor, doctor, provider, "physician", since("2025-01-01"))
    services.post(actor, doctor, hospital, "physician", since("2026-04-01", source="违规"), "suspended")

    def status(code: str, on: str) -> list[str]:
        return [post.status for post in queries.posts(code, day(on), today())]

    assert status(CODE, "2026-03-31") == ["active"] and status(CODE, "2026-04-01") == ["suspended"]
    assert status("H2", "2026-04-01") == ["active"]


def test_only_the_agency_in_the_real_ledger_writes_providers(actor: Actor, hospital: Provider) -> None:
    sandbox = accounts.sandbox_of(CODE).pk
    row = Standing.objects.current().get()
    for other in (Actor(actor.realm, provider_code=CODE), Actor(sandbox, provider_code=CODE), Actor(sandbox)):
        for write in (
            lambda: services.register(other, "H3", "新院", "hospital"),  # noqa: B023
            lambda: services.rename(other, CODE, "新名"),  # noqa: B023
            lambda: services.agree(other, hospital, "one_stop", since("2026-01-01")),  # noqa: B023
            lambda: services.withdraw(other, "standing", row.pk, "误"),  # noqa: B023
            lambda: services.register_practitioner(other, "D9", "张"),  # noqa: B023
        ):
            with refused("agency_only"):
                write()


def test_lists_say_what_providers_are_on_the_day(actor: Actor, hospital: Provider) -> None:
    pharmacy = services.register(actor, "P14030200001", "仁和药房", "pharmacy")
    services.stand(actor, pharmacy, "140303", 0, 1, "county", since("2025-01-01"))
    services.give_role(actor, pharmacy, "chronic", since("2026-01-01"))
    services.suspend(actor, pharmacy, since("2026-03-01", "2026-03-31", source="检查"))

    def codes(on: str = "2026-03-15", **wanted: Any) -> list[str]:
        return [p.provider.code for p in queries.page(day(on), today(), **wanted).rows]

    both = [CODE, "P14030200001"]
    assert codes() == both and codes(size=1) == both[:1] and codes(after=CODE) == both[1:]
    assert codes(kind="pharmacy") == codes(region="140303") == codes(role="chronic") == both[1:]
    assert codes(agreement="designated") == codes(text="第一") == codes(text="H1403") == both[:1]
    assert codes(suspended=True) == both[1:] and codes(suspended=False) == both[:1]
    assert codes("2026-04-01", suspended=True) == []
    counted = []
    for size in (1, 2):
        with CaptureQueriesContext(connection) as captured:
            queries.page(day("2026-03-15"), today(), size=size)
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_a_provider_that_is_not_registered_has_no_profile() -> None:
    with refused("not_found"):
        queries.profile("H0", day("2026-01-01"), today())
