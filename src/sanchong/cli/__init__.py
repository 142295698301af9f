"""The command line: a thin layer on the library. ``main`` is the entry point of ``sanchong``."""

from __future__ import annotations

import io
import os
import sys


def main() -> None:
    """Run the command; exit status 0 all settled, 1 some case refused, 2 unusable arguments or file."""
    from sanchong.cli.app import app_for

    _open_streams()
    try:
        try:
            arguments = _with_bare_option(sys.argv[1:])
            app_for(arguments[0] if arguments else None)(args=arguments, prog_name="sanchong")
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has what it wanted
        _let_go_of_output()
        sys.exit(1)
    except OSError as error:
        _let_go_of_output()
        where = f"{error.filename}: " if error.filename else ""
        print(f"sanchong: {where}{error.strerror or error}", file=sys.stderr)
        sys.exit(2)


def _with_bare_option(args: list[str]) -> list[str]:
    """``--accept-assumed`` by itself means all: an option whose value is optional."""
    return ["--accept-assumed=*" if arg == "--accept-assumed" else arg for arg in args]


def _open_streams() -> None:
    """Closed streams become empty ones; what a terminal cannot show is escaped, not an error."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, io.TextIOWrapper(io.BytesIO()))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _let_go_of_output() -> None:
    """Nothing more can be written: the interpreter's last flush must not try."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
