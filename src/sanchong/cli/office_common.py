"""What the commands of ``sanchong office`` share: the start of Django, and errors in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from sanchong.cli.common import UNUSABLE, Language, fail, refuse
from sanchong.settlement.refusal import Refusal

CANCELLED = 130

Begin = Callable[[str, str, int], Callable[[int], None]]
"""Told of a step (in Chinese, in English, how many), gives what to call with how many more are done."""


@contextmanager
def office(lang: Language, *, database: bool = True, owner: bool = False) -> Iterator[None]:
    """The office set up; what goes wrong inside ends the command with one line.

    Exit status 1: refused; 2: unusable surroundings. ``database`` False: the command works without one.
    ``owner``: on PostgreSQL it connects as the tables' owner, if SANCHONG_OWNER_DATABASE names one.
    """
    _start(lang, owner)
    from django.db import DatabaseError

    from sanchong.office.crypto import KeyMistake
    from sanchong.office.operations.surroundings import unreachable

    try:
        problem = unreachable() if database else None
        if problem is not None:
            _unusable(problem, lang)
        yield
    except Refusal as refusal:
        refuse(refusal, lang)
    except KeyMistake as mistake:
        _unusable(Refusal("keys", "SANCHONG_KEYS", f"密钥：{mistake}", f"keys: {mistake}"), lang)
    except DatabaseError as error:
        _unusable(_said(error), lang)


def _start(lang: Language, owner: bool) -> None:
    try:
        import django
        import granian  # noqa: F401
        import psycopg  # noqa: F401
    except ImportError as missing:
        fail(
            f"缺少 {missing.name}；请安装附加组件 pip install 'sanchong[office]'",
            f"{missing.name} is not installed; install the extra: pip install 'sanchong[office]'",
            lang,
        )
    from sanchong.office.environment import EnvironmentMistake, as_owner

    if owner:
        as_owner()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanchong.office.settings")
    try:
        django.setup()
    except EnvironmentMistake as mistake:
        fail(str(mistake), str(mistake), lang)


def _said(error: Exception) -> Refusal:
    said = " ".join(str(error).split())
    if "no such table" in said or "does not exist" in said:
        return Refusal(
            "not_migrated",
            "database",
            "数据库尚未建好或版本不符；请运行 sanchong office migrate",
            f"the database is not as this version needs it ({said}): run sanchong office migrate",
        )
    return Refusal("database", "database", f"数据库：{said}", f"database: {said}")


def _unusable(problem: Refusal, lang: Language) -> None:
    print(f"sanchong: {problem.code}: {problem.messages[lang]}", file=sys.stderr)
    raise typer.Exit(UNUSABLE)


def in_words(lang: Language, zh: str, en: str) -> str:
    """One of two languages."""
    return zh if lang == "zh" else en


@contextmanager
def steps(lang: Language) -> Iterator[Begin]:
    """A bar for each step on standard error, where that is a terminal.

    Inside, say that a step begins (in Chinese, in English, how many), and call what that gives with how many more are done.
    """
    if not sys.stderr.isatty():
        yield lambda zh, en, total: lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:

        def begin(zh: str, en: str, total: int) -> Callable[[int], None]:
            task = bar.add_task(in_words(lang, zh, en), total=total, rate="")

            def advance(more: int) -> None:
                bar.advance(task, more)
                speed = bar.tasks[task].finished_speed or bar.tasks[task].speed
                bar.update(task, rate=f"{speed:,.0f}/s" if speed else "")

            return advance

        yield begin


def towards(begin: Begin, zh: str, en: str) -> Callable[[int, int], None]:
    """One step of :func:`steps` for who tells how many are done of how many."""
    advance: Callable[[int], None] | None = None
    before = 0

    def progress(done: int, total: int) -> None:
        nonlocal advance, before
        advance = advance or begin(zh, en, total)
        advance(done - before)
        before = done

    return progress


@contextmanager
def batch_installed(lang: Language) -> Iterator[None]:
    """Refuse where the extra ``batch`` is missing."""
    try:
        import numpy  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError as missing:
        fail(
            f"缺少 {missing.name}；请安装附加组件 pip install 'sanchong[batch]'",
            f"{missing.name} is not installed; install the extra: pip install 'sanchong[batch]'",
            lang,
        )
    yield


@contextmanager
def all_or_nothing(lang: Language) -> Iterator[None]:
    """Ctrl-C leaves the database as it was, and says so."""
    try:
        yield
    except KeyboardInterrupt:
        print(
            "sanchong: " + in_words(lang, "已取消，未写任何数据", "cancelled; nothing written"),
            file=sys.stderr,
        )
        raise typer.Exit(CANCELLED) from None
