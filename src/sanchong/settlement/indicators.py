"""The indicators of an office: a share with its numerator and denominator, and who or what is missing, by clause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from sanchong.dates import Day, today
from sanchong.law.library import covers
from sanchong.money import plain_yuan, yuan
from sanchong.rules.indicators import (
    SERVICE_LEVELS,
    Proportion,
    counts_for_one_stop,
    enrolment_rate,
    execution_rate,
    level_coverage,
    one_stop_coverage,
    one_stop_live,
    reaches_every_level,
)
from sanchong.rules.rule import Call, recording
from sanchong.settlement.fields import Fields
from sanchong.settlement.questions import Answer, Setting
from sanchong.settlement.refusal import Refusal, invalid
from sanchong.settlement.settle import Engine

LEVEL_NAMES: Final = ("市级", "县级", "乡级", "村级")
"""SERVICE_LEVELS as people read them."""


def enrolled_recipients(engine: Engine, setting: Setting, recipients: Any) -> Answer:
    """The share of assistance recipients insured in the year of ``setting.on``, and those who are not (B43).

    ``recipients`` is a list as JSON gives it: ``{"id", "insured": {"2025": true, …}}``, by year. Refusal
    where a recipient's year is not stated, and where there is no recipient.
    """
    year = str(setting.on.year)
    missing = []
    rows = _rows(recipients, "recipients")
    for name, row in rows:
        years = row.object("insured")
        years.peek(year)
        insured = {stated: years.flag(stated) for stated in years.data}
        if not insured[year]:
            missing.append(name)
        row.finish()
    _check(engine, setting, "yangquan.b43", "recipients", len(rows))
    with recording() as trace:
        rate = enrolment_rate(len(rows) - len(missing), len(rows))
    text = f"{year} 年救助对象参保率 {_shown(rate)}"
    return _answer(
        engine, setting, "yangquan.b43", trace.calls, _named(text, "未参保", missing), rate, missing
    )


def one_stop_providers(engine: Engine, setting: Setting, providers: Any) -> Answer:
    """The share of the city's designated providers that are live with one-stop settlement on the day (B104).

    ``providers`` is a list as JSON gives it: ``{"id", "region", "designated", "one_stop": [{"from", "to"}]}``,
    ``one_stop`` being closed periods, none for a provider that never was live. Providers of other
    cities and those not designated do not count. Refusal where none is left.
    """
    counted, missing = 0, []
    day = setting.on.toordinal()
    with recording() as trace:
        for name, row in _rows(providers, "providers"):
            region, designated = row.area("region"), row.flag("designated")
            spells = _periods(row, "one_stop")
            row.finish()
            if not counts_for_one_stop(int(region), int(setting.area), designated):
                continue
            counted += 1
            if not any(one_stop_live(day, first, last) for first, last in spells):
                missing.append(name)
        _check(engine, setting, "yangquan.b104", "providers", counted)
        rate = one_stop_coverage(counted - len(missing), counted)
    text = f"{setting.on} 一站式结算覆盖率 {_shown(rate)}"
    return _answer(
        engine, setting, "yangquan.b104", trace.calls, _named(text, "未开通", missing), rate, missing
    )


def budget_execution(engine: Engine, setting: Setting, items: Any) -> Answer:
    """The share of a budget that has been executed, with the items below and above their budget (B138).

    ``items`` is a list as JSON gives it: ``{"id", "budget", "executed"}``, amounts in yuan. Refusal
    where the budget is nil.
    """
    budget, executed = 0, 0
    missing, over = [], []
    for name, row in _rows(items, "items"):
        planned, spent = row.amount("budget"), row.amount("executed")
        row.finish()
        budget += planned
        executed += spent
        if spent < planned:
            missing.append(name)
        elif spent > planned:
            over.append(name)
    _check(engine, setting, "yangquan.b138", "items", budget)
    with recording() as trace:
        rate = execution_rate(executed, budget)
    text = _named(f"预算执行率 {_shown(rate, money=True)}", "未执行完", missing)
    text = _named(text, "超出预算", over)
    answer = _answer(engine, setting, "yangquan.b138", trace.calls, text, rate, missing)
    amounts = {"numerator": plain_yuan(rate.num), "denominator": plain_yuan(rate.den), "over": over}
    return Answer(answer.text, answer.data | amounts, answer.nodes, answer.assumed)


def service_points(engine: Engine, setting: Setting, units: Any) -> Answer:
    """The share of units of city, county, township and village with a service point, by level (B142).

    ``units`` is a list as JSON gives it: ``{"id", "level", "service_point"}``. ``data["full"]`` only if no
    unit of any level is missing. Refusal where a level has no unit.
    """
    served, there = [0] * len(SERVICE_LEVELS), [0] * len(SERVICE_LEVELS)
    missing = []
    for name, row in _rows(units, "units"):
        level, has = row.choice("level", SERVICE_LEVELS), row.flag("service_point")
        row.finish()
        there[level] += 1
        served[level] += has
        if not has:
            missing.append(name)
    for level, count in enumerate(there):
        _check(engine, setting, "yangquan.b142", f"units ({SERVICE_LEVELS[level]})", count)
    with recording() as trace:
        by_level = [level_coverage(level, served[level], there[level]) for level in range(len(there))]
        full = reaches_every_level(*by_level)
    rate = Proportion(sum(level.num for level in by_level), sum(level.den for level in by_level))
    shown = "、".join(f"{name} {_shown(one)}" for name, one in zip(LEVEL_NAMES, by_level, strict=True))
    said = "四级全覆盖" if full else "尚未四级全覆盖"
    text = _named(f"{said}，共 {_shown(rate)}：{shown}", "未覆盖", missing)
    answer = _answer(engine, setting, "yangquan.b142", trace.calls, text, rate, missing)
    levels = {name: _plain(one) for name, one in zip(SERVICE_LEVELS, by_level, strict=True)}
    return Answer(answer.text, answer.data | {"full": full, "levels": levels}, answer.nodes, answer.assumed)


# ── reading ──────────────────────────────────────────────────────────────────────────────────


def _rows(data: Any, path: str) -> list[tuple[str, Fields]]:
    """The objects of a list, each with an id of its own, which is read."""
    rows: dict[str, Fields] = {}
    for row in Fields({path: data}).objects(path):
        name = row.text("id")
        if name in rows:
            raise invalid(row.at("id"), "repeated")
        rows[name] = row
    return list(rows.items())


def _periods(row: Fields, key: str) -> list[tuple[Day, Day]]:
    """The first and last day of each closed period of a list; the last day of days where it is open."""
    found = []
    for spell in row.objects(key):
        period = spell.period()
        spell.finish()
        found.append(((period.start or dt.date.min).toordinal(), (period.end or dt.date.max).toordinal()))
    return found


def _check(engine: Engine, setting: Setting, clause: str, where: str, whole: int) -> None:
    """Refuse an area that the clause's document does not reach, and a share of nothing."""
    area = engine.law.by_id[engine.law.clauses[clause].document].area
    if not covers(area, setting.area):
        raise Refusal(
            "unmodelled",
            "area",
            f"{setting.area} 没有规定这项指标的文件；已收录的是 {area} 的规定",
            f"no document of {setting.area} asks for this indicator; that of {area} is here",
            clause,
        )
    if whole == 0:
        raise Refusal(
            "missing_value",
            where,
            f"{where}：分母为零，没有可统计的对象，不能算作 0%；请核对名单",
            f"{where}: nothing to measure; a share of nothing is not 0 %. Check the list",
            clause,
        )


