"""Checking law files: every mistake with its place, and what their keeper should look at."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from sanchong.law import checking
from sanchong.law.checking import check_law
from sanchong.law.coverage import UNCARRIED
from sanchong.law.findings import Finding, Report
from sanchong.law.library import load_law
from sanchong.law.yamlfile import LawError
from sanchong.rules.registry import rules_by_clause
from sanchong.shapes import CONDITIONS

TODAY = dt.date(2025, 6, 1)
DAY = dt.date(2025, 1, 1)
WORDS = {"zh": "某", "en": "some"}
CLAUSE: dict[str, Any] = {"id": "d.c", "place": WORDS, "gist": WORDS, "rows": [], "kind": ["computable"]}
HEAD: dict[str, Any] = {
    "id": "d", "area": "140700", "title": WORDS, "short": WORDS, "issuer": WORDS, "schemes": [],
    "in_force": {"from": DAY, "to": None}, "known_from": DAY, "governs": [], "leaves_open": [], "clauses": [CLAUSE],
}  # fmt: skip
CAP = "pooled_fund.annual_cap"


def _value(address: str = CAP, amount: Any = "100", **more: Any) -> dict[str, Any]:
    return {"address": address, "value": amount, "clause": "d.c", **more}


def _folder(tmp_path: Path, name: str = "d", **files: Any) -> Path:
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    for stem, data in {"document": HEAD, "values": [_value()], **files}.items():
        text = data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True)
        (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def _check(*folders: Path, rules: dict[str, list[str]] | None = None) -> Report:
    return check_law(folders, rules_by_clause() | (rules or {}), TODAY)


def _said(report: Report, level: str, kind: str = "", within: Path | None = None) -> list[str]:
    return [
        finding.en
        for finding in report.findings
        if finding.level == level
        and kind in ("", finding.kind)
        and (within is None or finding.file.startswith(str(within)))
    ]


def test_the_shipped_law_is_sound() -> None:
    """No mistake in what is shipped; the known gaps are warned of."""
    report = check_law((), rules_by_clause(), dt.date(2026, 6, 1))
    assert report.mistakes == []
    assert report.counts["documents"] == len(load_law().documents)
    assert report.counts["days"] > 500
    assert any(
        "enrolment.contribution (000000) ends on 2026-12-31" in said for said in _said(report, "warning")
    )
    assert any("shanxi expires on 2030-03-31" in said for said in _said(report, "warning", "gap"))


def test_every_mistake_of_a_document(tmp_path: Path) -> None:
    """Not only the first: each row's, in every file, by line."""
    head = {**HEAD, "clauses": [CLAUSE, {**CLAUSE, "id": "x.c"}, {**CLAUSE, "id": "d.d", "kind": ["odd"]}]}
    values = (
        f"- {{address: {CAP}, value: -1, clause: d.c}}\n"
        f"- {{address: {CAP}, value: 1, clause: d.zz}}\n"
        "- {address: pooled_fund.annual_cpa, value: 1, clause: d.c}\n"
        f"- {{address: {CAP}, value: 1, clause: d.d}}\n"
    )
    root = _folder(tmp_path, document=head, values=values, days=[{"year": "x"}])
    report = _check(root)
    lines = [(Path(f.file).name, f.line) for f in report.mistakes]
    assert ("values.yaml", 1) in lines and ("values.yaml", 2) in lines and ("values.yaml", 3) in lines
    assert ("values.yaml", 4) not in lines  # its clause is wrong, and said to be so where it stands
    assert len([name for name, _ in lines if name == "document.yaml"]) >= 2
    assert any(name == "days.yaml" for name, _ in lines)
    assert any("near ones are pooled_fund.annual_cap" in said for said in _said(report, "mistake"))


DAMAGED: list[dict[str, Any]] = [
    {"document": "- 1"},
    {"document": "a: ["},
    {"document": {**HEAD, "area": "x"}},
    {"document": {**HEAD, "clauses": [CLAUSE, CLAUSE]}},
    {"document": {**HEAD, "id": "shanxi", "clauses": []}, "values": []},
    {"document": {**HEAD, "clauses": "x"}},
    {"document": {**HEAD, "clauses": [5]}},
    {"values": "5"},
    {"values": [5]},
    {"values": [_value(), _value()]},
    {"values": [_value(clause="shanxi.a51")]},
    {"values": [_value("outpatient.chronic_special.pooled_rate", "80%")]},
    {"values": "- {address: x, address: y}"},
    {"exclusions": [{"a": "flu", "b": "ckd", "clause": "d.c"}]},
    {"diseases": [{"code": "cancer"}]},
]


