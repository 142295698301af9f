"""The law as a site: complete, linked, bilingual, self-contained, the same each time."""

from __future__ import annotations

import json
import posixpath
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.cli.running import run

from sanchong.law.asking import families
from sanchong.law.library import load_law
from sanchong.law.terms import CONTROL_AREA, _area_of
from sanchong.shapes import ADDRESSES, STATEMENT_AMOUNTS
from sanchong.site.build import MANIFEST, site_files
from sanchong.site.model import Shelf
from sanchong.site.names import Names
from sanchong.site.pages import looked_up_by
from sanchong.site.picture import pictures

LAW = load_law()
VOID = {"meta", "link", "input", "br", "rect", "line"}


@cache
def site() -> dict[str, str]:
    return dict(site_files(LAW))


@cache
def shelf() -> Shelf:
    return Shelf(LAW)


class Reader(HTMLParser):
    """A page's links, ids, headings and text; asserts that every element is closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.lang = ""
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.unnamed: list[str] = []
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._seen(tag, dict(attrs))
        if tag not in VOID or (
            tag in ("rect", "line") and not (self.get_starttag_text() or "").endswith("/>")
        ):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._seen(tag, dict(attrs))

    def _seen(self, tag: str, said: dict[str, str | None]) -> None:
        self.text += " "
        if tag == "html":
            self.lang = said["lang"] or ""
        if "id" in said:
            self.ids.append(said["id"] or "")
        self.links += [said[name] or "" for name in ("href", "src", "data-index") if name in said]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg" and said.get("role") == "img" and not said.get("aria-label"):
            self.unnamed.append(self.get_starttag_text() or "")
        assert not any(name.startswith("on") for name in said), "no script in attributes"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@cache
def pages() -> dict[str, Reader]:
    return {name: Reader(text) for name, text in site().items() if name.endswith(".html")}


def flat(name: str) -> str:
    return " ".join(pages()[name].text.split())


def test_every_document_clause_value_rule_and_case_has_its_page_in_both_languages() -> None:
    names = Names(shelf())
    wanted = [("documents", d.id) for d in LAW.documents] + [("clauses", c) for c in LAW.clauses]
    wanted += [("values", a.name) for a in ADDRESSES] + [("values", name) for name in families()]
    wanted += [("rules", name) for name in shelf().rules] + [("cases", c.id) for c in shelf().worked]
    paths = [names.path(*one) for one in wanted]
    assert len({path.casefold() for path in paths}) == len(paths)
    for path in paths:
        assert pages()[path].lang == "zh-CN"
        assert pages()[f"en/{path}"].lang == "en"
    assert "clauses/yangquan.b51.html" in paths


def test_every_link_resolves() -> None:
    for name, page in pages().items():
        for link in page.links:
            path, _, anchor = link.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            assert target in site(), f"{name}: {link}"
            if anchor:
                assert anchor in pages()[target].ids, f"{name}: {link}"


def test_nothing_is_loaded_from_elsewhere_and_no_path_of_a_machine_shows() -> None:
    here = str(Path(__file__).parents[2])
    for name, text in site().items():
        assert "://" not in text, name
        assert not re.search(r"(?:href|src)=\"//|@import|url\(|\bfetch\(|XMLHttp", text), name
        assert here not in text, name


def test_pages_are_well_formed() -> None:
    for name, page in pages().items():
        assert page.headings[0] == 1 and page.headings.count(1) == 1, name
        assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False)), (
            name,
            page.headings,
        )
        assert len(page.ids) == len(set(page.ids)), name
        assert page.unnamed == [], name


def test_every_page_is_reached_without_script() -> None:
    seen, left = {"index.html"}, ["index.html"]
    while left:
        name = left.pop()
        for link in pages()[name].links:
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(name), link.partition("#")[0] or ".")
            )
            if target in pages() and target not in seen:
                seen.add(target)
                left.append(target)
    assert seen == set(pages())


def test_the_start_shows_every_row_with_its_kind_and_what_carries_it() -> None:
    made = site()["index.html"]
    rows = re.findall(r'<a class="cell k-[a-z-]+(?: met)?" href="clauses/[^"]+" title="([AB]\d+) ', made)
    assert rows == [f"A{n}" for n in range(1, 109)] + [f"B{n}" for n in range(1, 145)]
    assert "B51 四（三）；可计算；数值；有算例用到" in made
    assert "B51 IV (3); computable; value; met by a worked case" in site()["en/index.html"]


def test_a_clause_shows_gist_values_rules_and_cases() -> None:
    text = flat("clauses/yangquan.b51.html")
    assert "阳泉细则 四（三） B51" in text
    assert "住院救助比例（低保对象） 70%" in text
    assert "低保对象住院 C29 总费用 20,000.00 个人支付 3,462.50" in text
    carried = flat("clauses/yangquan.b47.html")
    assert "sanchong/rules/assistance.py" in carried and "def stay_assistance" in carried
    assert "互斥" in flat("clauses/shanxi.a31.html") and "C01" in flat("clauses/shanxi.a31.html")


def test_a_value_shows_its_history_and_who_uses_it() -> None:
    text = flat("values/assistance.disposable_income_per_capita.html")
    assert "按户籍地查找" in text and "assistance_on_stay" in text
    assert text.index("25,214.00") < text.index("30,924.00")
    assert "fits the printed urban and rural figures" in text
    address = next(a for a in ADDRESSES if a.name == "assistance.disposable_income_per_capita")
    history = shelf().values_by_address[address.name]
    (drawn,) = pictures(shelf().engine.resolver, address, history, "zh")
    assert drawn.days == drawn.known == ("2021-03-01", "2022-03-01", "2023-03-01", "2024-02-22")
    assert [(b.column, b.width, b.shown) for b in drawn.boxes if b.row == 1] == [
        (0, 1, ""),
        (1, 1, "25,214.00 元"),
        (2, 3, "27,426.00 元"),
    ]


def test_assumed_values_are_marked_wherever_they_stand() -> None:
    assumed = {v.address.name for v in LAW.values() if v.status == "assumed"}
    for name in assumed:
        path = Names(shelf()).path("values", name)
        assert "示例，无文件依据" in flat(path)
        assert "assumed, no document" in flat(f"en/{path}")
    for clause in LAW.by_id["illustrative"].clauses:
        assert "示例，无文件依据" in flat(f"clauses/{clause}.html")


def test_who_looks_a_value_up_is_what_the_law_does() -> None:
    for address in ADDRESSES:
        found = _area_of(address, "140300", "140700")
        said = {"insurance": "140300", "household": "140700", "hospital": CONTROL_AREA}
        assert said[looked_up_by(address.name)] == found, address.name


def test_a_case_shows_facts_bill_and_agreement() -> None:
    text = flat("cases/yangquan.special_drug.C26-poorest.html")
    assert "特困人员（2025-01-01 – 今后）" in text
    assert "医疗费用结算单" in text and "20 % = 1,400" in text
    assert "就诊 1 v-1 · 医疗救助 1,400.00 1,400.00 ✓ 一致" in text
    for name in pages():
        assert "✗" not in pages()[name].text, name
    assert "Not settled" in flat("en/cases/shanxi.recognition.C01.html")


def test_english_on_a_chinese_page_is_marked_and_folded_away() -> None:
    """Docstrings and source stand under a fold with a Chinese summary, arithmetic under a Chinese label."""
    for name in ("clauses/yangquan.b47.html", "rules/stay_assistance.html"):
        made, english = site()[name], site()[f"en/{name}"]
        fold = made[made.index("规则源码与英文说明") :].partition("</details>")[0]
        assert (
            '<span lang="en">The rate on what exceeds the deductible' in fold and '<pre lang="en"' in fold
        ), name
        assert (
            made.count("The rate on what exceeds the deductible") == 2
        )  # the description, and in the source
        assert "<details" not in english.partition("def stay_assistance")[0].partition("<main")[2]
    case = site()["cases/yangquan.special_drug.C26-poorest.html"]
    assert '<dt>手工演算（英文）</dt><dd class="sum"><span lang="en">' in case
    for name in ("rules/index.html", "all.html", "values/assistance.annual_cap.near_subsistence.html"):
        assert 'lang="en">' not in site()[name].partition("<main")[2], name


def test_the_bills_clauses_lead_to_their_pages() -> None:
    """In both languages, each to its own; in a bill by itself they lead nowhere."""
    for folder in ("", "en/"):
        made = site()[f"{folder}cases/yangquan.special_drug.C26-poorest.html"]
        bill = made[made.index('<article class="sb"') :].partition("</article>")[0]
        found = re.findall(r'<a class="sb-tag" href="([^"]+)"', bill)
        assert "../clauses/yangquan.b66.html" in found
        assert '<span class="sb-tag"' not in bill


def test_a_hand_worked_figure_has_a_name_people_read() -> None:
    for name in pages():
        if name.startswith("cases/"):
            labels = re.findall(r'<th scope="row" title="[^"]*">([^<]*)</th>', site()[name])
            assert not any(key in label for label in labels for key in STATEMENT_AMOUNTS if "_" in key), name


def test_the_search_index_knows_every_page_of_its_own() -> None:
    for lang, folder in (("zh", ""), ("en", "en/")):
        made = site()[f"assets/index.{lang}.js"]
        rows = json.loads(made.removeprefix("window.sanchongIndex=").rstrip(";\n"))
        assert {f"{folder}{row[3]}" for row in rows} <= set(pages())
        assert any(row[2] == "yangquan.b51" and "B51" in row[4] for row in rows)
        assert len(rows) == len(LAW.clauses) + len(LAW.documents) + len(ADDRESSES) + len(
            list(families())
        ) + len(shelf().rules) + len(shelf().worked)


def test_the_command_writes_replaces_its_own_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "law"
    assert "index.html" in run("law", "site", "--out", out, "--lang", "en", status=0).out
    made = {
        p.relative_to(out).as_posix(): p.read_text(encoding="utf-8") for p in out.rglob("*") if p.is_file()
    }
    listed = made.pop(MANIFEST).splitlines()
    assert made == site() and sorted(made) == listed, "two builds are equal"
    (out / "clauses" / "gone.html").write_text("", encoding="utf-8")
    (out / MANIFEST).write_text("\n".join([*listed, "clauses/gone.html", "../kept"]), encoding="utf-8")
    (tmp_path / "kept").write_text("", encoding="utf-8")
    run("law", "site", "--out", out, status=0)
    assert not (out / "clauses" / "gone.html").exists() and (tmp_path / "kept").exists()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_not_a_site_is_left_alone(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "mine"
    if kind == "folder":
        out.mkdir()
        (out / "letter.txt").write_text("x", encoding="utf-8")
    else:
        out.write_text("x", encoding="utf-8")
    done = run("law", "site", "--out", out, "--lang", "zh", status=2)
    assert done.err.count("\n") == 1 and "请另选目录" in done.err


def test_a_folder_of_ones_own_and_hostile_text(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>"
    own = tmp_path / "own" / "doc"
    (own / "cases").mkdir(parents=True)
    (own / "document.yaml").write_text(
        f"""id: own
