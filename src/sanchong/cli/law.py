"""``sanchong law``: what the law says, clause by clause."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from sanchong.cli.common import Lang, Policies, engine_of, fail, language
from sanchong.law.documents import Clause, Document
from sanchong.rules.registry import rules_by_clause

KIND = {
    "computable": ("可计算", "computable"),
    "procedural": ("办理", "procedural"),
    "principle": ("原则", "principle"),
}


def clauses(
    document: Annotated[
        str | None,
        typer.Option("--document", metavar="ID", help="Only this document, such as yangquan. 只列此文件"),
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="table|json", help="Output format. 输出格式")
    ] = "table",
    policies: Policies = None,
    lang: Lang = None,
) -> None:
    """Every clause: place, gist, the requirement rows it carries, what carries it out. 条款清单"""
    lang = language(lang)
    law = engine_of(policies, lang).law
    if document is not None and document not in law.by_id:
        known = ", ".join(law.by_id)
        fail(f"没有文件 {document}；现有：{known}", f"no document {document}; there are {known}", lang)
    if format_ not in ("table", "json"):
        fail("--format 应为 table 或 json", "--format is table or json", lang)
    chosen = [d for d in law.documents if document in (None, d.id)]
    rules = rules_by_clause()
    if format_ == "json":
        said = [_data(d, clause, rules.get(clause.id, [])) for d in chosen for clause in d.clauses.values()]
        print(json.dumps(said, ensure_ascii=False, indent=1))
        return
    _table(chosen, rules, lang)


def _data(document: Document, clause: Clause, rules: list[str]) -> dict[str, object]:
    return {
        "id": clause.id,
        "document": document.id,
        "place": clause.place,
        "gist": clause.gist,
        "rows": list(clause.rows),
        "kind": list(clause.kind),
        "duty": clause.duty,
        "rules": rules,
        "values": [v.address.name for v in document.values if v.clause == clause.id],
    }


def _table(documents: list[Document], rules: dict[str, list[str]], lang: str) -> None:
    """Two columns: what is looked up (clause, rows, kind) must not be broken; what is read wraps."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    en = lang == "en"
    console = Console()
    for document in documents:
        title = Text.assemble((document.title[lang], "bold"), (f"  {document.id}", "dim"))
        table = Table(title=title, title_justify="left", show_header=False, show_lines=True, expand=True)
        table.add_column(no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        for clause in document.clauses.values():
            kinds = " ".join(KIND[kind][en] for kind in clause.kind)
            found = [(f"\n{name}", "dim") for name in rules.get(clause.id, [])]
            table.add_row(
                Text("\n".join([clause.id, *_grouped(clause.rows), kinds])),
                Text.assemble((clause.place[lang], "bold"), f"\n{clause.gist[lang]}", *found),
            )
        console.print(table)


def _grouped(rows: tuple[str, ...]) -> list[str]:
    return [" ".join(rows[i : i + 3]) for i in range(0, len(rows), 3)]
