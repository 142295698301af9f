"""The shipped law: every requirement row carried once, the catalogue, the exclusions, every address of the contract."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from functools import cache
from itertools import product

import pytest

import sanchong.rules
from sanchong.law.documents import KINDS
from sanchong.law.library import Law, load_law
from sanchong.rules.rule import RULES
from sanchong.shapes import (
    ADDRESS,
    CATEGORIES,
    CHRONIC_DISEASES,
    CONDITIONS,
    DISEASES,
    SPECIAL_DISEASES,
    TERMS_SLOTS,
)

_SPECIAL = """cancer transplant hemophilia dialysis tuberculosis psychosis aplastic_anemia myelofibrosis
polycythemia_vera thrombocythemia itp"""
SPECIAL = _SPECIAL.split()
_CHRONIC = """diabetes thyroid nephrotic ckd cirrhosis ibd vasculitis femoral_head osteomyelitis copd asthma
cor_pulmonale hypertension chd valve heart_failure hepatitis myasthenia alzheimer epilepsy wilson stroke parkinson
demyelination sjogren ra as knee_oa sle ssc vitiligo psoriasis fluorosis kashin_beck keshan"""
CHRONIC = _CHRONIC.split()
"""In the contract's order."""

PAIRS = {
    frozenset(pair)
    for pair in (
        ("dialysis", "transplant:kidney"), ("ckd", "dialysis"), ("ckd", "transplant:kidney"),
        ("nephrotic", "dialysis"), ("nephrotic", "transplant:kidney"), ("cirrhosis", "transplant:liver"),
        ("cirrhosis", "hepatitis"), ("myelofibrosis", "cancer:acute_leukemia"), ("cor_pulmonale", "copd"),
        ("asthma", "copd"),
    )
}  # fmt: skip
"""Appendix I of the requirements."""

CLASSES = ("first", "second_city", "second_county", "third")
TIERED = ("standard", *CATEGORIES)
TILTED = ("standard", "extreme_poverty", "subsistence_allowance", "returned_to_poverty")


def family(prefix: str, members: tuple[str, ...] | list[str]) -> list[str]:
    """The addresses of a family."""
    return [f"{prefix}.{member}" for member in members]


TABLE = [
    "outpatient.chronic_special.pooled_rate",
    *family("outpatient.chronic.quarterly_limit", CHRONIC),
    "outpatient.chronic.stacking.rate",
    "outpatient.chronic.stacking.max_others",
    "outpatient.chronic.quota_mode",
    "outpatient.chronic.excess_stays_in_policy",
    "outpatient.special.minimum_provider_level",
    "pooled_fund.annual_cap",
    "special_drug.counts_to_annual_cap",
    *family("inpatient.deductible", CLASSES),
    *family("inpatient.pooled_rate", CLASSES),
    *family("catastrophic.deductible", TIERED),
    *family("catastrophic.bands", TIERED),
    *family("catastrophic.annual_cap", TIERED),
    "assistance.in_force_from",
    "assistance.disposable_income_per_capita",
    *family("assistance.inpatient.deductible_income_share", CATEGORIES),
    *family("assistance.inpatient.rate", CATEGORIES),
    *family("assistance.annual_cap", CATEGORIES),
    *family("assistance.outpatient.rate", CATEGORIES),
    *family("assistance.special_drug.rate", CATEGORIES),
    *family("catalogue_control.limit", CLASSES),
    "enrolment.contribution",
    *family("enrolment.subsidy.rate", CATEGORIES),
    *family("enrolment.subsidy.floor", CATEGORIES),
    *family("enrolment.subsidy.amount", CATEGORIES),
    *family("early_warning.threshold", ("falling_into", "falling_back")),
]
"""The contract's table of what ``terms`` may set."""

WITHOUT_FIGURE = {
    # Everybody but the three poorest falls back to standard.
    *(f"catastrophic.{kind}.{name}" for kind, name in product(("deductible", "bands", "annual_cap"), CATEGORIES)
      if name not in TILTED),
    # The text reaches two categories (B62, B66): no rate means not entitled.
    *(f"assistance.{kind}.rate.{name}" for kind, name in product(("outpatient", "special_drug"), CATEGORIES[2:])),
    # B37 to B39 print a rate for two categories and a floor for one; an amount is never printed.
    *family("enrolment.subsidy.rate", CATEGORIES[2:]),
    *family("enrolment.subsidy.floor", [name for name in CATEGORIES if name != "subsistence_allowance"]),
    *family("enrolment.subsidy.amount", [n for n in CATEGORIES if n not in ("returned_to_poverty", "monitored")]),
}  # fmt: skip
"""Families by category in which no figure exists and none is needed."""

