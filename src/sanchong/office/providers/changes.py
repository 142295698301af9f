"""A change of what is dated at a provider, shown before it is done: which rows it takes the place of, which it writes.

The preview does the change by the services that always do it, looks, and takes it back. What is confirmed is what was previewed:
the digest is over the rows that stood and those that would be written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from sanchong.office.accounts.services import real_agency_only
from sanchong.office.actor import Actor
from sanchong.office.dated import Dated
from sanchong.office.providers import kinds
from sanchong.office.providers.models import Provider
from sanchong.office.providers.services import unknown_provider
from sanchong.settlement.receipt import sha256
from sanchong.settlement.refusal import Refusal

Command = Callable[[Provider], object]
"""Does the change at the provider, which is locked."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a kind (``kinds.KINDS``) that a change touches."""

    kind: str
    row: Dated


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: rows that would count no longer as they stand, rows that would stand instead or besides."""

    replaced: Sequence[Line]
    written: Sequence[Line]
    renamed: tuple[str, str] | None
    """The name before and after, where the name changes."""
    digest: str


def preview(actor: Actor, code: str, command: Command) -> Preview:
    """What ``command`` would change at the provider; nothing is written. Any Refusal of the command itself."""
    with transaction.atomic():
        found = _run(actor, code, command)
        transaction.set_rollback(True)
    return found


@transaction.atomic
def confirm(actor: Actor, code: str, command: Command, digest: str) -> Preview:
    """Do what was previewed; Refusal ``changed_since`` if it would now be something else."""
    done = _run(actor, code, command)
    if done.digest != digest:
        raise Refusal(
            "changed_since",
            "digest",
            "预览之后这家机构的记录已有变化；请重新预览后确认",
            "something has changed at this provider since the preview: preview it again",
        )
    return done


def _run(actor: Actor, code: str, command: Command) -> Preview:
    real_agency_only(actor)
    provider = Provider.objects.select_for_update(no_key=True).filter(code=code).first()
    if provider is None:
        raise unknown_provider(code)
    before, name = _standing(provider), provider.name
    command(provider)
    provider.refresh_from_db()
    after = _standing(provider)
    replaced = [line for key, line in before.items() if key not in after]
    written = [line for key, line in after.items() if key not in before]
    renamed = (name, provider.name) if provider.name != name else None
    said = [sorted(before), renamed, [_said(line) for line in written]]
    return Preview(replaced, written, renamed, sha256(said))


def _standing(provider: Provider) -> dict[tuple[str, int], Line]:
    """Every row that counts at the provider, by its kind and number."""
    return {
        (name, row.pk): Line(name, row)
        for name, kind in kinds.KINDS.items()
        for row in kind.model.objects.current().filter(provider=provider).order_by("start", "pk")
    }


def _said(line: Line) -> dict[str, Any]:
    """What a row says, without its number and the moment of its writing; a practitioner is said by code."""
    said = {
        f.attname: str(getattr(line.row, f.attname))
        for f in line.row._meta.concrete_fields
        if f.name not in ("id", "recorded_at", "practitioner")
    }
    practitioner = getattr(line.row, "practitioner", None)
    return {"kind": line.kind, **said, "practitioner": practitioner.code if practitioner else ""}
