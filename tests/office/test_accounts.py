"""Tokens: shown once, found by their hash alone, counted by the database, ended when they should be."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, connections
from tests.office.master import agency, refused

from sanchong.dates import today
from sanchong.office.accounts import services
from sanchong.office.accounts.models import Realm, Token, TokenUse
from sanchong.office.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> Actor:
    return agency()


def issue(actor: Actor, **terms: object) -> services.Issued:
    said = {"scopes": ["settlements:quote"], "provider_code": "H1", **terms}
    return services.issue(actor, "医院系统", Realm.objects.get(pk=actor.realm), **said)  # type: ignore[arg-type]


def test_a_token_opens_what_it_was_issued_for(actor: Actor) -> None:
    issued = issue(actor)
    token = services.check(issued.secret)
    who = services.actor_for(token, "settlements:quote", "10.1.1.1")
    assert who == Actor(actor.realm, token=token.pk, provider_code="H1", address="10.1.1.1")
    with refused("scope"):
        services.actor_for(token, "settlements:write")


def test_the_secret_stands_nowhere(actor: Actor) -> None:
    secret = issue(actor).secret
    with connection.cursor() as cursor:
        for table in ("accounts_token", "trail_entry"):
            cursor.execute(f"SELECT * FROM {table}")
            for cell in (cell for row in cursor.fetchall() for cell in row):
                held = bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                assert secret.encode() not in held and secret[12:].encode() not in held


def test_a_wrong_a_revoked_and_an_expired_token_open_nothing(actor: Actor) -> None:
    issued, late = issue(actor), issue(actor)
    with refused("token_unknown"):
        services.check(issued.secret + "x")
    services.revoke(actor, issued.token.pk)
    with refused("token_revoked"):
        services.check(issued.secret)
    Token.objects.filter(pk=late.token.pk).update(expires_on=today() - dt.timedelta(days=1))
    with refused("token_expired"):
        services.check(late.secret)


def test_rotating_gives_another_secret_on_the_same_terms(actor: Actor) -> None:
    old = issue(actor, per_minute=7)
    new = services.rotate(actor, old.token.pk)
    with refused("token_revoked"):
        services.check(old.secret)
    token = services.check(new.secret)
    assert (token.per_minute, token.scopes, token.provider_code) == (7, ["settlements:quote"], "H1")


def test_both_secrets_serve_while_a_program_changes_over(actor: Actor) -> None:
    old = issue(actor)
    new = services.rotate(actor, old.token.pk, dt.timedelta(hours=1))
    assert services.check(old.secret).pk == old.token.pk and services.check(new.secret).pk == new.token.pk
    with refused("token_revoked"):
        services.rotate(actor, old.token.pk)
    services.revoke(actor, old.token.pk)
    with refused("token_revoked"):
        services.check(old.secret)
    with refused("invalid_input", "overlap"):
        services.rotate(actor, new.token.pk, dt.timedelta(days=8))


def test_more_calls_than_allowed_in_a_minute_are_refused_until_the_next(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = issue(actor, per_minute=2).secret
    monkeypatch.setattr(services, "_minute", lambda: 1000)
    services.check(secret)
    services.check(secret)
    with refused("too_many"):
        services.check(secret)
    monkeypatch.setattr(services, "_minute", lambda: 1001)
    services.check(secret)
    monkeypatch.setattr(services, "_minute", lambda: 1000)  # another machine's clock, a second behind
    services.check(secret)
    with refused("too_many"):
        services.check(secret)


@pytest.mark.django_db(transaction=True)
def test_callers_at_the_same_moment_are_all_counted(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    token = issue(actor).token
    monkeypatch.setattr(services, "_minute", lambda: 1000)

    def work() -> None:
        for _ in range(10):
            services.count(token)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert TokenUse.objects.get(token=token).calls == 40


@pytest.mark.parametrize(
    ("terms", "where"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"per_minute": 0}, "per_minute"),
        ({"expires_on": dt.date(2020, 1, 1)}, "expires_on"),
        ({"provider_code": "H" * 13}, "provider_code"),
    ],
)
def test_a_token_on_terms_that_cannot_be_is_not_issued(
    actor: Actor, terms: dict[str, object], where: str
) -> None:
    with refused("invalid_input", where):
        issue(actor, **terms)


def test_a_sandbox_is_one_providers(actor: Actor) -> None:
    sandbox = services.sandbox_of("H1")
    assert services.sandbox_of("H1") == sandbox != services.sandbox_of("H2")
    assert services.open_ledger().pk == actor.realm == services.ledger().pk
    with refused("invalid_input", "provider_code"):
        services.issue(actor, "别家", sandbox, ["people:read"], provider_code="H2")


def test_nobody_but_the_agency_in_the_real_ledger_gives_or_takes_tokens(actor: Actor) -> None:
    token = issue(actor).token
    real, sandbox = Realm.objects.get(pk=actor.realm), services.sandbox_of("H1")
    for other in (
        Actor(real.pk, provider_code="H1"),
        Actor(sandbox.pk, provider_code="H1"),
        Actor(sandbox.pk),
    ):
        with refused("agency_only"):
            services.issue(other, "自取", real, ["settlements:write"], provider_code="H1")
        with refused("agency_only"):
            services.revoke(other, token.pk)
        with refused("agency_only"):
            services.rotate(other, token.pk)