area: "149900"
title: {{zh: "{bad}", en: "{bad}"}}
short: {{zh: "{bad}", en: own}}
issuer: {{zh: 某地, en: somewhere}}
schemes: []
in_force: {{from: 2025-01-01, to: null}}
known_from: 2025-01-01
governs: []
leaves_open: []
clauses:
  - {{id: "own.一/../条", place: {{zh: "{bad}", en: x}}, gist: {{zh: "{bad}", en: x}}, rows: [], kind: [principle]}}
""",
        encoding="utf-8",
    )
    (own / "cases" / "some.yaml").write_text(
        f"""- title: {{zh: "{bad}", en: "{bad}"}}
  source: x
  arithmetic: "{bad}"
  case: {{case: "../{bad}", person: 1}}
  expect: {{ok: false, error: {{code: invalid_input}}}}
""",
        encoding="utf-8",
    )
    made = dict(site_files(load_law([tmp_path / "own"])))
    for name, text in made.items():
        assert ".." not in name and re.fullmatch(r"[A-Za-z0-9._/-]+", name)
        assert bad not in text or name.startswith("assets/"), name
    assert sum(name.startswith("cases/own.some") for name in made) == 1
    (own / "cases" / "some.yaml").write_text("- {title: x}", encoding="utf-8")
    done = run("law", "site", "--out", tmp_path / "out", "--policies", tmp_path / "own", status=2)
    assert done.err.count("\n") == 1 and "some.yaml" in done.err


def test_a_clause_names_the_case_that_proves_it() -> None:
    assert "shanxi.quota.C09-mixed.html" in site()["clauses/shanxi.a46.html"]
    assert "本条以此例为证" in flat("clauses/shanxi.a46.html")
    assert "Proved by this case" in flat("en/clauses/jinzhong.a60.html")
    assert "本条以此例为证" not in flat("clauses/shanxi.a1.html")
    assert "highest_limit" in flat("clauses/shanxi.a46.html")
    assert "并存一种慢性病" in flat("rules/highest_limit.html")


def test_a_question_shows_what_is_asked_and_answered() -> None:
    text = flat("cases/shanxi.review.A88-short.html")
    assert "first_review" in text and "1 笔未经初审，不得付款：c-2" in text
    assert "回答 · coverage 2/3 2/3 ✓ 一致" in text
    refused = flat("en/cases/jinzhong.handling.A60.html")
    assert "not settled · the earlier code 4" in refused
