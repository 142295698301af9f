"""Every message about a law file: one damaged file for each code, its line, and its text in both languages."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from tests.cli.running import run

from sanchong.law.checking import check_law
from sanchong.law.documents import read_document
from sanchong.law.library import Law, load_law
from sanchong.law.messages import MESSAGES, Lang, said
from sanchong.law.schema_check import schema_mistakes
from sanchong.law.values import parse_figure
from sanchong.law.yamlfile import MAX_NODES, LawError
from sanchong.shapes import ADDRESS, DISEASES
from sanchong.site.build import site_files

TODAY: Final = dt.date(2026, 6, 1)
DOCUMENT: Final = """\
id: d
area: "140700"
title: {zh: 某, en: some}
short: {zh: 某, en: some}
issuer: {zh: 某, en: some}
schemes: []
in_force: {from: 2025-01-01, to: null}
known_from: 2025-01-01
governs: []
leaves_open: []
clauses:
  - {id: d.c, place: {zh: 某, en: some}, gist: {zh: 某, en: some}, rows: [], kind: [computable]}
"""
ROW: Final = '- {address: pooled_fund.annual_cap, value: "100", clause: d.c}\n'
RATE, BANDS = "outpatient.chronic_special.pooled_rate", "catastrophic.bands.standard"
NOTICE: Final = "- {year: 2031, known_from: 2030-11-01, 'off': [], working: []}\n"
CASE: Final = "- {title: {zh: 某, en: some}, source: s, arithmetic: s, case: {}, expect: {ok: true}}\n"


def _value(address: str, value: str) -> str:
    return f"# one row\n- {{address: {address}, value: {value}, clause: d.c}}\n"


def _disease(code: str, **more: str) -> str:
    facts = {"kind": "special" if DISEASES.index(code) < 11 else "chronic", "clause": "d.c", **more}
    fields = ", ".join(f"{key}: {value}" for key, value in facts.items())
    return f"- {{code: {code}, name: {code}, short: {code}, en: {code}, national_codes: [], {fields}}}\n"


def _bombed(levels: int) -> str:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


Sample = tuple[str, str | bytes, int]
"""A file of the document's folder, what it says, and the line that is named."""

