"""Running the command inside the test's own process: exit status, standard output and error."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from sanchong.cli import main
from sanchong.law.library import Law, load_law

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Done:
    """A finished command."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


class _Stream(io.TextIOWrapper):
    """A text stream in memory that may claim to be a terminal."""

    def __init__(self, data: bytes = b"", *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", newline="")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def written(self) -> str:
        self.flush()
        self.seek(0)
        return self.read()


@cache
def _shipped() -> Law:
    return load_law()


def _load_law(folders: Iterable[Path | str] = ()) -> Law:
    """The shipped law is read once for all tests."""
    folders = list(folders)
    return load_law(folders) if folders or "SANCHONG_POLICIES" in os.environ else _shipped()


def run(
    *arguments: str | Path,
    stdin: bytes = b"",
    terminal: bool = False,
    status: int | None = None,
    env: Mapping[str, str] | None = None,
) -> Done:
    """Run ``sanchong`` with these arguments in English; assert that it left no traceback, and its status."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "SANCHONG", "COLUMNS"))}
    out, err = _Stream(terminal=terminal), _Stream(terminal=terminal)
    code: Any = None
    with (
        mock.patch.dict(
            os.environ, {**clean, "LANG": "C.UTF-8", "COLUMNS": "100", **(env or {})}, clear=True
        ),
        mock.patch.multiple(sys, argv=["sanchong", *map(str, arguments)], stdin=_Stream(stdin)),
        mock.patch.multiple(sys, stdout=out, stderr=err),
        mock.patch("sanchong.cli.common.load_law", _load_law),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    done = Done(code or 0, out.written(), err.written())
    assert "Traceback" not in done.out + done.err
    if status is not None:
        assert done.status == status, done
    return done


def case(name: str = "c", **changes: Any) -> dict[str, Any]:
    """A case that leans on no assumed value: one special drug, of which assistance pays 1,400.00."""
    person: dict[str, Any] = {"id": "p", "insurance": "resident", "household_region": "140300"}
    person["categories"] = [{"category": "extreme_poverty", "from": "2025-01-01", "to": None}]
    visit = {"id": "v", "kind": "special_drug", "date": "2025-09-01"}
    visit |= {"in_scope": "20000", "pooled": "12000", "catastrophic": "1000"}
    terms = {"assistance.in_force_from": "2023-01-01"}
    made = {
        "case": name,
        "region": "140300",
        "year": 2025,
        "person": person,
        "visits": [visit],
        "terms": terms,
    }
    return {**made, **changes}


def stay(name: str = "stay") -> dict[str, Any]:
    """A case that leans on assumed values: one stay."""
    provider = {"id": "h", "region": "140300", "designated": True, "level": 2, "fee_class": 2}
    provider["administrative_level"] = "county"
    line = {"id": "l", "amount": "18000", "class": "A"}
    visit = {"id": "v", "kind": "inpatient", "date": "2025-07-01", "referred": True}
    return case(name, visits=[{**visit, "provider": provider, "lines": [line]}])


def text(data: Any) -> str:
    """JSON in one line."""
    return json.dumps(data, ensure_ascii=False)
