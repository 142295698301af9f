"""Mistakes in a folder of policies: named by file, line and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.settlement.contract_cases import policy

from sanchong.law.library import load_law
from sanchong.law.yamlfile import LawError

SOUND = '- {address: pooled_fund.annual_cap, value: "50", clause: test.a}\n'
"""Stands on line 1 of each file, so that the mistake is on line 2."""


def refused(folder: Path) -> LawError:
    """The error of a folder that must not load."""
    with pytest.raises(LawError) as caught:
        load_law([folder])
    return caught.value


def test_the_sound_row_loads(tmp_path: Path) -> None:
    """What the mistakes below stand beside."""
    assert "test" in load_law([policy(tmp_path, "test", "140300", SOUND)]).by_id


ROWS = {
    "bad status": (
        '- {address: inpatient.deductible.first, value: "5", status: guessed, clause: test.a}',
        "status",
    ),
    "unknown address": ('- {address: inpatient.deductible.fourth, value: "5", clause: test.a}', "fourth"),
    "unknown clause": ('- {address: inpatient.deductible.first, value: "5", clause: test.b}', "test.b"),
    "another document's clause": (
        '- {address: inpatient.deductible.first, value: "5", clause: shanxi.a2}',
        "shanxi.a2",
    ),
    "unknown field": (
        '- {address: inpatient.deductible.first, value: "5", clause: test.a, colour: red}',
        "colour",
    ),
    "no clause": ('- {address: inpatient.deductible.first, value: "5"}', "clause"),
    "no value": ("- {address: inpatient.deductible.first, clause: test.a}", "value"),
    "a float": ("- {address: inpatient.deductible.first, value: 5.5, clause: test.a}", "yuan"),
    "a rate without its sign": (
        '- {address: inpatient.pooled_rate.first, value: "75", clause: test.a}',
        "rate",
    ),
    "a bad date": (
        '- {address: inpatient.deductible.first, value: "5", clause: test.a, from: 2025-13}',
        "date",
    ),
    "a date as text": (
        '- {address: inpatient.deductible.first, value: "5", clause: test.a, from: "2025-01-01"}',
        "date",
    ),
    "an end before its start": (
        '- {address: inpatient.deductible.first, value: "5", clause: test.a, from: 2025-02-01, to: 2025-01-31}',
        "end",
    ),
    "assumed outside the illustrations": (
        '- {address: inpatient.deductible.first, value: "5", status: assumed, reason: "x", clause: test.a}',
        "assumed",
    ),
    "two values in force": (
        '- {address: pooled_fund.annual_cap, value: "60", clause: test.a, from: 2025-12-31}',
        "two values",
    ),
}


@pytest.mark.parametrize("mistake", ROWS)
def test_a_mistake_in_a_row(tmp_path: Path, mistake: str) -> None:
    """File, line 2 and a word of what was expected."""
    text, expected = ROWS[mistake]
    error = refused(policy(tmp_path, "test", "140300", SOUND + text + "\n"))
    assert error.file.endswith("extra/test/values.yaml")
    assert error.line == 2
    assert expected in error.expected


def test_two_values_that_follow_each_other_are_no_conflict(tmp_path: Path) -> None:
    """One ends the day before the other begins; or they became known on different days."""
    rows = (
        '- {address: pooled_fund.annual_cap, value: "50", clause: test.a, to: 2025-06-30}\n'
        '- {address: pooled_fund.annual_cap, value: "60", clause: test.a, from: 2025-07-01}\n'
        '- {address: pooled_fund.annual_cap, value: "70", clause: test.a, from: 2025-07-01, known_from: 2025-08-01}\n'
    )
    assert load_law([policy(tmp_path, "test", "140300", rows)])


def test_two_documents_of_one_area_may_not_both_state_a_value(tmp_path: Path) -> None:
    """The later file's row is named."""
    policy(tmp_path, "test", "140300", SOUND)
    error = refused(policy(tmp_path, "other", "140300", SOUND.replace("test.a", "other.a")))
    assert error.line == 1
    assert "two values" in error.expected


