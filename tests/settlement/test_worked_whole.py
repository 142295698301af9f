"""What a worked case tells of itself, field by field, and how the cases of a clause are ranked."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.settlement.contract_cases import Json, case, category, outpatient, person, policy, recognised
from tests.settlement.test_contract_time import row

from sanchong.law.library import load_law
from sanchong.law.yamlfile import LawError
from sanchong.settlement.worked import Proofs, Worked, computing, unproved

WORDS = {"zh": "某", "en": "some"}
RATE, CAP = "assistance.outpatient.rate.monitored", "assistance.annual_cap.monitored"
CHRONIC = outpatient(disease="diabetes")
MONITORED = person(categories=category("monitored"))


def worked_row(data: Any, **changes: Any) -> Json:
    return {"title": WORDS, "source": "s", "arithmetic": "a", "case": data, "expect": {"ok": True}} | changes


ROWS: list[Json] = [
    worked_row(
        case(CHRONIC, case="closed", person=MONITORED, close_year=True),
        title={"zh": "一例", "en": "One"},
        source="B64",
        arithmetic="30 × 50% = 15",
        shows=["local.a"],
        accept_assumed=["pooled_fund", 5],
    ),
    worked_row(case(CHRONIC, case="assumed", terms={}), expect=5),
    worked_row(case(CHRONIC, case="unmodelled", person=person(insurance="employee"))),
    worked_row(
        case(
            CHRONIC | {"known_on": "2025-06-01"},
            case="missing",
            person=MONITORED,
            close_year=True,
            known_on="2020-01-01",
        )
    ),
    worked_row(
        case(
            outpatient(disease="ckd"),
            case="pair",
            person=person(recognitions=recognised("ckd", "dialysis", "copd", "hepatitis")),
        )
    ),
    worked_row(5),
    worked_row({"year": 2025}),
]


def write(folder: Path, rows: Any, area: str = "140300") -> Path:
    """A folder of policies whose document ``local`` states two values and has these rows."""
    values = row(RATE, '"50%"', "local.a") + row(CAP, '"20000"', "local.a")
    root = policy(folder, "local", area, values)
    (root / "local" / "cases").mkdir()
    (root / "local" / "cases" / "c.yaml").write_text(
        yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8"
    )
    return root


@pytest.fixture(scope="module")
def proofs(tmp_path_factory: pytest.TempPathFactory) -> Proofs:
    return Proofs(load_law([write(tmp_path_factory.mktemp("own"), ROWS)]))


@cache
def shipped() -> Proofs:
    return Proofs(load_law())


def as_its_file_tells_it(own: list[Worked]) -> None:
    one = own[0]
    assert (one.id, one.document, one.file) == ("local.c.closed", "local", "extra/local/cases/c.yaml")
    assert one.place[0].name == "c.yaml" and [each.place[1] for each in own] == list(range(len(ROWS)))
    assert (one.title, one.source, one.arithmetic) == ({"zh": "一例", "en": "One"}, "B64", "30 × 50% = 15")
    assert (one.shows, one.data, one.accepts) == (("local.a",), ROWS[0]["case"], ("pooled_fund", "5"))
    assert (one.expect, own[1].expect, own[1].shows, own[1].accepts) == ({"ok": True}, {}, (), False)
    assert one.case is not None and one.asked is None and not one.is_question and one.ok


def what_a_settled_case_meets(own: list[Worked]) -> None:
    """The diabetes of a monitored person, paid at the year's end by two values that the document states."""
    one = own[0]
    assert one.results["zh"] == one.results["en"]
    assert one.results["zh"]["close_year"]["assistance"] == "15.00"
    assert one.values[RATE] == one.values[CAP] == "stated"
    assert one.values["pooled_fund.annual_cap"] == "overlay"
    assert {"local.a", "yangquan.b64"} <= one.clauses and "" not in one.clauses
    assert {"year_end_assistance", "quarter_left"} <= one.rules <= one.called and "value" not in one.rules
    assert "year_end_assistance" in one.moving < one.called
    assert ("year_end_assistance", RATE) not in one.uses
    assert {address for _, address in one.uses} <= set(one.values)
    assert {rule for rule, _ in one.uses} <= one.called
    assert one.uses >= {
        ("quarterly_quota", "outpatient.chronic.quarterly_limit.diabetes"),
        ("basic_insurance", "pooled_fund.annual_cap"),
        ("catastrophic_insurance", "catastrophic.deductible.standard"),
    }
    assert "catastrophic_insurance" in one.called - one.moving, (
        "30 yuan reach no deductible: all its parts are 0"
    )


