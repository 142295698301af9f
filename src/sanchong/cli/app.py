"""The commands of ``sanchong``."""

from __future__ import annotations

from typing import Annotated

import typer

from sanchong.cli import again, law, law_ask, questions, settle
from sanchong.version import ENGINE

app = typer.Typer(
    name="sanchong",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="三重：基本医保、大病保险、医疗救助的结算、解释与查询。\n\n"
    "Settle a bill through three tiers, explain every fen of it, ask the law.",
    epilog="例 Example: sanchong settle case.json --accept-assumed --format html --out bill.html",
)
app.command("settle")(settle.settle)
app.command("verify")(again.verify_result)
app.command("resettle")(again.resettle_case)
app.command("quota")(questions.quota)
app.command("subsidy")(questions.subsidy)
app.command("deadline")(questions.deadline)
app.command("warn")(questions.warn)
law_app = typer.Typer(no_args_is_help=True, help="Ask the law. 查政策")
law_app.command("show")(law_ask.show)
law_app.command("diff")(law_ask.diff)
law_app.command("check")(law_ask.check)
law_app.command("schema")(law_ask.schema)
law_app.command("clauses")(law.clauses)
app.add_typer(law_app, name="law")


def _show_version(wanted: bool) -> None:
    if wanted:
        print(ENGINE)
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version. 版本"),
    ] = False,
) -> None:
    """What may stand before a command."""
