"""A result: its fields, the two identities, the lines' shares, the explanation."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from tests.settlement.contract_cases import (
    LINE,
    PROVIDER,
    STATED,
    Json,
    case,
    category,
    drug,
    engine,
    outpatient,
    person,
    recognised,
    settled,
    stay,
)

from sanchong.settlement.options import Options

AMOUNTS = (
    "total", "dual_channel", "out_of_scope", "out_of_catalogue", "over_price", "advance", "in_policy",
    "deductible", "pooled", "quota_excess", "catastrophic", "other", "assistance_base",
    "assistance_deductible", "assistance", "deferred_base", "hospital", "patient",
)  # fmt: skip
PAYERS = ("pooled", "catastrophic", "other", "assistance", "hospital", "patient")
ALL = {"id", *AMOUNTS, "gates", "assumed", "unmodelled", "lines", "explanation"}
NODE = {"clause", "rule", "text", "amount", "inputs", "children"}
LOW = category("subsistence_allowance")


def lines(*amounts: str) -> list[Json]:
    """Class A lines."""
    return [LINE | {"id": f"l-{i}", "amount": amount} for i, amount in enumerate(amounts, 1)]


def column(visit: Json, name: str) -> list[str]:
    """One column of a visit's lines."""
    return [line[name] for line in visit["lines"]]


# ── form ─────────────────────────────────────────────────────────────────────────────────────


def test_a_result_has_its_fields() -> None:
    """Every field of the contract, money as text with two places."""
    result = settled(case(stay(), drug(id="v-2"), person=person(categories=LOW), close_year=True))
    assert {"case", "ok", "visits", "close_year", "year", "receipt"} <= set(result)
    assert result["case"] == "c-001"
    assert {"engine", "law", "inputs", "result", "explanation"} <= set(result["receipt"])
    for visit in result["visits"]:
        assert set(visit) >= ALL
        assert all(Decimal(visit[name]).as_tuple().exponent == -2 for name in AMOUNTS)
    assert set(result["year"]) >= {
        "pooled", "catastrophic_burden", "catastrophic", "assistance", "assistance_deductible", "patient",
    }  # fmt: skip
    assert [set(line) >= {"id", *PAYERS} for line in result["visits"][0]["lines"]] == [True]
    assert result["visits"][1]["lines"] == []
    assert (result["close_year"]["assistance"], result["close_year"]["by_category"]) == ("0.00", {})


def test_close_year_is_null_when_not_asked_for() -> None:
    """Null, not absent."""
    assert settled(case())["close_year"] is None


def test_a_case_without_visits() -> None:
    """Its sums are nil."""
    result = settled(case(visits=[]))
    assert set(result["year"].values()) == {"0.00"}


# ── identities and shares ────────────────────────────────────────────────────────────────────


def test_four_tiers_by_largest_remainder() -> None:
    """Three lines of 1.00, worked by hand.

    Fund 1.00: 33⅓ each, ties to the first. Catastrophic 1.00 on 66, 67, 67 of 200: 33, 33½, 33½ → the fen to the
    second. Other 0.50 on 33, 33, 34 of 100: 16½, 16½, 17 → to the first. Assistance 70 % × 0.50 = 0.35 on
    16, 17, 17 of 50: 11.2, 11.9, 11.9 → two fen, to the second and third.
    """
    visit = stay(
        pooled="1", catastrophic="1", other_payments={"commercial": "0.5"}, lines=lines("1", "1", "1")
    )
    said = settled(case(visit, person=person(categories=LOW)))["visits"][0]
    assert column(said, "pooled") == ["0.34", "0.33", "0.33"]
    assert column(said, "catastrophic") == ["0.33", "0.34", "0.33"]
    assert column(said, "other") == ["0.17", "0.16", "0.17"]
    assert column(said, "assistance") == ["0.11", "0.12", "0.12"]
    assert column(said, "patient") == ["0.05", "0.05", "0.05"]


