"""``sanchong settle``: cases in, statements out, as the settle contract fixes it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from sanchong.cli.cases import Input, Unread, read_cases
from sanchong.cli.common import (
    AcceptAssumed,
    KnownOn,
    Lang,
    Language,
    Policies,
    engine_of,
    fail,
    language,
    options_of,
)
from sanchong.settlement.options import Options
from sanchong.settlement.settle import Engine, refused

FORMATS = ("table", "json", "jsonl", "html")
FORMAT_OF = {".txt": "table", ".json": "json", ".jsonl": "jsonl", ".html": "html", ".htm": "html"}
"""The format that the name of a file to write asks for."""
Settled = tuple[Any, dict[str, Any]]
"""A case as given (None where it could not be read) and its result."""
LONG_WORK = 500
"""From this many cases on, a progress bar is shown on a terminal."""


def settle(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="JSON or JSON Lines; - for standard input. 个案文件")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write to this file. 输出文件")
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="table|json|jsonl|html",
            help="Else by the name of --out, a table on a terminal, JSON elsewhere. 输出格式",
        ),
    ] = None,
    known_on: KnownOn = None,
    accept_assumed: AcceptAssumed = None,
    policies: Policies = None,
    lang: Lang = None,
) -> None:
    """Settle cases through the three tiers. 三重保障结算

    Exit status 0: all settled; 1: some case refused, its result says why; 2: unusable arguments or file.
    退出状态：0 全部结算，1 有个案被拒（结果中写明原因），2 参数或文件不可用。
    """
    asked, lang = lang, language(lang)
    form = _format(format_, out, lang)
    if out is not None and out.exists() and file != "-" and Path(file).exists() and out.samefile(file):
        fail(f"--out 不能是输入文件 {file}", f"--out is the input file {file} itself", lang)
    options = options_of(accept_assumed, known_on, lang)
    if form in ("json", "jsonl"):  # the contract: a result's message is Chinese unless --lang en
        options = replace(options, lang="en" if asked == "en" else "zh")
    cases = read_cases(read_text(file, lang))
    engine = engine_of(policies, lang)
    results = _settled(engine, _progress(cases.cases, lang), options)
    refusals = 0

    def counted() -> Iterator[Settled]:
        nonlocal refusals
        for case, result in results:
            refusals += not result["ok"]
            yield case, result

    _write(counted(), cases, form, out, engine, lang)
    raise typer.Exit(1 if refusals else 0)


def _format(given: str | None, out: Path | None, lang: str) -> str:
    if given is None:
        if out is None:
            return "table" if sys.stdout.isatty() else "json"
        return FORMAT_OF.get(out.suffix.lower(), "json")
    if given not in FORMATS:
        fail(f"--format 应为 {'、'.join(FORMATS)}", f"--format is one of {', '.join(FORMATS)}", lang)
    return given


def read_text(file: str, lang: str) -> str:
    """The text of a file, or of standard input for -; exits with 2 if it cannot be read as UTF-8."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        fail(f"读不到文件 {file}：{why}", f"cannot read {file}: {why}", lang)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fail(
            f"{file} 不是 UTF-8 编码（第 {error.start + 1} 字节）；请另存为 UTF-8",
            f"{file} is not UTF-8 (byte {error.start + 1}); save it as UTF-8",
            lang,
        )
    if not text.strip():
        fail(
            f"{file} 是空的；请给出 JSON 个案、个案列表或 JSON Lines",
            f"{file} is empty; give it a case as JSON, an array of cases or JSON Lines",
            lang,
        )
    return text


def _settled(engine: Engine, cases: Iterable[Any], options: Options) -> Iterator[Settled]:
    for case in cases:
        if isinstance(case, Unread):
            yield None, refused(case.case, case, options.lang)
        else:
            yield case, engine.settle(case, options)


def _progress(cases: list[Any], lang: str) -> Iterable[Any]:
    if len(cases) < LONG_WORK or not sys.stderr.isatty():
        return cases
    from rich.console import Console
    from rich.progress import track

    said = "结算" if lang == "zh" else "Settling"
    return track(cases, description=said, console=Console(stderr=True), transient=True)


def _write(
    results: Iterable[Settled],
    cases: Input,
    form: str,
    out: Path | None,
    engine: Engine,
    lang: Language,
) -> None:
    try:
        if form == "table":
            _write_table(results, out, engine, lang)
            return
        with nullcontext(sys.stdout.buffer) if out is None else out.open("wb") as stream:
            if form == "jsonl":
                for _, result in results:
                    stream.write(_json(result, None) + b"\n")
            elif form == "html":
                from sanchong.bill.html import bill_page

                stream.write(bill_page(list(results), engine.law, lang).encode("utf-8", "backslashreplace"))
            else:
                all_of_them = [result for _, result in results]
                stream.write(_json(all_of_them[0] if cases.single else all_of_them, 1) + b"\n")
    except OSError as error:
        if out is None:
            raise
        why = error.strerror or str(error)
        fail(f"写不了文件 {out}：{why}", f"cannot write {out}: {why}", lang)


def _json(data: Any, indent: int | None) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=indent).encode("utf-8", "backslashreplace")


def _write_table(results: Iterable[Settled], out: Path | None, engine: Engine, lang: Language) -> None:
    from rich.console import Console

    from sanchong.bill.text import show

    if out is None:
        show(Console(), results, engine.law, lang)
        return
    with out.open("w", encoding="utf-8") as stream:
        show(Console(file=stream, width=100, no_color=True), results, engine.law, lang)
