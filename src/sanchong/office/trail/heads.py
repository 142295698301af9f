"""The chain's heads in a file outside the database: one line of JSON a day, appended and never changed.

Copies of the file belong where the database's administrators cannot write.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import orjson
from django.conf import settings

NAME: Final = "heads.jsonl"


@dataclass(frozen=True, slots=True)
class Head:
    """The last seal of the chain as it was on a day."""

    day: str
    """YYYY-MM-DD."""
    seal: int
    at: str
    """When it was sealed, in UTC."""
    hash: str
    """In hexadecimal."""
    entries: int
    """How many the chain held."""


def heads_folder() -> Path:
    """Where this office exports the chain's heads to: ``audit`` in its home."""
    return Path(settings.ENVIRONMENT.home) / "audit"


def read_heads(folder: Path) -> list[Head | None]:
    """Every line of the file in its order, None for one that is no head; [] without a file."""
    file = folder / NAME
    return [_read(line) for line in file.read_bytes().splitlines()] if file.exists() else []


def _read(line: bytes) -> Head | None:
    try:
        head = Head(**orjson.loads(line))
        dt.date.fromisoformat(head.day)
        bytes.fromhex(head.hash)
    except (TypeError, ValueError):
        return None
    return head


def exported(folder: Path, day: dt.date) -> bool:
    """Whether the head of a day stands in the file."""
    return any(head is not None and head.day == day.isoformat() for head in read_heads(folder))


def append_head(folder: Path, head: Head) -> None:
    """Write one line to the end of the file and wait until the disk has it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / NAME
    torn = file.exists() and not file.read_bytes().endswith((b"\n", b""))
    with file.open("ab") as out:
        out.write((b"\n" if torn else b"") + orjson.dumps(asdict(head)) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    descriptor = os.open(folder, os.O_RDONLY)  # the file's name is on the disk too
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