LOADED: Final[dict[str, Sample]] = {
    "encoding": ("values.yaml", ROW.encode() + "# 试验\n".encode("gbk"), 2),
    "control": ("values.yaml", "# 某\n" + ROW + "# \0\n", 3),
    "yaml": ("values.yaml", ROW + "- {\n", 3),
    "impossible": ("values.yaml", ROW + _value("assistance.in_force_from", "2025-02-30"), 3),
    "repeated": ("values.yaml", ROW + "- {address: x,\n  address: y}\n", 3),
    "field_name": ("days.yaml", NOTICE.replace("'off'", "off"), 1),
    "merge": ("values.yaml", f"- &a {ROW[2:]}- {{<<: *a}}\n", 2),
    "nesting": ("values.yaml", ROW + "- " + "[" * 100_000 + "]" * 100_000, 2),
    "aliases": ("document.yaml", _bombed(8), 6),  # 3, 28, 253, 2,278, 20,503, 184,528 items
    "mapping": ("values.yaml", ROW + "- 5\n", 2),
    "rows": ("values.yaml", "{}\n", 1),
    "missing_field": ("values.yaml", ROW + "- {address: pooled_fund.annual_cap}\n", 2),
    "unknown_field": ("values.yaml", ROW + ROW.replace("}", ",\n  form: x}"), 3),
    "text": ("document.yaml", DOCUMENT.replace("id: d\n", "id: 5\n"), 1),
    "choice": ("values.yaml", ROW.replace("clause", "status: certain, clause"), 1),
    "area": ("document.yaml", DOCUMENT.replace('"140700"', '"1407"'), 2),
    "texts": ("document.yaml", DOCUMENT.replace("governs: []", "governs: [5]"), 9),
    "members": ("document.yaml", DOCUMENT.replace("[computable]", "[odd]"), 12),
    "flag": ("document.yaml", DOCUMENT + "illustrative: maybe\n", 13),
    "date": ("document.yaml", DOCUMENT.replace("known_from: 2025-01-01", "known_from: null"), 8),
    "open_date": ("values.yaml", ROW.replace("clause", "from: 2025-01-01T05:00:00, clause"), 1),
    "dates": ("days.yaml", NOTICE.replace("[]}", "[2031-01-04T00:00:00]}"), 1),
    "whole_range": ("days.yaml", NOTICE.replace("2031,", "-999999999,"), 1),
    "list": ("document.yaml", DOCUMENT.partition("clauses:")[0] + "clauses: {}\n", 11),
    "period": ("values.yaml", ROW.replace("clause", "from: 2025-01-02, to: 2025-01-01, clause"), 1),
    "open_end": ("document.yaml", DOCUMENT.replace("to: null", "to: 9999-12-31"), 7),
    "clause_twice": ("document.yaml", DOCUMENT + DOCUMENT.splitlines()[-1] + "\n", 13),
    "clause_id": ("document.yaml", DOCUMENT.replace("d.c", "x.c"), 12),
    "clause_unknown": ("values.yaml", ROW.replace("d.c", "d.d"), 1),
    "catalogue": ("diseases.yaml", _disease("cancer"), 1),
    "disease_kind": (
        "diseases.yaml",
        "".join(_disease(c, **({"kind": "chronic"} if c == "itp" else {})) for c in DISEASES),
        11,
    ),
    "subtype_twice": (
        "diseases.yaml",
        _disease("cancer", subtypes="[{code: x, name: x, en: x},\n  {code: x, name: x, en: x}]"),
        2,
    ),
    "no_part": ("document.yaml", DOCUMENT.replace("kind: [computable]", "by: days, kind: [computable]"), 12),
    "code_twice": ("legacy_codes.yaml", '- {code: "1", disease: ckd, clause: d.c}\n' * 2, 2),
    "pairs": ("exclusions.yaml", "- {a: ckd, b: cancer, clause: d.c}\n" * 25, 25),
    "notice_day": ("days.yaml", NOTICE.replace("[]}", "[\n  2031-01-04, 2030-01-05]}"), 2),
    "address": ("values.yaml", _value("pooled_fund.annual_cpa", "1"), 2),
    "assumed": ("values.yaml", ROW.replace("clause", "status: assumed, reason: x, clause"), 1),
    "reason": (
        "document.yaml",
        DOCUMENT + "illustrative: true\n",
        1,
    ),
    "amount": ("values.yaml", _value("pooled_fund.annual_cap", "600.5"), 2),
    "places": ("values.yaml", _value("pooled_fund.annual_cap", "1.2.3"), 2),
    "amount_range": ("values.yaml", _value("pooled_fund.annual_cap", "-1"), 2),
    "rate": ("values.yaml", _value(RATE, "7/0"), 2),
    "mode": ("values.yaml", _value("outpatient.chronic.quota_mode", "both"), 2),
    "bands": ("values.yaml", _value(BANDS, "{}"), 2),
    "band": ("values.yaml", _value(BANDS, "[{above: 5}]"), 2),
    "rising": ("values.yaml", _value(BANDS, "[{above: 5, rate: 60%}, {above: 5, rate: 70%}]"), 2),
    "common": ("values.yaml", _value(BANDS, "[{above: 0, rate: 1/999983}, {above: 1, rate: 1/2}]"), 2),
    "document_twice": ("again/document.yaml", DOCUMENT, 1),
    "level": ("values.yaml", ROW + _value(RATE, "80%"), 3),
    "two_values": ("values.yaml", ROW + ROW, 2),
}
CHECKED: Final[dict[str, Sample]] = {
    "odd_field": ("values.yaml", ROW + ROW.replace("}", ",\n  form: x}"), 3),
    "missing_fields": ("values.yaml", ROW + "- {address: pooled_fund.annual_cap, value: 1}\n", 2),
    "near": ("values.yaml", _value("pooled_fund.annual_cpa", "1"), 2),
    "type": ("document.yaml", re.sub("in_force: .*", "in_force: 5", DOCUMENT), 7),
    "most": ("exclusions.yaml", "- {a: ckd, b: cancer, clause: d.c}\n" * 25, 1),
    "least": (
        "cases/a.yaml",
        CASE.replace("case: {}", "case: {case: c, person: {waived_exclusions: [[ckd]]}}"),
        1,
    ),
    "schema": ("document.yaml", DOCUMENT.replace('"140700"', '"1407"'), 2),
}
ELSEWHERE: Final = {
    "folder",
    "unreadable",
    "matter",
    "no_diseases",
    "no_subtype",
    "worked_fields",
    "worked_title",
    "worked_shows",
    "told",  # the reforms' and the marginals' own tests
}


