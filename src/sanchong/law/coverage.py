"""What the law leaves bare: values that end, days on which one is missing, clauses that nothing carries out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from sanchong.law.carriers import bare, carriers
from sanchong.law.documents import Document
from sanchong.law.findings import Finding
from sanchong.law.library import Law, covers
from sanchong.law.terms import Resolution, Resolver
from sanchong.law.values import Value
from sanchong.law.yamlfile import line_of
from sanchong.shapes import ADDRESSES, MISSING, STATED, UNMODELLED

DAY = dt.timedelta(days=1)
LAST_MONTHS = (3, 6, 9, 12)
UNCARRIED: Final = "mistake"
"""How much a clause weighs that nothing carries out or no worked case meets."""


# ── values that end ──────────────────────────────────────────────────────────────────────────


def gaps(documents: Collection[Document]) -> Iterator[Finding]:
    """Values that end and are not followed in their area; those that end with their document, as one."""
    by_address: dict[str, list[Value]] = defaultdict(list)
    for document in documents:
        for value in document.values:
            by_address[value.address.name].append(value)
    for document in documents:
        expired: dict[str, list[Value]] = defaultdict(list)
        for value in document.values:
            follows = _follows(value, by_address[value.address.name])
            if follows == "stated":
                continue
            if value.period.end == document.in_force.end:
                expired[follows].append(value)
            else:
                yield _gap(value, follows)
        for follows, values in expired.items():
            yield _expiry(document, values, follows)


def _follows(value: Value, rivals: list[Value]) -> str:
    """What stands on the day after a value's last: ``stated``, ``assumed`` only, a later day, or ""."""
    if value.period.end is None or value.period.end >= dt.date.max - DAY:
        return "stated"
    after = value.period.end + DAY
    others = [v for v in rivals if v is not value and covers(v.area, value.area)]
    holding = [v for v in others if after in v.period]
    if any(v.status != "assumed" for v in holding) or (holding and value.status == "assumed"):
        return "stated"
    later = [v.period.start for v in others if v.period.start and v.period.start > after]
    return "assumed" if holding else min(later).isoformat() if later else ""


def _what_follows(follows: str) -> tuple[str, str]:
    if follows == "assumed":
        return "此后只有示例数据", "only an illustration follows"
    if follows:
        return f"到 {follows} 才有下一个值，中间是空档", f"the next begins on {follows}: a gap"
    return "此后没有值", "nothing follows"


def _gap(value: Value, follows: str) -> Finding:
    zh, en = _what_follows(follows)
    file, row = Path(value.place[0]), value.place[1]
    name, end = value.address.name, value.period.end
    text = f"{name} ({value.area}) 的值到 {end} 为止，{zh}", f"{name} ({value.area}) ends on {end}; {en}"
    return Finding("warning", "gap", *text, str(file), line_of(file, (row,)))


def _expiry(document: Document, values: list[Value], follows: str) -> Finding:
    zh, en = _what_follows(follows)
    end, file = document.in_force.end, document.folder / "document.yaml"
    names = ", ".join(sorted({value.address.name for value in values}))
    return Finding(
        "warning",
        "gap",
        f"{document.id} 到 {end} 期满，{zh}：{names}",
        f"{document.id} expires on {end}; {en}: {names}",
        str(file),
        line_of(file, ("in_force",)),
    )


# ── the sweep ────────────────────────────────────────────────────────────────────────────────


def sweep(law: Law, until: dt.date) -> tuple[int, list[Finding]]:
    """Resolve Terms for each document's area in every quarter of its period, at most up to ``until``.

    Returns the number of days looked at and, for each day, what was there in the quarter before
    and is there no longer.
    """
    resolver, looked = Resolver(law), 0
    lost: dict[tuple[dt.date, str, str], set[str]] = defaultdict(set)
    for document in law.documents:
        before: Resolution | None = None
        for day in _samples(document, until):
            looked += 1
            now = resolver.resolve(document.area, document.area, day)
            for slot, become in _lost(before, now):
                lost[day, ADDRESSES[slot].name, become].add(document.area)
            before = now
    together: dict[tuple[dt.date, str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (day, name, become), areas in sorted(lost.items()):
        together[day, become, tuple(sorted(areas))].append(name)
    return looked, [_swept(*key, names) for key, names in together.items()]


def _samples(document: Document, until: dt.date) -> Iterator[dt.date]:
    """The first and the last day of each quarter of a document's period."""
    day = document.in_force.start or document.known_from
    last = min(document.in_force.end or until, until)
    while day <= last:
        yield day
        month = next(month for month in LAST_MONTHS if month >= day.month)
        end = dt.date(day.year + month // 12, month % 12 + 1, 1) - DAY
        if min(end, last) != day:
            yield min(end, last)
        day = end + DAY


def _lost(before: Resolution | None, now: Resolution) -> Iterator[tuple[int, str]]:
    if before is None:
        return
    for slot, (old, new) in enumerate(zip(before.terms.status, now.terms.status, strict=True)):
        if old != MISSING and new == MISSING:
            yield slot, "missing"
        elif old == STATED and new == UNMODELLED:
            yield slot, "unmodelled"
        elif old == STATED and new != STATED:
            yield slot, "assumed"


def _swept(day: dt.date, become: str, areas: tuple[str, ...], names: list[str]) -> Finding:
    zh, en = {
        "missing": (
            "上一季度还有、这一天没有值的地址",
            "in force in the quarter before, missing on this day",
        ),
        "assumed": (
            "上一季度有依据、这一天只剩示例数据的地址",
            "documented in the quarter before, on this day only assumed",
        ),
        "unmodelled": (
            "上一季度有规定、这一天没有规定的事项",
            "regulated in the quarter before, on this day no longer",
        ),
    }[become]
    where, which = ", ".join(areas), ", ".join(names)
    return Finding("warning", "sweep", f"{day}（{where}）{zh}：{which}", f"{day} ({where}): {en}: {which}")


# ── clauses ──────────────────────────────────────────────────────────────────────────────────


def clauses(law: Law, rules: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    """Rules that cite a clause that is not there; clauses that nothing carries out."""
    for clause, names in rules.items():
        if clause not in law.clauses:
            which = ", ".join(names)
            yield Finding(
                "mistake",
                "dangling",
                f"规则 {which} 引用的条款 {clause} 不存在",
                f"rule {which} cites the clause {clause}, which does not exist",
            )
    carried = carriers(law, rules)
    for document in law.documents:
        lacking = [clause.id for clause in document.clauses.values() if bare(clause, carried[clause.id])]
        if lacking:
            yield Finding(
                UNCARRIED,
                "carried",
                f"没有规则、数值、表格、期限或业务落实的条款（{len(lacking)}）：{', '.join(lacking)}",
                f"carried by no rule, value, table, period or duty ({len(lacking)}): {', '.join(lacking)}",
                str(document.folder / "document.yaml"),
            )
