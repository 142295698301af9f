"""Who owes whom: every fen that one bears more is owed to whoever bears less; the rest to or by the provider."""

from __future__ import annotations

from typing import Any

import pytest
from tests.settlement.contract_cases import case, engine, outpatient, person, stay
from tests.settlement.test_resettlement import OPTIONS, base_stay, year

from sanchong.settlement.options import Options
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.resettlement import (
    PARTIES,
    PAYERS,
    Adjustment,
    Transfer,
    affected_by_law,
    net,
    resettle,
    transfers,
)

ACCEPT = Options(accept_assumed=True)


@pytest.mark.parametrize(
    ("changes", "owed"),
    [
        ({"a": 0, "b": 0}, []),
        ({"a": 1, "b": -1}, [("a", "b", 1)]),
        ({"a": 3, "b": -1, "c": -2}, [("a", "b", 1), ("a", "c", 2)]),
        ({"a": 1, "b": 2, "c": -3}, [("a", "c", 1), ("b", "c", 2)]),
        ({"a": 3, "b": 2, "c": -4, "d": -1}, [("a", "c", 3), ("b", "c", 1), ("b", "d", 1)]),
        ({"a": 5}, [("a", "provider", 5)]),
        ({"a": -5, "b": 2}, [("b", "a", 2), ("provider", "a", 3)]),
        ({"a": 0, "b": 4, "c": -1}, [("b", "c", 1), ("b", "provider", 3)]),
    ],
)
def test_by_changes(changes: dict[str, int], owed: list[tuple[str, str, int]]) -> None:
    assert list(transfers(changes)) == [Transfer(*one) for one in owed]


def test_whoever_can_owe_has_a_name() -> None:
    """Every amount of a statement that somebody bears, and the provider, in the words of an adjustment."""
    borne = engine().settle(case(stay()), ACCEPT)["visits"][0]
    assert set(PARTIES) - {"provider"} == set(PAYERS) <= set(borne)
    assert len(set(PARTIES.values())) == 7
    [owed] = transfers({"catastrophic": 3, "hospital": -3})
    assert (PARTIES[owed.debtor], PARTIES[owed.creditor]) == ("大病保险", "医疗机构（控费）")


def test_net_over_several() -> None:
    """a owes 1 and 5, is owed 2; b is owed 1, owes 2; c is owed 5."""
    moved = [[Transfer("a", "b", 1), Transfer("b", "a", 2)], [Transfer("a", "c", 5)]]
    assert net(Adjustment("v", {}, {}, one, "") for one in moved) == {"a": 4, "b": 1, "c": -5}


def test_a_year_that_is_not_closed() -> None:
    """Its end is neither paid before nor after."""
    case = year(base_stay()) | {"close_year": False}
    found = resettle(engine(), case, {"reverse": "stay"}, OPTIONS)
    assert [adjustment.visit for adjustment in found.adjustments] == ["stay"]


@pytest.mark.parametrize("payer", ["supplementary", "commercial", "mutual_aid"])
def test_every_payer_of_a_late_payout(payer: str) -> None:
    fact: dict[str, Any] = {"payout": {"visit": "stay", "payer": payer, "amount": "1"}}
    assert resettle(engine(), year(base_stay()), fact, OPTIONS).adjustments[0].after["other"] == "1.00"
    fact["payout"]["colour"] = "red"
    with pytest.raises(Refusal, match=r"payout\.colour"):
        resettle(engine(), year(base_stay()), fact, OPTIONS)


def test_a_person_without_any_category_or_recognition() -> None:
    """The fact brings the first: 70 % of 4,875."""
    data = year(base_stay())
    del data["person"]["categories"], data["person"]["recognitions"]
    fact = {"category": {"category": "subsistence_allowance", "from": "2025-01-01", "to": None}}
    found = resettle(engine(), data, fact, ACCEPT)
    assert found.adjustments[0].after["assistance"] == "3412.50"
    more = {"recognition": {"disease": "diabetes", "from": "2025-04-01", "to": None}}
    assert resettle(engine(), data, more, ACCEPT).adjustments == []


def test_assumed_values_are_accepted_before_and_after() -> None:
    """Or refused before anything: with the refusal of the settlement itself."""
    data = case(stay(), terms={}, person=person())
    fact = {"late_visit": stay(id="v-2")}
    assert resettle(engine(), data, fact, ACCEPT).adjustments[0].visit == "v-2"
    plain = engine().settle(data)["error"]
    with pytest.raises(Refusal) as refused:
        resettle(engine(), data, fact, Options())
    assert (refused.value.code, refused.value.where) == (plain["code"], plain["where"])
    assert refused.value.messages == {"zh": plain["message"], "en": plain["message"]}


def test_a_year_that_cannot_be_folded_with_the_fact() -> None:
    data = case(outpatient())
    with pytest.raises(Refusal) as refused:
        resettle(engine(), data, {"late_visit": outpatient(id="v-2", disease="copd")}, Options())
    assert (refused.value.code, refused.value.where) == ("not_recognised", "visits[1].disease")


def test_refused_years_do_not_stop_the_others() -> None:
    """The first is no case, the second is refused, the third is unchanged."""
    broken = year(base_stay() | {"referred": None}) | {"case": "broken"}
    years: list[Any] = [[], broken, year(base_stay())]
    found = affected_by_law(engine(), years, "yangquan", OPTIONS)
    assert [row["case"] for row in found.refused] == [None, "broken"]
    assert (found.unchanged, found.changed) == (1, [])
