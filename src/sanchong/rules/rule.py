"""What makes a function a rule: its clause, its sentence, and a record of each call.

A rule is a plain function on whole numbers and flat records. Called while nobody listens it is
just that function. While a :class:`Recorder` listens, each call is written down as a
:class:`Call`: the rule, its arguments, its result, the calls it made in turn. The bare function
stays at ``.bare``, so that the same source compiles over columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Sentence = str | Callable[[SimpleNamespace], str]
"""A Chinese sentence: a template over the rule's inputs and ``result``, or a function of them."""


@dataclass(slots=True)
class Call:
    """One recorded call of a rule."""

    rule: Rule[..., Any]
    inputs: tuple[Any, ...]
    result: Any = None
    calls: list[Call] = field(default_factory=list)


class Recorder:
    """Collects the calls made while it listens, as a forest."""

    __slots__ = ("calls", "open")

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.open: list[list[Call]] = [self.calls]


_listening: ContextVar[Recorder | None] = ContextVar("listening", default=None)


@contextmanager
def recording() -> Iterator[Recorder]:
    """Record every rule that this thread calls inside the block; a recorder around it hears them too."""
    recorder, around = Recorder(), _listening.get()
    token = _listening.set(recorder)
    try:
        yield recorder
    finally:
        _listening.reset(token)
        if around is not None:
            around.open[-1].extend(recorder.calls)


class Rule(Generic[P, R]):
    """A function together with the clause that it carries out.

    ``clause`` is the id of a clause in policies/; ``also`` are further clauses that the same function
    carries out, which no explanation names; ``says`` explains one call in Chinese;
    ``parameters`` maps each input to the name of its unit (``Fen``, ``Rate``, ``Category`` …), by
    which an explanation prints it; inputs that are records are not printed.
    """

    def __init__(self, bare: Callable[P, R], clause: str, says: Sentence, also: tuple[str, ...] = ()) -> None:
        self.bare = self.__wrapped__ = bare
        self.clause = clause
        self.also = also
        self.says = says
        self.name = bare.__name__
        self.__doc__ = bare.__doc__
        units = dict(bare.__annotations__)
        self.returns: str = units.pop("return", "None")
        self.parameters: dict[str, str] = units

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        recorder = _listening.get()
        if recorder is None:
            return self.bare(*args, **kwargs)
        call = Call(self, args)
        recorder.open[-1].append(call)
        recorder.open.append(call.calls)
        call.result = result = self.bare(*args, **kwargs)
        recorder.open.pop()
        return result


RULES: dict[str, Rule[..., Any]] = {}
"""Every rule by name, in the order of definition."""


def rule(
    clause: str, says: Sentence, *, also: tuple[str, ...] = ()
) -> Callable[[Callable[P, R]], Rule[P, R]]:
    """Make a function a rule that carries out ``clause`` and ``also``, and explains each call by ``says``."""

    def wrap(bare: Callable[P, R]) -> Rule[P, R]:
        made = Rule(bare, clause, says, also)
        RULES[made.name] = made
        return made

    return wrap
