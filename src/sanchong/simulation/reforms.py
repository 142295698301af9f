"""Reforms: a small overlay of policy values by address and date, read strictly, never a copy of the law."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from sanchong.law.library import Law, covers
from sanchong.law.messages import TOLD, Mismatch
from sanchong.law.terms import CONTROL_AREA, Overlay, Resolution, Resolver
from sanchong.law.values import Figure, parse_figure, plain_figure
from sanchong.law.yamlfile import Entry, LawError, read_mapping
from sanchong.shapes import ADDRESS, ASSISTANCE_AREA, STATED, STEP_SLOTS, UNMODELLED, Address

BY_HOUSEHOLD: Final = "assistance"
"""The family of addresses that goes by the area of the household's registration."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that a reform states from a day on."""

    address: Address
    start: dt.date
    figure: Figure


@dataclass(frozen=True, slots=True)
class Reform:
    """A reform: what it is called, who proposes it and why, and the values it lays over the law of an area."""

    name: str
    title: Mapping[str, str]
    author: Mapping[str, str]
    reasons: Mapping[str, str]
    area: str
    changes: tuple[Change, ...]
    sha256: str
    """Of the file's bytes."""

    @property
    def start(self) -> dt.date:
        """The first day on which anything differs."""
        return min(change.start for change in self.changes)

    @property
    def overlay(self) -> Overlay:
        """The values by slot and first day, as look-ups take them."""
        found: dict[int, list[tuple[dt.date, Figure]]] = {}
        for change in self.changes:
            found.setdefault(change.address.slot, []).append((change.start, change.figure))
        return found

    def outside(self, regions: Iterable[str], household_regions: Iterable[str]) -> tuple[str, ...]:
        """The areas that people belong to, for the addresses concerned, and that the reform does not cover."""
        asked: set[str] = set()
        for change in self.changes:
            family = _family(change.address)
            if family != "catalogue_control":
                asked |= set(household_regions if family == BY_HOUSEHOLD else regions)
        return tuple(sorted(area for area in asked if not covers(self.area, area)))


def shipped_reforms() -> dict[str, Path]:
    """The reforms that come with the package, by name."""
    folder = Path(__file__).with_name("reforms")
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def find_reform(named: str) -> Path:
    """The file of a reform: a path, or the name of a shipped one; LawError where it is neither."""
    path = Path(named)
    shipped = shipped_reforms()
    if path.suffix in (".yaml", ".yml") or path.exists():
        return path
    if named in shipped:
        return shipped[named]
    near = get_close_matches(named, shipped, 1)
    zh, en = (f"是否指 {near[0]}？", f"did you mean '{near[0]}'? ") if near else ("", "")
    raise LawError(
        named,
        0,
        TOLD,
        zh=f"{zh}应为改革方案文件，或下列之一：{', '.join(shipped)}",
        en=f"{en}expected a file of a reform, or one of {', '.join(shipped)}",
    )


def load_reform(file: Path, law: Law) -> Reform:
    """Read a reform and hold it against the law; LawError with the line of whatever cannot be.

    Refused are unknown addresses and those that settling does not use, values of another unit, dates that do not rise,
    an area whose settlements the values would not reach, and a ``was`` that is not what the law says.
    """
    top = read_mapping(file)
    area = top.area("area")
    title, author, reasons = top.words("title"), top.words("author"), top.words("reasons")
    resolver = Resolver(law)
    changes: list[Change] = []
    for row in top.entries("values"):
        change = _read_change(row)
        before = [c for c in changes if c.address is change.address]
        if before and change.start <= before[-1].start:
            name = change.address.name
            raise row.told(
                f"'{name}'：各行日期须逐行递增", f"'{name}': expected dates that rise from row to row", "from"
            )
        _check_reach(row, change, area, resolver)
        changes.append(change)
    top.finish()
    if not changes:
        raise top.told("至少应有一个数值", "expected at least one value", "values")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Reform(file.stem, title, author, reasons, area, tuple(changes), digest)


def _read_change(row: Entry) -> Change:
    name = row.text("address")
    address = ADDRESS.get(name)
    if address is None or address.unit == "matter":
        near = get_close_matches(name, ADDRESS, 1)
        zh, en = (f"是否指 '{near[0]}'？", f"did you mean '{near[0]}'? ") if near else ("", "")
        raise row.told(
            f"没有地址 '{name}'；{zh}用 `sanchong law show` 查看全部",
            f"unknown address '{name}'; {en}`sanchong law show` lists them",
            "address",
        )
    if address.slot >= STEP_SLOTS:
        raise row.told(
            f"'{name}'：就诊结算用不到它，方案不会有任何影响",
            f"'{name}': settling a visit does not use it, so the reform would change nothing",
            "address",
        )
    if not row.has("from"):
        raise row.told(
            f"'{name}'：缺少 'from'，即数值生效的第一天（YYYY-MM-DD）",
            f"'{name}': expected 'from', the first day on which the value holds (YYYY-MM-DD)",
        )
    start = row.date("from")
    return Change(address, start, _figure(row, address, "value"))


def _figure(row: Entry, address: Address, key: str) -> Figure:
    try:
        return parse_figure(address, row.raw(key))
    except Mismatch as found:
        raise row.error(found.code, key, name=address.name, **found.facts) from None


def _check_reach(row: Entry, change: Change, area: str, resolver: Resolver) -> None:
    """The value is one that settlements of the area look up on its first day; ``was`` is what stands there now."""
    name = change.address.name
    family = _family(change.address)
    found = resolver.resolve(area, area, change.start)
    if family == "catalogue_control" and not covers(area, CONTROL_AREA):
        raise row.told(
            f"'{name}' 适用于 {CONTROL_AREA} 的所有医院；area 应为该地区，而非 {area}",
            f"'{name}' holds for every hospital of {CONTROL_AREA}; expected that area, not {area}",
            "address",
        )
    if family == BY_HOUSEHOLD and found.terms.status[ASSISTANCE_AREA] != STATED:
        raise row.told(
            f"'{name}'：{change.start} 没有文件规定 {area} 的医疗救助，方案无从叠加；"
            "请换一个地区，或用 --policies 加入该文件",
            f"'{name}': no document regulates the assistance of {area} on {change.start}, so an overlay does not reach it;"
            " choose another area, or add the document by --policies",
            "address",
        )
    if family == "outpatient" and not found.terms.outpatient_in_force:
        raise row.told(
            f"'{name}'：{change.start} 在 {area} 没有施行中的门诊慢特病规定，方案无从叠加；请改用较晚的日期或其他地区",
            f"'{name}': no outpatient scheme is in force in {area} on {change.start}, so an overlay does not reach it;"
            " choose a later day or another area",
            "from",
        )
    if row.has("was"):
        said = _said(change.address, found)
        expected = plain_figure(change.address, _figure(row, change.address, "was"))
        if said != expected:
            raise row.told(
                f"'{name}'：{change.start} 政策规定为 {said}，不是 {expected}；请重新核对本方案",
                f"'{name}': the law says {said} on {change.start}, not {expected}; look at the reform again",
                "was",
            )
    row.finish()


def _said(address: Address, found: Resolution) -> Any:
    value = found.sources[address.slot]
    if value is None:
        return "unmodelled" if found.terms.status[address.slot] == UNMODELLED else "nothing"
    return value.said() if value.status != "unmodelled" else "unmodelled"


def _family(address: Address) -> str:
    return address.name.split(".", 1)[0]
