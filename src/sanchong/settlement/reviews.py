"""Questions of recognition and supervision: a bracket stated, an old code, claims not reviewed, lines refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sanchong.law.library import covers
from sanchong.money import Fen, plain_rate, plain_yuan, yuan
from sanchong.rules.first_review import first_review_coverage, whole_review
from sanchong.rules.recognition import within_bracket
from sanchong.rules.refused_cost import deducted_from_provider
from sanchong.rules.rule import recording
from sanchong.settlement.questions import Answer, Setting, answer_of, not_in_force, resolve
from sanchong.settlement.reading import read_condition
from sanchong.settlement.refusal import Refusal, invalid
from sanchong.settlement.settle import Engine


def entry_criterion(engine: Engine, setting: Setting, disease: str, stated: str | None) -> Answer:
    """Whether what an application states meets the bracket of the disease's name (A19).

    Refusal for a disease that is none, a sub-type that lacks or is none (A17, A20), and where the name
    has a bracket and nothing is stated. ``data["admits"]`` is empty where the name has none.
    """
    resolution = resolve(engine, setting)
    if resolution.outpatient is None:
        raise not_in_force(setting)
    diseases = engine.law.diseases
    place, subtype = read_condition(disease, "disease", diseases)
    row = diseases[place]
    if row.subtype_required and not subtype:
        raise invalid("disease", "subtype_missing")
    if row.bracket is None:
        return Answer(f"{row.name}：病名没有限定条件", {"meets": True, "admits": []}, [], [])
    name, admits = row.bracket.name, row.bracket.admits
    if stated is None:
        raise Refusal(
            "invalid_input",
            "stated",
            f"{row.name}：须写明{name['zh']}（{'、'.join(admits)}）",
            f"{row.en}: state {name['en']} ({', '.join(admits)})",
            row.bracket.clause,
        )
    with recording() as trace:
        meets = within_bracket(admits.index(stated) if stated in admits else len(admits), len(admits))
    data = {"meets": meets, "admits": list(admits)}
    said = f"{row.name}（{name['zh']} {stated}）：{'符合准入条件' if meets else '不符合，不予认定'}"
    return answer_of(engine, resolution, [], said, data, trace.calls)


def disease_of_legacy_code(engine: Engine, setting: Setting, code: str) -> Answer:
    """The disease that a code of an earlier scheme is now (A60, Q15).

    Refusal ``unmodelled`` for a code without a row in the area's table, which nobody may guess;
    ``not_in_force`` where no document in force there has such a table.
    """
    documents = [
        document
        for document in engine.law.documents
        if document.legacy_codes is not None
        and covers(document.area, setting.area)
        and setting.on in document.in_force
        and (setting.known_on is None or document.known_from <= setting.known_on)
    ]
    if not documents:
        raise Refusal(
            "not_in_force",
            "on",
            f"{setting.on} 在 {setting.area} 没有施行中的旧编码对照规定",
            f"no document with a table of earlier codes is in force in {setting.area} on {setting.on}",
        )
    for document in documents:
        for row in document.legacy_codes or ():
            if row.code == code:
                label = engine.law.clause_label(row.clause)
                return Answer(
                    f"旧编码 {code} 对应 {row.disease}（{label}）", {"disease": row.disease}, [], []
                )
    clause = next((c.id for d in documents for c in d.clauses.values() if c.by == "legacy_codes"), "")
    raise Refusal(
        "unmodelled",
        f"legacy_codes.{code}",
        f"旧编码 {code} 没有对照的新病种，不能结算；文件公布后在 legacy_codes.yaml 补一行",
        f"the earlier code {code} has no disease that it is now; add its row to legacy_codes.yaml once a document names it",
        clause,
    )


def first_review(engine: Engine, setting: Setting, due: Sequence[str], reviewed: Collection[str]) -> Answer:
    """How far the first review reached the claims ``due`` for payment, and which it did not (A88).

    ``data["coverage"]`` is an exact fraction. Refusal where a claim is due twice, or reviewed and not due.
    """
    for i, claim in enumerate(due):
        if claim in due[:i]:
            raise invalid(f"due[{i}]", "repeated")
    for i, claim in enumerate(reviewed):
        if claim not in due:
            raise invalid(f"reviewed[{i}]", "choice", choices=", ".join(due))
    done = set(reviewed)
    missing = [claim for claim in due if claim not in done]
    with recording() as trace:
        coverage = first_review_coverage(len(done), len(due))
        whole = whole_review(coverage)
    data = {"coverage": plain_rate(coverage), "whole": whole, "missing": missing}
    said = "初审全覆盖" if whole else f"{len(missing)} 笔未经初审，不得付款：{'、'.join(missing)}"
    return answer_of(engine, resolve(engine, setting), [], said, data, trace.calls)


class PaidLine(NamedTuple):
    """A settled line by what each tier paid on it and what the patient bore, in fen."""

    id: str
    pooled: Fen
    catastrophic: Fen
    assistance: Fen
    patient: Fen


def refused_lines(
    engine: Engine, setting: Setting, lines: Sequence[PaidLine], refused: Collection[str]
) -> Answer:
    """What a review that refuses lines of a settled visit deducts from the institution (A92, Q18).

    Amounts in ``data`` are yuan with two places: by line, in all, and the patient's part, which stays.
    """
    known = [line.id for line in lines]
    for i, name in enumerate(refused):
        if name not in known:
            raise invalid(f"refused[{i}]", "choice", choices=", ".join(known))
    with recording() as trace:
        deducted = {
            line.id: deducted_from_provider(line.pooled, line.catastrophic, line.assistance)
            for line in lines
            if line.id in set(refused)
        }
    whole = sum(deducted.values())
    data = {
        "deducted": plain_yuan(whole),
        "lines": {name: plain_yuan(fen) for name, fen in deducted.items()},
        "patient": plain_yuan(sum(line.patient for line in lines)),
    }
    said = f"从机构应得款中扣减 {yuan(whole)}，患者负担不变"
    return answer_of(engine, resolve(engine, setting), [], said, data, trace.calls)
