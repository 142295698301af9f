"""Fields of the office's own: money in whole fen, and text that is written encrypted."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from sanchong.office.crypto import office_keys

MOST_FEN = 10**12


class FenField(models.BigIntegerField):  # type: ignore[type-arg]
    """An amount in fen, from 0 to 10¹²; ``signed`` allows a negative one (a posting)."""

    def __init__(self, *args: Any, signed: bool = False, **kwargs: Any) -> None:
        self.signed = signed
        kwargs.setdefault(
            "validators", [MinValueValidator(-MOST_FEN if signed else 0), MaxValueValidator(MOST_FEN)]
        )
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """As Django writes it into a migration."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        if self.signed:
            kwargs["signed"] = True
        return name, path, args, kwargs


class EncryptedField(models.Field):  # type: ignore[type-arg]
    """Text that stands encrypted in the database (SM4-GCM); "" is written as nothing.

    It cannot be searched: what must be found has a blind index beside it.
    """

    def get_internal_type(self) -> str:
        """The database's column is one of bytes."""
        return "BinaryField"

    @property
    def bound_to(self) -> str:
        """The name to which a cipher text of this field is bound."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_prep_value(self, value: Any) -> Any:
        """The cipher text of a str."""
        if isinstance(value, str):
            return office_keys().encrypt(value, self.bound_to) if value else b""
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The cipher text as the database's driver takes it."""
        value = value if prepared else self.get_prep_value(value)
        return None if value is None else connection.Database.Binary(value)

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        """The text of a cipher text; KeyMistake if it does not open."""
        if value is None:
            return None
        data = bytes(value)
        return office_keys().decrypt(data, self.bound_to) if data else ""

    def value_to_string(self, obj: Any) -> str:
        """As a fixture writes it."""
        return str(self.value_from_object(obj))
