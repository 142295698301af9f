"""The office's keys: made, changed, and old data written anew with the current one.

The index key stays. A social security card and a token's secret are known by their index alone, so that nobody can make
those of another key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.db import connection, models, transaction

from sanchong.office import guards
from sanchong.office.accounts.services import ledger
from sanchong.office.actor import Actor
from sanchong.office.crypto import Keys, new_keys, office_keys, read_keys, rotated, write_keys
from sanchong.office.fields import EncryptedField
from sanchong.office.people.models import FormerData, Person
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal

CHUNK: Final = 1000
"""Rows in one transaction."""
INSERT_ONLY: Final = (FormerData,)
"""Tables that only their owner may rewrite, with their guards lifted for the moment."""


def make(file: Path) -> Keys:
    """Keys for a new office; Refusal ``keys_exist`` if there is a file."""
    if file.exists():
        raise Refusal(
            "keys_exist",
            str(file),
            f"{file} 已存在，不覆盖；更换密钥请用 sanchong office keys rotate",
            f"{file} exists and is not replaced; for another key use sanchong office keys rotate",
        )
    keys = new_keys()
    write_keys(keys, file)
    return keys


def rotate(file: Path) -> Keys:
    """A new key to write with; the older ones stay for reading. A running office takes it up by itself."""
    keys = rotated(read_keys(file))
    write_keys(keys, file)
    return keys


@dataclass(slots=True)
class Rewritten:
    """Rows looked at and written anew, and rows whose index does not fit their text (``table id``)."""

    seen: int = 0
    written: int = 0
    misfits: tuple[str, ...] = ()


def rows_to_see() -> int:
    """How many rows :func:`reencrypt` looks at."""
    return sum(model._base_manager.count() for model, _ in _encrypted())


def reencrypt(advance: Callable[[int], None] = lambda _: None) -> Rewritten:
    """Write what stands under an older key anew with the current one, and its blind indexes from the text.

    In transactions of :data:`CHUNK` rows while the office serves; stopped and run again, it goes on where it was.
    """
    keys, done = office_keys(), Rewritten()
    for model, fields in _encrypted():
        last = 0
        while True:
            with guards.lifted(connection) if model in INSERT_ONLY else transaction.atomic():
                rows = _chunk(model, fields, last)
                changed = [values for row in rows if (values := _anew(keys, model, fields, row, done))]
                _write(model, fields, changed)
            if not rows:
                break
            last = rows[-1][0]
            done.seen += len(rows)
            done.written += len(changed)
            advance(len(rows))
    if done.written:
        record(Actor(ledger().pk), "keys.reencrypt", "keys", str(keys.current), rows=done.written)
    return done


def _encrypted() -> Iterator[tuple[type[models.Model], list[EncryptedField]]]:
    """The tables that hold cipher texts, with these columns."""
    for model in apps.get_models():
        fields = [f for f in model._meta.concrete_fields if isinstance(f, EncryptedField)]
        if fields:
            yield model, fields


def _columns(model: type[models.Model], fields: list[EncryptedField]) -> list[str]:
    """The columns of cipher texts, and of the indexes that go with them."""
    return [*(f.attname for f in fields), *_indexes(model, fields)]


def _chunk(model: type[models.Model], fields: list[EncryptedField], last: int) -> list[tuple[Any, ...]]:
    """The next rows by id, locked: their id, cipher texts and the indexes that go with them."""
    names = ", ".join(map(connection.ops.quote_name, ["id", *_columns(model, fields)]))
    locking = " FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {names} FROM {model._meta.db_table} WHERE id > %s ORDER BY id LIMIT %s{locking}",
            [last, CHUNK],
        )
        return list(cursor.fetchall())


def _indexes(model: type[models.Model], fields: list[EncryptedField]) -> list[str]:
    """The columns of blind indexes over these fields: of ``name`` and ``identity_number``."""
    known = {f.attname for f in model._meta.concrete_fields}
    return [c for c in (_index_of(f) for f in fields) if c in known]


def _index_of(field: EncryptedField) -> str:
    return f"{field.attname.removesuffix('_number')}_index"


def _anew(
    keys: Keys, model: type[models.Model], fields: list[EncryptedField], row: tuple[Any, ...], done: Rewritten
) -> list[Any] | None:
    """A row's values as the UPDATE takes them, or None if all of it stands under the current key."""
    texts = [bytes(value) for value in row[1 : 1 + len(fields)]]
    if all(not data or Keys.key_of(data) == keys.current for data in texts):
        return None
    plain = [keys.decrypt(d, f.bound_to) if d else "" for d, f in zip(texts, fields, strict=True)]
    fresh = [keys.encrypt(text, f.bound_to) if text else b"" for text, f in zip(plain, fields, strict=True)]
    indexes = _indexes(model, fields)
    said = {_index_of(f): text for f, text in zip(fields, plain, strict=True)}
    made = [Person.index_of(name.removesuffix("_index"), said[name]) for name in indexes]
    if made != [bytes(value) for value in row[1 + len(fields) :]]:
        done.misfits += (f"{model._meta.db_table} {row[0]}",)
    return [*fresh, *made, row[0]]


def _write(model: type[models.Model], fields: list[EncryptedField], rows: list[list[Any]]) -> None:
    if not rows:
        return
    said = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in _columns(model, fields))
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {model._meta.db_table} SET {said} WHERE id = %s", rows)
