"""By which law a command settles."""

from __future__ import annotations

from dataclasses import dataclass

from sanchong import Engine
from sanchong.office.claims.known import Head
from sanchong.office.lawbook.models import Acceptance
from sanchong.office.lawbook.services import accepted, active_bundle, engine_of
from sanchong.settlement.options import Options
from sanchong.settlement.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Law:
    """By what a command settles: a bundle, its engine, the illustrations that the city accepts."""

    bundle: str
    engine: Engine
    accepted: tuple[str, ...]

    @property
    def options(self) -> Options:
        """As the engine takes it."""
        return Options(accept_assumed=self.accepted)


def law_of(head: Head) -> Law:
    if head.bundle is None:
        raise Refusal("no_law", "law", "尚未启用任何政策包", "no law bundle is active")
    return Law(head.bundle, engine_of(head.bundle), accepted(head.acceptance))


def active_law() -> Law:
    active = active_bundle()
    latest = Acceptance.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return Law(active, engine_of(active), accepted(latest))
