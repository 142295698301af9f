"""The published schemas: made from the code, equal to the files, agreeing with the loader and the case reader."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from sanchong.law import case_schema
from sanchong.law.documents import read_document
from sanchong.law.library import load_law, shipped_policies
from sanchong.law.schema_check import schema_mistakes
from sanchong.law.schemas import KINDS, file_name, kind_of, schema_of, text_of
from sanchong.law.yamlfile import LawError
from sanchong.settlement import case as settlement_case
from sanchong.settlement.reading import read_case
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import ADDRESSES, DISEASES

PUBLISHED = Path(__file__).resolve().parents[2] / "schemas"
LAW_FILES = sorted(shipped_policies().rglob("*.yaml"))


@pytest.mark.parametrize("kind", KINDS)
def test_published_is_generated(kind: str) -> None:
    """`sanchong law schema --out schemas` has been run."""
    assert (PUBLISHED / file_name(kind)).read_text(encoding="utf-8") == text_of(kind)
    Draft202012Validator.check_schema(schema_of(kind))


def test_nothing_else_is_published() -> None:
    """One file a kind."""
    assert {path.name for path in PUBLISHED.iterdir()} == {file_name(kind) for kind in KINDS}


@pytest.mark.parametrize("file", LAW_FILES, ids=lambda file: str(file.relative_to(shipped_policies())))
def test_shipped_files_are_valid(file: Path) -> None:
    """Every file that is shipped is of a kind and valid."""
    assert kind_of(file) in KINDS
    assert schema_mistakes(file) == []


def test_tables_of_the_settlement_agree() -> None:
    """What the law's room cannot import is the same there."""
    assert case_schema.OTHER_PAYERS == settlement_case.OTHER_PAYERS
    found = schema_of("cases")["$defs"]["case"]["properties"]["visits"]["items"]["properties"]["provider"]
    levels = found["properties"]["administrative_level"]["enum"]
    assert tuple(levels) == settlement_case.ADMINISTRATIVE_LEVELS


def test_values_know_every_address() -> None:
    """Each address that a file may state, each with its unit."""
    row = schema_of("values")["items"]
    assert row["properties"]["address"]["enum"] and len(row["properties"]["address"]["enum"]) == len(
        [address for address in ADDRESSES if address.unit != "matter"]
    )


# ── damaged files ────────────────────────────────────────────────────────────────────────────

WORDS = {"zh": "某", "en": "some"}
DAY = dt.date(2025, 1, 1)
CLAUSE: dict[str, Any] = {"id": "d.c", "place": WORDS, "gist": WORDS, "rows": ["X1"], "kind": ["computable"]}
HEAD: dict[str, Any] = {
    "id": "d", "area": "140300", "title": WORDS, "short": WORDS, "issuer": WORDS, "schemes": [],
    "in_force": {"from": DAY, "to": None}, "known_from": DAY, "governs": [], "leaves_open": [], "clauses": [CLAUSE],
}  # fmt: skip
YUAN, RATE = "pooled_fund.annual_cap", "outpatient.chronic_special.pooled_rate"
CAP, BANDS = "catastrophic.annual_cap.standard", "catastrophic.bands.standard"


def _value(address: str, value: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"address": address, "value": value, "clause": "d.c", **more}]


def _written(tmp_path: Path, **files: Any) -> Path:
    for name, data in {"document": HEAD, **files}.items():
        text = data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True)
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def _both(folder: Path, kind: str) -> tuple[LawError | None, list[LawError]]:
    """What the loader and the schema say."""
    try:
        read_document(folder)
        refused = None
    except LawError as error:
        refused = error
    return refused, schema_mistakes(folder / f"{kind}.yaml")


