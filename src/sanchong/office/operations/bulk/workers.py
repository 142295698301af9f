"""A worker process: it has no database, and imports no model before Django is set up."""

from __future__ import annotations

import pickle
from typing import Any

import django


def start(office: bytes) -> None:
    """Once in each process; ``office`` is a pickled ``settling.Office``."""
    django.setup()
    from sanchong.office.operations.bulk import settling

    settling.begin(pickle.loads(office))


def make(part: bytes) -> Any:
    """The rows of a pickled ``reading.Part``."""
    from sanchong.office.operations.bulk import settling

    return settling.make(pickle.loads(part))
