"""``sanchong settle`` as a user uses it: what goes in, what comes out, the exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import EXAMPLES, case, run, stay, text

from sanchong.cli.app import COMMANDS

BAD = {"case": "bad", "region": "140300"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one case that settles."""
    path = tmp_path / "case.json"
    path.write_text(text(case("一")), encoding="utf-8")
    return path


def assistance(result: dict[str, Any]) -> str:
    return str(result["visits"][0]["assistance"])


# ── input ────────────────────────────────────────────────────────────────────────────────────


def test_one_case_gives_one_result(file: Path) -> None:
    done = run("settle", file, status=0)
    assert (done.json["case"], done.json["ok"], assistance(done.json)) == ("一", True, "1400.00")
    assert done.err == ""


def test_an_array_gives_an_array_in_order() -> None:
    cases = [case("b"), case("a"), case("c")]
    done = run("settle", "-", stdin=text(cases).encode(), status=0)
    assert [result["case"] for result in done.json] == ["b", "a", "c"]


def test_an_array_of_one_stays_an_array() -> None:
    assert [r["case"] for r in run("settle", "-", stdin=text([case()]).encode(), status=0).json] == ["c"]


def test_json_lines() -> None:
    lines = "\n".join(text(case(name)) for name in "xyz").encode()
    assert [r["case"] for r in run("settle", "-", stdin=lines, status=0).json] == ["x", "y", "z"]


def test_an_indented_case() -> None:
    assert run("settle", "-", stdin=json.dumps(case(), indent=2).encode(), status=0).json["ok"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n \n"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n"])
def test_line_ends_blank_lines_and_byte_order_mark(start: str, end: str) -> None:
    said = start + end.join([text(case("x")), text(case("y")), ""])
    done = run("settle", "-", "--format", "jsonl", stdin=said.encode(), status=0)
    assert [json.loads(line)["case"] for line in done.out.splitlines()] == ["x", "y"]


def test_a_byte_order_mark_before_one_case(tmp_path: Path) -> None:
    path = tmp_path / "bom.json"
    path.write_text(text(case()), encoding="utf-8-sig")
    assert run("settle", path, status=0).json["ok"]


def test_separators_inside_a_text_do_not_end_a_line() -> None:
    """Python takes U+2028, U+0085 and others for the end of a line; JSON Lines does not."""
    odd = "a\u2028b\u2029c\x85d"
    lines = "\n".join([text(case(odd)), text(case("y"))]).encode()
    assert [r["case"] for r in run("settle", "-", stdin=lines, status=0).json] == [odd, "y"]


# ── output ───────────────────────────────────────────────────────────────────────────────────


def test_jsonl_has_one_result_a_line_in_order_and_goes_on_after_a_refusal() -> None:
    given: list[Any] = [case("a"), BAD, case("b"), 1, case("c")]
    done = run("settle", "-", "--format", "jsonl", stdin=text(given).encode(), status=1)
    results = [json.loads(line) for line in done.out.split("\n")[:-1]]
    assert [(r["case"], r["ok"]) for r in results] == [
        ("a", True), ("bad", False), ("b", True), (None, False), ("c", True),
    ]  # fmt: skip


def test_json_is_the_default_where_there_is_no_terminal(file: Path) -> None:
    assert run("settle", file).json == run("settle", file, "--format", "json").json


def test_the_table_is_the_default_on_a_terminal(file: Path) -> None:
    done = run("settle", file, terminal=True, status=0)
    assert "1,400.00" in done.out and not done.out.startswith("{")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_table(file: Path, lang: str) -> None:
    done = run("settle", file, "--format", "table", "--lang", lang, status=0)
    for figure in ("20,000.00", "12,000.00", "1,400.00", "5,600.00"):
        assert figure in done.out
    assert ("医疗救助" in done.out) == (lang == "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_html(file: Path, lang: str) -> None:
    done = run("settle", file, "--format", "html", "--lang", lang, status=0)
    assert done.out.startswith("<!doctype html>") and done.out.rstrip().endswith("</html>")
    assert f'<html lang="{lang}' in done.out and "1,400.00" in done.out


@pytest.mark.parametrize("form", ["table", "html", "json", "jsonl"])
def test_refusals_in_every_format(form: str) -> None:
    given = "\n".join([text(case("a")), text(BAD), "{no json", text(case("b"))]).encode()
    done = run("settle", "-", "--format", form, stdin=given, status=1)
    assert "1,400.00" in done.out or "1400.00" in done.out
    assert "line 3" in done.out


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("r.json", "{\n"),
        ("r.jsonl", '{"case"'),
        ("r.html", "<!doctype"),
        ("r.HTM", "<!doctype"),
        ("r.out", "{\n"),
    ],
)
def test_the_name_of_the_output_file_decides_the_format(file: Path, name: str, start: str) -> None:
    out = file.parent / name
    done = run("settle", file, "--out", out, terminal=True, status=0)
    assert done.out == "" and out.read_text(encoding="utf-8").startswith(start)


