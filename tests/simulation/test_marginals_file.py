"""The file of marginals is read strictly: each mistake is named by its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.simulation.drawn import AREA, marginals

from sanchong.law.yamlfile import LawError
from sanchong.simulation.marginal_specs import SPECS
from sanchong.simulation.marginals import load_marginals, shipped, shipped_areas

pytestmark = pytest.mark.batch


def test_the_shipped_file_has_every_marginal_with_its_standing() -> None:
    assert shipped_areas() == (AREA,)
    found = marginals()
    assert set(found.by_name) == set(SPECS)
    for marginal in found.by_name.values():
        assert marginal.status in ("found", "assumed") and marginal.source and marginal.unit


CHANGES = {
    "sum": ("0.1493", "0.15", "shares:", "the shares add up to 1.0007; expected 1"),
    "unknown marginal": ("name: sex.male", "name: sex.female", "name: sex.female", "expected one of"),
    "twice": ("name: income.sigma", "name: sex.male", "stands twice", "'sex.male' stands twice"),
    "unknown key": ("{urban: 41327, rural: 17677}", "{urban: 41327, rural: 17677, coast: 1}", "coast: 1", "coast"),
    "missing key": ("{urban: 41327, rural: 17677}", "{urban: 41327}", "values: {urban: 41327}", "'rural'"),
    "unknown field": ("  value: 0.5106", "  value: 0.5106\n  colour: red", "colour: red", "'colour'"),
    "no number": ("  value: 0.5106", "  value: half", "value: half", "expected a number"),
    "out of bounds": ("  value: 0.5106", "  value: 1.5106", "value: 1.5106", "expected 0 to 1"),
    "not a number": ("  value: 0.5106", "  value: .nan", "value: .nan", "expected 0 to 1"),
    "no such status": ("  status: found\n", "  status: known\n", "status: known", "'status'"),
    "no such disease": ("    keshan: ", "    gout: ", "rows:", "'keshan'"),
    "no such profile": ("profile: eldest", "profile: oldest", "name: diseases", "'alzheimer'"),
    "column sum": ("resident_stays: 0.13", "resident_stays: 0.14", "name: providers", "adds up to 1.01"),
    "no such provider": (
        "administrative_level: county, number: 3", "administrative_level: township, number: 3",
        "name: providers", "fee class 2 at township level",
    ),
    "area": ('region: "140100"', "region: taiyuan", "region: taiyuan", "expected six digits"),
    "county": ('values: {"140302": 6', 'values: {"140399": 6', "name: county.townships", "expected the counties"),
    "within a broad age": ("0-4: 0.26", "0-4: 0.27", "name: age.within", "within 0-14 add up to 1.01"),
    "deciles": ('{"1": 7.0', '{"1": 8.0', "name: category.by_income_decile", "the mean is 1.1"),
    "too poor": ("{urban: 0.012, rural: 0.055}", "{urban: 0.012, rural: 0.155}", "name: category.households", "exceed 1"),
    "drug": ("pooled: 0.6,", "pooled: 0.95,", "name: special_drug", "more than the drug costs"),
    "bounds": ("{least: 5, most: 1500000}", "{least: 5, most: 4}", "name: bill.bounds", "at most the most"),
    "whole": ('values: {"140302": 6', 'values: {"140302": 6.5', '"140302": 6.5', "a whole number"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_mistake_is_named_by_its_line(change: str, tmp_path: Path) -> None:
    """``(old, new, the line's text, what is said)``; the first occurrence is changed."""
    old, new, line_with, said = CHANGES[change]
    text = shipped(AREA).read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    file = tmp_path / "marginals.yaml"
    file.write_text(changed, encoding="utf-8")
    with pytest.raises(LawError) as caught:
        load_marginals(file)
    assert said in str(caught.value), caught.value
    lines = changed.splitlines()
    pointed = lines[caught.value.line - 1]
    if line_with == "stands twice":
        line_with = "name: sex.male"
        assert caught.value.line > next(n for n, line in enumerate(lines, 1) if line_with in line)
    assert line_with in pointed or new.strip() in pointed, pointed


def test_a_marginal_that_is_missing(tmp_path: Path) -> None:
    text = shipped(AREA).read_text(encoding="utf-8")
    start = text.index("- name: sex.male")
    file = tmp_path / "marginals.yaml"
    file.write_text(text[:start] + text[text.index("- name: household.size") :], encoding="utf-8")
    with pytest.raises(LawError, match=r"expected the marginals sex\.male"):
        load_marginals(file)


@pytest.mark.parametrize("field", ["source", "note", "unit"])
def test_a_figure_without_its_standing(field: str, tmp_path: Path) -> None:
    """A found figure names its source, an assumed one says what it rests on; each has a unit."""
    lines = shipped(AREA).read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(
        n for n, line in enumerate(lines) if line.startswith(f"  {field}: ") and not line.endswith(">-\n")
    )
    file = tmp_path / "marginals.yaml"
    file.write_text("".join(lines[:at] + lines[at + 1 :]), encoding="utf-8")
    with pytest.raises(LawError, match=f"expected the field '{field}'"):
        load_marginals(file)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(LawError, match="expected a readable file"):
        load_marginals(tmp_path / "none.yaml")
