"""``sanchong law show``, ``diff``, ``check`` and ``schema``: asking the law and keeping it sound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sanchong.cli.common import KnownOn, Lang, Policies, date_option, engine_of, fail, language
from sanchong.cli.law_text import print_answer, print_differences, print_family, print_report
from sanchong.dates import parse_date, today
from sanchong.law import asking, schemas
from sanchong.law.asking import Moment
from sanchong.law.checking import check_law
from sanchong.law.terms import Resolver
from sanchong.rules.registry import rules_by_clause
from sanchong.settlement.worked import unproved

if TYPE_CHECKING:
    pass

YANGQUAN = "140300"

Area = Annotated[
    str | None, typer.Option("--area", metavar="CODE", help="Area code (admdvs); 140300. 统筹区代码")
]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day asked about; today. 日期")]
Format = Annotated[str, typer.Option("--format", metavar="text|json", help="Output format. 输出格式")]


def show(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="An address, or the prefix of some. 参数地址或前缀")
    ],
    area: Area = None,
    on: On = None,
    known_on: KnownOn = None,
    format_: Format = "text",
    policies: Policies = None,
    lang: Lang = None,
) -> None:
    """The value in force at an address, its clause and its history. 查一个政策参数

    sanchong law show assistance.annual_cap.near_subsistence --area 140300 --on 2025-06-01
    """
    lang = language(lang)
    _check_format(format_, lang)
    day = date_option(on, "--on", lang) or today()
    at = Moment(area_option(area or YANGQUAN, "--area", lang), day, date_option(known_on, "--known-on", lang))
    law = engine_of(policies, lang).law
    found = asking.members(address)
    if not found:
        near = asking.nearest(address, asking.labels_of(law, lang))
        zh = f"没有参数地址 {address!r}" + ("；相近的有：" + "、".join(near) if near else "")
        en = f"no address {address!r}" + ("; near ones are " + ", ".join(near) if near else "")
        fail(zh, en, lang)
    resolver = Resolver(law)
    answers = [asking.ask(resolver, one, at) for one in found]
    family = found[0].name != address
    if format_ == "json":
        said = [asking.answer_data(law, answer, history=not family) for answer in answers]
        _print_json({"prefix": address, **at.data(), "members": said} if family else said[0])
    elif family:
        print_family(law, address, answers, lang)
    else:
        print_answer(law, answers[0], lang)
    if all(answer.holding.status == "missing" for answer in answers):
        raise typer.Exit(1)


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A date or an area code. 日期或统筹区")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another of the same kind. 另一日期或统筹区")],
    known: Annotated[
        bool, typer.Option("--known", help="A and B are days of knowledge. A、B 是已知日期")
    ] = False,
    area: Area = None,
    on: On = None,
    known_on: KnownOn = None,
    format_: Format = "text",
    policies: Policies = None,
    lang: Lang = None,
) -> None:
    """What differs between two dates, two days of knowledge, or two areas. 比较两个日期、已知日期或统筹区

    sanchong law diff 2025-03-31 2025-04-01 --area 140700

    sanchong law diff --known 2024-12-31 2025-04-01 --on 2025-06-01

    sanchong law diff 140300 140700 --on 2025-06-01
    """
    lang = language(lang)
    _check_format(format_, lang)
    before, after = _moments(a, b, known, area, on, known_on, lang)
    law = engine_of(policies, lang).law
    found = asking.differences(Resolver(law), before, after)
    if format_ == "json":
        rows = [asking.difference_data(law, one) for one in found]
        _print_json({"from": before.data(), "to": after.data(), "differences": rows})
    else:
        print_differences(law, before, after, found, lang)


def check(
    policies: Policies = None,
    format_: Format = "text",
    lang: Lang = None,
) -> None:
    """Whether the law files can stand: mistakes by file and line, gaps, clauses nothing carries. 检查政策库

    Exit status 1 if there is a mistake; warnings and notes do not fail.
    """
    lang = language(lang)
    _check_format(format_, lang)
    report = check_law(policies or (), rules_by_clause(), today(), unproved)
    if format_ == "json":
        _print_json(report.data())
    else:
        print_report(report, lang)
    if report.mistakes:
        raise typer.Exit(1)


def schema(
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help=f"One of {', '.join(schemas.KINDS)}. 文件种类")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write all schemas there. 写出到目录")
    ] = None,
    lang: Lang = None,
) -> None:
    """The JSON Schema of a kind of law file, for editors. 政策文件的 JSON Schema"""
    lang = language(lang)
    if kind is not None and kind not in schemas.KINDS:
        known = ", ".join(schemas.KINDS)
        fail(f"没有 {kind!r} 这种文件；有：{known}", f"no kind {kind!r}; there are {known}", lang)
    chosen = schemas.KINDS if kind is None else (kind,)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name in chosen:
            (out / schemas.file_name(name)).write_text(schemas.text_of(name), encoding="utf-8")
            print(out / schemas.file_name(name))
    elif kind is None:
        for name in chosen:
            print(f"{name:<12}schemas/{schemas.file_name(name)}")
    else:
        print(schemas.text_of(kind), end="")


# ── arguments ────────────────────────────────────────────────────────────────────────────────


def _check_format(given: str, lang: str) -> None:
    if given not in ("text", "json"):
        fail("--format 应为 text 或 json", "--format is text or json", lang)


def _is_area(text: str) -> bool:
    return len(text) == len(YANGQUAN) and text.isascii() and text.isdigit()


def area_option(given: str, name: str, lang: str) -> str:
    """An area's code; exits with 2 if it is not one."""
    if not _is_area(given):
        fail(f"{name} 应为六位代码，而不是 {given!r}", f"{name}: expected six digits, not {given!r}", lang)
    return given


def _moments(
    a: str, b: str, known: bool, area: str | None, on: str | None, known_on: str | None, lang: str
) -> tuple[Moment, Moment]:
    areas = _is_area(a) and _is_area(b) and not known
    own = "--known-on" if known else "--area" if areas else "--on"
    if {"--known-on": known_on, "--area": area, "--on": on}[own] is not None:
        fail(f"A、B 已经给出 {own}，不要再写", f"A and B already say {own}; leave it out", lang)
    day = date_option(on, "--on", lang) or today()
    knowledge = date_option(known_on, "--known-on", lang)
    if areas:
        return Moment(a, day, knowledge), Moment(b, day, knowledge)
    here = area_option(area or YANGQUAN, "--area", lang)
    try:
        first, second = parse_date(a), parse_date(b)
    except ValueError:
        fail(
            f"A、B 应为两个日期 YYYY-MM-DD 或两个六位统筹区代码，而不是 {a!r}、{b!r}",
            f"A and B: expected two dates YYYY-MM-DD or two area codes, not {a!r} and {b!r}",
            lang,
        )
    if known:
        return Moment(here, day, first), Moment(here, day, second)
    return Moment(here, first, knowledge), Moment(here, second, knowledge)


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=1))