def test_a_table_in_a_file_is_plain_text(file: Path) -> None:
    out = file.parent / "bill.txt"
    run("settle", file, "--out", out, terminal=True, status=0)
    said = out.read_text(encoding="utf-8")
    assert "1,400.00" in said and "\x1b" not in said


def test_format_counts_before_the_name_of_the_file(file: Path) -> None:
    out = file.parent / "r.html"
    run("settle", file, "--out", out, "--format", "json", status=0)
    assert json.loads(out.read_bytes())["ok"]


def test_an_output_file_is_replaced(file: Path) -> None:
    out = file.parent / "r.json"
    out.write_text("x" * 100_000, encoding="utf-8")
    run("settle", file, "--out", out, status=0)
    assert json.loads(out.read_bytes())["ok"]


@pytest.mark.parametrize("form", ["table", "html", "json", "jsonl"])
def test_an_output_that_cannot_be_written(file: Path, form: str) -> None:
    for out in (file.parent, file.parent / "nowhere" / "r", Path("/dev/full")):
        done = run("settle", file, "--format", form, "--out", out, status=2)
        assert done.err.startswith(f"sanchong: cannot write {out}: ") and done.err.count("\n") == 1


def test_a_read_only_output_file(file: Path) -> None:
    out = file.parent / "r.json"
    out.write_text("kept", encoding="utf-8")
    out.chmod(0o444)
    done = run("settle", file, "--out", out)  # root may write all the same
    assert done.status == 0 or (done.status == 2 and "Permission denied" in done.err)


def test_the_input_file_is_not_overwritten(file: Path) -> None:
    before = file.read_bytes()
    done = run("settle", file, "--out", file.parent / "." / file.name, status=2)
    assert "is the input file" in done.err and file.read_bytes() == before


# ── options ──────────────────────────────────────────────────────────────────────────────────


def test_assumed_values_are_refused_unless_accepted() -> None:
    given = text(stay()).encode()
    error = run("settle", "-", stdin=given, status=1).json["error"]
    assert (error["code"], error["where"]) == ("assumed_value", "inpatient.deductible.second_county")
    assert run("settle", "-", "--accept-assumed", stdin=given, status=0).json["ok"]


def test_bare_accept_assumed_may_stand_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "stay.json"
    path.write_text(text(stay()), encoding="utf-8")
    assert run("settle", "--accept-assumed", path, "--format", "json", status=0).json["ok"]


def test_accept_assumed_addresses_and_prefixes() -> None:
    given = text(stay()).encode()
    assumed = run("settle", "-", "--accept-assumed", stdin=given).json["visits"][0]["assumed"]
    assert len(assumed) > 3
    assert run("settle", "-", f"--accept-assumed={','.join(assumed)}", stdin=given, status=0).json["ok"]
    heads = ", ".join(sorted({address.split(".")[0] for address in assumed})) + ","
    assert run("settle", "-", f"--accept-assumed={heads}", stdin=given, status=0).json["ok"]
    for left in assumed:
        others = ",".join(address for address in assumed if address != left)
        error = run("settle", "-", f"--accept-assumed={others}", stdin=given, status=1).json["error"]
        assert (error["code"], error["where"]) == ("assumed_value", left)


@pytest.mark.parametrize("accepted", ["", ","])
def test_accepting_an_empty_list_accepts_nothing(accepted: str) -> None:
    done = run("settle", "-", f"--accept-assumed={accepted}", stdin=text(stay()).encode(), status=1)
    assert done.json["error"]["where"] == "inpatient.deductible.second_county"


def test_known_on() -> None:
    """What was published later is not known: on New Year's Day 2020 Yangquan had no assistance rules."""
    done = run("settle", "-", "--known-on", "2020-01-01", stdin=text(case()).encode(), status=1)
    assert done.json["error"]["code"] == "unmodelled"
    done = run("settle", "-", "--known-on", "2026-01-31", stdin=text(case()).encode(), status=0)
    assert done.json["receipt"]["known_on"] <= "2026-01-31"


