"""The law's site as the office serves it: built once for each law bundle, beside the database."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Final

from django.conf import settings

from sanchong.office.lawbook.services import active_bundle, engine_of
from sanchong.site.build import Progress, build_site

DONE: Final = ".done"
_building: set[str] = set()
_lock: Final = threading.Lock()


def folder_of(bundle: str) -> Path:
    """Where a bundle's site is, or will be."""
    return settings.ENVIRONMENT.home / "policy" / bundle


def built() -> Path | None:
    """The site of the active bundle if it is built; Refusal ``no_law`` if no bundle is active."""
    folder = folder_of(active_bundle())
    return folder if (folder / DONE).is_file() else None


def build(progress: Progress | None = None) -> Path:
    """The site of the active bundle, built if it is not. Two processes at once build it twice; one of the two stays."""
    bundle = active_bundle()
    folder = folder_of(bundle)
    if (folder / DONE).is_file():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".building-") as name:
        made = Path(name) / "site"
        build_site(engine_of(bundle).law, made, progress)
        (made / DONE).touch()
        made.chmod(0o755)
        try:
            os.replace(made, folder)
        except OSError:  # another process was faster, or a build was broken off
            if not (folder / DONE).is_file():
                shutil.rmtree(folder)
                os.replace(made, folder)
    return folder


def build_aside() -> None:
    """Start building in a thread, if none builds this bundle yet."""
    bundle = active_bundle()
    with _lock:
        if bundle in _building:
            return
        _building.add(bundle)

    def work() -> None:
        from django.db import connections

        try:
            build()
        finally:
            with _lock:
                _building.discard(bundle)
            connections.close_all()

    threading.Thread(target=work, name="policy", daemon=True).start()
