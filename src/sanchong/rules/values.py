"""Looking up a policy value: each look-up is noted on the statement, so that the caller can refuse."""

from __future__ import annotations

from sanchong.money import Rate
from sanchong.rules.rule import rule
from sanchong.shapes import ASSUMED, BITS, STATED, UNMODELLED, Closing, Statement, Terms


def is_stated(terms: Terms, slot: int) -> bool:
    """Whether a value, stated or assumed, is in force at ``slot``. Not a use of it."""
    return terms.status[slot] == STATED or terms.status[slot] == ASSUMED


def is_unmodelled(terms: Terms, slot: int) -> bool:
    """Whether a document leaves the value at ``slot`` to another that is not here."""
    return terms.status[slot] == UNMODELLED


def note_use(book: Statement | Closing, slot: int) -> None:
    """Note on the statement that the value at ``slot`` was needed."""
    book.used[slot // BITS] |= 1 << (slot % BITS)


@rule("", says="{slot}")
def number_of(terms: Terms, book: Statement | Closing, slot: int) -> int:
    """The amount (fen), count, flag, mode or day at ``slot``, noted as used; 0 if none is in force.

    The clause is that of the value.
    """
    note_use(book, slot)
    return terms.num[slot]


@rule("", says="{slot}")
def rate_of(terms: Terms, book: Statement | Closing, slot: int) -> Rate:
    """The rate at ``slot``, noted as used; 0 if none is in force. The clause is that of the value."""
    note_use(book, slot)
    return Rate(terms.num[slot], terms.den[slot])
