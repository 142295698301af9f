"""``sanchong law site``: the law as a static, offline, bilingual site."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sanchong.cli.common import Lang, Policies, engine_of, fail, language
from sanchong.law.yamlfile import LawError

SHOWN_EVERY = 25


def site(
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Where to write; new, empty, or an earlier site. 输出目录"),
    ],
    policies: Policies = None,
    lang: Lang = None,
) -> None:
    """Write the law as a site: clauses, values, rules, worked cases, in Chinese and English. 生成政策库网站

    sanchong law site --out build/law
    """
    from sanchong.site.build import NotOurs, build_site

    lang = language(lang)
    law = engine_of(policies, lang).law
    terminal = sys.stderr.isatty()

    def progress(done: int, whole: int) -> None:
        if terminal and done % SHOWN_EVERY == 0:
            said = "生成网页" if lang == "zh" else "writing pages"
            print(f"\r{said} {done}/{whole}", end="", file=sys.stderr, flush=True)

    try:
        pages = build_site(law, out, progress)
    except NotOurs:
        fail(
            f"{out} 不是空目录，也不是先前生成的网站；请另选目录",
            f"{out} is neither empty nor a site written earlier; choose another folder",
            lang,
        )
    except LawError as error:
        fail(f"政策文件有误：{error.placed('zh')}", f"mistake in the law: {error.placed('en')}", lang)
    finally:
        if terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    start = out / "index.html"
    print(f"{pages} 页：{start}" if lang == "zh" else f"{pages} pages: {start}")