@pytest.mark.parametrize("files", DAMAGED, ids=str)
def test_what_the_loader_refuses_is_a_mistake(tmp_path: Path, files: dict[str, Any]) -> None:
    """Everything for which load_law raises, said in its words and at its place."""
    root = _folder(tmp_path, **files)
    with pytest.raises(LawError) as raised:
        load_law([root])
    found = [(f.file, f.line) for f in _check(root).mistakes if f.en.startswith(raised.value.expected)]
    assert (raised.value.file, raised.value.line) in found


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """One mistake, no more."""
    assert _said(_check(tmp_path / "none"), "mistake") == ["expected a folder of policies"]


def test_a_gap_in_a_history(tmp_path: Path) -> None:
    """A value that ends before the next begins, or that nothing follows."""
    jan, mar, may, jul = (dt.date(2025, month, 1) for month in (1, 3, 5, 7))
    rows = [
        (CAP, "1", jan, dt.date(2025, 2, 28)),
        (CAP, "2", mar, dt.date(2025, 4, 30)),
        (CAP, "3", jul, None),
        ("early_warning.threshold.falling_back", "5", DAY, may),
    ]
    values = [{**_value(name, amount), "from": start, "to": end} for name, amount, start, end in rows]
    root = _folder(tmp_path, values=values)
    assert _said(_check(root), "warning", "gap", root) == [
        f"{CAP} (140700) ends on 2025-04-30; only an illustration follows",
        "early_warning.threshold.falling_back (140700) ends on 2025-05-01; only an illustration follows",
    ]


def test_a_gap_without_illustration(tmp_path: Path) -> None:
    """Where not even an illustration stands in."""
    name = "catastrophic.deductible.monitored"
    periods = ((DAY, dt.date(2025, 4, 30)), (dt.date(2025, 7, 1), dt.date(2025, 8, 31)))
    values = [{**_value(name, "1"), "from": start, "to": end} for start, end in periods]
    root = _folder(tmp_path, values=values)
    report = _check(root)
    assert _said(report, "warning", "gap", root) == [
        f"{name} (140700) ends on 2025-04-30; the next begins on 2025-07-01: a gap",
        f"{name} (140700) ends on 2025-08-31; nothing follows",
    ]
    swept = [said for said in _said(report, "warning", "sweep") if name in said]
    assert swept == [
        f"2025-06-30 (140700): in force in the quarter before, missing on this day: {name}",
        f"2025-09-30 (140700): in force in the quarter before, missing on this day: {name}",
    ]


def test_a_value_known_later_follows(tmp_path: Path) -> None:
    """A row that ends and one, known later, that goes on, are no gap."""
    values = [_value(to=dt.date(2025, 12, 31)), _value(CAP, "200", known_from=dt.date(2025, 5, 1))]
    root = _folder(tmp_path, values=values)
    assert _said(_check(root), "warning", "gap", root) == []


def test_a_document_that_expires(tmp_path: Path) -> None:
    """All its values in one warning."""
    head = {**HEAD, "in_force": {"from": DAY, "to": dt.date(2025, 12, 31)}}
    names = ("catastrophic.deductible.monitored", "catastrophic.annual_cap.monitored")
    root = _folder(tmp_path, document=head, values=[_value(name, "5") for name in names])
    found = _said(_check(root), "warning", "gap", root)
    assert found == [f"d expires on 2025-12-31; nothing follows: {', '.join(sorted(names))}"]


def test_clauses(tmp_path: Path) -> None:
    """A rule's clause that is not there fails; a clause that nothing carries is listed."""
    more = [
        {**CLAUSE, "id": "d.bare"},
        {**CLAUSE, "id": "d.ruled"},
        {**CLAUSE, "id": "d.done", "kind": ["procedural"], "duty": "claims"},
        {**CLAUSE, "id": "d.aim", "kind": ["principle"]},
    ]
    root = _folder(tmp_path, document={**HEAD, "clauses": [CLAUSE, *more]})
    report = _check(root, rules={"d.ruled": ["some_rule"], "d.gone": ["another_rule"]})
    assert _said(report, UNCARRIED, "carried", root) == [
        "carried by no rule, value, table, period or duty (1): d.bare"
    ]
    assert _said(report, "mistake", "dangling") == [
        "rule another_rule cites the clause d.gone, which does not exist"
    ]


