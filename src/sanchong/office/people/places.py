"""The areas where an actor registers households, by names that tell two of the same name apart."""

from __future__ import annotations

from typing import Final

from sanchong.office.actor import Actor
from sanchong.office.people.models import Area
from sanchong.office.visibility import area_prefix

WITHIN: Final = ("county", "township", "village")
"""Levels at which a household is registered."""


def places_of(actor: Actor) -> list[tuple[str, str]]:
    """Code and name of every county, township and village of the actor's area, the names of those it lies in before its own.

    Empty for who acts for no area. That a household may be registered elsewhere, where it moves to, is not decided here.
    """
    if not actor.area:
        return []
    prefix = area_prefix(actor.area)
    above = [actor.area[:length] for length in (6, 9) if length < len(prefix)]
    found = Area.objects.filter(level__in=WITHIN)
    names = dict(found.filter(pk__in=above).values_list("code", "name"))
    inside = dict(found.filter(code__startswith=prefix).order_by("code").values_list("code", "name"))
    names |= inside
    full = {code: dict.fromkeys((code[:6], code[:9], code)) for code in inside}
    return [(code, " ".join(names[part] for part in parts if part in names)) for code, parts in full.items()]