@pytest.mark.parametrize(
    ("env", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": ""}, False),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, False),
    ],
)
def test_the_commands_own_words_by_locale(env: dict[str, str], chinese: bool) -> None:
    assert ("读不到文件" in run("settle", "no-such-file", status=2, env=env).err) == chinese


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_a_results_message_is_chinese_unless_english_is_asked_for(form: str) -> None:
    """The contract's sentence; the locale plays no part in it."""
    for env in ({"LANG": "zh_CN.UTF-8"}, {"LANG": "en_GB.UTF-8"}, {"LANG": ""}):
        done = run("settle", "-", "--format", form, stdin=text(BAD).encode(), status=1, env=env)
        assert "缺少必填项" in done.json["error"]["message"]


@pytest.mark.parametrize(
    "given", ["catastrofic", "catastrophic,assistance.inpatient.rat", "catastrophic.ded"]
)
def test_accepting_what_is_no_address_is_unusable(file: Path, given: str) -> None:
    done = run("settle", file, f"--accept-assumed={given}", "--lang", "en", status=2)
    assert done.err.startswith("sanchong: --accept-assumed: no address")


@pytest.mark.parametrize(("lang", "said"), [("zh", "缺少必填项"), ("en", "a required field is missing")])
def test_language_by_option_before_the_locale(lang: str, said: str) -> None:
    for locale in ("zh_CN.UTF-8", "en_GB.UTF-8"):
        done = run("settle", "-", "--lang", lang, stdin=text(BAD).encode(), status=1, env={"LANG": locale})
        assert said in done.json["error"]["message"]


def test_language_changes_neither_figures_nor_hashes() -> None:
    given = text(stay()).encode()
    zh, en = (run("settle", "-", "--accept-assumed", "--lang", x, stdin=given).json for x in ("zh", "en"))
    assert zh == en


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_the_examples_settle(example: Path) -> None:
    done = run("settle", example, "--accept-assumed", "--format", "jsonl", status=0)
    assert all(json.loads(line)["ok"] for line in done.out.splitlines())


# ── arguments that cannot be used: exit status 2 and one line ────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--known-on", "2025-02-30"], "--known-on: expected YYYY-MM-DD, not '2025-02-30'"),
        (["--known-on", "2025-2-3"], "--known-on: expected YYYY-MM-DD"),
        (["--known-on", ""], "--known-on: expected YYYY-MM-DD"),
        (["--format", "xml"], "--format is one of table, json, jsonl, html"),
        (["--format", ""], "--format is one of table"),
        (["--lang", "fr"], "--lang is zh or en"),
    ],
)
def test_unusable_options(file: Path, arguments: list[str], said: str) -> None:
    done = run("settle", file, *arguments, status=2)
    assert said in done.err and done.err.count("\n") == 1 and done.out == ""


def test_unusable_options_in_chinese(file: Path) -> None:
    assert "应为日期" in run("settle", file, "--known-on", "x", "--lang", "zh", status=2).err
    assert (
        "应为 table、json" in run("settle", file, "--format", "x", env={"LANG": "zh_CN.UTF-8"}, status=2).err
    )


@pytest.mark.parametrize("arguments", [["--bogus"], ["more.json"], ["--out"], ["--format"]])
def test_unknown_or_incomplete_options(file: Path, arguments: list[str]) -> None:
    assert run("settle", file, *arguments, status=2).out == ""


def test_no_file_and_no_command() -> None:
    assert "FILE" in run("settle", status=2).err
    assert run("bogus", status=2).out == ""
    assert "settle" in run().out


LISTED = ["", *COMMANDS, *(f"law {part}" for part in COMMANDS["law"])]


@pytest.mark.parametrize("command", LISTED)
def test_help(command: str) -> None:
    done = run(*command.split(), "--help", status=0)
    assert done.err == "" and "Usage: sanchong" in done.out


def test_version() -> None:
    assert run("--version", status=0).out.startswith("sanchong ")


@pytest.mark.parametrize(
    "fact", ["", "[]", "oops", "{oops", "[{}]", "{}", '{"reverse": 1}', '{"a": 1, "a": 2}', "1"]
)
def test_a_fact_that_is_none(file: Path, fact: str) -> None:
    """``resettle`` reads its fact as ``settle`` reads a case."""
    path = file.parent / "fact"
    path.write_text(fact, encoding="utf-8")
    done = run("resettle", file, "--fact", path, status=2)
    assert done.out == "" and done.err.startswith("sanchong: ") and done.err.count("\n") == 1