UNMODELLED = {
    *(f"assistance.{kind}.{name}"
      for kind, name in product(("inpatient.deductible_income_share", "inpatient.rate", "annual_cap"),
                                ("returned_to_poverty", "monitored"))),
    *family("enrolment.subsidy.amount", ("returned_to_poverty", "monitored")),
}  # fmt: skip
"""Left to another document (B19)."""


@cache
def law() -> Law:
    """The shipped law."""
    return load_law()


# ── clauses ──────────────────────────────────────────────────────────────────────────────────


def test_every_row_of_the_requirements_is_carried_once() -> None:
    """A1 to A108 and B1 to B144: 252 rows, each by exactly one clause."""
    carried = Counter(row for clause in law().clauses.values() for row in clause.rows)
    wanted = {f"A{n}" for n in range(1, 109)} | {f"B{n}" for n in range(1, 145)}
    assert len(wanted) == 252
    assert set(carried) == wanted
    assert [row for row, times in carried.items() if times != 1] == []


def test_rows_stand_in_the_right_document() -> None:
    """Text A is Shanxi's scheme with Jinzhong's own transition, text B Yangquan's document."""
    for clause in law().clauses.values():
        for row in clause.rows:
            assert clause.document in (("shanxi", "jinzhong") if row[0] == "A" else ("yangquan",)), row
    transition = {f"A{n}" for n in (56, 57, 58, 59, 60, 63, 64)}
    assert transition <= {row for clause in law().by_id["jinzhong"].clauses.values() for row in clause.rows}


def test_other_documents_carry_no_row() -> None:
    """What neither text says stands in documents of its own."""
    for document in law().documents:
        if document.id not in ("shanxi", "jinzhong", "yangquan"):
            assert all(clause.rows == () for clause in document.clauses.values())


def test_every_clause_has_a_kind_and_both_languages() -> None:
    """Computable, procedural, principle; a procedural one says whose duty it is."""
    for clause in law().clauses.values():
        assert clause.kind
        assert set(clause.kind) <= set(KINDS)
        assert all(clause.gist[lang] and clause.place[lang] for lang in ("zh", "en"))
        assert clause.id.startswith(f"{clause.document}.")
        if "procedural" in clause.kind:
            assert clause.duty, clause.id


KINDS_OF_ROWS = [
    ("computable", "A", "2-3 13 15-20 22-23 25 27-28 31-38 41-47 49-51 53-54 59-60 62 80 88 92 105"),
    ("computable", "B", "6 12-14 19-23 26-30 36-41 43-57 59-66 73-75 78-80 85 104 107 116 118-119 138 142"),
    ("computable procedural", "A", "6 24 39 52 58 61 63 67 81 83 98"),
    ("computable procedural", "B", "15 18 34 68 77 103 121 136 141"),
    ("computable principle", "B", "8"),
    ("procedural principle", "A", "79"),
    ("procedural principle", "B", "72 87-88 94 114"),
    ("principle", "A", "7-10 12 21 29 55 70 85 91 99 106-107"),
    ("principle", "B", "4-5 7 9-10 16 24-25 58 83 89-93 96-97 120 123 139-140 144"),
    ("principle", "A", "108"),
]
"""The requirements' own kinds, by letter and runs of numbers; every other row is procedural."""


def test_no_clause_is_of_another_kind_than_its_row() -> None:
    """Another kind than the row's needs a page in docs/decisions; so far none has one."""
    wanted = {}
    for kinds, letter, runs in KINDS_OF_ROWS:
        for run in runs.split():
            first, _, last = run.partition("-")
            for number in range(int(first), int(last or first) + 1):
                wanted[f"{letter}{number}"] = set(kinds.split())
    assert len(wanted) == 252 - 90
    for clause in law().clauses.values():
        for row in clause.rows:
            assert set(clause.kind) == wanted.get(row, {"procedural"}), row


def test_every_rules_clause_exists() -> None:
    """The empty clause is a look-up's: its clause is that of the value."""
    for module in pkgutil.walk_packages(sanchong.rules.__path__, "sanchong.rules."):
        importlib.import_module(module.name)
    assert len(RULES) > 50
    cited = {(name, clause) for name, rule in RULES.items() for clause in (rule.clause, *rule.also) if clause}
    assert {(name, clause) for name, clause in cited if clause not in law().clauses} == set()


# ── catalogue and exclusions ─────────────────────────────────────────────────────────────────


def test_the_46_diseases() -> None:
    """11 special, then 35 chronic, in catalogue order."""
    assert (len(SPECIAL), len(CHRONIC)) == (11, 35)
    assert list(SPECIAL_DISEASES) == SPECIAL
    assert list(CHRONIC_DISEASES) == CHRONIC
    assert list(DISEASES) == SPECIAL + CHRONIC
    found = law().diseases
    assert [disease.code for disease in found] == SPECIAL + CHRONIC
    assert [disease.kind for disease in found] == ["special"] * 11 + ["chronic"] * 35
    assert len({disease.name for disease in found}) == 46
    assert all(disease.clause in law().clauses for disease in found)