def test_an_assumed_value_says_why(tmp_path: Path) -> None:
    """In an illustrative document, without a reason."""
    row = (
        '- {address: enrolment.contribution, value: "5", status: assumed, clause: test.a, from: 2031-01-01}\n'
    )
    error = refused(policy(tmp_path, "test", "140300", row, illustrative="true"))
    assert error.line == 1
    assert "reason" in error.expected


@pytest.mark.parametrize(
    ("area", "address", "value"),
    [
        ("140321", "assistance.annual_cap.subsistence_allowance", '"70000"'),
        ("140321", "assistance.annual_cap.returned_to_poverty", '"70000"'),
        ("140321", "catalogue_control.limit.third", '"20%"'),
        ("140300", "outpatient.chronic_special.pooled_rate", '"80%"'),
        ("140300", "outpatient.chronic.quarterly_limit.diabetes", '"900"'),
    ],
)
def test_a_lower_area_may_not_set_what_a_higher_one_governs(
    tmp_path: Path, area: str, address: str, value: str
) -> None:
    """A county over its city, a city over the province, also where the higher one states no figure (A4, B31)."""
    row = f"- {{address: {address}, value: {value}, clause: test.a}}\n"
    error = refused(policy(tmp_path, "test", area, SOUND + row))
    assert error.file.endswith("extra/test/values.yaml")
    assert error.line == 2
    assert address in error.expected


def test_a_lower_area_may_set_what_is_left_open(tmp_path: Path) -> None:
    """Left open by the country; governed by the province but left open by it; not left open: refused."""
    switch = "- {address: special_drug.counts_to_annual_cap, value: true, clause: test.a}\n"
    assert load_law([policy(tmp_path, "test", "140300", switch)])
    province = policy(
        tmp_path / "b", "top", "140000", governs='["inpatient.*"]', leaves_open='["inpatient.deductible.*"]'
    )
    deductible = '- {address: inpatient.deductible.first, value: "5", clause: low.a}\n'
    policy(tmp_path / "b", "low", "140300", deductible)
    assert load_law([province])
    rate = '- {address: inpatient.pooled_rate.first, value: "75%", clause: rates.a}\n'
    policy(tmp_path / "b", "rates", "140300", rate)
    assert "inpatient.pooled_rate.first" in refused(province).expected


HEADS = {
    "unknown field": {"colour": "red"},
    "bad area": {"area": '"1403"'},
    "area as a number": {"area": "140300"},
    "unknown scheme": {"schemes": "[dental]"},
    "title in one language": {"title": "{zh: 测试}"},
    "bad first day": {"in_force": "{from: soon, to: null}"},
    "end before start": {"in_force": "{from: 2025-02-01, to: 2025-01-01}"},
    "no date of knowledge": {"known_from": "null"},
}


@pytest.mark.parametrize("mistake", HEADS)
def test_a_mistake_in_a_document(tmp_path: Path, mistake: str) -> None:
    """File and line of the field."""
    head = HEADS[mistake]
    folder = policy(tmp_path, "test", "140300", **head)
    error = refused(folder)
    written = (folder / "test" / "document.yaml").read_text("utf-8").splitlines()
    name = next(iter(head))
    assert error.file.endswith("extra/test/document.yaml")
    assert written[error.line - 1].startswith(f"{name}:")


def test_a_document_may_stand_only_once(tmp_path: Path) -> None:
    """An id names one document."""
    assert "shanxi" in refused(policy(tmp_path, "shanxi", "140300")).expected


def test_not_yaml_and_no_such_day(tmp_path: Path) -> None:
    """Also named by file."""
    folder = policy(tmp_path, "test", "140300", SOUND + "- {address: [}\n")
    error = refused(folder)
    assert (error.file.endswith("values.yaml"), error.line) == (True, 2)
    (folder / "test" / "values.yaml").write_text(SOUND.replace("}", ", from: 2025-02-30}"), "utf-8")
    assert refused(folder).file.endswith("values.yaml")


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    """Said as such."""
    assert "folder" in refused(tmp_path / "nowhere").expected


def test_the_folder_of_worked_cases_is_no_document(tmp_path: Path) -> None:
    """Nothing in it is read as law."""
    folder = policy(tmp_path, "test", "140300", SOUND)
    (folder / "test" / "cases").mkdir()
    (folder / "test" / "cases" / "c.yaml").write_text("- nonsense\n", "utf-8")
    assert load_law([folder])
