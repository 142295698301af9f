"""What a row's columns may hold, checked before it is written: the same on both databases, said in two languages.

SQLite enforces neither lengths nor choices, and PostgreSQL's own refusals are no sentences for a clerk.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models

from sanchong.office.fields import EncryptedField
from sanchong.settlement.refusal import Refusal

MOST_CHARACTERS: Final = 100
"""In an encrypted text, which has no length of its own in the database."""

AREA_LENGTH: Final = 6


def refused(where: str, zh: str, en: str) -> Refusal:
    """An ``invalid_input`` at a field."""
    return Refusal("invalid_input", where, f"{where}：{zh}", f"{where}: {en}")


def check_columns(row: models.Model) -> None:
    """Refusal (invalid_input) at the first column that holds what it may not: too long, no choice, a control character."""
    for field in row._meta.concrete_fields:
        if field.auto_created or field.is_relation:
            continue
        value = getattr(row, field.attname)
        if isinstance(value, str):
            _check_text(field, value)
        if isinstance(field, EncryptedField | models.BinaryField | models.JSONField):
            continue
        if value is None and field.null:
            continue
        try:
            field.clean(value, row)
        except ValidationError as problem:
            raise _in_two_languages(field, problem) from None


def check_area(code: str, where: str) -> None:
    """Refusal unless ``code`` is a six-digit area code such as 140300."""
    if len(code) != AREA_LENGTH or not (code.isascii() and code.isdigit()):
        raise refused(
            where, "应为六位行政区划代码，如 140300", "expected a six-digit area code such as 140300"
        )


def check_period(start: dt.date, end: dt.date | None) -> None:
    """Refusal if the period ends before it starts."""
    if end is not None and end < start:
        raise refused(
            "end", f"终止日期 {end} 早于起始日期 {start}", f"the end {end} precedes the start {start}"
        )


def is_plain(text: str) -> bool:
    """Whether a text has neither control characters nor halves of a surrogate pair."""
    return all(unicodedata.category(c) not in ("Cc", "Cs") for c in text)


def _check_text(field: models.Field[Any, Any], value: str) -> None:
    if not is_plain(value):
        raise refused(field.name, "含有控制字符", "holds a control character")
    if isinstance(field, EncryptedField):
        if not value and not field.blank:
            raise refused(field.name, f"缺少{field.verbose_name}", "a required field is missing")
        if len(value) > MOST_CHARACTERS:
            raise refused(
                field.name, f"至多 {MOST_CHARACTERS} 个字符", f"at most {MOST_CHARACTERS} characters"
            )


def _in_two_languages(field: models.Field[Any, Any], problem: ValidationError) -> Refusal:
    code = problem.error_list[0].code
    if code == "invalid_choice":
        choices = ", ".join(str(value) for value, _ in field.flatchoices)
        return refused(field.name, f"应为下列之一：{choices}", f"expected one of {choices}")
    if code == "max_length":
        return refused(
            field.name, f"至多 {field.max_length} 个字符", f"at most {field.max_length} characters"
        )
    if code in ("blank", "null"):
        return refused(field.name, f"缺少{field.verbose_name}", "a required field is missing")
    if code in ("min_value", "max_value"):
        return refused(field.name, "超出可取的范围", "outside the range that may stand")
    return refused(field.name, f"不是有效的{field.verbose_name}", "not a valid value")
