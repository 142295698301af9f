"""The commands of ``sanchong``. What a command does not need is not imported: it is started once a case."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Final

import typer

from sanchong.version import ENGINE

COMMANDS: Final[Mapping[str, str | Mapping[str, str]]] = {
    "settle": "settle:settle",
    "verify": "again:verify_result",
    "resettle": "again:resettle_case",
    "quota": "questions:quota",
    "subsidy": "questions:subsidy",
    "deadline": "questions:deadline",
    "warn": "questions:warn",
    "ask": "questions:ask",
    "indicator": {
        "enrolment": "indicators:enrolment",
        "one-stop": "indicators:one_stop",
        "execution": "indicators:execution",
        "service-points": "indicators:service_points",
    },
    "population": "population:population",
    "simulate": "simulate:simulate",
    "project": "project:project",
    "law": {
        "show": "law_ask:show",
        "diff": "law_ask:diff",
        "check": "law_ask:check",
        "schema": "law_ask:schema",
        "clauses": "law:clauses",
        "diseases": "law_diseases:diseases",
        "site": "law_site:site",
    },
    "batch": {
        "settle": "batch:settle",
    },
}
"""Each command's function, by its module in this package, in the order in which help lists them."""

GROUPS: Final[Mapping[str, str]] = {
    "indicator": "A share, and who or what is missing. 指标：比率与缺口名单",
    "law": "Ask the law. 查政策",
    "batch": "Settle tables. 批量",
}
"""The help of each group of commands."""


def app_for(first: str | None) -> typer.Typer:
    """The application for a command line whose first argument is ``first``: that command, or all of them."""
    app = typer.Typer(
        name="sanchong",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="三重：基本医保、大病保险、医疗救助的结算、解释与查询。\n\n"
        "Settle a bill through three tiers, explain every fen of it, ask the law.",
        epilog="例 Example: sanchong settle case.json --accept-assumed --format html --out bill.html",
    )
    app.callback()(_common)
    for name, command in COMMANDS.items():
        if first in COMMANDS and first != name:
            continue
        if isinstance(command, str):
            _add(app, name, command)
            continue
        group = typer.Typer(no_args_is_help=True, help=GROUPS[name])
        for part, function in command.items():
            _add(group, part, function)
        app.add_typer(group, name=name)
    return app


def _add(app: typer.Typer, name: str, place: str) -> None:
    module, function = place.split(":")
    app.command(name)(getattr(import_module(f"sanchong.cli.{module}"), function))


def _show_version(wanted: bool) -> None:
    if wanted:
        print(ENGINE)
        raise typer.Exit


def _common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version. 版本"),
    ] = False,
) -> None:
    """What may stand before a command."""
