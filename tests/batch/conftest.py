"""Tests of the columns need the extra ``batch``: without it they are left out by hand and fail under CI."""

from __future__ import annotations

import importlib.util
import os
import warnings

NEEDED = "SKIPPED: compiled and interpreted settlement were not compared; install the extra `batch`"

collect_ignore_glob: list[str] = []
if importlib.util.find_spec("numba") is None:
    if os.environ.get("CI"):
        raise ImportError(NEEDED)
    warnings.warn(NEEDED, stacklevel=1)
    collect_ignore_glob = ["test_*.py"]