def what_a_refused_case_meets(own: list[Worked]) -> None:
    """The address that refused it, and why; the clauses of the pair that excludes; no rule's sentence."""
    _, assumed, unmodelled, missing, pair, number, nameless = own
    assert list(assumed.values.values()) == ["assumed"]
    assert list(unmodelled.values.values()) == ["unmodelled"]
    assert missing.values == {RATE: "missing"}
    for one in own[1:]:
        assert not one.ok and not one.rules and not one.uses and "" not in one.clauses
        assert [one.results[lang]["ok"] for lang in ("zh", "en")] == [False, False]
    assert pair.results["zh"]["error"]["code"] == "mutually_exclusive" and pair.values == {}
    assert pair.clauses == {
        "shanxi.a39",
        "shanxi.a32",
        "shanxi.a6",
    }  # its refusal, ckd beside dialysis, a silent rule
    assert "conflicts" in pair.called
    assert (number.id, number.case, number.results["en"]["case"]) == ("local.c.", None, None)
    assert number.results["zh"]["error"]["message"] != number.results["en"]["error"]["message"]
    assert (nameless.id, nameless.results["zh"]["case"]) == ("local.c.", None)
    assert missing.results["zh"]["case"] == "missing"


def test_what_a_case_tells_of_itself(tmp_path: Path) -> None:
    """All in one test: what is made once for several would be the first one's alone to whoever asks which test reaches what."""
    own = [one for one in Proofs(load_law([write(tmp_path, ROWS)])).worked if one.document == "local"]
    as_its_file_tells_it(own)
    what_a_settled_case_meets(own)
    what_a_refused_case_meets(own)


def test_a_pair_is_met_only_by_the_refusal_for_it(tmp_path: Path) -> None:
    """Refused because diabetes is not recognised; that ckd excludes dialysis plays no part."""
    held = person(recognitions=recognised("ckd", "dialysis"))
    root = write(tmp_path, [worked_row(case(CHRONIC, case="other", person=held))])
    one = next(one for one in Proofs(load_law([root])).worked if one.document == "local")
    assert one.results["zh"]["error"]["code"] == "not_recognised"
    assert one.clauses == {"shanxi.a8"}


def test_a_call_whose_parts_are_all_nothing_comes_to_nothing(tmp_path: Path) -> None:
    """A line of no amount is split into nothing."""
    free = outpatient(disease="diabetes") | {"lines": [{"id": "1", "class": "A", "amount": "0"}]}
    root = write(tmp_path, [worked_row(case(free, case="free"))])
    one = next(one for one in Proofs(load_law([root])).worked if one.document == "local")
    assert one.ok and "line_scope" in one.called - one.moving


def test_the_order_of_a_clauses_cases(proofs: Proofs) -> None:
    """Those that show it; then those in which most of what carries it comes to something; then its own document's."""

    def comes_to(one: Worked, clause: str) -> int:
        carried = proofs.carried.get(clause, {})
        used = [a for a in carried.get("value", ()) if one.values.get(a, "overlay") != "overlay"]
        return sum(rule in one.moving for rule in carried.get("rule", ())) + bool(used)

    turned = 0
    for clause, cases in proofs.by_clause.items():
        document = proofs.law.clauses[clause].document
        keys = [(clause in one.shows, comes_to(one, clause), one.document == document) for one in cases]
        assert keys == sorted(keys, reverse=True), clause
        turned += len(set(keys)) > 1
    assert turned > 50
    assert proofs.of("local.a") is proofs.by_clause["local.a"][0]
    assert proofs.of("no.clause") is None


