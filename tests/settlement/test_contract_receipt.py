"""The receipt: which hashes change with what, and that a value added later changes no old one."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from tests.settlement.contract_cases import (
    STATED,
    Json,
    case,
    category,
    edited_law,
    engine,
    outpatient,
    person,
    put,
    settled,
    stay,
)

from sanchong.settlement import settle
from sanchong.settlement.options import Options
from sanchong.settlement.settle import Engine

ACCEPT = Options(accept_assumed=True)
OVERLAY = "illustrative/overlay/values.yaml"
B_LINE = {"id": "l-1", "amount": "2", "class": "B", "advance_rate": "70%"}


def receipt(data: Json, options: Options | None = None, by: Engine | None = None) -> Json:
    """The receipt of a case."""
    found: Json = settled(data, options, by)["receipt"]
    return found


def digest(data: Any) -> str:
    """SHA-256 of canonical JSON: keys sorted, UTF-8, no spaces."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def reordered(data: Any) -> Any:
    """The same JSON with every object's keys the other way round."""
    if isinstance(data, dict):
        return {key: reordered(data[key]) for key in reversed(data)}
    return [reordered(item) for item in data] if isinstance(data, list) else data


def test_the_order_of_keys_does_not_matter() -> None:
    """All hashes are the same."""
    data = case(outpatient(), stay(id="v-2"), known_on="2026-01-31")
    assert receipt(data) == receipt(reordered(data))


@pytest.mark.parametrize("amount", ["2", "2.0", "2.00", 2, "02"])
def test_the_spelling_of_an_amount_does_not_matter(amount: Any) -> None:
    """Two places are filled in."""
    data = case(outpatient(lines=[B_LINE]), known_on="2026-01-31")
    assert receipt(data) == receipt(put(data, "visits[0].lines[0].amount", amount))


@pytest.mark.parametrize("rate", ["7/10", "70.0%", "70/100", "14/20"])
def test_the_spelling_of_a_rate_does_not_matter(rate: str) -> None:
    """Rates are in lowest terms, in lines and in terms."""
    data = case(outpatient(lines=[B_LINE]), known_on="2026-01-31")
    assert receipt(data) == receipt(put(data, "visits[0].lines[0].advance_rate", rate))
    address = "outpatient.chronic_special.pooled_rate"
    plain, spelt = (case(terms=STATED | {address: said}, known_on="2026-01-31") for said in ("70%", rate))
    assert receipt(plain)["inputs"] == receipt(spelt)["inputs"]


@pytest.mark.parametrize("value", ["100000.00", "100000.0", 100000])
def test_the_spelling_of_a_term_does_not_matter(value: Any) -> None:
    """As of a line."""
    spelt = case(terms=STATED | {"pooled_fund.annual_cap": value})
    assert receipt(case())["inputs"] == receipt(spelt)["inputs"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("visits[0].lines[0].amount", "100.01"),
        ("visits[0].id", "v-x"),
        ("visits[0].provider.id", "h-x"),
        ("visits[0].provider.level", 3),
        ("person.id", "p-x"),
        ("case", "c-x"),
        ("known_on", "2026-01-30"),
        ("close_year", True),
    ],
)
def test_what_the_case_says_is_in_the_inputs(path: str, value: Any) -> None:
    """Anything else than spelling changes their hash."""
    data = case(outpatient(), known_on="2026-01-31")
    assert receipt(data)["inputs"] != receipt(put(data, path, value))["inputs"]


def test_the_result_is_hashed_without_its_explanation() -> None:
    """Visits without explanation, close_year, year."""
    low = person(categories=category("subsistence_allowance"))
    said = settled(case(outpatient(disease="diabetes"), stay(id="v-2"), person=low, close_year=True))
    bare = {
        "visits": [{k: v for k, v in visit.items() if k != "explanation"} for visit in said["visits"]],
        "close_year": {k: v for k, v in said["close_year"].items() if k != "explanation"},
        "year": said["year"],
    }
    assert said["receipt"]["result"] == digest(bare)
    open_year = settled(case())
    bare = {
        "visits": [{k: v for k, v in visit.items() if k != "explanation"} for visit in open_year["visits"]],
        "close_year": None,
        "year": open_year["year"],
    }
    assert open_year["receipt"]["result"] == digest(bare)


def test_every_hash_is_a_sha_256() -> None:
    """Of inputs, result, explanation and each document."""
    found = receipt(case())
    for value in (found["inputs"], found["result"], found["explanation"], *found["law"].values()):
        assert len(bytes.fromhex(value)) == 32


