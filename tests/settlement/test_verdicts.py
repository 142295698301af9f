"""Verifying a stored result: exactly what differs, and exactly the reasons that the hashes give."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pytest
from tests.settlement.contract_cases import (
    STATED,
    Json,
    case,
    category,
    engine,
    outpatient,
    person,
    put,
    stay,
)

from sanchong.settlement.options import Options
from sanchong.settlement.verify import Difference, Verdict, verify
from sanchong.version import ENGINE

CASE = case(
    outpatient(disease="diabetes"),
    person=person(categories=category("subsistence_allowance")),
    close_year=True,
)
"""70 by the fund, 9 at the year's end."""
FIGURES = (
    "结果中的数字与其凭据不符：结算后被改动过",
    "the stored figures do not match their receipt: altered since",
)
TOLD = (
    "解释与其凭据不符：结算后被改动过",
    "the stored explanation does not match its receipt: altered since",
)
ANOTHER_CASE = ("个案与当时结算的不是同一份", "the case is not the one that was settled")


def settled(data: Json = CASE, **options: Any) -> Json:
    """A result to be stored."""
    result: Json = engine().settle(data, Options(**options))
    return result


def judged(stored: Any, data: Json = CASE) -> Verdict:
    return verify(engine(), stored, data)


def of_document(name: str) -> tuple[str, str]:
    return f"政策文件 {name} 与当时所知的不同", f"the document {name} does not say what it said then"


@pytest.mark.parametrize("explain", [True, False])
def test_the_same(explain: bool) -> None:
    """Whatever engine it says, and whether it was explained."""
    stored = settled(explain=explain)
    assert judged(stored) == Verdict([], [])
    assert judged(stored).same
    assert judged(put(stored, "receipt.engine", "another")).same


def test_what_is_no_result() -> None:
    assert judged([]) == Verdict([], [("不是结算结果", "this is no result of a settlement")])
    without = {key: value for key, value in settled().items() if key != "receipt"}
    assert judged(without) == Verdict(
        [], [("结果文件里没有凭据，无从核对", "the result has no receipt to verify")]
    )
    assert not judged([]).same


@pytest.mark.parametrize(
    ("path", "now"),
    [("visits[0].pooled", "70.00"), ("close_year.assistance", "9.00"), ("year.patient", "21.00")],
)
def test_an_altered_figure(path: str, now: str) -> None:
    """Its place, what is stored, what comes out; nothing else is to blame."""
    found = judged(put(settled(), path, "1.00"))
    assert found == Verdict([Difference(path, "1.00", now)], [FIGURES])
    assert not found.same


@pytest.mark.parametrize("path", ["visits[0].explanation[0].text", "close_year.explanation[0].text"])
def test_an_altered_explanation(path: str) -> None:
    """The figures are as they were."""
    stored = put(settled(), path, "。")
    (difference,), reasons = judged(stored).differences, judged(stored).reasons
    assert (difference.where, difference.stored) == (path, "。")
    assert reasons == [TOLD]


@pytest.mark.parametrize("path", ["visits[0]", "visits", "close_year", "visits[0].explanation"])
def test_a_part_that_is_something_else(path: str) -> None:
    """Nothing is raised; the reasons are the two hashes, or the one."""
    found = judged(put(settled(), path, 5))
    assert found.differences[0].stored == 5
    assert found.reasons == ([TOLD] if "explanation" in path else [FIGURES, TOLD])


def test_what_cannot_be_hashed() -> None:
    """Half a surrogate pair is in no receipt."""
    assert judged(put(settled(), "visits[0].pooled", "\ud800")).reasons == [FIGURES]


def test_another_case() -> None:
    """The stored figures and the law are what they were."""
    other = put(CASE, "visits[0].lines[0].amount", "200")
    found = judged(settled(), other)
    assert found.reasons == [ANOTHER_CASE]
    assert Difference("visits[0].pooled", "70.00", "140.00") in found.differences


def test_another_law() -> None:
    """A document that said something else, one that was not used, one that is used no more."""
    stored = settled()
    law = stored["receipt"]["law"]
    digest = law["yangquan"]
    changed = put(stored, "receipt.law.yangquan", "0")
    assert judged(changed) == Verdict(
        [Difference("receipt.law.yangquan", "0", digest)], [of_document("yangquan")]
    )
    missing = copy.deepcopy(stored)
    del missing["receipt"]["law"]["yangquan"]
    assert judged(missing) == Verdict(
        [Difference("receipt.law.yangquan", None, digest)], [of_document("yangquan")]
    )
    more = put(stored, "receipt.law.gone", "1")
    assert judged(more) == Verdict([Difference("receipt.law.gone", "1", None)], [of_document("gone")])
    none = judged(put(stored, "receipt.law", []))
    assert none.reasons == [of_document(name) for name in sorted(law)]


def test_another_engine_is_a_reason_only_beside_a_difference() -> None:
    stored = put(put(settled(), "receipt.engine", "another"), "visits[0].pooled", "1.00")
    reason = (f"引擎不同：another → {ENGINE}", f"another engine: another → {ENGINE}")
    assert judged(stored).reasons == [FIGURES, reason]


def test_by_what_was_known_then() -> None:
    """10 % of 29,178, the income that was known on the first day of 2024, not of 30,924."""
    terms = {k: v for k, v in STATED.items() if k != "assistance.disposable_income_per_capita"}
    data = case(
        stay(lines=[{"id": "l-1", "amount": "20000", "class": "A"}]),
        terms=terms,
        person=person(categories=category("near_subsistence")),
    )
    stored = settled(data, known_on=dt.date(2024, 1, 1), accept_assumed=True)
    assert stored["visits"][0]["assistance_deductible"] == "2917.80"
    assert judged(stored, data) == Verdict([], [])
    assert settled(data, accept_assumed=True)["visits"][0]["assistance_deductible"] == "3092.40"


def test_a_refusal() -> None:
    """Its code and its place; not its wording, nor its language. An assumption refused then is refused again."""
    data = case(terms={})
    stored = settled(data, lang="en")
    assert stored["error"]["code"] == "assumed_value"
    assert judged(stored, data) == Verdict([], [])
    for field in ("code", "where"):
        altered = put(stored, f"error.{field}", "other")
        differences = judged(altered, data).differences
        assert Difference(f"error.{field}", "other", stored["error"][field]) in differences or field == "code"
    assert not judged(put(stored, "error.code", "missing_value"), data).same
    worse = put(settled(case(outpatient(disease="copd"))), "error.code", "missing_value")
    found = judged(worse, case(outpatient(disease="copd")))
    assert found == Verdict([Difference("error.code", "missing_value", "not_recognised")], [])
