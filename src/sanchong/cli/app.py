"""The commands of ``sanchong``. What a command does not need is not imported: it is started once a case."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Final, TypeAlias

import typer

from sanchong.version import ENGINE

Commands: TypeAlias = "Mapping[str, str | Commands]"

COMMANDS: Final[Commands] = {
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
    "office": {
        "serve": "office:serve",
        "migrate": "office:migrate",
        "check": "office:check",
        "tick": "office:tick",
        "verify-audit": "office:verify_audit",
        "audit": "office:audit",
        "try": "office_try:try_out",
        "administrator": "office_begin:administrator",
        "areas": "office_begin:areas",
        "demo": "office_demo:demo",
        "sandbox": "office_demo:sandbox",
        "bulk-load": "office_bulk:bulk_load",
        "backup": "office_backup:backup",
        "restore": "office_backup:restore",
        "law": {
            "add": "office_law:add",
            "activate": "office_law:activate",
            "accept": "office_law:accept",
            "preview": "office_law:preview",
            "confirm": "office_law:confirm",
        },
        "keys": {
            "new": "office_keys:new",
            "rotate": "office_keys:rotate",
        },
        "token": {
            "issue": "office_keys:issue",
            "revoke": "office_keys:revoke",
            "list": "office_keys:show_tokens",
        },
    },
}
"""Each command's function, by its module in this package, in the order in which help lists them."""

GROUPS: Final[Mapping[str, str]] = {
    "indicator": "A share, and who or what is missing. 指标：比率与缺口名单",
    "law": "Ask the law. 查政策",
    "batch": "Settle tables. 批量",
    "office": "Run the office: its database, keys and server. 经办系统",
    "office law": "The law that is settled by. 所依据的政策",
    "office keys": "The keys that personal data is written with. 密钥",
    "office token": "Tokens of programs. 接口令牌",
}
"""The help of each group of commands, by the words that call it."""


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
        _add(app, name, command)
    return app


def _add(app: typer.Typer, name: str, command: str | Commands, above: str = "") -> None:
    """A command by its place, or a group of them."""
    if isinstance(command, str):
        module, function = command.split(":")
        app.command(name)(getattr(import_module(f"sanchong.cli.{module}"), function))
        return
    group = typer.Typer(no_args_is_help=True, help=GROUPS[f"{above}{name}"])
    for part, place in command.items():
        _add(group, part, place, f"{above}{name} ")
    app.add_typer(group, name=name)


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
