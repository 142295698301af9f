"""An office for scripts outside pytest: the tests' settings, on a database that is named, in this process or in others.

Imports no model, so that a process that was just started can make itself ready by it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import django
from tests.office.server import FAST, VARIABLE, Server, server


def ready(url: str) -> None:
    """Make this process an office on the database at ``url``."""
    os.environ[VARIABLE] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.office.settings"
    django.setup()


def found(url: str) -> None:
    """Make this process an office on the empty database at ``url``: its tables made."""
    from django.core.management import call_command

    ready(url)
    call_command("migrate", verbosity=0)


@contextmanager
def postgresql(options: Sequence[str] = FAST) -> Iterator[Server]:
    """A PostgreSQL of one's own with room for many connections."""
    with server((*options, "max_connections=200")) as running:
        yield running


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of a new SQLite file, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="sanchong-sqlite-") as folder:
        yield f"sqlite:///{Path(folder) / 'office.sqlite3'}"