GOOD_VALUES: list[tuple[str, Any]] = [
    (YUAN, "1234.50"), (YUAN, 1234), (YUAN, 0), (YUAN, "10000000000.00"), (CAP, None), (RATE, "70%"), (RATE, "7/10"),
    (RATE, "0"), (RATE, "1"), (RATE, "12.5%"), (BANDS, []), (BANDS, [{"above": "0", "rate": "60%"}]),
    ("outpatient.chronic.quota_mode", "pool"), ("outpatient.chronic.excess_stays_in_policy", True),
    ("outpatient.chronic.stacking.max_others", 2), ("prescription.long.max_weeks", 1000),
    ("assistance.in_force_from", DAY), ("assistance.in_force_from", "2025-01-01"),
]  # fmt: skip
BAD_VALUES: list[tuple[str, Any]] = [
    (YUAN, None), (YUAN, -1), (YUAN, "-1"), (YUAN, "1.234"), (YUAN, 1.5), (YUAN, 5.0), (YUAN, True), (YUAN, "1,000"),
    (YUAN, "600\n"),
    (YUAN, "10000000000.01"), (YUAN, 10**11), (RATE, "70"), (RATE, 1), (RATE, "101%"), (RATE, "3/2"), (RATE, "1/0"),
    (RATE, "1/1000001"), (RATE, 0.7), (BANDS, {}), (BANDS, [{"above": "0"}]), (BANDS, [{"above": "0", "rate": "60%", "x": 1}]),
    (BANDS, [{"above": "5", "rate": "60%"}, {"above": "5", "rate": "70%"}]),
    (BANDS, [{"above": "0", "rate": "1/999983"}, {"above": "9", "rate": "1/2"}]),
    (BANDS, [{"above": str(i), "rate": "1%"} for i in range(9)]), ("outpatient.chronic.quota_mode", "both"),
    ("outpatient.chronic.excess_stays_in_policy", 1), ("outpatient.chronic.stacking.max_others", 2.0),
    ("prescription.long.max_weeks", 1001), ("prescription.long.max_weeks", True), ("assistance.in_force_from", "2025-02-30"),
    ("assistance.in_force_from", 2025), ("assistance.in_force_from", dt.datetime(2025, 1, 1, 5)),
    ("basic_insurance.employee", "x"), ("no.such.address", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "value"), GOOD_VALUES)
def test_good_values(tmp_path: Path, address: str, value: Any) -> None:
    """What the loader takes, the schema takes."""
    assert _both(_written(tmp_path, values=_value(address, value)), "values") == (None, [])


@pytest.mark.parametrize(("address", "value"), BAD_VALUES)
def test_bad_values(tmp_path: Path, address: str, value: Any) -> None:
    """What the loader refuses, the schema refuses on the same line or in the same row."""
    refused, found = _both(_written(tmp_path, values=_value(address, value)), "values")
    assert refused is not None
    assert refused.line in {mistake.line for mistake in found}


BAD_ROWS: list[dict[str, Any]] = [
    {"status": "certain"}, {"status": "unmodelled"}, {"from": "2025-01-01"},
    {"to": dt.date(2024, 1, 1)}, {"known_from": None}, {"area": "1403"}, {"area": 140300}, {"reason": 5}, {"extra": 1},
    {"from": dt.datetime(2025, 1, 1, 5)}, {"clause": 5}, {"reason": DAY}, {"to": dt.date.max},
]  # fmt: skip


@pytest.mark.parametrize("more", BAD_ROWS, ids=str)
def test_bad_rows(tmp_path: Path, more: dict[str, Any]) -> None:
    """A field of a row that cannot be."""
    rows = _value(YUAN, "1", **{"from": DAY}) if "to" in more else _value(YUAN, "1")
    rows[0].update(more)
    refused, found = _both(_written(tmp_path, values=rows), "values")
    assert refused is not None
    assert refused.line in {mistake.line for mistake in found}


@pytest.mark.parametrize("name", ["address", "value", "clause"])
def test_missing_fields(tmp_path: Path, name: str) -> None:
    """A row without one of its fields."""
    rows = _value(YUAN, "1")
    del rows[0][name]
    refused, found = _both(_written(tmp_path, values=rows), "values")
    assert refused is not None and found


