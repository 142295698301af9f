"""``sanchong law diseases``: a list of codes for people and for programs."""

from __future__ import annotations

import csv
import io

import pytest
from tests.cli.running import run

from sanchong.shapes import CHRONIC_COUNT, DISEASES

HERE = ("law", "diseases", "--area", "140700", "--on", "2025-06-01")


def test_json() -> None:
    """Every disease in catalogue order; the limit of a chronic one with its status and clause."""
    said = run(*HERE, "--format", "json", status=0).json
    assert (said["area"], said["on"], said["document"]) == ("140700", "2025-06-01", "shanxi")
    rows = {row["code"]: row for row in said["diseases"]}
    assert tuple(rows) == DISEASES
    assert sum(row["quarterly_limit"] is not None for row in rows.values()) == CHRONIC_COUNT
    limit = rows["diabetes"]["quarterly_limit"]
    assert (limit["value"], limit["status"], limit["clause"]["id"]) == (
        "600.00",
        "assumed",
        "illustrative.quarterly_limit",
    )
    kidney = rows["transplant"]
    assert (kidney["kind"], kidney["subtype_required"], kidney["clause"]) == ("special", True, "shanxi.a16")
    assert {"code": "kidney", "name": "肾移植"} in kidney["subtypes"]
    assert (kidney["subtypes_closed"], rows["psychosis"]["subtypes_closed"]) == (False, True)


def test_csv() -> None:
    """The same, one row a disease."""
    rows = list(csv.DictReader(io.StringIO(run(*HERE, "--format", "csv", status=0).out)))
    assert tuple(row["code"] for row in rows) == DISEASES
    assert (rows[0]["kind"], rows[0]["quarterly_limit"], rows[0]["subtypes"]) == (
        "special",
        "",
        "acute_leukemia",
    )
    assert (rows[11]["code"], rows[11]["quarterly_limit"], rows[11]["status"]) == (
        "diabetes",
        "600.00",
        "assumed",
    )


@pytest.mark.parametrize(("lang", "said"), [("zh", "肾移植"), ("en", "quarterly limit")])
@pytest.mark.parametrize("width", ["80", "120"])
def test_table(lang: str, said: str, width: str) -> None:
    """No code is broken at either width."""
    out = run(*HERE, "--lang", lang, env={"COLUMNS": width}, status=0).out
    assert said in out
    assert all(code in out for code in DISEASES)


def test_a_scheme_not_known_then() -> None:
    """Before it was published there is none to list."""
    run(*HERE, "--known-on", "2024-12-31", status=1)


def test_where_no_scheme_is_in_force() -> None:
    """Neither before the first day nor in another province."""
    for where, day in (("140700", "2025-03-31"), ("110000", "2025-06-01")):
        done = run("law", "diseases", "--area", where, "--on", day, status=1)
        assert done.err == f"sanchong: not_in_force: no outpatient scheme is in force in {where} on {day}\n"
        assert done.out == ""


def test_one_clear_line() -> None:
    for arguments, said in (
        (("--format", "xml"), "--format is table, json or csv"),
        (("--area", "1407"), "--area: expected six digits"),
        (("--on", "soon"), "--on: expected YYYY-MM-DD"),
    ):
        done = run("law", "diseases", *arguments, status=2)
        assert said in done.err and done.err.count("\n") == 1
