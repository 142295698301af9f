"""The test databases have the office's guards: set up after migrating, lifted while a test's rows are cleared away.

A test that plants damage does it as the owner, within ``guards.lifted(connection)``.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate


class Guarded(AppConfig):
    """Nothing but the guards."""

    name = "tests.office.guarded"

    def ready(self) -> None:
        post_migrate.connect(_install, sender=apps.get_app_config("claims"))


def _install(using: str, **_: Any) -> None:
    from sanchong.office import guards  # needs the models, which an app's own module may not

    guards.install(connections[using])
