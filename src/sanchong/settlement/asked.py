"""A small question as data: which one, where, when, what is given; answered or refused as data.

Two forms: ``question`` names a question of the counter, ``rule`` a rule that is asked by itself, its
inputs read by their units. There an input ``{"address": …}`` is looked up in the law.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sanchong.law.documents import Disease
from sanchong.money import Rate
from sanchong.rules.registry import all_rules
from sanchong.rules.rule import Rule, recording
from sanchong.settlement import indicators, questions, reviews
from sanchong.settlement.case import category_code
from sanchong.settlement.explanation import PLAIN
from sanchong.settlement.fields import Fields
from sanchong.settlement.options import Options
from sanchong.settlement.questions import Answer, Setting, answer_of, check, resolve
from sanchong.settlement.reading import read_condition
from sanchong.settlement.reduce import conditions_of
from sanchong.settlement.refusal import invalid
from sanchong.settlement.settle import Engine
from sanchong.shapes import ADDRESS, CATEGORIES, CATEGORY_ALIASES, INSURANCES, NO_CATEGORY

MOST: Final = 10**9
"""The largest whole number that an input may be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was read, ready to be answered."""

    id: str
    name: str
    """The question's, or the rule's."""
    setting: Setting
    inputs: dict[str, Any]
    answer: Callable[[Engine, Options], Answer]


def read_question(data: Any, diseases: tuple[Disease, ...]) -> Asked:
    """Validate a question as JSON gave it; Refusal (invalid_input) with the path of the first mistake."""
    row = Fields(data)
    name = row.text("case")
    terms = row.object("terms", {}).data
    setting = Setting(row.area("area"), row.date("date"), row.optional_date("known_on"), terms)
    inputs = row.object("inputs")
    if row.has("rule"):
        rules = {one: rule for one, rule in all_rules().items() if askable(rule)}
        asked = tuple(rules)[row.choice("rule", tuple(rules))]
        answer = _of_rule(rules[asked], setting, inputs, diseases)
    else:
        asked = tuple(QUESTIONS)[row.choice("question", tuple(QUESTIONS))]
        answer = QUESTIONS[asked](setting, inputs)
    inputs.finish()
    row.finish()
    return Asked(name, asked, setting, inputs.data, answer)


def answered(answer: Answer) -> dict[str, Any]:
    """An answer as data, with its explanation."""
    return {
        "ok": True,
        "text": answer.text,
        "answer": answer.data,
        "assumed": answer.assumed,
        "explanation": [node.data() for node in answer.nodes],
    }


# ── questions of the counter ─────────────────────────────────────────────────────────────────

Ready = Callable[[Engine, Options], Answer]


def _quarterly_limit(setting: Setting, given: Fields) -> Ready:
    diseases = _texts(given, "diseases")
    return lambda engine, options: questions.quarterly_limit(engine, setting, diseases, options)


def _enrolment_subsidy(setting: Setting, given: Fields) -> Ready:
    categories = _texts(given, "categories")
    return lambda engine, options: questions.enrolment_subsidy(engine, setting, categories, options)


def _recognition_deadline(setting: Setting, given: Fields) -> Ready:
    disease = given.text("disease") if given.has("disease") else None
    return lambda engine, options: questions.recognition_deadline(engine, setting, disease, options)


def _early_warning(setting: Setting, given: Fields) -> Ready:
    category, burden = given.text("category"), given.amount("burden")
    return lambda engine, options: questions.early_warning(engine, setting, category, burden, options)


def _entry_criterion(setting: Setting, given: Fields) -> Ready:
    disease, stated = given.text("disease"), given.text("stated") if given.has("stated") else None
    return lambda engine, _: reviews.entry_criterion(engine, setting, disease, stated)


def _disease_of_legacy_code(setting: Setting, given: Fields) -> Ready:
    code = given.text("code")
    return lambda engine, _: reviews.disease_of_legacy_code(engine, setting, code)


def _first_review(setting: Setting, given: Fields) -> Ready:
    due, reviewed = _texts(given, "due"), _texts(given, "reviewed")
    return lambda engine, _: reviews.first_review(engine, setting, due, reviewed)


def _refused_lines(setting: Setting, given: Fields) -> Ready:
    lines = []
    for row in given.objects("lines"):
        amounts = (row.amount(name) for name in ("pooled", "catastrophic", "assistance", "patient"))
        lines.append(reviews.PaidLine(row.text("id"), *amounts))
        row.finish()
    refused = _texts(given, "refused")
    return lambda engine, _: reviews.refused_lines(engine, setting, lines, refused)


def _indicator(ask: Callable[[Engine, Setting, Any], Answer], key: str) -> Callable[[Setting, Fields], Ready]:
    """An indicator, which reads its one list by itself."""

    def ready(setting: Setting, given: Fields) -> Ready:
        rows = given.raw(key)
        return lambda engine, _: ask(engine, setting, rows)

    return ready


QUESTIONS: Final[dict[str, Callable[[Setting, Fields], Ready]]] = {
    "quarterly_limit": _quarterly_limit,
    "enrolment_subsidy": _enrolment_subsidy,
    "recognition_deadline": _recognition_deadline,
    "early_warning": _early_warning,
    "entry_criterion": _entry_criterion,
    "disease_of_legacy_code": _disease_of_legacy_code,
    "first_review": _first_review,
    "refused_lines": _refused_lines,
    "enrolled_recipients": _indicator(indicators.enrolled_recipients, "recipients"),
    "one_stop_providers": _indicator(indicators.one_stop_providers, "providers"),
    "budget_execution": _indicator(indicators.budget_execution, "items"),
    "service_points": _indicator(indicators.service_points, "units"),
}


def _texts(given: Fields, key: str) -> list[str]:
    found = given.items(key)
    for i, item in enumerate(found):
        if not isinstance(item, str) or not item:
            raise invalid(f"{given.at(key)}[{i}]", "text")
    return found


# ── a rule asked by itself ───────────────────────────────────────────────────────────────────


def _category(given: Fields, key: str) -> int:
    if given.peek(key) is None:
        given.raw(key)
        return NO_CATEGORY
    names = (*CATEGORIES, *CATEGORY_ALIASES)
    return category_code(names[given.choice(key, names)])


def _day(given: Fields, key: str) -> int:
    day = given.optional_date(key)
    return day.toordinal() if day else 0


READ: Final[dict[str, Callable[[Fields, str], Any]]] = {
    "Fen": lambda given, key: given.amount(key),
    "Rate": lambda given, key: given.rate(key),
    "bool": lambda given, key: given.flag(key),
    "int": lambda given, key: given.whole(key, 0, MOST),
    "Day": _day,
    "Category": _category,
    "Insurance": lambda given, key: given.choice(key, INSURANCES),
    "Area": lambda given, key: int(given.area(key)),
}
"""How an input is read, by its unit; a condition is read against the catalogue."""


def askable(rule: Rule[..., Any]) -> bool:
    """Whether a rule can be asked by itself: its inputs and its result are plain."""
    return (
        bool(rule.clause) and set(rule.parameters.values()) <= {*READ, "Condition"} and rule.returns in PLAIN
    )


def _of_rule(rule: Rule[..., Any], setting: Setting, given: Fields, diseases: tuple[Disease, ...]) -> Ready:
    inputs: list[Any] = []
    for name, unit in rule.parameters.items():
        if isinstance(given.peek(name), dict):
            source = given.object(name)
            address = source.text("address")
            if address not in ADDRESS:
                raise invalid(source.at("address"), "address")
            source.finish()
            inputs.append(ADDRESS[address])
        elif unit == "Condition":
            inputs.append(conditions_of(*read_condition(given.text(name), given.at(name), diseases))[-1])
        else:
            inputs.append(READ[unit](given, name))

    def answer(engine: Engine, options: Options) -> Answer:
        resolution = resolve(engine, setting)
        terms = resolution.terms
        slots = [item.slot for item in inputs if item in _ADDRESSES]
        check(engine, resolution, slots, options)
        found = [
            (
                Rate(terms.num[item.slot], terms.den[item.slot])
                if item.unit == "rate"
                else terms.num[item.slot]
            )
            if item in _ADDRESSES
            else item
            for item in inputs
        ]
        with recording() as trace:
            result = rule(*found)
        data = {"result": PLAIN[rule.returns](result)}
        said = answer_of(engine, resolution, slots, "", data, trace.calls)
        own = [node.text for node in said.nodes if node.rule == rule.name]
        return Answer(own[0] if own else rule.name, said.data, said.nodes, said.assumed)

    return answer


_ADDRESSES: Final = frozenset(ADDRESS.values())
