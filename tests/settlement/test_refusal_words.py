"""A refusal names what may stand in the place: the choices, the bounds, the documents, the visits."""

from __future__ import annotations

from typing import Any

import pytest
from tests.settlement.contract_cases import PROVIDER, case, engine, error, outpatient, person, put

from sanchong.settlement.options import Options
from sanchong.settlement.refusal import Refusal
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