# ── answering ────────────────────────────────────────────────────────────────────────────────


def _answer(
    engine: Engine,
    setting: Setting,
    clause: str,
    calls: Sequence[Call],
    text: str,
    rate: Proportion,
    missing: list[str],
) -> Answer:
    known_on = setting.known_on or engine.law.known_by(today())
    resolution = engine.resolver.resolve(setting.area, setting.area, setting.on, known_on, None)
    nodes = engine.explainer.nodes(calls, resolution)
    return Answer(text, {"clause": clause, **_plain(rate), "missing": missing}, nodes, [])


def _plain(rate: Proportion) -> dict[str, Any]:
    return {
        "numerator": rate.num,
        "denominator": rate.den,
        "rate": str(Fraction(rate.num, rate.den)),
        "percent": _percent(rate),
    }


def _percent(rate: Proportion) -> str:
    """For reading, with two places, rounded down: 100.00% is said of the whole only."""
    hundredths = rate.num * 10_000 // rate.den
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def _shown(rate: Proportion, *, money: bool = False) -> str:
    num, den = (yuan(rate.num), yuan(rate.den)) if money else rate
    return f"{num}/{den}（{_percent(rate)}）"


def _named(text: str, what: str, names: list[str]) -> str:
    return f"{text}；{what} {len(names)}：{'、'.join(names)}" if names else text
