"""A study's folder: what is asked, how far it is, how it ended, and the lock by which everybody sees whether it still runs.

Server and study share this folder and nothing else: the study knows neither the database nor its keys. The lock is on an
open file that the study inherits; it is gone when the process is, however it ended: after a restart nothing only seems to run.

    asked.json  law/  reforms/  tables/  population/  progress.json  cancel  ended.json  result/  log.txt  lock
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ASKED: Final = "asked.json"
PROGRESS: Final = "progress.json"
ENDED: Final = "ended.json"
CANCEL: Final = "cancel"
LAW: Final = "law"
REFORMS: Final = "reforms"
TABLES: Final = "tables"
POPULATION: Final = "population"
RESULT: Final = "result"
LOG: Final = "log.txt"
LOCK: Final = "lock"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a study is: of its stage so much is done, since a moment (seconds of the clock)."""

    stage: str
    done: int
    total: int
    since: float
    at: float

    @property
    def rate(self) -> float:
        """So much a second; 0 while nothing can be said."""
        passed = self.at - self.since
        return self.done / passed if passed > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that the stage still takes at this rate; None while nothing can be said."""
        return max(0, self.total - self.done) / self.rate if self.rate and self.total else None


def write_json(file: Path, data: Any) -> None:
    """Write a file whole or not at all."""
    partial = file.with_name(f".{file.name}.partial")
    partial.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    os.replace(partial, file)


def read_json(file: Path) -> Any:
    """What a file says; None if it is not there."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def progress_in(folder: Path) -> Progress | None:
    """How far the study in a folder is; None before it has said anything."""
    said = read_json(folder / PROGRESS)
    return Progress(**said) if said is not None else None


def take_lock(folder: Path) -> int:
    """The descriptor of the folder's lock, taken: it holds as long as a process has it open."""
    descriptor = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def runs(folder: Path) -> bool:
    """Whether a process still has the folder's lock."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def remove(folder: Path) -> None:
    """The folder and all in it."""
    shutil.rmtree(folder, ignore_errors=True)