BAD_HEADS: list[dict[str, Any]] = [
    {"id": 5}, {"id": DAY}, {"in_force": {"from": DAY, "to": dt.date.max}},
    {"area": "14030"}, {"title": "某"}, {"title": {"zh": "某"}}, {"title": {**WORDS, "fr": "x"}},
    {"schemes": ["dental"]},
    {"in_force": {"from": DAY}}, {"in_force": {"from": DAY, "to": dt.date(2024, 1, 1)}}, {"known_from": "2025-01-01"},
    {"known_from": None}, {"governs": "x"}, {"governs": [5]}, {"illustrative": "yes"}, {"clauses": {}}, {"extra": 1},
    {"clauses": [{**CLAUSE, "kind": ["odd"]}]}, {"clauses": [{**CLAUSE, "duty": "odd"}]}, {"clauses": [{**CLAUSE, "x": 1}]},
    {"clauses": [{k: v for k, v in CLAUSE.items() if k != "gist"}]}, {"clauses": [5]},
]  # fmt: skip


@pytest.mark.parametrize("more", BAD_HEADS, ids=str)
def test_bad_heads(tmp_path: Path, more: dict[str, Any]) -> None:
    """A document's own file."""
    refused, found = _both(_written(tmp_path, document={**HEAD, **more}), "document")
    assert refused is not None
    assert found


def _disease(code: str) -> dict[str, Any]:
    kind = "special" if DISEASES.index(code) < 11 else "chronic"
    return {
        "code": code,
        "kind": kind,
        "name": code,
        "short": code,
        "en": code,
        "national_codes": [],
        "clause": "d.c",
    }


ALL_DISEASES = [_disease(code) for code in DISEASES]
NOTICE: dict[str, Any] = {"year": 2025, "known_from": DAY, "off": [DAY], "working": []}
PAIR = {"a": "ckd", "b": "dialysis", "clause": "d.c"}
TABLES: list[tuple[str, Any, bool]] = [
    ("diseases", ALL_DISEASES, True),
    ("diseases", [], True),
    ("diseases", ALL_DISEASES[:-1], False),
    ("diseases", [*ALL_DISEASES[1:], ALL_DISEASES[0]], False),
    ("diseases", [{**ALL_DISEASES[0], "kind": "chronic"}, *ALL_DISEASES[1:]], False),
    ("diseases", [{**ALL_DISEASES[0], "subtypes": [{"code": "x"}]}, *ALL_DISEASES[1:]], False),
    ("diseases", [{**ALL_DISEASES[0], "code": "flu"}, *ALL_DISEASES[1:]], False),
    ("diseases", {}, False),
    ("exclusions", [PAIR], True),
    ("exclusions", [{**PAIR, "a": "transplant:kidney"}], True),
    ("exclusions", [{**PAIR, "a": "transplant:heart"}], False),
    ("exclusions", [{**PAIR, "c": "ckd"}], False),
    ("exclusions", "", False),
    ("days", [NOTICE], True),
    ("days", [{**NOTICE, "off": [dt.date(2024, 1, 1)]}], False),
    ("days", [{**NOTICE, "year": "2025"}], False),
    ("days", [{**NOTICE, "year": 10**12, "off": []}], False),
    ("days", [{**NOTICE, "off": [dt.datetime(2025, 1, 1)]}], False),
    ("days", [{**NOTICE, "working": ["2025-01-04"]}], False),
    ("days", "- {year: 2025, known_from: 2025-01-01, off: [], working: []}", False),  # a bare off is false
    ("days", "- {year: 2025, known_from: 2025-02-30, 'off': [], working: []}", False),
    ("values", "- {", False),
    ("values", "{}", False),
]


