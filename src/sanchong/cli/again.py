"""``sanchong verify`` and ``sanchong resettle``: settled results looked at again."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from sanchong.cli.cases import read_cases
from sanchong.cli.common import (
    AcceptAssumed,
    KnownOn,
    Lang,
    Policies,
    engine_of,
    fail,
    language,
    options_of,
    refuse,
)
from sanchong.cli.settle import read_text
from sanchong.money import plain_yuan, yuan
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.resettlement import PARTIES, Affected, Resettlement, affected_by_law, resettle
from sanchong.settlement.verify import Verdict, verify

Format = Annotated[str, typer.Option("--format", metavar="text|json", help="Output format. 输出格式")]


def verify_result(
    result: Annotated[
        str, typer.Argument(metavar="RESULT", help="A stored result (or JSON Lines of them). 结果")
    ],
    case: Annotated[
        str, typer.Option("--case", metavar="CASE", help="The case, or cases in the same order. 个案")
    ],
    policies: Policies = None,
    format_: Format = "text",
    lang: Lang = None,
) -> None:
    """Recompute a stored result: the same, or which figure differs and why. 复核凭据"""
    lang = language(lang)
    form = _form(format_, lang)
    stored = _read(result, lang)
    cases = _read(case, lang)
    if len(stored) != len(cases):
        fail(
            f"结果 {len(stored)} 个，个案 {len(cases)} 个，数目不同",
            f"{len(stored)} results but {len(cases)} cases",
            lang,
        )
    engine = engine_of(policies, lang)
    verdicts = [verify(engine, r, c) for r, c in zip(stored, cases, strict=True)]
    if form == "json":
        print(json.dumps([_verdict(v, lang) for v in verdicts], ensure_ascii=False, indent=1))
    else:
        for i, verdict in enumerate(verdicts):
            _print_verdict(stored[i], verdict, lang)
    raise typer.Exit(0 if all(v.same for v in verdicts) else 1)


def _verdict(verdict: Verdict, lang: str) -> dict[str, Any]:
    return {
        "same": verdict.same,
        "reasons": [reason[lang == "en"] for reason in verdict.reasons],
        "differences": [
            {"where": d.where, "stored": d.stored, "recomputed": d.recomputed} for d in verdict.differences
        ],
    }


def _print_verdict(stored: Any, verdict: Verdict, lang: str) -> None:
    name = stored.get("case") if isinstance(stored, dict) else None
    if verdict.same:
        print(f"{name}：一致" if lang == "zh" else f"{name}: same")
        return
    print(f"{name}：不一致" if lang == "zh" else f"{name}: differs")
    for reason in verdict.reasons:
        print(f"  {reason[lang == 'en']}")
    for d in verdict.differences:
        was, now = ("原", "重算") if lang == "zh" else ("stored", "recomputed")
        print(f"  {d.where}: {was} {_short(d.stored)}, {now} {_short(d.recomputed)}")


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:80]


def resettle_case(
    case: Annotated[
        str, typer.Argument(metavar="CASE", help="The settled case, or JSON Lines of many. 已结算个案")
    ],
    fact: Annotated[
        str | None,
        typer.Option(
            "--fact", metavar="FILE|JSON", help='One fact: {"reverse": "v-1"} or a file of it. 一项事实'
        ),
    ] = None,
    law: Annotated[
        str | None, typer.Option("--law", metavar="DOCUMENT", help="A document known later. 事后公布的文件")
    ] = None,
    known_on: KnownOn = None,
    accept_assumed: AcceptAssumed = None,
    policies: Policies = None,
    format_: Format = "text",
    lang: Lang = None,
) -> None:
    """Fold a settled year again with one fact: the adjustments, with debtor and creditor. 重算补差

    A fact is one of {"reverse": ID}, {"change": VISIT}, {"late_visit": VISIT}, {"payout": {"visit": ID, "payer":
    "commercial", "amount": "500"}}, {"category": {…}}, {"recognition": {…}}, {"law": DOCUMENT}.
    """
    lang = language(lang)
    form = _form(format_, lang)
    options = options_of(accept_assumed, known_on, lang)
    if (fact is None) == (law is None):
        fail("请给出 --fact 或 --law 之一", "give one of --fact and --law", lang)
    cases = _read(case, lang)
    engine = engine_of(policies, lang)
    try:
        if law is not None:
            _report(affected_by_law(engine, cases, law, options), form)
            return
        if len(cases) != 1:
            fail("--fact 只用于一个个案", "--fact takes one case", lang)
        found = resettle(engine, cases[0], _fact(str(fact), lang), options)
    except Refusal as refusal:
        refuse(refusal, lang)
    if form == "json":
        print(json.dumps(found.data(), ensure_ascii=False, indent=1))
    else:
        _print_year(found)


def _fact(given: str, lang: str) -> Any:
    text = given if given.lstrip().startswith("{") else read_text(given, lang)
    found = read_cases(text)
    if not found.single:
        fail("--fact 须是一项事实，即一个 JSON 对象", "--fact is one fact: one JSON object", lang)
    fact = found.cases[0]
    if isinstance(fact, Refusal):
        refuse(fact, lang)
    return fact


def _form(form: str, lang: str) -> str:
    if form not in ("text", "json"):
        fail("--format 应为 text 或 json", "--format is text or json", lang)
    return form


def _read(file: str, lang: str) -> list[Any]:
    found = read_cases(read_text(file, lang)).cases
    for item in found:
        if isinstance(item, Refusal):
            refuse(item, lang)
    return found


def _print_year(year: Resettlement) -> None:
    print(year.said)
    if not year.adjustments:
        print("  无补差")
    for adjustment in year.adjustments:
        print(f"  {adjustment.text}")


def _report(affected: Affected, form: str) -> None:
    if form == "json":
        said = {
            "changed": [{"case": year.before["case"], **year.data()} for year in affected.changed],
            "unchanged": affected.unchanged,
            "refused": affected.refused,
            "net": {party: plain_yuan(fen) for party, fen in affected.net.items()},
        }
        print(json.dumps(said, ensure_ascii=False, indent=1))
        return
    for year in affected.changed:
        print(f"{year.before['case']}")
        for adjustment in year.adjustments:
            print(f"  {adjustment.text}")
    for refusal in affected.refused:
        print(f"{refusal['case']}：不能重算（{refusal['code']}，{refusal['where']}）")
    whole = "，".join(f"{PARTIES[party]} {yuan(fen)}" for party, fen in affected.net.items()) or "0.00"
    print(
        f"受影响 {len(affected.changed)} 人年，不变 {affected.unchanged}，不能重算 {len(affected.refused)}；合计 {whole}"
    )
