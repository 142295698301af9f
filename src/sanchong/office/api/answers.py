"""What stands in answers: figures and days as the settle contract writes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

DayText = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-03-10"])]
InstantText = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Money = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$", examples=["1234.50"])]
"""Yuan with two places; a difference may be negative."""
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Words(TypedDict):
    """The same in both languages."""

    zh: str
    en: str
