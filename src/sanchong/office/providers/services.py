"""Commands on hospitals, pharmacies and those who work there. Each is all or nothing and leaves its trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from sanchong.office import keeping
from sanchong.office.accounts.services import real_agency_only
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns
from sanchong.office.dated import Dated
from sanchong.office.keeping import When, kind_named
from sanchong.office.providers import kinds
from sanchong.office.providers.models import (
    Agreement,
    Post,
    Practitioner,
    Provider,
    Role,
    Standing,
    Suspension,
)
from sanchong.office.trail.services import Act, record, record_all
from sanchong.settlement.refusal import Refusal


def register(actor: Actor, code: str, name: str, kind: str) -> Provider:
    """A new hospital or pharmacy; Refusal ``provider_taken`` if the code is registered."""
    return register_all(actor, [Provider(code=code, name=name, kind=kind)])[0]


@transaction.atomic
def register_all(actor: Actor, providers: Sequence[Provider]) -> list[Provider]:
    """Several new providers, all or none."""
    real_agency_only(actor)
    for provider in providers:
        check_columns(provider)
    codes = [provider.code for provider in providers]
    taken = Provider.objects.filter(code__in=codes).values_list("code", flat=True).first()
    if taken is not None:
        raise Refusal("provider_taken", "code", f"机构 {taken} 已登记", f"provider {taken} is registered")
    written = Provider.objects.bulk_create(providers)
    record_all(actor, [Act("provider.register", "provider", provider.code) for provider in written])
    return written


@transaction.atomic
def rename(actor: Actor, code: str, name: str) -> Provider:
    """Another name for a provider. Names settle nothing, so they are not dated; the trail keeps the one before."""
    real_agency_only(actor)
    provider = Provider.objects.select_for_update(no_key=True).filter(code=code).first()
    if provider is None:
        raise unknown_provider(code)
    before, provider.name = provider.name, name
    check_columns(provider)
    provider.save(update_fields=["name"])
    record(actor, "provider.rename", "provider", code, before=before)
    return provider


def stand(
    actor: Actor,
    provider: Provider,
    region: str,
    level: int,
    fee_class: int,
    administrative_level: str,
    when: When,
    level_exception: bool = False,
) -> Standing:
    """What a provider is from a day on; the standing before it ends the day before."""
    row = Standing(
        provider=provider,
        region=region,
        level=level,
        fee_class=fee_class,
        administrative_level=administrative_level,
        level_exception=level_exception,
        **when.columns,
    )
    return keeping.follow(kinds.STANDING, actor, row)


def agree(actor: Actor, provider: Provider, kind: str, when: When, number: str = "") -> Agreement:
    """A period of designation, of one-stop settlement, or of service in transition."""
    row = Agreement(provider=provider, kind=kind, number=number, **when.columns)
    return keeping.keep(kinds.AGREEMENT, actor, [row])[0]


def give_role(actor: Actor, provider: Provider, kind: str, when: When) -> Role:
    """What a provider does for the scheme in a period."""
    return keeping.keep(kinds.ROLE, actor, [Role(provider=provider, kind=kind, **when.columns)])[0]


def suspend(actor: Actor, provider: Provider, when: When) -> Suspension:
    """Stop a provider's settlements, for the reason in ``when.source``, until lifted or for a closed period."""
    return keeping.keep(kinds.SUSPENSION, actor, [Suspension(provider=provider, **when.columns)])[0]


@transaction.atomic
def lift(actor: Actor, provider: Provider, last: dt.date, reason: str) -> Suspension:
    """Lift the suspension that holds on ``last``, its last day; Refusal ``not_suspended`` if none does."""
    held: Suspension | None = (
        Suspension.objects.current().overlapping(last, last).filter(provider=provider).first()
    )
    if held is None:
        raise Refusal("not_suspended", "provider", f"{last} 没有暂停结算", f"not suspended on {last}")
    return keeping.end(kinds.SUSPENSION, actor, held, last, reason)


@transaction.atomic
def register_practitioner(actor: Actor, code: str, name: str) -> Practitioner:
    """A physician, nurse or pharmacist by national code."""
    real_agency_only(actor)
    if Practitioner.objects.filter(code=code).exists():
        raise Refusal(
            "practitioner_taken", "code", f"人员 {code} 已登记", f"practitioner {code} is registered"
        )
    practitioner = Practitioner(code=code, name=name)
    check_columns(practitioner)
    practitioner.save()
    record(actor, "practitioner.register", "practitioner", code)
    return practitioner


def post(
    actor: Actor,
    practitioner: Practitioner,
    provider: Provider,
    role: str,
    when: When,
    status: str = "active",
) -> Post:
    """A practitioner's post at a provider; the post of the same role there that stands ends the day before.

    So a suspension of the practitioner and its lifting are posts that follow each other, with another status.
    """
    row = Post(practitioner=practitioner, provider=provider, role=role, status=status, **when.columns)
    return keeping.follow(kinds.POST, actor, row)


def end(
    actor: Actor, kind: str, row: int, last: dt.date, reason: str, known_from: dt.date | None = None
) -> Dated:
    """The row ``row`` of ``kind`` (see kinds.KINDS) holds up to and including ``last``."""
    return keeping.end(kind_named(kinds.KINDS, kind), actor, _row(kind, row), last, reason, known_from)


def correct(
    actor: Actor, kind: str, row: int, reason: str, known_from: dt.date | None = None, **changes: Any
) -> Dated:
    """Another row in the place of one that was wrong."""
    return keeping.correct(
        kind_named(kinds.KINDS, kind), actor, _row(kind, row), reason, known_from, **changes
    )


def withdraw(actor: Actor, kind: str, row: int, reason: str, known_from: dt.date | None = None) -> Dated:
    """A row that should never have been counts no longer, from the day this is known."""
    return keeping.withdraw(kind_named(kinds.KINDS, kind), actor, _row(kind, row), reason, known_from)


def unknown_provider(code: str) -> Refusal:
    """A code that no provider has."""
    return Refusal("not_found", "provider", f"没有医药机构 {code}", f"no provider {code}")


def _row(kind: str, row: int) -> Dated:
    found: Dated | None = kind_named(kinds.KINDS, kind).model.objects.filter(pk=row).first()
    if found is None:
        raise Refusal("not_found", "row", "没有这条记录", "no such row")
    return found