def _written(tmp_path: Path, sample: Sample) -> Path:
    folder = tmp_path / "d"
    for name, text in {"document.yaml": DOCUMENT, "values.yaml": ROW, sample[0]: sample[1]}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
    if sample[1] == LOADED["reason"][1]:
        (folder / "values.yaml").write_text(ROW.replace("clause", "status: assumed, clause"))
    return folder


def _refused(folder: Path) -> LawError:
    with pytest.raises(LawError) as raised:
        load_law([folder])
    return raised.value


@pytest.mark.parametrize("code", LOADED)
def test_the_loader_names_file_line_and_what_was_expected(tmp_path: Path, code: str) -> None:
    """In one line, in Chinese and in English; and `law check` says the same."""
    sample = LOADED[code]
    folder = _written(tmp_path, sample)
    error = _refused(folder)
    name = "values.yaml" if code == "reason" else sample[0]
    places = {str(folder / name)} | ({str(folder / "document.yaml")} if code == "document_twice" else set())
    assert (error.code, error.line) == (code, sample[2])
    assert error.file in places
    _assert_said_in_both(error)
    found = [f for f in check_law([folder], {}, TODAY).mistakes if f.code == code]
    assert any((f.file, f.line) == (error.file, error.line) for f in found)
    assert all(f.zh.startswith(error.text("zh")) or f.line != error.line for f in found)


def _assert_said_in_both(error: LawError) -> None:
    zh, en = error.text("zh"), error.text("en")
    assert re.search("[\u4e00-\u9fff]", zh)
    assert not re.search("[\u4e00-\u9fff]", en)
    for text in (zh, en):
        assert text.isprintable() and "{zh" not in text
    assert str(error) == error.placed("en")
    assert error.placed("zh").endswith(zh)


@pytest.mark.parametrize("code", CHECKED)
def test_the_schema_says_it_too(tmp_path: Path, code: str) -> None:
    folder = _written(tmp_path, CHECKED[code])
    found = [m for m in schema_mistakes(folder / CHECKED[code][0]) if m.code == code]
    assert [m.line for m in found] == [CHECKED[code][2]]
    _assert_said_in_both(found[0])


def test_folders_and_links(tmp_path: Path) -> None:
    """A folder that is not there, a link that leads nowhere or in a circle, a pipe: named, neither skipped nor awaited."""
    missing = _refused(tmp_path / "none")
    assert (missing.code, missing.file) == ("folder", str(tmp_path / "none"))
    _assert_said_in_both(missing)
    folder = _written(tmp_path, ("values.yaml", ROW, 0))
    values = folder / "values.yaml"
    makers: list[Callable[[], None]] = [
        lambda: values.symlink_to(tmp_path / "nowhere"),
        lambda: values.symlink_to(values),
        lambda: os.mkfifo(values),
        values.mkdir,
    ]
    for make in makers:
        values.rmdir() if values.is_dir() else values.unlink()
        make()
        error = _refused(folder)
        assert (error.code, error.file) == ("unreadable", str(values))
    _assert_said_in_both(error)
    document = folder / "document.yaml"
    document.unlink()
    document.symlink_to(tmp_path / "nowhere")
    assert _refused(folder).file == str(document)


