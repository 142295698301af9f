"""Reading the marginals of a population: one file an area, strictly. A mistake is named by file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from sanchong.law.yamlfile import Entry, LawError, read_mapping
from sanchong.simulation.marginal_specs import (
    ABSENT_CELLS,
    AGE_GROUPS,
    BROAD_AGES,
    PROVIDER_SHARES,
    RESIDENCES,
    SHARE,
    SHARES_AMONG,
    SPECS,
    Cell,
    Spec,
)

Number = int | float
SUM_TOLERANCE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Marginal:
    """One marginal as it was read; which of the forms is filled follows from its :class:`Spec`."""

    name: str
    unit: str
    status: Literal["found", "assumed"]
    source: str
    """The statistic (found) or what it rests on (assumed)."""
    value: float = 0
    values: Mapping[str, float] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Marginals:
    """The marginals of an area's population, by name."""

    area: str
    title: Mapping[str, str]
    by_name: Mapping[str, Marginal]
    sha256: str
    """Of the file's bytes."""

    def value(self, name: str) -> float:
        """A marginal that is one number."""
        return self.by_name[name].value

    def values(self, name: str) -> Mapping[str, float]:
        """A marginal of numbers, or of shares, by key."""
        return self.by_name[name].values

    def rows(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        """A marginal of several columns by key."""
        return self.by_name[name].rows

    def column(self, name: str, column: str) -> list[Any]:
        """One column of a marginal of several, in the order of its keys."""
        return [row[column] for row in self.rows(name).values()]


def shipped(area: str) -> Path:
    """The file of an area's marginals that comes with the package, whether or not there is one."""
    return Path(__file__).with_name("marginals") / f"{area}.yaml"


def shipped_areas() -> tuple[str, ...]:
    """The areas whose marginals come with the package."""
    return tuple(sorted(path.stem for path in shipped("0").parent.glob("*.yaml")))


def load_marginals(file: Path) -> Marginals:
    """Read an area's marginals; LawError with the line of whatever is missing, unknown or cannot be."""
    top = read_mapping(file)
    area = top.area("area")
    title = top.words("title")
    found: dict[str, Marginal] = {}
    for entry in top.entries("marginals"):
        name = entry.text("name", one_of=tuple(SPECS))
        if name in found:
            raise entry.told(f"'{name}' 出现两次", f"'{name}' stands twice", "name")
        found[name] = _read(entry, name, SPECS[name])
    top.finish()
    missing = [name for name in SPECS if name not in found]
    if missing:
        names = ", ".join(missing)
        raise top.told(f"缺少边际分布 {names}", f"expected the marginals {names}", "marginals")
    made = Marginals(area, title, found, hashlib.sha256(file.read_bytes()).hexdigest())
    _check_together(made, _complain(file, top))
    return made


Complain = Callable[[str, str, str], LawError]
"""(marginal, what is wrong in Chinese, in English) → the error at that marginal's line."""


def _complain(file: Path, top: Entry) -> Complain:
    names = [entry.data.get("name") for entry in top.entries("marginals")]
    return lambda name, zh, en: top.told(
        f"'{name}'：{zh}", f"'{name}': {en}", "marginals", names.index(name), "name"
    )


def _read(entry: Entry, name: str, spec: Spec) -> Marginal:
    unit = entry.text("unit")
    status = entry.text("status", one_of=("found", "assumed"))
    source = entry.text("source" if status == "found" else "note")
    value: float = 0
    values: dict[str, float] = {}
    rows: dict[str, dict[str, Any]] = {}
    if spec.form == "value":
        value = _cell(entry, "value", spec.number)
    elif spec.form == "rows":
        row_of = entry.entry("rows")
        for key in _keys(row_of, spec.keys):
            row = row_of.entry(key)
            absent = ABSENT_CELLS.get((name, key), ())
            rows[key] = {c: _cell(row, c, kind) for c, kind in spec.columns.items() if c not in absent}
            row.finish()
        row_of.finish()
    else:
        cells = entry.entry(spec.form)
        shares = SHARES_AMONG.get(name, ())
        values = {key: _cell(cells, key, SHARE if key in shares else spec.number)
                  for key in _keys(cells, spec.keys)}  # fmt: skip
        cells.finish()
        if spec.form == "shares" and abs(sum(values.values()) - 1) > SUM_TOLERANCE:
            total = f"{sum(values.values()):.6g}"
            raise entry.told(
                f"'{name}'：各份额之和为 {total}，应为 1",
                f"'{name}': the shares add up to {total}; expected 1",
                "shares",
            )
    entry.finish()
    return Marginal(name, unit, "found" if status == "found" else "assumed", source, value, values, rows)


def _keys(entry: Entry, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The keys to read: those wanted (a missing one is an error when it is read), or the file's own."""
    if wanted:
        return wanted
    if not entry.data or not all(isinstance(key, str) and key for key in entry.data):
        raise entry.told(
            "至少应有一个键，且均为文字（数字须加引号）",
            "expected at least one key, each a text (in quotes where it is digits)",
        )
    return tuple(entry.data)


def _cell(entry: Entry, key: str, cell: Cell) -> Any:
    value = entry.raw(key)
    if cell.kind in ("number", "whole"):
        zh, en = ("整数", "a whole number") if cell.kind == "whole" else ("数字", "a number")
        if isinstance(value, bool) or not isinstance(value, int if cell.kind == "whole" else Number):
            raise entry.told(f"'{key}'：应为{zh}", f"'{key}': expected {en}", key)
        if not cell.least <= value <= cell.most:  # nor is nan
            bounds = f"{cell.least:g}", f"{cell.most:g}"
            raise entry.told(
                f"'{key}'：应在 {bounds[0]} 到 {bounds[1]} 之间，而非 {value}",
                f"'{key}': expected {bounds[0]} to {bounds[1]}, not {value}",
                key,
            )
        return value
    if cell.kind == "area" and value not in cell.words:
        return entry.area(key)
    return entry.text(key, one_of=cell.words)


# ── what holds between marginals ──────────────────────────────────────────────────────────────


def _check_together(made: Marginals, complain: Complain) -> None:
    counties = made.values("county.residents").keys()
    for name in ("county.urban_share", "county.townships"):
        if made.values(name).keys() != counties:
            raise complain(
                name, f"应列出各县（区）{', '.join(counties)}", f"expected the counties {', '.join(counties)}"
            )
    for county in counties:
        if len(county) != 6 or not county.startswith(made.area.removesuffix("00")):
            raise complain(
                "county.residents",
                f"应为 {made.area} 的县（区）代码，而非 '{county}'",
                f"expected county codes of {made.area}, not '{county}'",
            )
    start = 0
    for broad, count in zip(BROAD_AGES, (3, 9, 1, 5), strict=True):
        groups = AGE_GROUPS[start : start + count]
        total = sum(made.values("age.within")[group] for group in groups)
        if abs(total - 1) > SUM_TOLERANCE:
            raise complain(
                "age.within",
                f"{broad} 岁组内的份额之和为 {total:.6g}，应为 1",
                f"the shares within {broad} add up to {total:.6g}; expected 1",
            )
        start += count
    profiles = made.rows("age_profiles")
    for disease, row in made.rows("diseases").items():
        if row["profile"] not in profiles:
            raise complain(
                "diseases",
                f"'{disease}'：年龄分布应为 {', '.join(profiles)} 之一",
                f"'{disease}': expected a profile of {', '.join(profiles)}",
            )
    for column in PROVIDER_SHARES:
        total = sum(made.column("providers", column))
        if abs(total - 1) > SUM_TOLERANCE:
            raise complain(
                "providers",
                f"'{column}' 一列之和为 {total:.6g}，应为 1",
                f"the column '{column}' adds up to {total:.6g}; expected 1",
            )
    for provider, row in made.rows("providers").items():
        if row["fee_class"] == 2 and row["administrative_level"] == "township":
            raise complain(
                "providers",
                f"'{provider}'：乡镇级机构没有二类收费标准",
                f"'{provider}': fee class 2 at township level does not exist",
            )
    deciles = sum(made.values("category.by_income_decile").values())
    if abs(deciles - 10) > SUM_TOLERANCE:
        raise complain(
            "category.by_income_decile",
            f"平均值为 {deciles / 10:.6g}，应为 1",
            f"the mean is {deciles / 10:.6g}; expected 1",
        )
    most = max(made.values("category.by_income_decile").values())
    for residence in RESIDENCES:
        if most * sum(row[residence] for row in made.rows("category.households").values()) > 1:
            raise complain(
                "category.households",
                f"{residence} 最贫困的十分之一中份额之和超过 1",
                f"in the poorest {residence} tenth the shares exceed 1",
            )
    bounds = made.values("bill.bounds")
    if bounds["least"] > bounds["most"]:
        raise complain("bill.bounds", "最低额不得高于最高额", "expected the least to be at most the most")
    drug = made.values("special_drug")
    if drug["pooled"] + drug["catastrophic"] > 1:
        raise complain("special_drug", "保险支付超过了药费", "the insurers pay more than the drug costs")
