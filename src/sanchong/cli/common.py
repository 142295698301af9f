"""What the commands share: language, law, accepted assumptions, and clear errors on standard error."""

from __future__ import annotations

import datetime as dt
import locale
import os
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from sanchong.dates import parse_date
from sanchong.law.library import load_law
from sanchong.law.yamlfile import LawError
from sanchong.settlement.options import Options
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.settle import Engine
from sanchong.shapes import ADDRESS

UNUSABLE = 2

AcceptAssumed = Annotated[
    str | None,
    typer.Option(
        "--accept-assumed",
        metavar="[=ADDRESS,…]",
        help="Accept assumed values: all, or those at these addresses or prefixes. 认可示例数据：全部，或这些地址",
    ),
]
Policies = Annotated[
    list[Path] | None,
    typer.Option(
        "--policies",
        metavar="DIR",
        help="A further folder of policies (repeatable), beside those of SANCHONG_POLICIES. 增加政策目录",
    ),
]
Lang = Annotated[
    str | None, typer.Option("--lang", metavar="zh|en", help="Language of messages; else by locale. 语言")
]
KnownOn = Annotated[
    str | None,
    typer.Option("--known-on", metavar="DATE", help="Only what was published by then. 只用此日前公布的政策"),
]


Language = Literal["zh", "en"]


def language(lang: str | None) -> Language:
    """zh or en: as asked, else by the locale."""
    if lang is None:
        named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
        return "zh" if (named or locale.getlocale()[0] or "").startswith(("zh", "Chinese")) else "en"
    if lang not in ("zh", "en"):
        fail("", "--lang is zh or en (--lang 应为 zh 或 en)", "en")
    return "zh" if lang == "zh" else "en"


def accepted(given: str | None, lang: str) -> bool | tuple[str, ...]:
    """What ``--accept-assumed`` accepts; exits with 2 on what is no address and no prefix of one."""
    if given is None:
        return False
    if given == "*":
        return True
    parts = tuple(part.strip().rstrip(".") for part in given.split(",") if part.strip())
    for part in parts:
        if not any(name == part or name.startswith(f"{part}.") for name in ADDRESS):
            near = ", ".join(get_close_matches(part, _prefixes(), 3)) or "sanchong law show"
            fail(
                f"--accept-assumed：没有政策参数 {part!r}；相近的有 {near}",
                f"--accept-assumed: no address {part!r}; near it: {near}",
                lang,
            )
    return parts


def _prefixes() -> set[str]:
    """Every address and every prefix of one."""
    return {".".join(name.split(".")[:n]) for name in ADDRESS for n in range(1, name.count(".") + 2)}


def options_of(accept: str | None, known_on: str | None, lang: str) -> Options:
    """The options of a settlement; exits with 2 on a date that is none."""
    return Options(accepted(accept, lang), date_option(known_on, "--known-on", lang), lang=lang)


def date_option(given: str | None, name: str, lang: str) -> dt.date | None:
    """A date option; exits with 2 if it is not a date."""
    if given is None:
        return None
    try:
        return parse_date(given)
    except ValueError:
        fail(
            f"{name}：应为日期 YYYY-MM-DD，而不是 {given!r}",
            f"{name}: expected YYYY-MM-DD, not {given!r}",
            lang,
        )


def engine_of(policies: list[Path] | None, lang: str) -> Engine:
    """An engine by the shipped law and further folders; exits with 2 where a law file is wrong."""
    try:
        return Engine(load_law(policies or ()))
    except LawError as error:
        fail(f"政策文件有误：{error.placed('zh')}", f"mistake in the law: {error.placed('en')}", lang)


def refuse(refusal: Refusal, lang: str) -> NoReturn:
    """Print a refusal in one line and exit with 1, or with 2 where an argument is unusable."""
    print(f"sanchong: {refusal.code}: {refusal.messages[lang]}", file=sys.stderr)
    raise typer.Exit(UNUSABLE if refusal.code == "invalid_input" else 1)


def fail(zh: str, en: str, lang: str) -> NoReturn:
    """Print what is unusable in one line and exit with 2."""
    print(f"sanchong: {zh if lang == 'zh' else en}", file=sys.stderr)
    raise typer.Exit(UNUSABLE)