def test_a_table_is_met_by_its_rows_and_by_the_question_that_looks_into_it() -> None:
    by_id = {one.id: one for one in shipped().worked}
    asked = {one.asked.name for one in shipped().worked if one.asked is not None}
    assert {"recognition_deadline", "disease_of_legacy_code"} <= asked
    for clause in shipped().law.clauses.values():
        if clause.by not in ("days", "legacy_codes"):
            continue
        wanted = {"days": "recognition_deadline", "legacy_codes": "disease_of_legacy_code"}[clause.by]
        for one in by_id.values():
            if clause.id not in one.clauses and not one.called & set(
                shipped().carried[clause.id].get("rule", ())
            ):
                met = one.asked is not None and one.asked.name == wanted
                assert shipped().meets(one, clause.id) == met, (clause.id, one.id)


def test_a_row_of_a_table_is_met_by_its_sub_type() -> None:
    one = next(one for one in shipped().worked if one.id == "yangquan.stays.C29")
    clause = next(
        c.id for c in shipped().law.clauses.values() if "diseases" in shipped().carried[c.id].get("table", ())
    )
    for data, met in (({"disease": "gout"}, False), ({"disease": ["cancer:lung"]}, True)):
        bare = replace(one, data=data, clauses=frozenset(), called=frozenset())
        assert shipped().meets(bare, clause) is met


def test_what_computes() -> None:
    carried = {"rule": ["a"], "value": ["b"], "table": ["c"], "period": ["d"], "duty": ["e"]}
    assert computing(carried) == {"rule": ["a"], "value": ["b"], "table": ["c"], "period": ["d"]}


def test_what_a_check_says_of_the_cases(tmp_path: Path) -> None:
    """A case that shows what it does not meet, by its row's line; a document's clauses that no case meets."""
    rows = [worked_row(case(CHRONIC, case="o"), shows=["local.gone", "local.a"])]
    root = write(tmp_path, rows, area="149900")
    gone, unmet, last = [one for one in unproved(load_law([root])) if "local" in one.en]
    file = root / "local" / "cases" / "c.yaml"
    lines = file.read_text("utf-8").splitlines()
    for found, clause, zh, en in (
        (
            gone,
            "local.gone",
            "本例写明的条款 local.gone 不存在",
            "shows the clause local.gone, which does not exist",
        ),
        (
            unmet,
            "local.a",
            "本例没有用到 local.a 的落实内容",
            "shows local.a and meets nothing that carries it",
        ),
    ):
        assert (found.level, found.kind, found.file) == ("mistake", "shows", str(file))
        assert (found.zh, found.en) == (f"local.c.o：{zh}", f"local.c.o {en}")
        assert lines[found.line - 1].strip() == f"- {clause}"
    assert (last.level, last.kind, last.line) == ("mistake", "proved", 0)
    assert last.file == str(root / "local" / "document.yaml")
    assert last.zh == "没有算例用到的可计算条款（1）：local.a"
    assert last.en == "computable and met by no worked case (1): local.a"


def test_a_file_with_one_row(tmp_path: Path) -> None:
    law = load_law([write(tmp_path, ROWS[0])])
    assert [one.id for one in Proofs(law).worked if one.document == "local"] == ["local.c.closed"]


@pytest.mark.parametrize(
    ("bad", "code", "facts"),
    [
        ({"title": WORDS}, "worked_fields", {"n": 2, "fields": "title, source, arithmetic, case, expect"}),
        (worked_row(5, title={"zh": "x"}), "worked_title", {"n": 2}),
        (worked_row(5, shows=[1]), "worked_shows", {"n": 2}),
    ],
)
def test_a_row_that_is_none_is_said_with_its_file(tmp_path: Path, bad: Json, code: str, facts: Json) -> None:
    root = write(tmp_path, [ROWS[0], bad])
    with pytest.raises(LawError) as refused:
        Proofs(load_law([root]))
    said = refused.value
    assert (said.file, said.line, said.code) == (str(root / "local" / "cases" / "c.yaml"), 0, code)
    assert said.facts == facts
