"""What the office writes to its log: one JSON object a line, telling what failed and where; never on whose data.

The trail tells who did what (trail/services.py). The log is for whoever keeps the machine: failures, and what is wrong with the
surroundings. An exception's own text may quote a person (a value that the database refused, say), and so may an address
that somebody typed: neither is written, only the kinds of the errors and the places in the program.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback
from typing import Any, Final

FRAMES: Final = 25
"""So many places of an error are told, the innermost ones."""
LONGEST: Final = 300
"""Characters of a message."""
IN_FULL: Final = ("sanchong.", "psycopg.pool")
"""Whose messages are written with their particulars, which are ours, or a connection's: of others the bare sentence."""


class Line(logging.Formatter):
    """A record as one line of JSON: time (UTC), level, logger, what was said, the errors with their places."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. Line breaks and control characters in it are escaped, so that nothing can pass for another line."""
        said: dict[str, Any] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "said": _message(record)[:LONGEST],
        }
        if record.exc_info and record.exc_info[1] is not None:
            said["errors"] = _errors(record.exc_info[1])
        return json.dumps(said, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    request = getattr(record, "request", None)
    if request is not None:  # Django's own sentence quotes the address
        match = getattr(request, "resolver_match", None)
        return f"{request.method} {match.route if match is not None else '?'} {getattr(record, 'status_code', '')}"
    return record.getMessage() if record.name.startswith(IN_FULL) else str(record.msg)


def _errors(error: BaseException | None) -> list[dict[str, Any]]:
    """The error, then what it came from."""
    told: list[dict[str, Any]] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = [
            f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
            for frame, line in traceback.walk_tb(error.__traceback__)
        ]
        told.append({"kind": type(error).__qualname__, "at": frames[-FRAMES:]})
        error = error.__cause__ or error.__context__
    return told
