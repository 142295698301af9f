"""How a mutant becomes the program that the tests meet: in the functions that are there, or by importing."""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from tests.mutation.mutants import Mutant

SOURCE = Path(__file__).resolve().parents[2] / "src"


def module_name(file: Path) -> str:
    """The module that a file of src/ is."""
    return ".".join(file.relative_to(SOURCE).with_suffix("").parts)


def codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and all that are defined in it, outermost first."""
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from codes(const)


def codes_of(source: str, file: Path, function: str) -> list[CodeType]:
    """The code of one function or method and of what it defines."""
    whole = compile(source, str(file), "exec", dont_inherit=True)
    (found,) = (code for code in codes(whole) if code.co_qualname == function)
    return list(codes(found))


def functions_of_program() -> list[FunctionType]:
    """Every function of the program that is there, also those that a rule, a property or a cache holds."""
    gc.unfreeze()  # what is frozen is not among the objects that one is told of
    here = str(SOURCE)
    found = (each for each in gc.get_objects() if isinstance(each, FunctionType))
    return [each for each in found if each.__code__.co_filename.startswith(here)]


def swap(mutant: Mutant, functions: list[FunctionType]) -> bool:
    """Give the mutant's code to the function that it changes, and to those that this one has defined.

    Whoever holds such a function then runs the mutant. False: the change moves what is defined in it,
    or nothing here runs this code.
    """
    old = codes_of(mutant.whole.decode(), mutant.file, mutant.function)
    new = codes_of(mutant.source(), mutant.file, mutant.function)
    if [(code.co_name, code.co_freevars) for code in old] != [
        (code.co_name, code.co_freevars) for code in new
    ]:
        return False
    changed = 0
    for function in functions:
        if function.__code__ in old:
            function.__code__ = new[old.index(function.__code__)]
            changed += 1
    return changed > 0


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module from the mutant's text."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(module_name(mutant.file), str(mutant.file))
        self.mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.mutant.source(), str(self.path), "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds one module of the program, and for it the loader."""

    def __init__(self, loader: _Loader) -> None:
        self.loader = loader

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.loader.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.loader.path, loader=self.loader)


def import_mutated(mutant: Mutant) -> None:
    """Let the program be imported with the mutant in it; it must not have been imported yet."""
    assert not any(name.partition(".")[0] == "sanchong" for name in sys.modules)
    sys.meta_path.insert(0, _Finder(_Loader(mutant)))
