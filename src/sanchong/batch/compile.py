"""The step of the fold, compiled: every rule as it stands, over NumPy records derived from shapes.

Nothing is written twice. Each rule and each plain function of money, of rules/ and of settlement's
attribution is registered with numba under the name by which the others call it; what is not reached
(sentences, calendars) is never compiled. A new rule in rules/ needs no registration.

What is compiled for a whole part is kept on disk (:mod:`sanchong.batch.cache`).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from types import FunctionType, ModuleType
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
from numba import njit
from numba.extending import overload

import sanchong.rules
from sanchong import money
from sanchong.batch.cache import keep
from sanchong.rules.assistance import close_year
from sanchong.rules.rule import Rule
from sanchong.rules.year import step
from sanchong.settlement import attribution
from sanchong.shapes import layout

F = TypeVar("F", bound=Callable[..., Any])

Records: TypeAlias = np.ndarray[Any, np.dtype[np.void]]
"""An array of records of one shape."""
Places: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
"""For each visit, the place of something that belongs to it."""

_INLINE: dict[str, Any] = {"nogil": True, "forceinline": True, "_nrt": False}


def compiled(function: F) -> F:
    """``function`` compiled, running without the interpreter's lock, and part of each function that calls it.

    It makes no array and counts no references to those that it is handed: some twenty atomic counts a
    person would cost as much as the step.
    """
    return cast(F, njit(**_INLINE)(function))


def kept(function: F) -> F:
    """``function`` compiled, its code kept from run to run: for what the interpreter calls."""
    made = njit(nogil=True)(function)
    keep(made)
    return cast(F, made)


def record_dtype(shape: type) -> np.dtype[np.void]:
    """The NumPy record of a shape: the same names, the types that its fields declare."""
    columns = [(name, code, (length,) if length else ()) for name, code, length in layout(shape)]
    return np.dtype(columns, align=True)


def to_records(objects: Sequence[Any], shape: type | None = None) -> Records:
    """Objects of one shape as records. ``shape`` is needed where there may be none.

    OverflowError if a number does not fit its column.
    """
    if shape is None:
        shape = type(objects[0])
    records: Records = np.zeros(len(objects), record_dtype(shape))
    if objects:
        for name, _, _ in layout(shape):
            records[name] = [getattr(item, name) for item in objects]
    return records


def _modules() -> Iterator[ModuleType]:
    yield money
    yield attribution
    for found in pkgutil.walk_packages(sanchong.rules.__path__, "sanchong.rules."):
        yield importlib.import_module(found.name)


def _bare_functions() -> Iterator[tuple[Any, Callable[..., Any]]]:
    """Each name that a rule may call, with the function behind it."""
    for module in _modules():
        for item in vars(module).values():
            if isinstance(item, Rule) and item.bare.__module__ == module.__name__:
                yield item, item.bare
            elif isinstance(item, FunctionType) and item.__module__ == module.__name__:
                yield item, item


def _register(named: Any, bare: Callable[..., Any]) -> None:
    def of_types(*_args: Any, **_kwargs: Any) -> Callable[..., Any]:
        return bare

    overload(named, strict=False, jit_options={"forceinline": True})(of_types)


for _named, _bare in _bare_functions():
    _register(_named, _bare)


@kept
def fold(
    states: Records, visits: Records, terms: Records, books: Records, state_of: Places, terms_of: Places
) -> None:
    """Step through visits in their order: ``visits[i]`` against ``states[state_of[i]]`` under
    ``terms[terms_of[i]]`` fills ``books[i]``, a new Statement. A refused visit ends nothing here."""
    for i in range(len(visits)):
        step(states[state_of[i]], visits[i], terms[terms_of[i]], books[i])


@kept
def close(states: Records, terms: Records, closings: Records, terms_of: Places) -> None:
    """Close the year of each of ``states`` under ``terms[terms_of[i]]`` of 31 December, filling ``closings[i]``."""
    for i in range(len(states)):
        close_year(states[i], terms[terms_of[i]], closings[i])
