"""What ``sanchong settle`` says of input that is no case: a refusal in its place, or one line and status 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import case, run, text


def refused(said: str | bytes, *arguments: str) -> Any:
    """The one result of an input that is refused."""
    data = said if isinstance(said, bytes) else said.encode("utf-8", "surrogatepass")
    result = run("settle", "-", *arguments, stdin=data, status=1).json
    assert result["ok"] is False and result["error"]["code"] == "invalid_input"
    return result


def lines(*said: str) -> list[Any]:
    """The results of JSON Lines of which some are refused."""
    done = run("settle", "-", "--format", "jsonl", stdin="\n".join(said).encode(), status=1)
    return [json.loads(line) for line in done.out.splitlines()]


GOOD = text(case())


# ── lines ────────────────────────────────────────────────────────────────────────────────────


def test_a_line_that_is_not_json_is_a_case_of_its_own() -> None:
    results = lines(*[GOOD] * 6, "{oops", GOOD)
    assert [r["ok"] for r in results] == [True] * 6 + [False, True]
    assert results[6]["case"] is None
    assert results[6]["error"]["where"] == "line 7"
    assert results[6]["error"]["message"].startswith("line 7：不是有效的 JSON")


def test_blank_lines_count_for_the_number_of_a_line() -> None:
    results = lines("", GOOD, "", "  ", "oops", GOOD)
    assert [r["error"]["where"] for r in results if not r["ok"]] == ["line 5"]


@pytest.mark.parametrize("first", ["{oops", "oops", "1", "null", '"x"', "\ufffd"])
def test_a_first_line_that_is_no_case_does_not_stop_the_others(first: str) -> None:
    results = lines(first, GOOD, GOOD)
    assert [r["ok"] for r in results] == [False, True, True]


@pytest.mark.parametrize("other", ["1", "[]", "null", '"x"', "true", "1.5", "[{}]"])
def test_a_line_that_is_json_but_no_object(other: str) -> None:
    results = lines(GOOD, other)
    assert results[1]["case"] is None and results[1]["error"]["where"] == "case"


def test_a_last_line_cut_off() -> None:
    results = lines(GOOD, GOOD[:-20])
    assert [r["ok"] for r in results] == [True, False] and results[1]["error"]["where"] == "line 2"


# ── a whole file that is not JSON ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said", ["oops", "{", "id,amount\n1,2\n", "<html></html>", "\x00", GOOD[:-1], "{'case': 1}", "1 2"]
)
def test_a_file_that_is_not_json_is_one_refusal(said: str) -> None:
    result = refused(said)
    assert result["case"] is None and result["error"]["where"].startswith("line ")


def test_the_line_of_the_mistake_in_an_indented_file() -> None:
    """Objects that stand on lines of their own inside a broken case are no JSON Lines."""
    whole = json.dumps(case(), indent=1).replace('"year": 2025', '"year" 2025')
    at = next(number for number, line in enumerate(whole.split("\n"), 1) if '"year"' in line)
    assert refused(whole)["error"]["where"] == f"line {at}"
    inner = '{\n "case": "c",\n "visits": [\n  {"id": 1},\n  {"id": 2}\n ]'
    assert refused(inner)["case"] is None


def test_a_broken_array_is_not_settled_in_part() -> None:
    assert refused(f"[\n{GOOD},\n{GOOD}\n")["case"] is None


@pytest.mark.parametrize("other", ["1", "null", '"x"', "true", "1.5", "NaN", "-Infinity"])
def test_json_that_is_no_object(other: str) -> None:
    assert refused(other)["error"]["where"] == "case"


# ── no readable file: status 2 and one line ──────────────────────────────────────────────────


@pytest.mark.parametrize("said", [b"", b"\n", b" \t\r\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_an_empty_file_says_what_to_do(said: bytes, tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    path.write_bytes(said)
    done = run("settle", path, status=2)
    assert done.err == f"sanchong: {path} is empty; give it a case as JSON, an array of cases or JSON Lines\n"
    assert done.out == ""
    assert "是空的" in run("settle", "-", "--lang", "zh", stdin=said, status=2).err


@pytest.mark.parametrize(("form", "out"), [("json", "[]\n"), ("jsonl", "")])
def test_an_empty_array_is_no_mistake(form: str, out: str) -> None:
    assert run("settle", "-", "--format", form, stdin=b"[]", status=0).out == out


@pytest.mark.parametrize("form", ["table", "html"])
def test_bills_of_an_empty_array(form: str) -> None:
    run("settle", "-", "--format", form, stdin=b"[]", status=0)


def test_no_such_file_or_a_folder(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none.json", "No such file"), (tmp_path, "Is a directory")):
        done = run("settle", path, status=2)
        assert done.err.startswith(f"sanchong: cannot read {path}: {why}") and done.err.count("\n") == 1
    assert "读不到文件" in run("settle", tmp_path, "--lang", "zh", status=2).err
    assert run("settle", "x" * 5000, status=2).err.count("\n") == 1


@pytest.mark.parametrize("coding", ["gbk", "gb18030", "utf-16", "utf-32"])
def test_another_coding(coding: str, tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(text(case("参保人")).encode(coding))
    done = run("settle", path, status=2)
    assert "is not UTF-8 (byte " in done.err and "save it as UTF-8" in done.err


# ── fields ───────────────────────────────────────────────────────────────────────────────────


def with_scope(said: str) -> str:
    """The case with another text in place of its amount in scope."""
    return text(case("named")).replace('"20000"', said)


@pytest.mark.parametrize("digits", [17, 1000, 1001, 4300, 4301, 5000, 100_000])
@pytest.mark.parametrize("sign", ["", "-"])
def test_huge_whole_numbers_name_their_field(digits: int, sign: str) -> None:
    result = refused(with_scope(sign + "9" * digits))
    assert (result["case"], result["error"]["where"]) == ("named", "visits[0].in_scope")


@pytest.mark.parametrize("field", ["year", "case", "region", "close_year", "terms", "person", "visits"])
def test_a_huge_whole_number_anywhere(field: str) -> None:
    huge = text(case(**{field: "HUGE"})).replace('"HUGE"', "9" * 5000)
    assert refused(huge)["error"]["where"] == field


@pytest.mark.parametrize(
    "said", ["20000.0", "1e3", "1e999", "NaN", "Infinity", "-Infinity", "-1", "true", "[]"]
)
def test_amounts_that_are_none(said: str) -> None:
    result = refused(with_scope(said))
    assert (result["case"], result["error"]["where"]) == ("named", "visits[0].in_scope")
    assert '"1234.50"' in result["error"]["message"]


@pytest.mark.parametrize("said", ["20000", '"20000"', '"20000.0"', '"20000.00"'])
def test_amounts_that_are_one(said: str) -> None:
    assert (
        run("settle", "-", stdin=with_scope(said).encode(), status=0).json["visits"][0]["total"] == "20000.00"
    )


@pytest.mark.parametrize("depth", [500, 5000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting(depth: int, opening: str, closing: str) -> None:
    deep = opening * depth + "1" * (opening != "[") + closing * depth
    refused(with_scope(deep))
    assert [r["ok"] for r in lines(GOOD, with_scope(deep), GOOD)] == [True, False, True]
    run("settle", "-", stdin=deep.encode(), status=1)


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ('"year": 2025', '"year": 2025, "year": 2024', "year"),
        ('"id": "v"', '"id": "v", "id": "w"', "visits[0].id"),
        ('"insurance"', '"id": "q", "insurance"', "person.id"),
        ('"to": null', '"to": null, "to": null', "person.categories[0].to"),
        ('"terms": {', '"terms": {"x": 1, "x": 1, ', "terms.x"),
        ('"year": 2025', '"year": 2025, "\\ud800": 1, "\\ud800": 2', "\\ud800"),
    ],
)
def test_a_field_that_stands_twice(before: str, after: str, where: str) -> None:
    result = refused(text(case("named")).replace(before, after))
    assert (result["case"], result["error"]["where"]) == ("named", where)
    assert result["error"]["message"] == f"{where}：此字段出现了两次"


def test_a_field_that_stands_twice_stops_no_other_case() -> None:
    twice = GOOD.replace('"year": 2025', '"year": 2025, "year": 2025')
    for said in (f"[{GOOD}, {twice}, {GOOD}]", "\n".join([GOOD, twice, GOOD])):
        results = run("settle", "-", stdin=said.encode(), status=1).json
        assert [r["ok"] for r in results] == [True, False, True]
    assert refused("[" + twice + "]", "--format", "jsonl")["error"]["where"] == "year"


@pytest.mark.parametrize("field", ["case", "person", "visit", "unknown", "region"])
def test_half_a_surrogate_pair(field: str) -> None:
    said = {
        "case": GOOD.replace('"case": "c"', '"case": "\\ud800"'),
        "person": GOOD.replace('"id": "p"', '"id": "\\udfff"'),
        "visit": GOOD.replace('"id": "v"', '"id": "a\\ud800b"'),
        "unknown": GOOD.replace('"year"', '"\\ud800": 1, "year"'),
        "region": GOOD.replace('"region": "140300"', '"region": "\\ud800"'),
    }[field]
    refused(said)
    for form in ("table", "html"):
        run("settle", "-", "--format", form, stdin=said.encode(), status=1)
