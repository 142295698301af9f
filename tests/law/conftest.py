"""What is found in a shipped file is found once a process: it does not change, and most tests check it beside one of their own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sanchong.law import schema_check
from sanchong.law.library import shipped_policies
from sanchong.law.yamlfile import LawError

_look = schema_check.schema_mistakes
_look_once = cache(_look)


@pytest.fixture(autouse=True)
def shipped_files_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Of any other file nothing is kept."""
    shipped = shipped_policies()

    def schema_mistakes(file: Path, kind: str | None = None) -> list[LawError]:
        return (_look_once if shipped in file.parents else _look)(file, kind)

    monkeypatch.setattr(schema_check, "schema_mistakes", schema_mistakes)
    yield