def test_ties_to_the_earlier_line() -> None:
    """70 % × 0.03 = 0.021 → 0.02 on three lines of 0.01: the first two."""
    said = settled(case(outpatient(lines=lines("0.01", "0.01", "0.01"))))["visits"][0]
    assert column(said, "pooled") == ["0.01", "0.01", "0.00"]
    assert column(said, "patient") == ["0.00", "0.00", "0.01"]


def test_the_larger_remainder_before_the_earlier_line() -> None:
    """0.02 on 0.01 and 0.02 of 0.03: ⅔ and 1⅓ → floors 0 and 1, the fen to the first (⅔ > ⅓).

    And 0.02 on 0.02, 0.01: 1⅓ and ⅔ → 1 and 0, the fen to the second.
    """
    said = settled(case(outpatient(lines=lines("0.01", "0.02"))))["visits"][0]
    assert column(said, "pooled") == ["0.01", "0.01"]
    said = settled(case(outpatient(lines=lines("0.02", "0.01"))))["visits"][0]
    assert column(said, "pooled") == ["0.01", "0.01"]


def test_only_the_in_policy_part_of_a_line_weighs() -> None:
    """A 100 and B 200 with half in advance: 70 each; the hospital's part goes by class C."""
    given = [LINE, {"id": "l-2", "amount": "200", "class": "B", "advance_rate": "50%"}]
    said = settled(case(outpatient(lines=given)))["visits"][0]
    assert column(said, "pooled") == ["70.00", "70.00"]
    assert column(said, "patient") == ["30.00", "130.00"]


def test_the_year_end_payment_is_not_spread() -> None:
    """Base 30, 30 % = 9.00 at the year's end; the line still says 30."""
    low = person(categories=LOW)
    result = settled(case(outpatient(disease="diabetes"), person=low, close_year=True))
    assert result["close_year"]["assistance"] == "9.00"
    assert result["visits"][0]["lines"][0]["patient"] == result["visits"][0]["patient"] == "30.00"
    assert result["year"]["patient"] == "21.00"


def _random_line(rng: random.Random, number: int) -> Json:
    kind = rng.choice("AAABBC")
    line: Json = {"id": f"l-{number}", "amount": f"{rng.randrange(1_000_000) / 100:.2f}", "class": kind}
    if kind == "B":
        line["advance_rate"] = rng.choice(["0", "10%", "1/3", "100%"])
    for name in ("dual_channel", "related", "conforming"):
        if rng.random() < 0.1:
            line[name] = name == "dual_channel"
    if rng.random() < 0.2:
        line["price_cap"] = f"{rng.randrange(500_000) / 100:.2f}"
    return line


@pytest.mark.parametrize("seed", range(40))
def test_both_identities_and_the_lines_sums(seed: int) -> None:
    """On stays and outpatient visits of every category, with lines of every kind."""
    rng = random.Random(seed)
    visits = []
    for number in range(6):
        make = rng.choice([stay, outpatient])
        visit = make(id=f"v-{number}", lines=[_random_line(rng, i) for i in range(rng.randrange(7))])
        visit["other_payments"] = {"commercial": str(rng.choice([0, 10, 100000]))}
        visit["provider"] |= {"designated": rng.random() < 0.9, "level": rng.choice([1, 2, 2, 3])}
        visits.append(visit)
    name = rng.choice(
        ["extreme_poverty", "subsistence_allowance", "near_subsistence", "impoverished_by_illness"]
    )
    result = settled(case(*visits, person=person(categories=category(name))), Options(accept_assumed=True))
    for visit in result["visits"]:
        fen = {name: Decimal(visit[name]) for name in AMOUNTS}
        apart = ("dual_channel", "out_of_scope", "out_of_catalogue", "over_price", "advance", "in_policy")
        assert fen["total"] == sum(fen[name] for name in apart)
        assert fen["total"] - fen["dual_channel"] == sum(fen[name] for name in PAYERS)
        for payer in PAYERS:
            parts = [Decimal(part) for part in column(visit, payer)]
            assert sum(parts) == fen[payer]
            assert all(part >= 0 for part in parts)
    for name in ("pooled", "catastrophic", "assistance", "assistance_deductible", "patient"):
        assert Decimal(result["year"][name]) == sum(Decimal(visit[name]) for visit in result["visits"])


