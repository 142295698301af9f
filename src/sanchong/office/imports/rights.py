"""Importing assistance categories and recognised diseases, as departments and hospitals list them: one row a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sanchong.law.labels import CATEGORY
from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.imports.cells import choice, date, flag, text
from sanchong.office.imports.columns import Column, Record
from sanchong.office.imports.holders import IDENTITY_COLUMNS, households_of, people_of, person_in, standing
from sanchong.office.imports.plan import Change, Importer, Ledger, Options, Plan, by_row
from sanchong.office.keeping import When
from sanchong.office.lawbook.services import diseases_in_law
from sanchong.office.people import kinds
from sanchong.office.people.models import Grant, Recognition
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import DISEASES

PERIOD: Final = (
    Column("start", "起始日期", date, "2026-01-01"),
    Column("end", "终止日期", date, "2026-12-31", False, "空为未终止 (empty: open)"),
)
_TYPE, _NUMBER = IDENTITY_COLUMNS

GRANT_COLUMNS: Final = (
    _TYPE,
    Column(
        "identity_number", "证件号码", _NUMBER.read, _NUMBER.example, False, "与户编号二选一 (or household)"
    ),
    Column("household", "户编号", text(30), "", False, "与证件号码二选一 (or identity_number)"),
    Column("category", "类别", choice({code: zh for code, (zh, _) in CATEGORY.items()}), "低保对象"),
    Column("department", "认定部门", text(100), "城区民政局"),
    *PERIOD,
)
RECOGNITION_COLUMNS: Final = (
    *IDENTITY_COLUMNS,
    Column("disease", "病种", text(30), "diabetes", note="代码或名称 (code or name)"),
    Column("subtype", "亚型", text(30), "", False, "病种要求时必填 (required where the disease asks for it)"),
    Column("department", "认定机构", text(100), "市第一人民医院"),
    Column("legacy", "原有资格", flag, "否", False, "空为否 (empty: no)"),
    *PERIOD,
)


def _when(record: Record, options: Options) -> dict[str, Any]:
    return When(record["start"], record["end"], options.known_from, options.source).columns


def _plan_grants(actor: Actor, records: Sequence[Record], options: Options, plan: Plan) -> None:
    agency_only(actor)
    people, households = people_of(actor, records), households_of(actor, records)
    there = standing(kinds.GRANT, "person", (p.pk for p in people.found.values()))
    there += standing(kinds.GRANT, "household", (h.pk for h in households.found.values()))
    ledger: Ledger[Any] = Ledger(kinds.GRANT, there)

    def take(record: Record) -> Change:
        number, household = record["identity_number"], record["household"]
        if (number is None) == (household is None):
            raise Refusal(
                "required",
                "identity_number",
                "证件号码与户编号须恰写一项",
                "give either the identity number or the household",
            )
        home = households.get(household, "household") if household is not None else None
        if household is not None and home is None:
            raise Refusal("not_found", "household", "没有登记此户", "no such household is registered")
        holder: dict[str, Any]
        pk = None
        if number is not None:
            person = person_in(record, people)
            holder, key, pk = {"person": person}, person.number, person.pk
        else:
            holder, key = {"household": home}, household
        said = {"category": record["category"], "department": record["department"]}
        outcome, fields = ledger.take(Grant(**holder, **said, **_when(record, options)), ("department",))
        return Change(record.row, outcome, f"{key} {record['category']}", fields, person=pk)

    by_row(records, GRANT_COLUMNS, plan, take)
    plan.basis.append(ledger.basis())
    plan.work.append(lambda actor: ledger.write(actor, options))


def _plan_recognitions(actor: Actor, records: Sequence[Record], options: Options, plan: Plan) -> None:
    agency_only(actor)
    people = people_of(actor, records)
    there = standing(kinds.RECOGNITION, "person", (p.pk for p in people.found.values()))
    ledger: Ledger[Any] = Ledger(kinds.RECOGNITION, there)
    codes = {name: code for code, name in disease_names().items()}

    def take(record: Record) -> Change:
        person = person_in(record, people)
        row = Recognition(
            person=person,
            disease=codes.get(record["disease"], record["disease"]),
            subtype=record["subtype"] or "",
            legacy=bool(record["legacy"]),
            department=record["department"],
            **_when(record, options),
        )
        outcome, fields = ledger.take(row, ("department", "legacy"))
        return Change(
            record.row, outcome, f"{person.number} {kinds.RECOGNITION.says(row)}", fields, person=person.pk
        )

    by_row(records, RECOGNITION_COLUMNS, plan, take)
    plan.basis.append(ledger.basis())
    plan.work.append(lambda actor: ledger.write(actor, options))


def disease_names() -> dict[str, str]:
    """The short Chinese name of each disease, by code, from the active law."""
    return {code: disease.short for code, disease in zip(DISEASES, diseases_in_law(), strict=True)}


GRANTS: Final = Importer("grants", "救助对象", GRANT_COLUMNS, _plan_grants)
RECOGNITIONS: Final = Importer("recognitions", "病种认定", RECOGNITION_COLUMNS, _plan_recognitions)
