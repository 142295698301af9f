"""Idempotency keys: the repeat of a command gets the first answer, another request under its key is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import orjson
from django.db import IntegrityError, connection

from sanchong.office.actor import Actor
from sanchong.office.claims.models import Command
from sanchong.office.inserting import insert
from sanchong.settlement.receipt import canonical
from sanchong.settlement.refusal import Refusal

Data = dict[str, Any]

ASKED: Final = "SELECT body, CAST(answer AS text) FROM claims_command WHERE scope = %s AND key = %s"


@contextmanager
def once(key: str) -> Iterator[None]:
    """Around a command's transaction: a key that two requests use at the same moment is the office's refusal."""
    if not 8 <= len(key) <= 80:
        raise Refusal(
            "idempotency_key",
            "Idempotency-Key",
            "幂等键须为 8 至 80 个字符",
            "the key has 8 to 80 characters",
        )
    try:
        yield
    except IntegrityError as problem:
        if "command" not in str(problem):
            raise
        raise _other_body() from problem


def body_hash(kind: str, **request: Any) -> str:
    """The SHA-256 of a request, by which its repeat is known."""
    return hashlib.sha256(canonical({"kind": kind, **request})).hexdigest()


def first_answer(actor: Actor, key: str, body: str) -> Data | None:
    """The answer that the key got before; Refusal if it was another request's."""
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [actor.scope, key])
        found = cursor.fetchone()
    if found is None:
        return None
    if found[0] != body:
        raise _other_body()
    return dict(orjson.loads(found[1]))


def _other_body() -> Refusal:
    return Refusal(
        "key_reused",
        "Idempotency-Key",
        "此幂等键已用于另一请求；请为新请求另取一个键",
        "this key belongs to another request; take a new one",
    )


def remember(actor: Actor, key: str, kind: str, body: str, answer: Data) -> None:
    insert(Command(scope=actor.scope, key=key, kind=kind, body=body, answer=answer))
