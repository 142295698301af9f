"""Assumed figures as fields: each stands beside the result as text, and what is typed in its place becomes a value of the case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sanchong.law.labels import address_label
from sanchong.law.library import Law
from sanchong.law.terms import Resolution
from sanchong.law.values import Figure, parse_figure, plain_figure
from sanchong.money import NO_LIMIT, Rate, percent, yuan
from sanchong.shapes import ADDRESS, ASSUMED, Address

NO_LIMIT_WORDS: Final = ("不限", "不设限额", "无")
WRITTEN: Final = frozenset({"yuan", "yuan_or_none", "rate", "count", "date", "bands"})
"""Units that can be typed; the few others are shown as they stand."""

_BAND: Final = re.compile(r"^\D*([\d,.]+)\D+([\d.]+)\s*%\D*$")


@dataclass(frozen=True, slots=True)
class Field:
    """An assumed figure beside the result."""

    address: str
    label: str
    text: str
    law: str
    """As the illustration has it."""
    unit: str
    rows: int = 1

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"figure-{self.address}"

    @property
    def changed(self) -> bool:
        """Whether somebody put another figure in its place."""
        return self.text != self.law


def overlay(typed: Mapping[str, str], resolution: Resolution) -> dict[str, Any]:
    """What was typed in the place of assumed figures, as the case's ``terms``: only where it differs, and nowhere else.

    A figure that a document states cannot be changed here. What cannot be read is passed on: the engine refuses it at its place.
    """
    found: dict[str, Any] = {}
    for name, text in typed.items():
        address = ADDRESS.get(name)
        if address is None or not _is_assumed(address, resolution) or address.unit not in WRITTEN:
            continue
        value = _read(address, text)
        try:
            if parse_figure(address, value) == _figure(address, resolution):
                continue
        except ValueError:
            pass
        found[name] = value
    return found


def fields(
    names: Iterable[str], typed: Mapping[str, str], terms: Mapping[str, Any], resolution: Resolution, law: Law
) -> list[Field]:
    """The assumed figures at ``names`` as fields, in the order of the law's addresses."""
    found = []
    for address in sorted((ADDRESS[name] for name in set(names)), key=lambda a: a.slot):
        figure = _figure(address, resolution)
        if figure is None:
            continue
        plain = _written(address, figure)
        text = typed[address.name] if address.name in terms else plain
        rows = max(len(figure.bands), 1) if address.unit == "bands" else 1
        label = address_label(address.name, law.diseases)
        unit = address.unit if address.unit in WRITTEN else ""
        found.append(Field(address.name, label, text, plain, unit, rows))
    return found


def _is_assumed(address: Address, resolution: Resolution) -> bool:
    return resolution.terms.status[address.slot] == ASSUMED


def _figure(address: Address, resolution: Resolution) -> Figure | None:
    source = resolution.sources[address.slot]
    return source.figure if source is not None else None


def _written(address: Address, figure: Figure) -> str:
    match address.unit:
        case "yuan" | "yuan_or_none":
            return NO_LIMIT_WORDS[1] if figure.num == NO_LIMIT else yuan(figure.num)
        case "rate":
            return percent(Rate(figure.num, figure.den))
        case "bands":
            return "\n".join(
                f"超出 {yuan(above)} 以上 {percent(Rate(num, figure.den))}" for above, num in figure.bands
            )
    return str(plain_figure(address, figure))


def _read(address: Address, text: str) -> Any:
    """A typed figure as ``terms`` writes it; what it cannot be read as stays as it is."""
    plain = text.strip()
    match address.unit:
        case "yuan":
            return plain.replace(",", "").removesuffix("元").strip()
        case "yuan_or_none":
            return None if plain in NO_LIMIT_WORDS else plain.replace(",", "").removesuffix("元").strip()
        case "rate":
            return plain if plain.endswith("%") or "/" in plain else f"{plain}%"
        case "count":
            return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 5 else plain
        case "bands":
            return [_band(line) for line in plain.splitlines() if line.strip()]
    return plain


def _band(line: str) -> Any:
    found = _BAND.match(line)
    return {"above": found[1].replace(",", ""), "rate": f"{found[2]}%"} if found else line
