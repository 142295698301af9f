"""What a clerk reads of each obstacle: the date, the disease or the value it is about, its clause, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.settlement.contract_cases import (
    STATED,
    Json,
    case,
    category,
    edited_law,
    engine,
    error,
    outpatient,
    person,
    recognised,
    stay,
    without,
)

from sanchong.settlement.options import Options
from sanchong.settlement.settle import Engine

LOW = person(categories=category("subsistence_allowance"))
CAP = "pooled_fund.annual_cap"
NO_CAP = {address: value for address, value in STATED.items() if address != CAP}


def words(data: Json, accept: bool = True, by: Engine | None = None) -> tuple[Json, str, str]:
    """The refusal of a case, and its message in Chinese and in English."""
    zh = error(data, Options(accept_assumed=accept), by)
    en = error(data, Options(accept_assumed=accept, lang="en"), by)
    assert {**zh, "message": ""} == {**en, "message": ""}
    return zh, zh["message"], en["message"]


def test_not_recognised() -> None:
    """The disease in words, and as it is coded."""
    refusal, zh, en = words(case(outpatient(disease="copd")))
    assert (refusal["code"], refusal["where"], refusal["clause"]) == (
        "not_recognised", "visits[0].disease", "shanxi.a8",
    )  # fmt: skip
    assert zh.startswith("2025-05-10 没有有效的慢阻肺门诊慢特病认定")
    assert en.startswith("copd is not recognised on 2025-05-10")


def test_before_the_outpatient_document() -> None:
    refusal, zh, en = words(case(outpatient(date="2025-03-31"), person=person(recognitions=[])))
    assert (refusal["code"], refusal["where"], refusal["clause"]) == (
        "not_in_force", "visits[0].date", "shanxi.a2",
    )  # fmt: skip
    assert zh.startswith("2025-03-31 本地没有施行中的门诊慢特病规定")
    assert "in force here on 2025-03-31" in en


@pytest.mark.parametrize("visit", [stay(), outpatient()])
def test_before_the_assistance_document(visit: Json) -> None:
    """A stay has no other document; of an outpatient visit the other one is in force."""
    terms = STATED | {"assistance.in_force_from": "2025-05-11"}
    refusal, zh, en = words(case(visit, person=LOW, terms=terms))
    assert (refusal["code"], refusal["where"], refusal["clause"]) == (
        "not_in_force", "visits[0].date", "yangquan.b1",
    )  # fmt: skip
    assert zh.startswith("2025-05-10 早于")
    assert en.startswith("2025-05-10 precedes")
    assert engine().settle(case(visit, person=LOW, terms=terms | {"assistance.in_force_from": "2025-05-10"}))[
        "ok"
    ]


def test_mutually_exclusive() -> None:
    """Every pair that is held, each disease by name."""
    who = person(recognitions=recognised("dialysis", "ckd", "nephrotic"))
    refusal, zh, en = words(case(person=who))
    assert (refusal["code"], refusal["where"], refusal["clause"]) == (
        "mutually_exclusive", "visits[0].disease", "shanxi.a39",
    )  # fmt: skip
    assert "：慢肾 与 透析；肾综 与 透析，" in zh
    assert "are recognised: ckd and dialysis; nephrotic and dialysis. End" in en


def test_an_assumed_value() -> None:
    """Its label and its address."""
    refusal, zh, en = words(case(terms=NO_CAP), accept=False)
    assert (refusal["code"], refusal["where"]) == ("assumed_value", CAP)
    assert "clause" not in refusal
    assert zh.startswith(f"“统筹基金年度最高支付限额”（{CAP}）")
    assert en.startswith(f"{CAP} has only an assumed value")


def test_a_missing_value(tmp_path: Path) -> None:
    law = edited_law(tmp_path, "illustrative/overlay/values.yaml", lambda text: without(text, CAP))
    refusal, zh, en = words(case(terms=NO_CAP), by=Engine(law))
    assert (refusal["code"], refusal["where"]) == ("missing_value", CAP)
    assert f"“统筹基金年度最高支付限额”（{CAP}），不能结算" in zh
    assert en.startswith(f"no document states {CAP}")


def test_a_value_left_to_another_document() -> None:
    address = "assistance.inpatient.rate.monitored"
    refusal, zh, en = words(case(stay(), person=person(categories=category("monitored"))))
    assert (refusal["code"], refusal["where"]) == ("unmodelled", address)
    assert f"（{address}）由另外的文件规定" in zh
    assert en.startswith(f"{address} is left to a document")


def test_an_area_without_its_assistance() -> None:
    elsewhere = LOW | {"household_region": "140700"}
    refusal, zh, en = words(case(stay(), person=elsewhere))
    assert (refusal["code"], refusal["where"]) == ("unmodelled", "assistance.household_region")
    assert zh.startswith("户籍地的医疗救助规定不在")
    assert en.startswith("the assistance rules of the household's area are not here")


def test_an_employee() -> None:
    refusal, zh, en = words(case(stay(), person=person(insurance="employee")))
    assert (refusal["code"], refusal["where"]) == ("unmodelled", "basic_insurance.employee")
    assert "pooled 和 catastrophic" in zh
    assert "pooled and catastrophic" in en


def test_given_payments_above_what_the_fund_left() -> None:
    """375 by the fund and 625.01 given are more than 1,000."""
    refusal, zh, en = words(case(stay(catastrophic="625.01")))
    assert (refusal["code"], refusal["where"]) == ("invalid_input", "visits[0].catastrophic")
    assert zh.startswith("visits[0].catastrophic：")
    assert en.startswith("visits[0].catastrophic: ")


@pytest.mark.parametrize("amount", [10**10 + 1, 10**12, 10**5000], ids=["just", "far", "beyond text"])
def test_an_amount_that_is_too_large(amount: int) -> None:
    """Also one of more digits than Python turns into text."""
    data = case(outpatient(lines=[{"id": "l-1", "amount": amount, "class": "A"}]))
    _, _, en = words(data)
    assert en == "visits[0].lines[0].amount: an amount, and the year's sum, is at most 10,000,000,000.00"
