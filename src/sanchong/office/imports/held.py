"""An uploaded sheet between its preview and its confirmation: encrypted beside the database, for half an hour, for its uploader.

The file may hold people's data; whoever copies the folder without the keys reads nothing. ``tick`` sweeps away what was forgotten.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from sanchong.office.actor import Actor
from sanchong.office.crypto import KeyMistake, office_keys
from sanchong.office.imports.plan import Options
from sanchong.settlement.refusal import Refusal

KEPT: Final = 30 * 60
"""Seconds."""
_KEY: Final = re.compile(r"[\w-]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Held:
    """A sheet that waits: of which kind, what was said of it, under which name it came."""

    key: str
    kind: str
    name: str
    options: Options
    data: bytes


def hold(actor: Actor, kind: str, name: str, data: bytes, options: Options) -> str:
    """Keep a sheet; the key under which its uploader finds it again."""
    key = secrets.token_urlsafe(24)
    said: dict[str, Any] = {
        "account": actor.account,
        "kind": kind,
        "name": name[:100],
        "options": [
            options.title,
            options.in_force_from and options.in_force_from.isoformat(),
            options.known_from and options.known_from.isoformat(),
            options.source,
        ],
        "data": base64.b64encode(data).decode(),
    }
    folder = folder_of_uploads()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(office_keys().encrypt(json.dumps(said), _field(key)))
    return key


def held(actor: Actor, kind: str, key: str) -> Held:
    """The sheet under a key; Refusal ``not_found`` if it is another's, too old, or done with."""
    file = folder_of_uploads() / key
    try:
        if not _KEY.fullmatch(key) or time.time() - file.stat().st_mtime > KEPT:
            raise FileNotFoundError
        said = json.loads(office_keys().decrypt(file.read_bytes(), _field(key)))
    except (OSError, KeyMistake):
        raise _gone() from None
    if said["account"] != actor.account or said["kind"] != kind:
        raise _gone()
    title, in_force_from, known_from, source = said["options"]
    options = Options(title, _day(in_force_from), _day(known_from), source)
    return Held(key, kind, said["name"], options, base64.b64decode(said["data"]))


def drop(key: str) -> None:
    """The sheet is done with."""
    if _KEY.fullmatch(key):
        (folder_of_uploads() / key).unlink(missing_ok=True)


def sweep(now: dt.datetime) -> int:
    """Remove what has waited too long; how many."""
    folder = folder_of_uploads()
    old = (
        [f for f in folder.iterdir() if now.timestamp() - f.stat().st_mtime > KEPT] if folder.is_dir() else []
    )
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def folder_of_uploads() -> Path:
    """Where sheets wait."""
    home: Path = settings.ENVIRONMENT.home
    return home / "uploads"


def _field(key: str) -> str:
    return f"imports.held.{key}"


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _gone() -> Refusal:
    return Refusal(
        "not_found",
        "file",
        "这份文件已导入、已放弃，或超过 30 分钟没有确认；请重新选择文件上传",
        "the file was applied or dropped, or waited for more than 30 minutes: upload it again",
    )
