"""A refusal names what may stand in the place: the choices, the bounds, the documents, the visits."""

from __future__ import annotations

from typing import Any

import pytest
from tests.settlement.contract_cases import PROVIDER, case, engine, error, outpatient, person, put

from sanchong.settlement.options import Options
from sanchong.settlement.refusal import Refusal, invalid
from sanchong.settlement.resettlement import resettle

ENGLISH = Options(lang="en", accept_assumed=True)


@pytest.mark.parametrize(
    ("path", "value", "choices"),
    [
        ("visits[0].lines[0].class", "D", "A, B, C"),
        ("visits[0].kind", "stay", "outpatient, inpatient, special_drug"),
        ("visits[0].provider.level", 4, "0…3"),
        ("visits[0].provider.fee_class", 0, "1…3"),
        ("visits[0].provider.administrative_level", "region", "province, city, county, township"),
        ("year", 1899, "1900…2999"),
        ("year", 3000, "1900…2999"),
        ("person.insurance", "other", "resident, employee"),
    ],
)
def test_the_choices_are_named(path: str, value: Any, choices: str) -> None:
    """In Chinese and in English, after the place."""
    data = put(case(), path, value)
    assert error(data)["message"] == f"{path}：应为下列之一：{choices}"
    assert error(data, ENGLISH)["message"] == f"{path}: expected one of {choices}"


def refused(fact: Any) -> Refusal:
    """The refusal of a fact added to a year of two visits."""
    data = case(outpatient(), outpatient(id="v-2", provider=PROVIDER), person=person())
    with pytest.raises(Refusal) as found:
        resettle(engine(), data, fact, ENGLISH)
    return found.value


FACTS = "reverse, change, late_visit, payout, category, recognition, law"


@pytest.mark.parametrize(
    ("fact", "where", "choices"),
    [
        ({}, "fact", FACTS),
        ({"undo": "v-1"}, "fact", FACTS),
        ({"reverse": "v-1", "law": "shanxi"}, "fact", FACTS),
        ({"reverse": "v-1", "undo": "v-1"}, "fact", FACTS),
        ({"reverse": "v-3"}, "reverse", "v-1, v-2"),
        ({"change": outpatient(id="v-3")}, "change.id", "v-1, v-2"),
        ({"payout": {"visit": "v-3", "payer": "commercial", "amount": "1"}}, "payout.visit", "v-1, v-2"),
        ({"law": "nowhere"}, "law", ", ".join(engine().law.by_id)),
    ],
)
def test_the_choices_of_a_fact(fact: Any, where: str, choices: str) -> None:
    """Exactly one fact, and what it speaks of must be there."""
    found = refused(fact)
    assert (found.code, found.where) == ("invalid_input", where)
    assert found.messages["en"] == f"{where}: expected one of {choices}"


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("fen", "应为以分计的整数，不小于零", "expected whole fen, not negative"),
        ("unknown_person", "people 表中没有这个人", "the table people has no such person"),
        ("unknown_visit", "visits 表中没有这次就诊", "the table visits has no such visit"),
        (
            "two_visits",
            "此人有两个年度的就诊用了这个 seq",
            "visits of two years of this person have this seq",
        ),
        ("reduced_missing", "应写明全部七项归并金额", "expected all seven reduced amounts"),
        ("reduced_twice", "归并金额与费用行只能给一种", "reduced amounts and lines are both given"),
        ("reduced_sum", "应等于其余六项之和", "expected the sum of the other six amounts"),
        ("drug_amounts", "特药的 total 与 in_policy 须相等", "a special drug's total equals its in_policy"),
    ],
)
def test_a_row_of_a_table_is_refused_in_these_words(key: str, zh: str, en: str) -> None:
    """Tables are refused by numbered mistakes, each with one of these expectations; they are read elsewhere."""
    told = invalid("rows[3].seq", key).messages
    assert told["zh"].startswith(f"rows[3].seq：{zh}")
    assert told["en"].startswith(f"rows[3].seq: {en}")


def test_a_limit_that_may_be_none_says_so() -> None:
    wrong = case(outpatient(), terms={"catastrophic.annual_cap.standard": "many"})
    assert "应为以元计的金额，不设限额写 null" in error(wrong)["message"]
    assert "expected an amount in yuan, or null for none" in error(wrong, ENGLISH)["message"]


def test_a_refusal_that_nobody_caught_says_what_and_where() -> None:
    assert str(Refusal("no_visit", "visit", "没有就诊 V1", "no visit V1")) == "no_visit at visit: no visit V1"
