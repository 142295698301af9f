"""``sanchong law``: what the law says, clause by clause."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

import typer

from sanchong.cli.common import Lang, Policies, engine_of, fail, language
from sanchong.law.documents import Clause, Document
from sanchong.law.yamlfile import LawError
from sanchong.settlement.worked import Proofs

KIND = {
    "computable": ("可计算", "computable"),
    "procedural": ("办理", "procedural"),
    "principle": ("原则", "principle"),
}
CARRIER = {
    "rule": ("规则", "rule"),
    "value": ("数值", "value"),
    "table": ("表", "table"),
    "period": ("期限", "period"),
    "duty": ("业务", "duty"),
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
    """Every clause: place, gist, the requirement rows it carries, what carries it out, the case that proves it. 条款清单"""
    lang = language(lang)
    law = engine_of(policies, lang).law
    if document is not None and document not in law.by_id:
        known = ", ".join(law.by_id)
        fail(f"没有文件 {document}；现有：{known}", f"no document {document}; there are {known}", lang)
    if format_ not in ("table", "json"):
        fail("--format 应为 table 或 json", "--format is table or json", lang)
    chosen = [d for d in law.documents if document in (None, d.id)]
    try:
        proofs = Proofs(law)
    except LawError as error:
        fail(f"政策文件有误：{error}", f"mistake in the law: {error}", lang)
    if format_ == "json":
        said = [_data(proofs, d, clause) for d in chosen for clause in d.clauses.values()]
        print(json.dumps(said, ensure_ascii=False, indent=1))
        return
    _table(chosen, proofs, lang)


def _data(proofs: Proofs, document: Document, clause: Clause) -> dict[str, object]:
    proof = proofs.of(clause.id)
    return {
        "id": clause.id,
        "document": document.id,
        "place": clause.place,
        "gist": clause.gist,
        "rows": list(clause.rows),
        "kind": list(clause.kind),
        "duty": clause.duty,
        "rules": proofs.rules.get(clause.id, []),
        "values": [v.address.name for v in document.values if v.clause == clause.id],
        "carried_by": proofs.carried[clause.id],
        "case": proof.id if proof else None,
        "cases": len(proofs.by_clause.get(clause.id, ())),
        "open": clause.id in proofs.open,
    }


def _table(documents: list[Document], proofs: Proofs, lang: str) -> None:
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
            table.add_row(
                Text("\n".join([clause.id, *_grouped(clause.rows), kinds])),
                Text.assemble(
                    (clause.place[lang], "bold"), f"\n{clause.gist[lang]}", *_carried(proofs, clause, en)
                ),
            )
        console.print(table)
    _print_open(documents, proofs, lang)


def _carried(proofs: Proofs, clause: Clause, en: bool) -> Iterator[tuple[str, str]]:
    """What carries a clause out, a line each, and the worked case that meets what is computed of it."""
    for kind, names in proofs.carried[clause.id].items():
        for name in names:
            yield f"\n{CARRIER[kind][en]} {name}", "dim"
    if "computable" not in clause.kind:
        return
    proof = proofs.of(clause.id)
    if clause.id in proofs.open:
        yield f"\n{('尚未落实或没有算例', 'not carried out, or met by no worked case')[en]}", "red"
    elif proof is not None:
        yield f"\n{('算例', 'case')[en]} {proof.id}", "green"


def _print_open(documents: list[Document], proofs: Proofs, lang: str) -> None:
    """The computable clauses that nothing carries or no worked case meets, at the end where they are seen."""
    mine = {clause for document in documents for clause in document.clauses}
    lacking = [clause for clause in proofs.open if clause in mine]
    if lang == "zh":
        said = f"尚未落实或没有算例的可计算条款 {len(lacking)} 条" if lacking else "可计算条款均有算例"
    elif lacking:
        said = f"{len(lacking)} computable clauses are not carried out or met by no worked case"
    else:
        said = "every computable clause is met by a worked case"
    print(said)


def _grouped(rows: tuple[str, ...]) -> list[str]:
    return [" ".join(rows[i : i + 3]) for i in range(0, len(rows), 3)]
