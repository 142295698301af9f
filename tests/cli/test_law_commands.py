"""``sanchong law show``, ``diff``, ``check`` and ``schema`` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.running import run

from sanchong.law.schemas import KINDS, file_name, text_of

CAP = "assistance.annual_cap.near_subsistence"
HERE = ("--area", "140300", "--on", "2025-06-01")


def test_show() -> None:
    """Value, status, clause with place and gist, document, since when, history."""
    out = run("law", "show", CAP, *HERE, status=0).out
    for said in (
        "40,000.00 yuan",
        "stated",
        "Yangquan rules IV (3)",
        "yangquan.b55",
        "at most 40,000",
        "General Office",
    ):
        assert said in out
    assert "▸" in out and "since 2023-01-01" in out
    out = run("law", "show", CAP, *HERE, "--lang", "zh", status=0).out
    assert "40,000.00 元" in out and "文件载明" in out and "沿革" in out


def test_show_json() -> None:
    """The same as data; the day and what is known are said."""
    said = run("law", "show", CAP, *HERE, "--known-on", "2024-01-01", "--format", "json", status=0).json
    assert (said["value"], said["status"], said["on"], said["known_on"]) == (
        "40000.00",
        "stated",
        "2025-06-01",
        "2024-01-01",
    )
    assert [row["holds"] for row in said["history"]] == [True]


def test_show_history_on_both_axes() -> None:
    """What became known later is listed, and does not hold."""
    name = "assistance.disposable_income_per_capita"
    said = run(
        "law", "show", name, "--on", "2024-06-01", "--known-on", "2024-01-01", "--format", "json", status=0
    ).json
    assert said["value"] == "29178.00"
    assert [(row["value"], row["holds"]) for row in said["history"]][-2:] == [
        ("29178.00", True),
        ("30924.00", False),
    ]


def test_show_none_in_force() -> None:
    """It says so and exits with 1; so does what was not known then."""
    assert "No value is in force" in run("law", "show", "catastrophic.bands.monitored", *HERE, status=1).out
    assert "No value is in force" in run("law", "show", CAP, *HERE, "--known-on", "2020-01-01", status=1).out
    said = run("law", "show", "catastrophic.bands.monitored", *HERE, "--format", "json", status=1).json
    assert (said["value"], said["status"], said["history"]) == (None, "missing", [])


def test_show_unmodelled() -> None:
    """By which clause it is left to another document."""
    out = run("law", "show", "assistance.annual_cap.monitored", *HERE, status=0).out
    assert "Left to a document that is not here" in out and "yangquan.b19" in out


def test_show_family() -> None:
    """The members by what is left of their names; exit 1 only if none holds."""
    out = run("law", "show", "outpatient.chronic.quarterly_limit", *HERE, status=0).out
    assert "diabetes" in out and "35 addresses" in out
    said = run("law", "show", "assistance.annual_cap.", *HERE, "--format", "json", status=0).json
    assert len(said["members"]) == 6
    run("law", "show", "assistance.annual_cap", "--area", "140700", "--on", "2025-06-01", status=1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "assistance.anual_cap"), "near ones are assistance.annual_cap"),
        (("show", "zzzz"), "no address 'zzzz'"),
        (("show", ""), "no address ''"),
        (("show", CAP, "--area", "1403"), "expected six digits"),
        (("show", CAP, "--on", "2025-02-30"), "expected YYYY-MM-DD"),
        (("show", CAP, "--known-on", "x"), "expected YYYY-MM-DD"),
        (("show", CAP, "--format", "xml"), "--format is text or json"),
        (("show", CAP, "--policies", "/none"), "expected a folder of policies"),
        (("diff", "2025-01-01", "140300"), "expected two dates"),
        (("diff", "2025-01-01", "tomorrow"), "expected two dates"),
        (("diff", "140300", "140700", "--known"), "expected two dates"),
        (("diff", "140300", "140700", "--area", "140300"), "already say --area"),
        (("diff", "2025-01-01", "2025-02-01", "--on", "2025-01-01"), "already say --on"),
        (
            ("diff", "--known", "2025-01-01", "2025-02-01", "--known-on", "2025-01-01"),
            "already say --known-on",
        ),
        (("check", "--format", "xml"), "--format is text or json"),
        (("schema", "odd"), "no kind 'odd'"),
    ],
)
def test_one_clear_line(arguments: tuple[str, ...], said: str) -> None:
    """What cannot be used is named in one line on standard error."""
    done = run("law", *arguments, status=2)
    assert said in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""


def test_diff_of_dates() -> None:
    """What begins with the outpatient scheme."""
    out = run("law", "diff", "2025-03-31", "2025-04-01", "--area", "140700", status=0).out
    assert "outpatient.chronic_special.pooled_rate" in out and "+ 70%" in out
    said = run(
        "law", "diff", "2025-03-31", "2025-04-01", "--area", "140700", "--format", "json", status=0
    ).json
    rows = {row["address"]: (row["old"]["value"], row["new"]["value"]) for row in said["differences"]}
    assert rows["outpatient.chronic_special.pooled_rate"] == (None, "7/10")
    assert (said["from"]["on"], said["to"]["on"]) == ("2025-03-31", "2025-04-01")


def test_diff_of_knowledge() -> None:
    """The income of 2022 against that of 2023, on one day."""
    arguments = ("diff", "--known", "2024-02-21", "2024-02-22", "--on", "2024-03-01", "--format", "json")
    rows = run("law", *arguments, status=0).json["differences"]
    assert [(row["address"], row["old"]["value"], row["new"]["value"]) for row in rows] == [
        ("assistance.disposable_income_per_capita", "29178.00", "30924.00")
    ]


def test_diff_of_areas() -> None:
    """Yangquan has assistance, Jinzhong a time limit."""
    rows = run("law", "diff", "140300", "140700", "--on", "2025-06-01", "--format", "json", status=0).json[
        "differences"
    ]
    names = {row["address"]: row["new"]["clause"] for row in rows}
    assert names[CAP] is None
    assert names["recognition.time_limit.working_days"]["id"] == "jinzhong.a80"


def test_diff_of_nothing() -> None:
    """Says so."""
    assert "No difference." in run("law", "diff", "2025-05-01", "2025-06-01", status=0).out


def test_check(tmp_path: Path) -> None:
    """The shipped law passes; a broken folder fails, each mistake in one line with its place."""
    assert "Mistakes 0" in run("law", "check", status=0).out
    assert run("law", "check", "--format", "json", status=0).json["ok"] is True
    (tmp_path / "document.yaml").write_text("id: 5\n", encoding="utf-8")
    out = run("law", "check", "--policies", tmp_path, status=1).out
    assert f"{tmp_path}/document.yaml:1: 'id': expected a text" in out
    said = run("law", "check", "--policies", tmp_path, "--format", "json", status=1).json
    assert said["ok"] is False and said["findings"][0]["line"] == 1


def test_schema(tmp_path: Path) -> None:
    """One printed, all listed, all written."""
    assert run("law", "schema", "values", status=0).out == text_of("values")
    assert run("law", "schema", status=0).out.count("\n") == len(KINDS)
    run("law", "schema", "--out", tmp_path / "new", status=0)
    for kind in KINDS:
        assert json.loads((tmp_path / "new" / file_name(kind)).read_text(encoding="utf-8"))["$schema"]


@pytest.mark.parametrize("width", ["80", "120"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_fits_the_terminal(width: str, lang: str) -> None:
    """No address is broken, at either width."""
    for arguments in (("show", CAP), ("show", "assistance"), ("diff", "140300", "140700")):
        on = () if arguments[0] == "show" else ("--on", "2025-06-01")
        out = run("law", *arguments, *on, "--lang", lang, env={"COLUMNS": width}, status=0).out
        assert "near_subsistence" in out
