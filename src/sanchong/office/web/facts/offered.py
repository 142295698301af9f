"""What a form of the register offers to choose from, as the actor may: households that were looked for, areas by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sanchong.office.actor import Actor
from sanchong.office.imports.cells import Misread, Reader
from sanchong.office.people.homes import Found, find_homes
from sanchong.office.people.places import places_of
from sanchong.office.web.facts.forms import Form, area_code
from sanchong.office.web.forms import Field

Places = Sequence[tuple[str, str]]


def seeks(form: Form) -> bool:
    """Whether the form asks for a household, which is looked for."""
    return any(field.kind == "pick" for field in form.fields)


def offering(form: Form, actor: Actor, said: Mapping[str, str]) -> Form:
    """The form with what may be chosen in it: the households found by ``who``, or the one already chosen; areas."""
    return replace(form, fields=[_offering(field, actor, said) for field in form.fields])


def in_words(form: Form, said: Mapping[str, str]) -> dict[str, str]:
    """What is known, as its fields show it: an area by code and name."""
    shown = dict(said)
    for field in form.fields:
        if field.kind == "area" and field.choices is not None:
            name = dict(field.choices()).get(said.get(field.name, ""))
            shown |= {field.name: f"{said[field.name]} {name}"} if name else {}
    return shown


def _offering(field: Field, actor: Actor, said: Mapping[str, str]) -> Field:
    if field.kind == "pick":
        asked = said.get("who", "").strip() or said.get(field.name, "")
        homes = [(home.number, _said(home)) for home in find_homes(actor, asked)] if asked else []
        return replace(field, choices=lambda: homes)
    if field.kind == "area":
        places = places_of(actor)
        return replace(field, choices=lambda: places, read=_among(places))
    return field


def _said(home: Found) -> str:
    """Where a household is registered and who belongs to it, in words."""
    names = "、".join(home.names) or ("" if home.others else "现在没有成员")
    others = f"另有辖区外 {home.others} 人" if home.others else ""
    return f"{home.place or '户籍地未登记'} · {'，'.join(filter(None, (names, others)))}"


def _among(places: Places) -> Reader:
    """Reads an area's code, its code and name as offered, or a name that only one of the places offered has."""

    def read(cell: str) -> str:
        code = cell.partition(" ")[0]
        if code.isascii() and code.isdigit():
            return area_code(code)
        named = [code for code, name in places if cell in (name, name.split()[-1])]
        if len(named) > 1:
            raise Misread(
                f"列表中带代码的一项，“{cell}”有 {len(named)} 处",
                f"one with its code: {len(named)} areas are called so",
            )
        if not named:
            raise Misread(
                "列表中的一项，或 6、9、12 位行政区划代码",
                "one of the list, or an area code of 6, 9 or 12 digits",
            )
        return named[0]

    return read