def test_the_engine_enters_no_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named beside them."""
    before = receipt(case())
    monkeypatch.setattr(settle, "ENGINE", "another engine")
    after = receipt(case())
    assert after["engine"] == "another engine"
    assert {**after, "engine": ""} == {**before, "engine": ""}


def test_the_documents_used_are_named() -> None:
    """A dialysis visit by terms uses Shanxi's; a stay of a recipient Yangquan's; an illustration its own."""
    assert "shanxi" in receipt(case())["law"]
    assert "yangquan" not in receipt(case())["law"]
    low = person(categories=category("subsistence_allowance"))
    assert "yangquan" in receipt(case(stay(), person=low))["law"]
    assert "illustrative" not in receipt(case())["law"]
    assert "illustrative" in receipt(case(terms={}), ACCEPT)["law"]


# ── a value added later ──────────────────────────────────────────────────────────────────────

ADDED = (
    '- {address: pooled_fund.annual_cap, value: "1", status: assumed, clause: illustrative.pooled_fund, '
    'from: 2025-01-01, known_from: 2025-07-01, reason: "added later"}\n'
)


def added(folder: Path) -> Engine:
    """The law to which a cap of one yuan for all of 2025 was added, known from 2025-07-01."""
    return Engine(edited_law(folder, OVERLAY, lambda text: text + ADDED))


@pytest.mark.parametrize("known_on", ["2025-05-10", "2025-06-30"])
def test_a_value_added_later_changes_no_old_receipt(tmp_path: Path, known_on: str) -> None:
    """As known before the day on which it became known, the whole result is the same."""
    data = case(terms={}, known_on=known_on)
    assert settled(data, ACCEPT, added(tmp_path)) == settled(data, ACCEPT)


def test_a_value_added_later_counts_from_then_on(tmp_path: Path) -> None:
    """The same visit, as known on 2025-07-01: one yuan, and another digest of the document."""
    later = added(tmp_path)
    before = settled(case(terms={}, known_on="2025-06-30"), ACCEPT, later)
    after = settled(case(terms={}, known_on="2025-07-01"), ACCEPT, later)
    assert (before["visits"][0]["pooled"], after["visits"][0]["pooled"]) == ("70.00", "1.00")
    assert before["receipt"]["law"]["illustrative"] != after["receipt"]["law"]["illustrative"]
    assert before["receipt"]["law"]["shanxi"] == after["receipt"]["law"]["shanxi"]


def test_a_visits_own_known_on_keeps_its_digest(tmp_path: Path) -> None:
    """The only visit is settled as known before the addition, so the addition changes no hash of the law."""
    data = case(outpatient(known_on="2025-06-30"), terms={}, known_on="2025-07-31")
    assert settled(data, ACCEPT, added(tmp_path))["visits"] == settled(data, ACCEPT)["visits"]
    changed = receipt(data, ACCEPT, added(tmp_path / "again"))
    assert changed["law"] == receipt(data, ACCEPT)["law"]


def test_a_changed_value_changes_the_digest(tmp_path: Path) -> None:
    """What the document said as known then is not the same any more."""
    row = 'pooled_fund.annual_cap, value: "70000"'
    changed = Engine(
        edited_law(tmp_path, OVERLAY, lambda text: text.replace(row, row.replace("70000", "70001")))
    )
    data = case(terms={}, known_on="2025-06-30")
    assert receipt(data, ACCEPT, changed)["law"] != receipt(data, ACCEPT)["law"]


# ── known_on: the visit's over the case's over the option's ──────────────────────────────────


def test_known_on_of_visit_case_and_option(tmp_path: Path) -> None:
    """1.00 as known from 2025-07-01, 70.00 before; each overrides the next."""
    by, early, late = added(tmp_path), "2025-06-30", "2025-07-01"

    def pooled(data: Json, option: str | None = None) -> str:
        known = dt.date.fromisoformat(option) if option else None
        said: str = settled(data, Options(accept_assumed=True, known_on=known), by)["visits"][0]["pooled"]
        return said

    assert pooled(case(terms={})) == "1.00"
    assert pooled(case(terms={}), early) == "70.00"
    assert pooled(case(terms={}, known_on=late), early) == "1.00"
    assert pooled(case(terms={}, known_on=early), late) == "70.00"
    assert pooled(case(outpatient(known_on=early), terms={}, known_on=late), late) == "70.00"
    assert pooled(case(outpatient(known_on=late), terms={}, known_on=early), early) == "1.00"


def test_known_before_a_document_was_published() -> None:
    """Nothing of Shanxi's scheme is known on 2025-03-31, whatever its dates in force."""
    refusal = engine().settle(case(known_on="2025-03-31"))["error"]
    assert refusal["code"] == "not_in_force"
