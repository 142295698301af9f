"""``--policies`` and ``SANCHONG_POLICIES``: further law, and mistakes in it, named by file, line and what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.running import case, run, text

DOCUMENT = """\
id: probe
area: "140300"
title: {zh: 试验, en: Probe}
short: {zh: 试验, en: Probe}
issuer: {zh: 试验, en: Probe}
schemes: []
in_force: {from: 2023-01-01, to: null}
known_from: 2023-01-01
governs: []
leaves_open: []
illustrative: false
clauses:
  - id: probe.a1
    place: {zh: 一, en: I}
    gist: {zh: 试验, en: A probe}
    rows: []
    kind: [computable]
"""
VALUES = """\
# A first day for Yangquan's assistance
- {address: assistance.in_force_from, value: "2023-01-01", clause: probe.a1}
"""
GIVEN = text(case(terms={})).encode()


def folder(tmp_path: Path, document: str = DOCUMENT, values: str = VALUES) -> Path:
    """A folder of policies with one document."""
    place = tmp_path / "policies" / "probe"
    place.mkdir(parents=True)
    (place / "document.yaml").write_text(document, encoding="utf-8")
    (place / "values.yaml").write_text(values, encoding="utf-8")
    return tmp_path / "policies"


def test_without_it_the_first_day_is_assumed() -> None:
    error = run("settle", "-", stdin=GIVEN, status=1).json["error"]
    assert (error["code"], error["where"]) == ("assumed_value", "assistance.in_force_from")


def test_a_further_folder(tmp_path: Path) -> None:
    done = run("settle", "-", "--policies", folder(tmp_path), stdin=GIVEN, status=0)
    assert "probe" in done.json["receipt"]["law"]


def test_the_same_folder_twice_counts_once(tmp_path: Path) -> None:
    place = folder(tmp_path)
    run(
        "settle",
        "-",
        "--policies",
        place,
        "--policies",
        place,
        stdin=GIVEN,
        env={"SANCHONG_POLICIES": str(place)},
        status=0,
    )


def test_the_environment_names_folders(tmp_path: Path) -> None:
    place, other = folder(tmp_path), tmp_path / "other"
    other.mkdir()
    run("settle", "-", stdin=GIVEN, status=0, env={"SANCHONG_POLICIES": f"{other}:{place}:"})


@pytest.mark.parametrize("command", ["settle -", "quota diabetes", "law clauses"])
def test_a_folder_that_is_not_there(tmp_path: Path, command: str) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    for place in (tmp_path / "none", file):
        ways: list[tuple[list[str], dict[str, str]]] = [(["--policies", str(place)], {})]
        ways.append(([], {"SANCHONG_POLICIES": str(place)}))
        for options, env in ways:
            done = run(*command.split(), *options, stdin=GIVEN, status=2, env=env)
            assert done.err == f"sanchong: mistake in the law: {place}: expected a folder of policies\n"
            assert done.out == ""
    assert (
        "政策文件有误" in run(*command.split(), "--policies", file, "--lang", "zh", stdin=GIVEN, status=2).err
    )


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("value: ", "value; "), 2, "expected the field 'value'"),
        (('"2023-01-01"', "2023-02-30"), 2, "expected YAML: day is out of range for month"),
        (('"2023-01-01"', '"2023-02-30"'), 2, "'assistance.in_force_from': expected a date YYYY-MM-DD"),
        (('"2023-01-01"', '"soon"'), 2, "'assistance.in_force_from': expected a date YYYY-MM-DD"),
        (("in_force_from", "in_force"), 2, "unknown address 'assistance.in_force'"),
        (("probe.a1", "probe.a2"), 2, "clause 'probe.a2' is not in this document"),
        (("clause:", "status: guessed, clause:"), 2, "'status': expected one of stated, found, reading"),
        (
            ("clause:", "status: assumed, clause:"),
            2,
            "expected 'assumed' in the illustrative document and nowhere",
        ),
        (("clause:", "note: x, clause:"), 2, "unknown field 'note'"),
        (
            ("clause:", "from: 2025-01-02, to: 2025-01-01, clause:"),
            2,
            "expected an end that does not precede",
        ),
        (("clause:", "area: 140300, clause:"), 2, "'area': expected"),
        (("clause:", 'value: "2024-01-01", clause:'), 2, "expected YAML: 'value' stands twice"),
        (("}", ""), 3, "expected YAML: did not find expected ',' or '}'"),
        (("- {", "- ["), 2, "expected YAML: "),
        (("- {", "{"), 1, "expected a list of rows"),
        (("\n- {", "\n- 5\n- {"), 2, "expected a mapping"),
        (("value:", "value: !!timestamp x, of:"), 2, "expected YAML: "),
        (("clause:", "\tclause:"), None, None),
    ],
)
def test_a_mistake_is_named_by_file_and_line(
    tmp_path: Path, change: tuple[str, str], line: int | None, said: str | None
) -> None:
    place = folder(tmp_path, values=VALUES.replace(*change, 1))
    done = run("settle", "-", "--policies", place, stdin=GIVEN)
    if said is None:  # no mistake after all
        assert done.status == 0
        return
    assert done.status == 2 and done.out == ""
    start = f"sanchong: mistake in the law: {place.resolve()}/probe/values.yaml:{line}: "
    assert done.err.startswith(start + said) and done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (('"140300"', "140300"), 2, "'area': expected a text (in quotes where it is digits)"),
        (('"140300"', '"1403"'), 2, "'area': expected six digits"),
        (("known_from: 2023-01-01", "known_from: null"), 8, "'known_from': expected a date YYYY-MM-DD"),
        (("to: null", "to: 2022-01-01"), 7, "'in_force': expected an end that does not precede its start"),
        (("illustrative: false", "illustrative: no one"), 11, "'illustrative': expected true or false"),
        (("- id: probe.a1", "- id: a1"), 13, "expected an id that begins with 'probe.'"),
        (("kind: [computable]", "kind: [magic]"), 17, "'kind': expected members of computable"),
        (("id: probe\n", "id: yangquan\n"), None, "expected an id that begins with 'yangquan.'"),
    ],
)
def test_mistakes_in_a_document(tmp_path: Path, change: tuple[str, str], line: int | None, said: str) -> None:
    place = folder(tmp_path, document=DOCUMENT.replace(*change, 1))
    done = run("settle", "-", "--policies", place, stdin=GIVEN, status=2)
    assert said in done.err and done.err.count("\n") == 1
    assert line is None or f"/probe/document.yaml:{line}: " in done.err


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    place = folder(tmp_path)
    values = place / "probe" / "values.yaml"
    values.write_bytes("# 试验\n".encode("gbk"))
    assert (
        f"{values}:1: expected YAML in UTF-8"
        in run("settle", "-", "--policies", place, stdin=GIVEN, status=2).err
    )
    values.unlink()
    values.mkdir()
    done = run("settle", "-", "--policies", place, stdin=GIVEN, status=2)
    assert f"{values}: expected a readable file: Is a directory" in done.err


def test_one_document_twice(tmp_path: Path) -> None:
    place = folder(tmp_path)
    again = place / "again"
    again.mkdir()
    (again / "document.yaml").write_text(DOCUMENT, encoding="utf-8")
    assert (
        "document 'probe' stands twice" in run("settle", "-", "--policies", place, stdin=GIVEN, status=2).err
    )
