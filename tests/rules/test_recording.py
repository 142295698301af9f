"""What a recorder hears: the calls of its own block, as a tree, whatever goes wrong inside."""

from __future__ import annotations

import threading

import pytest

from sanchong.money import Fen
from sanchong.rules.rule import Rule, recording


def _add(a: Fen, b: Fen) -> Fen:
    return a + b


def _sum(a: Fen, b: Fen, c: Fen) -> Fen:
    return add(add(a, b), c)


def _fail(a: Fen) -> Fen:
    add(a, a)
    raise ZeroDivisionError


add, total, fail = Rule(_add, "a", ""), Rule(_sum, "b", ""), Rule(_fail, "c", "")


def test_a_tree_of_calls() -> None:
    """Each call stands under the one that made it, with what went in and what came out."""
    with recording() as trace:
        assert total(1, 2, 3) == 6
        assert add(4, 5) == 9
    root, beside = trace.calls
    assert (root.rule, root.inputs, root.result) == (total, (1, 2, 3), 6)
    assert [(call.inputs, call.result) for call in root.calls] == [((1, 2), 3), ((3, 3), 6)]
    assert (beside.rule, beside.inputs, beside.result, beside.calls) == (add, (4, 5), 9, [])


def test_nothing_is_heard_outside_the_block() -> None:
    """Before and after it."""
    add(1, 1)
    with recording() as trace:
        pass
    add(1, 1)
    assert trace.calls == []


def test_a_rule_that_fails() -> None:
    """It is not recorded, nor what it called; what is called after it stands where it belongs."""
    with recording() as trace:
        with pytest.raises(ZeroDivisionError):
            fail(1)
        add(2, 2)
    assert [call.inputs for call in trace.calls] == [(2, 2)]


def test_another_thread_is_not_heard() -> None:
    """A recorder listens in its own thread only."""
    with recording() as trace:
        other = threading.Thread(target=add, args=(1, 1))
        other.start()
        other.join()
    assert trace.calls == []
