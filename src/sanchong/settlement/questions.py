"""The small questions of a counter: a quarterly limit, a subsidy, a time limit, a warning, each with its clause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sanchong.dates import NoCalendar, today
from sanchong.law.terms import Resolution
from sanchong.money import plain_yuan, yuan
from sanchong.rules.deadlines import last_day, on_fast_track, working_days_allowed
from sanchong.rules.diseases import conflicts, is_chronic
from sanchong.rules.early_warning import NO_WARNING, passes_threshold, threshold_of, warning_of
from sanchong.rules.enrolment import slots_needed, subsidy
from sanchong.rules.quarterly_limit import quarterly_quota
from sanchong.rules.rule import Call, recording
from sanchong.settlement.case import category_code
from sanchong.settlement.explanation import Node
from sanchong.settlement.obstacles import mutually_exclusive, refuse_values
from sanchong.settlement.options import Options
from sanchong.settlement.reading import read_condition, read_overlay
from sanchong.settlement.reduce import conditions_of, waived_pairs
from sanchong.settlement.refusal import Refusal, invalid
from sanchong.settlement.settle import Engine
from sanchong.shapes import (
    ADDRESSES,
    ASSUMED,
    CATEGORIES,
    CATEGORY_ALIASES,
    CONDITIONS,
    CONTRIBUTION,
    FAST_TRACK_WORKING_DAYS,
    MISSING,
    NO_CATEGORY,
    PER_DISEASE,
    QUOTA_MODE,
    RECOGNITION_WORKING_DAYS,
    WARNING_THRESHOLD,
    Statement,
    Visit,
    slots_of,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when a question is asked: area (admdvs), date, known on (None: all known), own values."""

    area: str
    on: dt.date
    known_on: dt.date | None = None
    terms: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: one Chinese sentence, its figures as canonical data, the rules and values behind it."""

    text: str
    data: dict[str, Any]
    nodes: list[Node]
    assumed: list[str]
    """The addresses of the assumed values that the answer leans on."""


def quarterly_limit(
    engine: Engine,
    setting: Setting,
    diseases: Sequence[str],
    options: Options | None = None,
    waived: Collection[tuple[str, str]] = (),
) -> Answer:
    """The quarterly limit of a set of recognised diseases (``code`` or ``code:subtype``), earliest first.

    ``waived`` are the excluded pairs that a recorded decision lets the person hold together.
    ``data["limit"]`` is None, not 0, where no chronic disease is among them. Refusal for a disease
    that is none, an excluded pair, or a limit that is missing or not accepted.
    """
    resolution = resolve(engine, setting)
    terms = resolution.terms
    if not terms.outpatient_in_force:
        raise not_in_force(setting)
    visit = Visit()
    for i, named in enumerate(dict.fromkeys(diseases)):
        disease, subtype = read_condition(named, f"diseases[{i}]", engine.law.diseases)
        for condition in conditions_of(disease, subtype):
            if not visit.held >> condition & 1:
                visit.active[visit.active_count] = condition
                visit.active_count += 1
                visit.held |= 1 << condition
    found = conflicts(terms, visit.held, waived_pairs(waived, terms))
    if found:
        raise mutually_exclusive(engine.law, terms, found, "diseases")
    chronic = [c for c in visit.active[: visit.active_count] if is_chronic(c)]
    if not chronic:
        text = "没有门诊慢性病，不设季度限额；门诊特殊疾病只受统筹基金年度最高支付限额约束"
        return Answer(text, {"limit": None, "shares": {}}, [], [])
    book = Statement()
    shares = {}
    calls: list[Call] = []
    for condition in chronic:
        visit.condition = condition
        with recording() as trace:
            quota = quarterly_quota(visit, terms, book, 0)
        shares[CONDITIONS[condition]] = plain_yuan(quota.own)
        calls = trace.calls
    slots = slots_of(book.used)
    check(engine, resolution, slots, options)
    mode = "各病种分别计算" if terms.num[QUOTA_MODE] == PER_DISEASE else "各病种合用"
    return answer_of(
        engine,
        resolution,
        slots,
        f"季度限额 {yuan(quota.total)}（{mode}）",
        {"limit": plain_yuan(quota.total), "shares": shares},
        calls,
    )


def enrolment_subsidy(
    engine: Engine, setting: Setting, categories: Iterable[str], options: Options | None = None
) -> Answer:
    """The subsidy of the individual contribution for a set of categories, the highest once (B36–B41).

    Amounts in ``data`` are yuan with two places: contribution, subsidy, self_pay.
    """
    held = 0
    for i, name in enumerate(categories):
        held |= 1 << (_category(name, f"categories[{i}]") - 1)
    resolution = resolve(engine, setting)
    slots = slots_needed(resolution.terms, held)
    check(engine, resolution, slots, options)
    with recording() as trace:
        found = subsidy(resolution.terms, held)
    contribution = resolution.terms.num[CONTRIBUTION]
    return answer_of(
        engine,
        resolution,
        slots,
        f"个人缴费 {yuan(contribution)}：资助 {yuan(found.amount)}，本人缴 {yuan(contribution - found.amount)}",
        {
            "contribution": plain_yuan(contribution),
            "subsidy": plain_yuan(found.amount),
            "self_pay": plain_yuan(contribution - found.amount),
            "category": CATEGORIES[found.category - 1] if found.category != NO_CATEGORY else None,
        },
        trace.calls,
    )


def recognition_deadline(
    engine: Engine, setting: Setting, disease: str | None = None, options: Options | None = None
) -> Answer:
    """The last day for deciding an application accepted on ``setting.on`` (A80, A81).

    For a fast-track disease ``data["fast_track"]`` is the earlier day, where its number of working
    days, which no text prints, is accepted; else None. Refusal for a year without notice of working days.
    """
    resolution = resolve(engine, setting)
    terms = resolution.terms
    slots = [RECOGNITION_WORKING_DAYS]
    fast = False
    with recording() as trace:
        if disease is not None:
            condition, _ = read_condition(disease, "disease", engine.law.diseases)
            fast = on_fast_track(condition)
        accepted = fast and _accepted(resolution, FAST_TRACK_WORKING_DAYS, options)
        check(engine, resolution, slots, options)
        days = working_days_allowed(False, terms.num[RECOGNITION_WORKING_DAYS], 0)
        quick = 0
        if accepted:
            slots.append(FAST_TRACK_WORKING_DAYS)
            quick = working_days_allowed(True, days, terms.num[FAST_TRACK_WORKING_DAYS])
    last = _last_day(engine, setting, days)
    early = _last_day(engine, setting, quick) if accepted else None
    text = f"最迟 {last}（受理次日起第 {days} 个工作日，当日仍在期限内）"
    if fast:
        text = f"随到随办，{f'应于 {early} 前办结' if early else '及时办结（天数无文件）'}；{text}"
    return answer_of(
        engine,
        resolution,
        slots,
        text,
        {
            "accepted": setting.on.isoformat(),
            "working_days": days,
            "last_day": last.isoformat(),
            "fast_track": early.isoformat() if early else None,
        },
        trace.calls,
    )


def early_warning(
    engine: Engine, setting: Setting, category: str, burden: int, options: Options | None = None
) -> Answer:
    """Whether a year's own spending of ``burden`` fen passes the category's threshold (B79, B80)."""
    code = _category(category, "category")
    resolution = resolve(engine, setting)
    with recording() as trace:
        kind = warning_of(code)
    if kind == NO_WARNING:
        data = {"watched": False, "passes": False, "threshold": None}
        return answer_of(engine, resolution, [], "不属于重点监测人群，不预警", data, trace.calls)
    slot = WARNING_THRESHOLD + kind
    check(engine, resolution, [slot], options)
    with recording() as trace:
        threshold = threshold_of(resolution.terms, kind)
        passes = passes_threshold(code, burden, threshold)
    verb = "超过" if passes else "未超过"
    return answer_of(
        engine,
        resolution,
        [slot],
        f"年度负担 {yuan(burden)}，{verb}预警线 {yuan(threshold)}：{'纳入' if passes else '不纳入'}监测",
        {"watched": True, "passes": passes, "threshold": plain_yuan(threshold)},
        trace.calls,
    )


def _category(name: str, where: str) -> int:
    if name not in CATEGORIES and name not in CATEGORY_ALIASES:
        raise invalid(where, "choice", choices=", ".join((*CATEGORIES, *CATEGORY_ALIASES)))
    return category_code(name)


def resolve(engine: Engine, setting: Setting) -> Resolution:
    """The law as a setting asks for it."""
    known_on = setting.known_on or engine.law.known_by(today())
    overlay = read_overlay(dict(setting.terms or {}), "terms")
    return engine.resolver.resolve(setting.area, setting.area, setting.on, known_on, overlay)


def check(engine: Engine, resolution: Resolution, slots: list[int], options: Options | None) -> None:
    """Refuse a value among ``slots`` that is missing, unmodelled, or assumed and not accepted."""
    refuse_values(engine.law, resolution.terms, slots, options or Options(), withhold=False)


def _accepted(resolution: Resolution, slot: int, options: Options | None) -> bool:
    status = resolution.terms.status[slot]
    if status == ASSUMED:
        return (options or Options()).accepts(ADDRESSES[slot].name)
    return status != MISSING


def _last_day(engine: Engine, setting: Setting, days: int) -> dt.date:
    try:
        return last_day(setting.on, days, engine.law.calendar(setting.known_on))
    except NoCalendar as gap:
        raise Refusal(
            "missing_value",
            f"calendar.{gap.year}",
            f"没有 {gap.year} 年的节假日安排，不能推算工作日；请在 policies/national/calendar 补录该年通知",
            f"no notice of working days is known for {gap.year}; add it to policies/national/calendar",
        ) from None


def answer_of(
    engine: Engine,
    resolution: Resolution,
    slots: list[int],
    text: str,
    data: dict[str, Any],
    calls: list[Call],
) -> Answer:
    """An answer with the values at ``slots`` and the recorded calls behind it."""
    explainer = engine.explainer
    nodes = [explainer.value(slot, resolution) for slot in slots]
    nodes += explainer.nodes((call for call in calls if call.rule.clause), resolution)
    status = resolution.terms.status
    assumed = [ADDRESSES[slot].name for slot in slots if status[slot] == ASSUMED]
    return Answer(text, data, nodes, assumed)


def not_in_force(setting: Setting) -> Refusal:
    """The refusal of a day or area without an outpatient scheme."""
    return Refusal(
        "not_in_force",
        "on",
        f"{setting.on} 在 {setting.area} 没有施行中的门诊慢特病规定",
        f"no outpatient scheme is in force in {setting.area} on {setting.on}",
        "shanxi.a2",
    )
