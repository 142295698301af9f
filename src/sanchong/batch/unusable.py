"""What makes a batch unusable as a whole: an argument, a file, a column."""

from __future__ import annotations


class Unusable(Exception):
    """Nothing can be settled; ``messages`` says what, where and what next, in Chinese (zh) and English (en)."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.messages = {"zh": zh, "en": en}


class WorkersLost(Unusable):
    """Those who settle parts cannot be reached any more; what is settled so far is kept."""