def test_tables(tmp_path: Path) -> None:
    """Pairs that cannot be, patterns that match nothing, days that need no notice."""
    kidney = {"a": "transplant:kidney", "b": "ckd", "clause": "d.c"}
    twice = {"a": "ckd", "b": "transplant:kidney", "clause": "d.c"}
    selfish = {"a": "ckd", "b": "ckd", "clause": "d.c"}
    notice = {"year": 2031, "known_from": DAY, "off": [dt.date(2031, 1, 4)], "working": [dt.date(2031, 1, 6)]}
    root = _folder(
        tmp_path,
        document={**HEAD, "governs": ["assistence.*"]},
        exclusions=[kidney, twice, selfish],
        days=[notice, notice],
    )
    found = {
        (f.level, f.kind, Path(f.file).name, f.line, f.en) for f in _check(root).findings if "/d/" in f.file
    }
    assert {f[:3] + f[4:] for f in found} >= {
        ("warning", "exclusions", "exclusions.yaml", "this pair stands twice"),
        ("mistake", "exclusions", "exclusions.yaml", "ckd excludes itself"),
        ("warning", "address", "document.yaml", "'governs': assistence.* matches no address"),
        ("warning", "calendar", "days.yaml", "2031-01-04 is a weekend day anyway"),
        ("warning", "calendar", "days.yaml", "2031-01-06 is a weekday anyway"),
        ("mistake", "calendar", "days.yaml", "two notices of 2031, known from one day"),
    }
    assert all(line for _, kind, _, line, _ in found if kind != "carried")


def test_too_many_exclusions(tmp_path: Path) -> None:
    """There is room for so many pairs."""
    pairs = [{"a": "cancer", "b": other, "clause": "d.c"} for other in CONDITIONS[2:27]]
    found = _said(_check(_folder(tmp_path, exclusions=pairs)), "mistake")
    assert "expected at most 24 pairs" in found


def test_years_without_notice() -> None:
    """The shipped calendar is complete up to its last year; later years are named."""
    report = check_law((), rules_by_clause(), dt.date(2028, 1, 1))
    assert any(
        "no notice of working days for 2027, 2028" in said for said in _said(report, "warning", "calendar")
    )
    assert any("2027" in said for said in _said(check_law((), {}, dt.date(2026, 1, 1)), "note", "calendar"))


def test_stray_files(tmp_path: Path) -> None:
    """A name misspelt is not silently left out."""
    root = _folder(tmp_path, value=[_value()])
    (tmp_path / "lost").mkdir()
    (tmp_path / "lost" / "values.yaml").write_text("[]", encoding="utf-8")
    found = {
        Path(f.file).relative_to(root.resolve()).as_posix()
        for f in _check(root).findings
        if f.kind == "stray"
    }
    assert found == {"d/value.yaml", "lost/values.yaml"}


@pytest.mark.parametrize("jsonschema", [True, False])
def test_worked_cases(tmp_path: Path, jsonschema: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of cases is looked at too, with jsonschema or without."""
    if not jsonschema:
        monkeypatch.setattr(checking, "find_spec", lambda name: None)
    root = _folder(tmp_path)
    cases = root / "d" / "cases"
    cases.mkdir()
    (cases / "a.yaml").write_text("- {title: {zh: 某, en: some}, source: s, case: {}}\n", encoding="utf-8")
    (cases / "b.yaml").write_text("- {", encoding="utf-8")
    (cases / "c.yaml").write_text("{}", encoding="utf-8")
    lines = {(Path(f.file).name, f.line) for f in _check(root).mistakes}
    assert {("a.yaml", 1), ("c.yaml", 1)} <= lines
    assert any(name == "b.yaml" for name, _ in lines)


def test_a_sound_addition(tmp_path: Path) -> None:
    """A new document that is right adds no finding."""
    clean, with_it = _check(), _check(_folder(tmp_path))
    assert [f for f in with_it.findings if f not in clean.findings] == []
    assert with_it.data()["ok"] is True
    assert with_it.counts["documents"] == clean.counts["documents"] + 1


def test_findings_are_said_in_both_languages() -> None:
    """Text, data and summary."""
    finding = Finding("warning", "gap", "空档", "a gap", "f.yaml", 3)
    report = Report([finding], {"documents": 2})
    assert (finding.text("zh"), finding.text("en")) == ("空档", "a gap")
    assert report.summary("en") == "2 documents; Mistakes 0, Warnings 1, Notes 0"
    assert report.summary("zh") == "2 份文件；错误 0、提醒 1、备查 0"
    assert report.data()["findings"][0]["message"] == {"zh": "空档", "en": "a gap"}
