"""The commands of ``sanchong``."""

from __future__ import annotations

import typer

from sanchong.cli import again, law, questions, settle

app = typer.Typer(
    name="sanchong",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="三重：医保政策即规则。Settle a bill through three tiers, explain every fen of it, ask the law.",
)
app.command("settle")(settle.settle)
app.command("verify")(again.verify_result)
app.command("resettle")(again.resettle_case)
app.command("quota")(questions.quota)
app.command("subsidy")(questions.subsidy)
app.command("deadline")(questions.deadline)
app.command("warn")(questions.warn)
law_app = typer.Typer(no_args_is_help=True, help="Ask the law. 查政策")
law_app.command("clauses")(law.clauses)
app.add_typer(law_app, name="law")


@app.callback()
def version_option() -> None:
    """三重（基本医保、大病保险、医疗救助）结算、解释与查询。"""
