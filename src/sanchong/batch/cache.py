"""Compiled code kept from run to run, in a folder named by a hash of every source it could come from.

numba's own cache looks at the file of the function alone; a changed rule would go on running as it
was. Here the folder's name is the hash of all sources of the package and of the versions that
compile them, so whatever changed, nothing stale is found.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import llvmlite  # type: ignore[import-untyped]  # ships no types
import numba
import numpy as np
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator

import sanchong

SOURCES: Final = ("money.py", "dates.py", "shapes.py", "law", "rules", "settlement", "batch")
"""What compiled code can come from: the functions, and the constants in them."""
SWITCH: Final = "SANCHONG_COMPILED"
"""The environment variable that names the folder for compiled code; empty: nothing is kept."""


def folder() -> Path | None:
    """Where compiled code is kept: one folder for this very source; None where nothing is to be kept."""
    named = os.environ.get(SWITCH)
    if named == "":
        return None
    root = Path(named) if named else _user_cache() / "sanchong"
    return root / digest()


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@cache
def digest() -> str:
    """SHA-256 of every source of the package and of the versions that compile them."""
    hashed = hashlib.sha256()
    versions = (platform.python_version(), numba.__version__, llvmlite.__version__, np.__version__)
    hashed.update(repr(versions).encode())
    package = Path(sanchong.__file__).parent
    files = [package / name for name in SOURCES]
    for source in sorted(s for file in files for s in ([file] if file.is_file() else file.rglob("*.py"))):
        hashed.update(source.relative_to(package).as_posix().encode() + b"\0")
        hashed.update(hashlib.sha256(source.read_bytes()).digest())
    return hashed.hexdigest()


class _Locator(_CacheLocator):
    """Puts a function's compiled code into :func:`folder`."""

    def __init__(self, line: int, path: Path) -> None:
        self._line = line
        self._path = path
        self._py_file = str(path)

    def ensure_cache_path(self) -> None:
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().ensure_cache_path()  # type: ignore[no-untyped-call]

    def get_cache_path(self) -> str:
        return str(self._path)

    def get_source_stamp(self) -> str:
        return digest()

    def get_disambiguator(self) -> str:
        return str(self._line)

    @classmethod
    def from_function(cls, function: Any, _file: str) -> _Locator | None:
        path = folder()
        return None if path is None else cls(function.__code__.co_firstlineno, path)


class _Implementation(CompileResultCacheImpl):
    _locator_classes = [_Locator]  # noqa: RUF012  # as in numba


class _Cache(FunctionCache):
    _impl_class = _Implementation

    def save_overload(self, signature: Any, data: Any) -> None:
        try:
            super().save_overload(signature, data)  # type: ignore[no-untyped-call]
        except OSError:  # a folder that cannot be written: the code is compiled again next time
            self.disable()  # type: ignore[no-untyped-call]


def keep(dispatcher: Any) -> None:
    """Have a compiled function's code kept from run to run, where it may be."""
    if folder() is not None:
        dispatcher._cache = _Cache(dispatcher.py_func)  # type: ignore[no-untyped-call]
