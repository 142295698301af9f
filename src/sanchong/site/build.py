"""Writing the site: every page in both languages, the search index, the style sheets, nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sanchong.bill.html import bill_css
from sanchong.bill.model import per_cent
from sanchong.bill.words import Lang
from sanchong.law.library import Law
from sanchong.money import yuan
from sanchong.settlement.worked import LANGS
from sanchong.site.model import Shelf
from sanchong.site.names import Names
from sanchong.site.page import Page, legend_of
from sanchong.site.pages import Pages
from sanchong.site.words import say
from sanchong.version import ENGINE

HERE: Final = Path(__file__).parent
MANIFEST: Final = ".sanchong-site"
"""The list of what a build wrote, by which the next one knows what it may replace."""

Progress = Callable[[int, int], None]


class NotOurs(Exception):
    """A folder that holds something else: the site is not written over it."""


def build_site(law: Law, out: Path, progress: Progress | None = None) -> int:
    """Write the site of ``law`` into ``out``; the number of pages.

    NotOurs if ``out`` holds anything that no earlier build wrote; what one wrote is replaced.
    """
    before = _earlier(out)
    files = dict(site_files(law, progress))
    for name in sorted(before - set(files)):
        (out / name).unlink(missing_ok=True)
    for name, text in files.items():
        file = out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    (out / MANIFEST).write_text(
        "".join(f"{name}\n" for name in sorted(files)), encoding="utf-8", newline="\n"
    )
    return sum(name.endswith(".html") for name in files)


def _earlier(out: Path) -> set[str]:
    """What an earlier build wrote into ``out``."""
    if out.exists() and not out.is_dir():
        raise NotOurs(out)
    if not out.is_dir() or not any(out.iterdir()):
        return set()
    if not (out / MANIFEST).is_file():
        raise NotOurs(out)
    names = (out / MANIFEST).read_text(encoding="utf-8").splitlines()
    inside = out.resolve()
    return {name for name in names if (out / name).resolve().is_relative_to(inside)}


def site_files(law: Law, progress: Progress | None = None) -> Iterator[tuple[str, str]]:
    """Each file of the site, by its path, with its text."""
    shelf = Shelf(law)
    names = Names(shelf)
    yield "assets/bill.css", bill_css()
    yield "assets/site.css", (HERE / "site.css").read_text(encoding="utf-8")
    yield "assets/search.js", (HERE / "search.js").read_text(encoding="utf-8")
    made = {lang: Pages(shelf, names, lang) for lang in LANGS}
    plans = {lang: list(pages.all()) for lang, pages in made.items()}
    whole, done = sum(map(len, plans.values())), 0
    for lang in LANGS:
        index = [entry for page in plans[lang] if (entry := page.entry)]
        yield f"assets/index.{lang}.js", _script(index)
        for page in plans[lang]:
            if progress:
                progress(done, whole)
            done += 1
            yield f"{'en/' if lang == 'en' else ''}{page.path}", _render(page, names, lang)


def _script(index: list[tuple[str, str, str, str, str]]) -> str:
    """The search index as a script: it works from a file, where nothing may be fetched."""
    rows = ",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in index)
    return f"window.sanchongIndex=[\n{rows}\n];\n"


def _render(page: Page, names: Names, lang: Lang) -> str:
    root = "../" * page.path.count("/")
    top = f"{root}../" if lang == "en" else root

    def t(key: str, **facts: object) -> str:
        return say(key, lang, **facts)

    def to(kind: str, name: str) -> str:
        return f"{root}{names.path(kind, name)}"

    context = {
        "t": t,
        "to": to,
        "lang": lang,
        "en": lang == "en",
        "root": root,
        "assets": f"{top}assets/",
        "other": f"{top}{page.path}" if lang == "en" else f"{root}en/{page.path}",
        "page": page,
        "engine": ENGINE,
        **page.facts,
    }
    return _environment().get_template(page.template).render(context)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"yuan": yuan}
    environment.globals |= {"per_cent": per_cent, "safe_html": _safe, "legend_of": legend_of}
    return environment


def _safe(text: Any) -> Markup:
    """HTML that a template of the bill made, escaped there."""
    return Markup(text)
