"""``manage.py policy``: build the law's site of the active bundle, so that nobody has to wait for it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sanchong.office.web.policy import build


class Command(BaseCommand):
    """Build the law's site for /policy/."""

    help = "生成政策库网页 (build the law's site for /policy/)"

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, and say where."""
        self.stdout.write(str(build()))
