"""What makes a function a rule: its clause, its sentence, and a record of each call.

A rule is a plain function on whole numbers and flat records. Called while nobody listens it is
just that function. While a :class:`Recorder` listens, each call is written down as a
:class:`Call`: the rule, its arguments, its result, the calls it made in turn. The bare function
stays at ``.bare``, so that the same source compiles over columns.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Sentence = str | Callable[[SimpleNamespace], str]
"""A Chinese sentence: a template over the rule's inputs and ``result``, or a function of them and of
``show``, which writes a value as a sentence writes its unit."""
Version = tuple[int, ...]
"""An engine's version, as ``(0, 1, 0)``."""


@dataclass(slots=True)
class Call:
    """One recorded call of a rule: what went in, what came out, the calls it made in turn."""

    rule: Rule[..., Any]
    inputs: tuple[Any, ...]
    result: Any
    calls: list[Call]


class Recorder:
    """Collects the calls that this thread makes inside its ``with`` block, as a forest."""

    __slots__ = ("_around", "_token", "calls")

    def __init__(self) -> None:
        self.calls: list[Call] = []
        """The calls made so far; while a rule runs, those that it made itself."""
        self._token: Token[Recorder | None]
        self._around: Recorder | None

    def __enter__(self) -> Recorder:
        self._around = _listening.get()
        self._token = _listening.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _listening.reset(self._token)
        if self._around is not None:
            self._around.calls.extend(self.calls)


_listening: ContextVar[Recorder | None] = ContextVar("listening", default=None)


def recording() -> Recorder:
    """Record every rule that this thread calls inside the block; a recorder around it hears them too."""
    return Recorder()


class Rule(Generic[P, R]):
    """A function together with the clause that it carries out.

    ``clause`` is the id of a clause in policies/; ``also`` are further clauses that the same function
    carries out, which no explanation names; ``says`` explains one call in Chinese, ``said`` how former engines
    did, each up to a version; ``parameters`` maps each input to the name of its unit (``Fen``, ``Rate``, ``Category`` …), by
    which an explanation prints it; inputs that are records are not printed.
    """

    def __init__(
        self,
        bare: Callable[P, R],
        clause: str,
        says: Sentence,
        also: tuple[str, ...] = (),
        said: tuple[tuple[Version, Sentence], ...] = (),
    ) -> None:
        self.bare = self.__wrapped__ = bare
        self.clause = clause
        self.also = also
        self.says = says
        self.said = said
        self.name = bare.__name__
        self.__doc__ = bare.__doc__
        units = dict(bare.__annotations__)
        self.returns: str = units.pop("return")
        self.parameters: dict[str, str] = units

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        recorder = _listening.get()
        if recorder is None:
            return self.bare(*args, **kwargs)
        beside, recorder.calls = recorder.calls, []
        try:
            result = self.bare(*args, **kwargs)
            beside.append(Call(self, args, result, recorder.calls))
        finally:
            recorder.calls = beside
        return result

    def sentence_of(self, engine: Version) -> Sentence:
        """The sentence with which an engine explains a call: a receipt hashes it, so a mended one binds no former result."""
        return next((sentence for last, sentence in self.said if engine <= last), self.says)


RULES: dict[str, Rule[..., Any]] = {}
"""Every rule by name, in the order of definition."""


def rule(
    clause: str,
    says: Sentence,
    *,
    also: tuple[str, ...] = (),
    said: tuple[tuple[Version, Sentence], ...] = (),
) -> Callable[[Callable[P, R]], Rule[P, R]]:
    """Make a function a rule that carries out ``clause`` and ``also``, and explains each call by ``says``.

    ``said`` holds former sentences, the oldest first, each with the last engine that used it.
    """

    def wrap(bare: Callable[P, R]) -> Rule[P, R]:
        made = Rule(bare, clause, says, also, said)
        RULES[made.name] = made
        return made

    return wrap
