"""``sanchong indicator``: a share by a clause, from a list in a file, with who or what is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from sanchong.cli.cases import Unread, read_cases
from sanchong.cli.common import KnownOn, Lang, Policies, language, refuse
from sanchong.cli.questions import YANGQUAN, Area, Format, On, put
from sanchong.cli.settle import read_text
from sanchong.settlement import indicators
from sanchong.settlement.questions import Answer, Setting
from sanchong.settlement.settle import Engine

File = Annotated[
    str, typer.Argument(metavar="FILE", help="A JSON array or JSON Lines; - for standard input. 名单")
]


def enrolment(
    file: File,
    area: Area = YANGQUAN,
    on: On = None,
    known_on: KnownOn = None,
    policies: Policies = None,
    format_: Format = "text",
    lang: Lang = None,
) -> None:
    """Recipients insured in the year; {"id", "insured": {"2025": true}}. 救助对象参保率"""
    _ask(indicators.enrolled_recipients, file, area, on, known_on, policies, format_, lang)


def one_stop(
    file: File,
    area: Area = YANGQUAN,
    on: On = None,
    known_on: KnownOn = None,
    policies: Policies = None,
    format_: Format = "text",
    lang: Lang = None,
) -> None:
    """Providers live on the day; {"id", "region", "designated", "one_stop": [{"from", "to"}]}. 一站式覆盖率"""
    _ask(indicators.one_stop_providers, file, area, on, known_on, policies, format_, lang)


def execution(
    file: File,
    area: Area = YANGQUAN,
    on: On = None,
    known_on: KnownOn = None,
    policies: Policies = None,
    format_: Format = "text",
    lang: Lang = None,
) -> None:
    """What of a budget is spent; {"id", "budget", "executed"} in yuan. 预算执行率"""
    _ask(indicators.budget_execution, file, area, on, known_on, policies, format_, lang)


def service_points(
    file: File,
    area: Area = YANGQUAN,
    on: On = None,
    known_on: KnownOn = None,
    policies: Policies = None,
    format_: Format = "text",
    lang: Lang = None,
) -> None:
    """Units with a service point at four levels; {"id", "level", "service_point"}. 经办服务四级覆盖率"""
    _ask(indicators.service_points, file, area, on, known_on, policies, format_, lang)


def _ask(
    indicator: Callable[[Engine, Setting, Any], Answer],
    file: str,
    area: str,
    on: str | None,
    known_on: str | None,
    policies: list[Path] | None,
    form: str,
    lang: str | None,
) -> None:
    lang = language(lang)
    rows = read_cases(read_text(file, lang)).cases
    for row in rows:
        if isinstance(row, Unread):
            refuse(row, lang)
    put(lambda e, s, _: indicator(e, s, rows), area, on, known_on, None, None, policies, form, lang)