def test_what_a_law_needs_as_a_whole(tmp_path: Path) -> None:
    """Names of the diseases, and of the sub-types that exclusions name."""
    folder = _written(tmp_path, ("exclusions.yaml", "- {a: ckd,\n  b: transplant:kidney, clause: d.c}\n", 2))
    with pytest.raises(LawError) as raised:
        Law([read_document(folder)])
    assert raised.value.code == "no_diseases"
    _assert_said_in_both(raised.value)
    (folder / "diseases.yaml").write_text("".join(map(_disease, DISEASES)), encoding="utf-8")
    with pytest.raises(LawError) as raised:
        Law([read_document(folder)])
    assert (raised.value.code, raised.value.line) == ("no_subtype", 2)
    _assert_said_in_both(raised.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- {title: x}\n", "worked_fields"),
        (CASE.replace("en: some", "fr: x"), "worked_title"),
        (CASE.replace("case: {}", "shows: 5, case: {}"), "worked_shows"),
    ],
)
def test_worked_cases_of_the_site(tmp_path: Path, text: str, code: str) -> None:
    folder = _written(tmp_path, ("cases/a.yaml", text, 0))
    with pytest.raises(LawError) as raised:
        dict(site_files(load_law([folder])))
    assert (raised.value.code, raised.value.file) == (code, str(folder / "cases" / "a.yaml"))
    _assert_said_in_both(raised.value)


def test_a_matter_is_no_value() -> None:
    with pytest.raises(ValueError, match="expected an address that can be set"):
        parse_figure(ADDRESS["basic_insurance.employee"], "x")


def test_every_code_is_met_here() -> None:
    assert {*LOADED, *CHECKED, *ELSEWHERE} == set(MESSAGES)
    assert 20_503 < MAX_NODES < 184_528  # as the sample of aliases has it


def test_a_message_stays_one_line_however_long_the_file() -> None:
    """What is repeated from a file is cut, and a line's end or an escape in it is shown as such."""
    lang: Lang
    for lang in ("zh", "en"):
        text = said("address", {"address": "a\n\x1b[31m" + "x" * 10_000}, lang)
        assert "a\\n\\x1b[31m" in text and len(text) < 200


@pytest.mark.parametrize(("lang", "text"), [("zh", "政策文件有误"), ("en", "mistake in the law")])
def test_the_commands_choose_the_language(tmp_path: Path, lang: Lang, text: str) -> None:
    """By the option, as by the locale."""
    folder = _written(tmp_path, LOADED["rate"])
    error = _refused(folder)
    for arguments, env in (
        (("--lang", lang), {}),
        ((), {"LANG": {"zh": "zh_CN.UTF-8", "en": "C.UTF-8"}[lang]}),
    ):
        done = run("law", "clauses", "--policies", folder, *arguments, env=env, status=2)
        assert done.err == f"sanchong: {text}{'：' if lang == 'zh' else ': '}{error.placed(lang)}\n"
        out = run("law", "check", "--policies", folder, *arguments, env=env, status=1).out
        assert error.text(lang) in out


def test_numbers_are_what_anybody_reads(tmp_path: Path) -> None:
    """YAML 1.1 would take 0600 for 384 and 1:30 for 90; nothing is guessed."""
    folder = _written(tmp_path, ("values.yaml", _value("pooled_fund.annual_cap", "0600"), 0))
    (value,) = read_document(folder).values
    assert value.figure.num == 600_00
    for explicit in ("!!int 0600", "!!int 0x" + "f" * 6000, "9" * 5000):
        written = _written(tmp_path, ("values.yaml", _value("pooled_fund.annual_cap", explicit), 2))
        assert (_refused(written).code, _refused(written).line) == ("impossible", 2)
        assert [m.code for m in schema_mistakes(written / "values.yaml")] == ["impossible"]
    for odd in ("1:30", "1_000", "0x10", "0b1", "+5"):
        written = _written(tmp_path, ("values.yaml", _value("pooled_fund.annual_cap", odd), 2))
        assert (_refused(written).code, _refused(written).line) == ("places", 2)
