"""``flush``, with which Django clears away what a test committed, in the place of its own: the guards let it through."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from sanchong.office import guards


class Command(flush.Command):
    """Django's, with the guards lifted."""

    def handle(self, **options: Any) -> None:
        with guards.lifted(connections[options["database"]]):
            super().handle(**options)