# ── gates together ───────────────────────────────────────────────────────────────────────────


def test_all_gates_that_apply_are_listed_in_order() -> None:
    """Not designated, level, no category or not entitled, exclusion pending."""
    away = PROVIDER | {"designated": False, "level": 1}
    assert settled(case(outpatient(provider=away)))["visits"][0]["gates"] == [
        "not_designated",
        "provider_level",
        "no_category",
    ]
    near = person(categories=category("near_subsistence"))
    gates = settled(case(outpatient(provider=away), person=near))["visits"][0]["gates"]
    assert gates == ["not_designated", "provider_level", "not_entitled"]
    legacy = person(recognitions=recognised("asthma", "copd", legacy=True))
    data = case(outpatient(provider=away, disease="asthma"), person=legacy)
    gates = settled(data, Options(accept_assumed=True))["visits"][0]["gates"]
    assert gates == ["not_designated", "no_category", "exclusion_pending"]
    gates = settled(case(stay(provider=away, referred=False)))["visits"][0]["gates"]
    assert gates == ["not_designated", "not_referred", "no_category"]


# ── the explanation ──────────────────────────────────────────────────────────────────────────


def nodes(found: list[Any]) -> Iterator[Json]:
    """All nodes of a forest."""
    for node in found:
        yield node
        yield from nodes(node["children"])


def explained() -> Json:
    """A year in which every tier pays something."""
    terms = STATED | {"catastrophic.deductible.subsistence_allowance": "100"}
    visits = [
        stay(
            other_payments={"commercial": "50"},
            lines=[*lines("1000"), LINE | {"id": "c", "amount": "900", "class": "C"}],
        ),
        outpatient(id="v-2"),
        outpatient(id="v-3", disease="diabetes"),
        drug(id="v-4"),
    ]
    return settled(case(*visits, person=person(categories=LOW), terms=terms, close_year=True))


def test_every_node_has_its_six_keys_and_a_text() -> None:
    """At every depth; the text is Chinese or bare arithmetic, never English."""
    result = explained()
    for visit in result["visits"]:
        found = list(nodes(visit["explanation"]))
        assert found
        for node in found:
            assert set(node) >= NODE
            assert isinstance(node["inputs"], dict)
            assert node["text"]
            assert not re.search("[A-Za-z]{2}", node["text"]), node["text"]
            assert node["amount"] is None or Decimal(node["amount"]).as_tuple().exponent == -2


def test_every_clause_named_exists() -> None:
    """A node names a clause of the documents, or none where the case itself states the value."""
    clauses = engine().law.clauses
    for visit in explained()["visits"]:
        assert {node["clause"] for node in nodes(visit["explanation"])} <= {*clauses, ""}


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ("basic_insurance", "pooled"),
        ("catastrophic_insurance", "catastrophic"),
        ("other_payers", "other"),
        ("borne_by_hospital", "hospital"),
        ("borne_by_patient", "patient"),
    ],
)
def test_the_tiers_amounts_are_the_statements(rule: str, field: str) -> None:
    """On the stay: fund 375; burden 625, (625 − 100) × 65 % = 341.25; commercial 50; C 900 over 15 % of 1,900 = 285."""
    visit = explained()["visits"][0]
    amounts = {"pooled": "375.00", "catastrophic": "341.25", "other": "50.00", "hospital": "615.00"}
    assert visit[field] == amounts.get(field, visit["patient"])
    found = [node for node in nodes(visit["explanation"]) if node["rule"] == rule]
    assert [node["amount"] for node in found] == [visit[field]]


def test_assistance_is_explained() -> None:
    """On the stay 70 % × (1,000 − 375 − 341.25 − 50) = 163.625 → 163.63; person 900 − 615 + 70.12."""
    visit = explained()["visits"][0]
    assert (visit["assistance"], visit["patient"]) == ("163.63", "355.12")
    assert "163.63" in {node["amount"] for node in nodes(visit["explanation"])}


def test_settling_is_deterministic() -> None:
    """The same case gives the same result, explanation and all."""
    assert explained() == explained()
