"""A folder that all processes of one run of the tests share, for what is made once and copied."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "SANCHONG_TESTS_SHARED"
"""Names the folder; tests/conftest.py makes it."""


def shared() -> Path:
    """The folder of this run."""
    return Path(os.environ[VARIABLE])