@pytest.mark.parametrize(("kind", "data", "good"), TABLES)
def test_tables(tmp_path: Path, kind: str, data: Any, good: bool) -> None:
    """Diseases, exclusions, days; files that are no list or no YAML."""
    refused, found = _both(_written(tmp_path, **{kind: data}), kind)
    assert (refused is None, not found) == (good, good)


def test_lines_are_named(tmp_path: Path) -> None:
    """Every mistake has its line and says what was expected."""
    text = f'- {{address: {YUAN}, value: "1", clause: d.c}}\n- address: {RATE}\n  value: 70\n  clause: d.c\n  form: 1\n'
    found = schema_mistakes(_written(tmp_path, values=text) / "values.yaml")
    assert [(mistake.line, mistake.expected.split(";")[0]) for mistake in found] == [
        (3, '\'value\': expected a rate from 0 to 1 such as "70%", "7/10", "0" or "1", in quotes'),
        (3, '\'value\': expected a rate such as "70%", "7/10", "0" or "1", in quotes'),
        (5, "unknown field 'form'"),
    ]


# ── worked cases ─────────────────────────────────────────────────────────────────────────────

LINE = {"id": "l", "amount": "200", "class": "A"}
PROVIDER = {
    "id": "h",
    "region": "140300",
    "designated": True,
    "level": 2,
    "fee_class": 2,
    "administrative_level": "county",
}
VISIT = {
    "id": "v",
    "kind": "outpatient",
    "date": "2025-05-10",
    "disease": "diabetes",
    "provider": PROVIDER,
    "lines": [LINE],
}
PERSON = {"id": "p", "insurance": "resident", "household_region": "140300"}
CASE: dict[str, Any] = {"case": "c", "region": "140300", "year": 2025, "person": PERSON, "visits": [VISIT]}
ROW: dict[str, Any] = {
    "title": WORDS,
    "source": "C1",
    "arithmetic": "1 + 1",
    "case": CASE,
    "expect": {"ok": True},
}
CASES: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"terms": {YUAN: "5", BANDS: [{"above": "0", "rate": "60%"}]}}, True),
    ({"terms": {YUAN: {"dated": [{"from": "2025-01-01", "value": "600"}]}}}, True),
    (
        {"person": {**PERSON, "insurance": [{"insurance": "resident", "from": "2025-01-01", "to": None}]}},
        True,
    ),
    ({"person": {**PERSON, "categories": [{"category": "orphan", "from": "2025-01-01", "to": None}]}}, True),
    ({"terms": {"no.such": "5"}}, False),
    ({"terms": {"basic_insurance.employee": "5"}}, False),
    ({"terms": {"prescription.long.max_weeks": 5}}, False),
    ({"terms": {RATE: 70}}, False),
    ({"terms": {YUAN: {"dated": [{"from": "2025-01-01"}]}}}, False),
    ({"year": "2025"}, False),
    ({"extra": 1}, False),
    ({"person": {**PERSON, "insurance": "none"}}, False),
    ({"person": {**PERSON, "categories": [{"category": "poor", "from": "2025-01-01", "to": None}]}}, False),
    ({"visits": [{**VISIT, "date": dt.date(2025, 5, 10)}]}, False),
    ({"visits": [{**VISIT, "disease": "flu"}]}, False),
    ({"visits": [{**VISIT, "lines": [{**LINE, "class": "B"}]}]}, False),
    ({"visits": [{**VISIT, "lines": [{**LINE, "advance_rate": "10%"}]}]}, False),
    ({"visits": [{**VISIT, "lines": [{**LINE, "amount": "-1"}]}]}, False),
    ({"visits": [{**VISIT, "in_scope": "5"}]}, False),
    ({"visits": [{"id": "v", "kind": "special_drug", "date": "2025-05-10"}]}, False),
    ({"visits": [{**VISIT, "provider": {**PROVIDER, "level": 4}}]}, False),
]


