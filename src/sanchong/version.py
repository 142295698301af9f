"""The engine's version, named in every receipt."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
ENGINE: Final = f"sanchong {VERSION}"
