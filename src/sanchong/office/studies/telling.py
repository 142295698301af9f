"""What a study tells while it runs: how far it is, or why it cannot be done."""

from __future__ import annotations

import _thread
import threading
import time
from pathlib import Path
from typing import Final

from sanchong.office.studies import folders

TOLD_EVERY: Final = 0.5
"""Seconds between two writings of the progress, and between two looks whether to stop."""


class Unable(Exception):
    """It cannot be done as asked: why, in Chinese."""


class Teller:
    """Writes down how far the study is, and stops it when it is cancelled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cancelled = threading.Event()
        self._name, self._done, self._total, self._since, self._told = "", 0, 0, time.time(), 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def stage(self, name: str, total: int) -> None:
        """A stage begins, with so much to do."""
        self._name, self._done, self._total, self._since = name, 0, total, time.time()
        self._tell()

    def advance(self, many: int) -> None:
        """So much more is done."""
        self._done += many
        if time.time() - self._told >= TOLD_EVERY:
            self._tell()

    def _tell(self) -> None:
        self._told = time.time()
        said = {
            "stage": self._name, "done": self._done, "total": self._total, "since": self._since, "at": self._told,
        }  # fmt: skip
        folders.write_json(self.folder / folders.PROGRESS, said)

    def _watch(self) -> None:
        while not (self.folder / folders.CANCEL).exists():
            time.sleep(TOLD_EVERY)
        self.cancelled.set()
        _thread.interrupt_main()