@pytest.mark.parametrize(("more", "good"), CASES, ids=str)
def test_worked_cases(tmp_path: Path, more: dict[str, Any], good: bool) -> None:
    """The case inside a worked case: as the settlement's own reader has it."""
    case = {**CASE, **more}
    file = tmp_path / "cases.yaml"
    file.write_text(yaml.safe_dump([{**ROW, "case": case}], allow_unicode=True), encoding="utf-8")
    try:
        read_case(yaml.safe_load(yaml.safe_dump(case)), load_law().diseases)
        read = True
    except Refusal:
        read = False
    assert (read, schema_mistakes(file, "cases") == []) == (good, good)


@pytest.mark.parametrize(
    ("more", "good"),
    [
        ({"expect": {"ok": False, "error": {"code": "invalid_input"}}, "case": 5}, True),
        ({"expect": {"ok": False, "error": {"code": "unmodelled", "where": "x"}}}, True),
        ({"expect": {"ok": False, "error": {"code": "unmodelled"}}, "case": 5}, False),
        ({"expect": {"ok": False}}, False),
        ({"expect": {"ok": True, "error": {"code": "unmodelled"}}}, False),
        ({"expect": {"ok": False, "error": {"code": "odd"}}}, False),
        ({"expect": {"ok": True, "visits": [{"pooled": "1"}]}}, False),
        ({"expect": {"ok": True, "visits": [{"pool": "1.00"}]}}, False),
        ({"expect": {"ok": True, "visits": [{"gates": ["odd"]}]}}, False),
        ({"title": {"zh": "某"}}, False),
        ({"accept_assumed": ["pooled_fund"]}, True),
        ({"accept_assumed": 1}, False),
        ({"comment": "x"}, False),
    ],
)
def test_worked_case_rows(tmp_path: Path, more: dict[str, Any], good: bool) -> None:
    """What stands around it. A case meant to be invalid may be anything."""
    file = tmp_path / "cases.yaml"
    file.write_text(yaml.safe_dump([{**ROW, **more}], allow_unicode=True), encoding="utf-8")
    assert (schema_mistakes(file, "cases") == []) == good


# ── what carries a clause ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", ["days", "diseases", "legacy_codes", "in_force.to"])
def test_a_clause_is_not_carried_by_what_is_not_there(tmp_path: Path, by: str) -> None:
    """The document has no such table, and no last day."""
    folder = _written(tmp_path, document={**HEAD, "clauses": [{**CLAUSE, "by": by}]})
    with pytest.raises(LawError, match=f"the document has no {by}") as raised:
        read_document(folder)
    assert raised.value.line > 1


def test_a_clause_is_carried_by_the_first_day_or_an_empty_table(tmp_path: Path) -> None:
    rows = [{**CLAUSE, "by": "in_force.from"}, {**CLAUSE, "id": "d.e", "by": "legacy_codes"}]
    folder = _written(tmp_path, document={**HEAD, "clauses": rows}, legacy_codes=[])
    document = read_document(folder)
    assert [clause.by for clause in document.clauses.values()] == ["in_force.from", "legacy_codes"]
    assert document.legacy_codes == ()
    assert schema_mistakes(folder / "document.yaml") == []


@pytest.mark.parametrize(
    "rows",
    [
        [{"code": "1", "disease": "gout", "clause": "d.c"}],
        [{"code": "1", "disease": "copd", "clause": "d.zz"}],
        [{"code": "1", "disease": "copd"}],
        [{"code": "1", "disease": "copd", "clause": "d.c"}] * 2,
    ],
    ids=str,
)
def test_bad_legacy_codes(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    with pytest.raises(LawError):
        read_document(_written(tmp_path, legacy_codes=rows))


def test_a_clause_by_no_known_part(tmp_path: Path) -> None:
    folder = _written(tmp_path, document={**HEAD, "clauses": [{**CLAUSE, "by": "magic"}]})
    refused, found = _both(folder, "document")
    assert refused is not None and refused.line in {mistake.line for mistake in found}
