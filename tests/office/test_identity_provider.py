"""A provider of identities: named whole or not at all; whom it has proven finds their own account and nobody's else."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tests.office import world
from tests.office.entering import citizen, documented
from tests.office.staffed import Staffed

from sanchong.office.citizens.backend import IdentityBackend, Proven
from sanchong.office.environment import EnvironmentMistake, IdentityProvider, identity_provider
from sanchong.office.people.models import Person

NAMED = {
    "SANCHONG_OIDC_ISSUER": "https://id.example/realms/city/",
    "SANCHONG_OIDC_CLIENT": "sanchong",
    "SANCHONG_OIDC_SECRET": "not told",
}
ISSUER = "https://id.example/realms/city"


def test_it_is_named_whole_or_not_at_all() -> None:
    assert identity_provider({}) is None
    found = identity_provider(NAMED)
    assert found == IdentityProvider(ISSUER, "sanchong", "not told")
    assert "not told" not in repr(found)
    for name in NAMED:
        with pytest.raises(EnvironmentMistake, match=name):
            identity_provider({**NAMED, name: ""})


@pytest.mark.parametrize(
    "issuer",
    ["http://id.example", "https://", "id.example", "https://u:p@id.example", "https://id.example?x=1"],
)
def test_its_address_is_https_and_plain(issuer: str) -> None:
    with pytest.raises(EnvironmentMistake, match="SANCHONG_OIDC_ISSUER"):
        identity_provider({**NAMED, "SANCHONG_OIDC_ISSUER": issuer})


@pytest.fixture
def person(db: None, settings: Any) -> Person:
    office = Staffed(world.build())
    settings.ENVIRONMENT = dataclasses.replace(
        settings.ENVIRONMENT, identity_provider=IdentityProvider(ISSUER, "sanchong", "not told")
    )
    person = documented(office.city.person())
    citizen(office, person, "13800000001")
    citizen(office, office.city.person(), "13800000002")
    return person


def entered(issuer: str, document: str) -> object:
    return IdentityBackend().authenticate(None, proven=Proven(issuer, document))


def test_whom_it_has_proven_enters_their_own_account(person: Person) -> None:
    account = person.holder.account
    assert entered(ISSUER, person.identity_number) == account
    assert entered(f"{ISSUER}/", person.identity_number.lower()) == account


def test_nobody_enters_by_another_issuer_document_or_closed_account(person: Person, settings: Any) -> None:
    assert entered("https://id.example.net", person.identity_number) is None
    assert entered(ISSUER, "140302199001019999") is None
    assert IdentityBackend().authenticate(None, username="13800000001", password="x") is None
    account = person.holder.account
    account.is_active = False
    account.save(update_fields=["is_active"])
    assert entered(ISSUER, person.identity_number) is None
    account.is_active = True
    account.save(update_fields=["is_active"])
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, identity_provider=None)
    assert entered(ISSUER, person.identity_number) is None, "off without the settings"