def test_subtypes() -> None:
    """Three diseases need one; psychosis has six."""
    need = {disease.code: disease for disease in law().diseases if disease.subtype_required}
    assert set(need) == {"cancer", "transplant", "psychosis"}
    assert set(need["psychosis"].subtypes or ()) == {
        "schizophrenia", "bipolar", "delusional", "schizoaffective", "epileptic", "retardation",
    }  # fmt: skip
    assert need["cancer"].subtypes is None
    assert need["transplant"].subtypes is None


def test_the_ten_pairs() -> None:
    """Exactly those of appendix I, each with its clause."""
    found = law().by_id["shanxi"].exclusions
    assert len(found) == 10
    assert {frozenset((CONDITIONS[e.a], CONDITIONS[e.b])) for e in found} == PAIRS
    assert all(e.clause in law().clauses for e in found)


# ── addresses and figures ────────────────────────────────────────────────────────────────────


def test_the_table_is_what_terms_may_set() -> None:
    """Every address of the contract exists; no other can be set (matters cannot be set at all)."""
    settable = {a.name for a in ADDRESS.values() if a.slot < TERMS_SLOTS and a.unit != "matter"}
    assert len(TABLE) == len(set(TABLE))
    assert settable == set(TABLE)


@pytest.mark.parametrize("address", TABLE)
def test_every_address_has_its_figure_or_its_reason(address: str) -> None:
    """Printed or found, illustrated, left to another document, or a family's member without a figure."""
    statuses = {value.status for value in law().values() if value.address.name == address}
    if address in WITHOUT_FIGURE:
        assert statuses == set()
    elif address in UNMODELLED:
        assert statuses == {"unmodelled"}
    elif address == "enrolment.contribution":
        assert statuses == {"found", "assumed"}
    else:
        assert statuses in ({"stated"}, {"reading"}, {"assumed"})


PRINTED = {
    "outpatient.chronic_special.pooled_rate": "7/10",
    "outpatient.chronic.stacking.rate": "1/2",
    "outpatient.chronic.stacking.max_others": 2,
    "outpatient.special.minimum_provider_level": 2,
    "assistance.inpatient.deductible_income_share.extreme_poverty": "0",
    "assistance.inpatient.deductible_income_share.subsistence_allowance": "0",
    "assistance.inpatient.deductible_income_share.near_subsistence": "1/10",
    "assistance.inpatient.deductible_income_share.impoverished_by_illness": "1/4",
    "assistance.inpatient.rate.extreme_poverty": "1",
    "assistance.inpatient.rate.subsistence_allowance": "7/10",
    "assistance.inpatient.rate.near_subsistence": "3/5",
    "assistance.inpatient.rate.impoverished_by_illness": "3/5",
    "assistance.annual_cap.extreme_poverty": None,
    "assistance.annual_cap.subsistence_allowance": "60000.00",
    "assistance.annual_cap.near_subsistence": "40000.00",
    "assistance.annual_cap.impoverished_by_illness": "40000.00",
    "assistance.outpatient.rate.extreme_poverty": "3/5",
    "assistance.outpatient.rate.subsistence_allowance": "3/10",
    "assistance.special_drug.rate.extreme_poverty": "1/5",
    "assistance.special_drug.rate.subsistence_allowance": "1/10",
    "catalogue_control.limit.first": "3/10",
    "catalogue_control.limit.second_city": "1/5",
    "catalogue_control.limit.second_county": "3/20",
    "catalogue_control.limit.third": "3/20",
    "enrolment.subsidy.rate.extreme_poverty": "1",
    "enrolment.subsidy.rate.subsistence_allowance": "4/5",
    "enrolment.subsidy.floor.subsistence_allowance": "280.00",
    "recognition.time_limit.working_days": 20,
    "prescription.long.min_weeks": 4,
    "prescription.long.max_weeks": 12,
}
"""Every figure that the two texts print (appendix II and section 1 of the requirements)."""


def test_the_printed_figures() -> None:
    """Stated, with the text's own figure, and no other value is stated."""
    stated = {v.address.name: v.said() for v in law().values() if v.status == "stated"}
    assert stated == PRINTED


def test_assumed_values_stand_only_among_the_illustrations() -> None:
    """Each with its reason; nothing else stands there."""
    for value in law().values():
        assert (value.document == "illustrative") == (value.status == "assumed")
        assert value.status != "assumed" or value.reason


def test_all_35_quarterly_limits_are_illustrated() -> None:
    """None is printed."""
    prefix = "outpatient.chronic.quarterly_limit."
    found = [v.address.name for v in law().values() if v.address.name.startswith(prefix)]
    assert sorted(found) == sorted(prefix + code for code in CHRONIC)
