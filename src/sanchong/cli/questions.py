"""``sanchong quota``, ``subsidy``, ``deadline``, ``warn`` and ``ask``: the small questions that clerks ask."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from sanchong.cli.common import (
    AcceptAssumed,
    KnownOn,
    Lang,
    Policies,
    date_option,
    engine_of,
    fail,
    language,
    options_of,
    refuse,
)
from sanchong.dates import today
from sanchong.law.labels import STATUS, word
from sanchong.rules.registry import all_rules
from sanchong.settlement import questions
from sanchong.settlement.asked import QUESTIONS, read_question
from sanchong.settlement.explanation import Node
from sanchong.settlement.fields import amount_of
from sanchong.settlement.options import Options
from sanchong.settlement.questions import Answer, Setting
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.settle import Engine
from sanchong.shapes import ADDRESS

YANGQUAN, JINZHONG = "140300", "140700"

Area = Annotated[str, typer.Option("--area", metavar="CODE", help="Area code (admdvs). 统筹区代码")]
On = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="The day asked about, else today. 日期，默认今天")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="ADDRESS=VALUE", help="State a policy value (repeatable). 设定政策参数"),
]
Format = Annotated[str, typer.Option("--format", metavar="text|json", help="Output format. 输出格式")]


def quota(
    diseases: Annotated[
        list[str],
        typer.Argument(
            metavar="DISEASE", help="Codes, earliest recognised first, such as diabetes. 病种代码"
        ),
    ],
    area: Area = YANGQUAN,
    on: On = None,
    known_on: KnownOn = None,
    set_: Set = None,
    accept_assumed: AcceptAssumed = None,
    policies: Policies = None,
    format_: Format = "text",
    lang: Lang = None,
) -> None:
    """The quarterly limit of a set of diseases. 病种组合的季度限额"""
    put(
        lambda e, s, o: questions.quarterly_limit(e, s, diseases, o),
        area, on, known_on, set_, accept_assumed, policies, format_, lang,
    )  # fmt: skip


def subsidy(
    categories: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CATEGORY", help="Such as subsistence_allowance; none if there is none. 救助对象类别"
        ),
    ] = None,
    area: Area = YANGQUAN,
    on: On = None,
    known_on: KnownOn = None,
    set_: Set = None,
    accept_assumed: AcceptAssumed = None,
    policies: Policies = None,
    format_: Format = "text",
    lang: Lang = None,
) -> None:
    """The subsidy of the individual contribution. 参保资助"""
    put(
        lambda e, s, o: questions.enrolment_subsidy(e, s, categories or [], o),
        area, on, known_on, set_, accept_assumed, policies, format_, lang,
    )  # fmt: skip


def deadline(
    accepted: Annotated[str, typer.Argument(metavar="DATE", help="The day of acceptance. 受理日期")],
    disease: Annotated[
        str | None, typer.Option("--disease", metavar="DISEASE", help="For the fast track. 病种")
    ] = None,
    area: Area = JINZHONG,
    known_on: KnownOn = None,
    accept_assumed: AcceptAssumed = None,
    policies: Policies = None,
    format_: Format = "text",
    lang: Lang = None,
) -> None:
    """The last day for deciding an application. 认定办结期限"""
    put(
        lambda e, s, o: questions.recognition_deadline(e, s, disease, o),
        area, accepted, known_on, None, accept_assumed, policies, format_, lang,
    )  # fmt: skip


def warn(
    category: Annotated[
        str, typer.Argument(metavar="CATEGORY", help="Such as near_subsistence. 救助对象类别")
    ],
    burden: Annotated[str, typer.Argument(metavar="YUAN", help="The year's own spending. 年度个人负担")],
    area: Area = YANGQUAN,
    on: On = None,
    known_on: KnownOn = None,
    set_: Set = None,
    accept_assumed: AcceptAssumed = None,
    policies: Policies = None,
    format_: Format = "text",
    lang: Lang = None,
) -> None:
    """Whether a burden passes the warning threshold. 因病致贫返贫预警"""
    put(
        lambda e, s, o: questions.early_warning(e, s, category, amount_of(burden, "YUAN"), o),
        area, on, known_on, set_, accept_assumed, policies, format_, lang,
    )  # fmt: skip


def ask(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A question or a rule, such as first_review. 问题或规则名")
    ],
    given: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="What is given; @ADDRESS looks a value up. 已知事项"),
    ] = None,
    area: Area = YANGQUAN,
    on: On = None,
    known_on: KnownOn = None,
    set_: Set = None,
    accept_assumed: AcceptAssumed = None,
    policies: Policies = None,
    format_: Format = "text",
    lang: Lang = None,
) -> None:
    """Any small question, or one rule by itself, as a worked question writes it. 单独询问一条规则

    sanchong ask deposit_waived category=monitored primary_referral=true in_city=true designated=true inpatient=true
    """
    inputs = _inputs(name, given or [], language(lang))
    form = "question" if name in QUESTIONS else "rule"

    def question(engine: Engine, setting: Setting, options: Options) -> Answer:
        data = {
            "case": name,
            form: name,
            "area": setting.area,
            "date": setting.on.isoformat(),
            "known_on": setting.known_on.isoformat() if setting.known_on else None,
            "terms": dict(setting.terms or {}),
            "inputs": inputs,
        }
        return read_question(data, engine.law.diseases).answer(engine, options)

    put(question, area, on, known_on, set_, accept_assumed, policies, format_, lang)


def _inputs(name: str, given: list[str], lang: str) -> dict[str, Any]:
    """What is given, by name: JSON where it is JSON; digits stay text unless the rule counts by them."""
    rule = all_rules().get(name)
    inputs: dict[str, Any] = {}
    for item in given:
        key, equals, text = item.partition("=")
        if not equals or key in inputs:
            fail(f"应写成 名称=值，各一次：{item!r}", f"expected KEY=VALUE, each once, not {item!r}", lang)
        if text.startswith("@"):
            inputs[key] = {"address": text[1:]}
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = text
        number = isinstance(value, int | float) and not isinstance(value, bool)
        counted = rule is not None and rule.parameters.get(key) == "int"
        inputs[key] = text if number and not counted else value
    return inputs


def put(
    question: Callable[[Engine, Setting, Options], Answer],
    area: str,
    on: str | None,
    known_on: str | None,
    given: list[str] | None,
    accept_assumed: str | None,
    policies: list[Path] | None,
    form: str,
    lang: str | None,
) -> None:
    """Put a question and print its answer, or refuse it; exits with 2 on unusable arguments."""
    lang = language(lang)
    options = options_of(accept_assumed, known_on, lang)
    day = date_option(on, "DATE", lang) or today()
    if form not in ("text", "json"):
        fail("--format 应为 text 或 json", "--format is text or json", lang)
    if len(area) != len(YANGQUAN) or not (area.isascii() and area.isdigit()):
        fail(f"--area 应为六位代码，而不是 {area!r}", f"--area: expected six digits, not {area!r}", lang)
    engine = engine_of(policies, lang)
    setting = Setting(area, day, options.known_on, _terms(given or [], lang))
    try:
        answer = question(engine, setting, options)
    except Refusal as refusal:
        refuse(refusal, lang)
    if form == "json":
        said = {**answer.data, "assumed": answer.assumed, "explanation": [n.data() for n in answer.nodes]}
        print(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        _print(engine, answer, area, day)


def _terms(given: list[str], lang: str) -> dict[str, Any]:
    terms: dict[str, Any] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals:
            fail(f"--set 应写成 地址=值：{item!r}", f"--set: expected ADDRESS=VALUE, not {item!r}", lang)
        if name in terms:
            fail(f"--set 重复设定了 {name}", f"--set states {name} twice", lang)
        terms[name] = _value(name, value)
    return terms


def _value(name: str, text: str) -> Any:
    """The value as a case's terms write it: text, or JSON for a count, a flag, none, bands or dated values."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return value if name in ADDRESS and ADDRESS[name].unit == "count" else text


def _print(engine: Engine, answer: Answer, area: str, day: dt.date) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True)  # the terminal wraps: what is copied or piped keeps its lines
    console.print(Text(answer.text, style="bold"))
    console.print(Text(f"统筹区 {area} · {day}", style="dim"))

    def show(nodes: list[Node], depth: int) -> None:
        for node in nodes:
            if node.rule == "value" and depth:
                continue
            label = engine.law.clause_label(node.clause) if node.clause else word(STATUS, "overlay")
            console.print(Text.assemble("  " * (depth + 1), node.text, ("  " + label, "dim")))
            show(node.children, depth + 1)

    show(answer.nodes, 0)
    if answer.assumed:
        console.print(Text("示例数据，无文件依据：", style="yellow"))
        for address in answer.assumed:
            console.print(Text(f"  {address}", style="yellow"))
