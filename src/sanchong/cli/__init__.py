"""The command line: a thin layer on the library. ``main`` is the entry point of ``sanchong``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command; exit status 0 all settled, 1 some case refused, 2 unusable arguments or file."""
    from sanchong.cli.app import app

    app(args=_with_bare_option(sys.argv[1:]), prog_name="sanchong")


def _with_bare_option(args: list[str]) -> list[str]:
    """``--accept-assumed`` by itself means all: an option whose value is optional."""
    return ["--accept-assumed=*" if arg == "--accept-assumed" else arg for arg in args]
