"""Importing an edition of the catalogue: the sheet is the whole of it, so that what it lacks is gone from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sanchong.dates import today
from sanchong.office.accounts.services import real_agency_only
from sanchong.office.actor import Actor
from sanchong.office.catalogue.models import Item
from sanchong.office.catalogue.queries import difference, edition_on, terms_in
from sanchong.office.catalogue.services import make_edition, refuse_same
from sanchong.office.catalogue.terms import Terms, hash_of, mistakes
from sanchong.office.imports.cells import choice, flag, rate, several, text, yuan
from sanchong.office.imports.columns import Column, Problem, Record, problem_of
from sanchong.office.imports.plan import (
    CHANGED,
    GONE,
    NEW,
    UNCHANGED,
    Change,
    Importer,
    Options,
    Plan,
    named,
)
from sanchong.office.people.models import INSURANCE_NAMES
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import DISEASES

COLUMNS: Final = (
    Column("code", "目录编码", text(50), "XA10BAE012A001010100001"),
    Column("name", "项目名称", text(200), "盐酸二甲双胍片"),
    Column("kind", "类别", choice(named(Item._meta.get_field("kind").flatchoices)), "药品"),
    Column("line_class", "收费等级", choice({"A": "甲类", "B": "乙类", "C": "丙类"}), "乙类"),
    Column("advance", "先行自付比例", rate, "10%", False, "乙类必填，其他留空 (class B only)"),
    Column("price_cap", "限价", yuan, "12.50", False, "空为不设限价 (empty: none)"),
    Column("insurance", "险种", choice(INSURANCE_NAMES), "", False, "空为两个险种 (empty: both)"),
    Column("dual_channel", "双通道", flag, "否", False, "空为否 (empty: no)"),
    Column("special_drug", "特药", flag, "否", False, "空为否 (empty: no)"),
    Column(
        "diseases",
        "适用病种",
        several(choice({code: code for code in DISEASES})),
        "diabetes",
        False,
        "代码，以逗号分隔；空为全部病种 (codes; empty: every disease)",
    ),
)


def _plan(actor: Actor, records: Sequence[Record], options: Options, plan: Plan) -> None:
    real_agency_only(actor)
    assert options.in_force_from is not None
    rows: dict[tuple[str, str], tuple[Record, Terms]] = {}
    for record in records:
        terms = _terms(record)
        for mistake in mistakes(terms):
            plan.problems.append(problem_of(record, mistake, COLUMNS))
        if terms.key in rows:
            above = rows[terms.key][0].row
            plan.problems.append(
                Problem(
                    record.row, "目录编码", terms.code, f"与第 {above} 行重复", f"the same as in row {above}"
                )
            )
        else:
            rows[terms.key] = record, terms
    before = terms_in(edition_on(options.in_force_from, options.known_from or today()))
    after = {key: terms for key, (_, terms) in rows.items()}
    found = difference(before, after)
    changed = {change.key: list(change.fields) for change in found.changed}
    new = {terms.key for terms in found.new}
    for key, (record, _) in rows.items():
        outcome = NEW if key in new else CHANGED if key in changed else UNCHANGED
        plan.changes.append(Change(record.row, outcome, " ".join(filter(None, key)), changed.get(key, ())))
    plan.changes += [Change(0, GONE, " ".join(filter(None, terms.key))) for terms in found.gone]
    edition = [terms for _, terms in rows.values()]
    name = hash_of(edition)
    plan.basis.append(
        [name, options.title, options.in_force_from.isoformat(), hash_of(list(before.values()))]
    )
    if not (found.new or found.gone or found.changed):
        return  # the edition in force, once more: there is nothing to do
    try:
        refuse_same(name)
    except Refusal as refusal:
        plan.problems.append(Problem(1, "", "", refusal.messages["zh"], refusal.messages["en"]))
    in_force_from = options.in_force_from
    plan.work.append(
        lambda actor: make_edition(actor, options.title, in_force_from, edition, options.known_from)
    )


def _terms(record: Record) -> Terms:
    diseases = set(record["diseases"] or ())
    return Terms(
        code=record["code"],
        name=record["name"],
        kind=record["kind"],
        line_class=record["line_class"],
        insurance=record["insurance"] or "",
        advance=record["advance"],
        price_cap=record["price_cap"],
        dual_channel=bool(record["dual_channel"]),
        special_drug=bool(record["special_drug"]),
        diseases=tuple(disease for disease in DISEASES if disease in diseases),
    )


CATALOGUE: Final = Importer("catalogue", "医保目录", COLUMNS, _plan, ("title", "in_force_from"))
