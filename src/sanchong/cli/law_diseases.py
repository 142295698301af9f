"""``sanchong law diseases``: the diseases of the outpatient scheme, for people and for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sanchong.cli.common import KnownOn, Lang, Policies, date_option, engine_of, fail, language, refuse
from sanchong.cli.law_ask import Area, On, area_option
from sanchong.dates import today
from sanchong.law import asking
from sanchong.law.asking import Covered, Holding, Moment
from sanchong.law.documents import Disease, Document
from sanchong.law.labels import STATUS, word
from sanchong.law.library import Law
from sanchong.settlement.refusal import Refusal

if TYPE_CHECKING:
    from rich.text import Text

JINZHONG = "140700"
KIND = {"special": ("特殊疾病", "special"), "chronic": ("慢性病", "chronic")}
COLUMNS = (
    "code", "kind", "name", "short", "en", "national_codes", "subtype_required", "subtypes", "clause",
    "quarterly_limit", "status", "limit_clause",
)  # fmt: skip


def diseases(
    area: Area = None,
    on: On = None,
    known_on: KnownOn = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="table|json|csv", help="Output format. 输出格式")
    ] = "table",
    policies: Policies = None,
    lang: Lang = None,
) -> None:
    """The diseases of the outpatient scheme: codes, sub-types, quarterly limits. 病种代码与季度限额

    sanchong law diseases --area 140700 --on 2025-06-01 --format csv
    """
    lang = language(lang)
    if format_ not in ("table", "json", "csv"):
        fail("--format 应为 table、json 或 csv", "--format is table, json or csv", lang)
    day = date_option(on, "--on", lang) or today()
    at = Moment(area_option(area or JINZHONG, "--area", lang), day, date_option(known_on, "--known-on", lang))
    engine = engine_of(policies, lang)
    found = asking.covered(engine.resolver, at)
    if found is None:
        zh = f"统筹区 {at.area} 在 {day} 没有施行中的门诊慢特病规定"
        refuse(
            Refusal("not_in_force", "--on", zh, f"no outpatient scheme is in force in {at.area} on {day}"),
            lang,
        )
    document, rows = found
    if format_ == "json":
        said = [asking.covered_data(engine.law, row) for row in rows]
        print(
            json.dumps({**at.data(), "document": document.id, "diseases": said}, ensure_ascii=False, indent=1)
        )
    elif format_ == "csv":
        _csv(rows)
    else:
        _table(engine.law, document, at, rows, lang)


def _csv(rows: Sequence[Covered]) -> None:
    """One row a disease; figures as the settle contract writes them, lists separated by blanks."""
    written = csv.writer(sys.stdout, lineterminator="\n")
    written.writerow(COLUMNS)
    for row in rows:
        disease, value = row.disease, row.limit.value if row.limit else None
        written.writerow(
            (
                disease.code,
                disease.kind,
                disease.name,
                disease.short,
                disease.en,
                " ".join(disease.national_codes),
                str(disease.subtype_required).lower(),
                " ".join(disease.subtype_names),
                disease.clause,
                value.said() if value else None,
                row.limit.status if row.limit else None,
                value.clause if value else None,
            )
        )


def _table(law: Law, document: Document, at: Moment, rows: Sequence[Covered], lang: str) -> None:
    """Special and chronic diseases, each under the clauses that list them; codes are not broken."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    en = lang == "en"
    console = Console(highlight=False)
    console.print(Text.assemble((document.title[lang], "bold"), (f"\n{at.area} · {at.day}", "dim")))
    for kind, names in KIND.items():
        chosen = [row for row in rows if row.disease.kind == kind]
        clauses = dict.fromkeys(row.disease.clause for row in chosen)
        cited = "、".join(f"{law.clause_label(clause, lang)} {clause}" for clause in clauses)
        title = Text.assemble((f"{names[en]} ({len(chosen)})", "bold"), (f"  {cited}", "dim"))
        table = Table(
            title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim"
        )
        table.add_column(("代码", "code")[en], no_wrap=True)
        table.add_column(("病种", "disease")[en], overflow="fold")
        if kind == "chronic":
            table.add_column(("季度限额", "quarterly limit")[en], justify="right", no_wrap=True)
            table.add_column(("性质", "status")[en], overflow="fold")
        for row in chosen:
            disease = row.disease
            name = Text.assemble(disease.en if en else disease.name, (_subtypes(disease, lang), "dim"))
            table.add_row(disease.code, name, *(_limit(law, row.limit, lang) if row.limit else ()))
        console.print(table)


def _limit(law: Law, limit: Holding, lang: str) -> tuple[Text, Text]:
    """A limit, and its status with the clause."""
    from rich.text import Text

    style = {"missing": "red", "unmodelled": "magenta", "assumed": "yellow"}.get(limit.status, "bold")
    cited = law.clause_label(limit.value.clause, lang) if limit.value else ""
    return (
        Text(asking.show_holding(limit, lang), style=style),
        Text("\n".join(filter(None, [word(STATUS, limit.status, lang), cited])), style="dim"),
    )


def _subtypes(disease: Disease, lang: str) -> str:
    """The sub-types that are named, one a line, where a recognition has to name one."""
    if not disease.subtype_required:
        return ""
    named = [f"{code}" if lang == "en" else f"{code} {name}" for code, name in disease.subtype_names.items()]
    return "".join(f"\n  {text}" for text in [*named, *(["…"] if disease.subtypes is None else [])])
