"""Which mutants a file has: mutmut's operators and four of our own, each a change of the file's text.

mutmut's own run passes over every decorated function and everything outside functions, which here is
every rule and every table; so only its operators are used. Left alone is what no figure, code, clause
or turn of the program depends on: annotations, imports, docstrings, sentences for people (a text with
Chinese characters or a space in it), decorators but for a rule's clauses, and ``zip``'s ``strict``, which
asserts what holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import libcst as cst
import libcst.matchers as m
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation import mutators

UNCALLED = {"len", "isinstance", "cast", "TypeVar", "ParamSpec"}
"""Calls whose arguments are not removed: the change is an error at once, or none at all."""
SENTENCE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]|\S\s\S")
NAME_OF_A_TYPE = re.compile(r"[A-Z]([a-z]\w*)?")
STATEMENT = (cst.BaseSmallStatement, cst.BaseCompoundStatement)
COMPOSED = (
    cst.BinaryOperation,
    cst.BooleanOperation,
    cst.Comparison,
    cst.IfExp,
    cst.Lambda,
    cst.UnaryOperation,
)
REPLACED = (mutators.operator_match, mutators.operator_arg_removal)
"""mutmut's operators in place of which stand our own."""
NOTHING = cst.EmptyLine(indent=False, newline=cst.Newline(""))
TURNED_ALREADY = (cst.Equal, cst.NotEqual, cst.In, cst.NotIn, cst.Is, cst.IsNot)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file: the bytes from ``start`` to ``end`` become ``text``."""

    file: Path
    start: int
    end: int
    text: str
    function: str
    """The function or method that it changes, by its path in the module; empty outside of any."""
    lines: tuple[int, int]
    """First and last line of the innermost statement that holds it."""
    whole: bytes = field(repr=False)
    """The file as it was read."""

    def source(self) -> str:
        """The whole file, changed."""
        return (self.whole[: self.start] + self.text.encode() + self.whole[self.end :]).decode()

    def change(self) -> tuple[str, str]:
        """The lines that it changes, before and after."""
        old = self.whole
        first = old.rfind(b"\n", 0, self.start) + 1
        last = old.find(b"\n", self.end)
        before = old[first:last]
        after = old[first : self.start] + self.text.encode() + old[self.end : last]
        return " ".join(before.decode().split()), " ".join(after.decode().split())


def mutants_of(file: Path) -> list[Mutant]:
    """Every mutant of a file, in the order of its text."""
    collector = _Collector(file, file.read_bytes())
    MetadataWrapper(cst.parse_module(collector.whole), unsafe_skip_copy=True).visit(collector)
    return collector.found


class _Collector(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (ByteSpanPositionProvider, ParentNodeProvider, PositionProvider)

    def __init__(self, file: Path, whole: bytes) -> None:
        super().__init__()
        self.file = file
        self.whole = whole
        self.found: list[Mutant] = []
        self.statements: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _left_alone(node):
            return False
        if isinstance(node, cst.Decorator):
            self._clauses(node.decorator)
            return False
        if isinstance(node, STATEMENT):
            self.statements.append(node)
        for changed in _changes(node):
            self._add(node, changed)
        if isinstance(node, cst.If | cst.While | cst.CompIf):
            for changed in _turned_round(node.test):
                self._add(node.test, changed)
        if isinstance(node, cst.Match) and len(node.cases) > 1:
            for case in node.cases:
                self._add(case, NOTHING)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if self.statements and original_node is self.statements[-1]:
            self.statements.pop()

    def _clauses(self, call: cst.BaseExpression) -> None:
        """A rule's decorator is changed in its clauses alone, not in what it says."""
        if isinstance(call, cst.Call) and m.matches(call.func, m.Name("rule")):
            for argument in call.args:
                if not m.matches(argument, m.Arg(keyword=m.Name("says"))):
                    for clause in m.findall(argument, m.SimpleString()):
                        for changed in _changes(clause):
                            self._add(clause, changed)

    def _add(self, node: cst.CSTNode, changed: cst.CSTNode) -> None:
        span = self.get_metadata(ByteSpanPositionProvider, node)
        text = cst.Module(()).code_for_node(changed)
        if isinstance(changed, COMPOSED):
            text = f"({text})"
        lines = self.get_metadata(PositionProvider, self.statements[-1] if self.statements else node)
        self.found.append(
            Mutant(
                self.file,
                span.start,
                span.start + span.length,
                text,
                self._function(node),
                (lines.start.line, lines.end.line),
                self.whole,
            )
        )

    def _function(self, node: cst.CSTNode) -> str:
        """The outermost function whose body holds a node: its defaults and decorators are outside of it."""
        chain: list[tuple[cst.CSTNode, cst.CSTNode]] = []
        above: cst.CSTNode | None = self.get_metadata(ParentNodeProvider, node, None)
        while above is not None:
            chain.append((above, node))
            node, above = above, self.get_metadata(ParentNodeProvider, above, None)
        names = []
        for above, below in reversed(chain):
            if isinstance(above, cst.ClassDef):
                names.append(above.name.value)
            elif isinstance(above, cst.FunctionDef):
                return ".".join([*names, above.name.value]) if below is above.body else ""
        return ""


def _left_alone(node: cst.CSTNode) -> bool:
    """What is not mutated, nor anything in it."""
    if isinstance(node, cst.Annotation | cst.Import | cst.ImportFrom):
        return True
    if isinstance(node, cst.Expr):
        return isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)
    if isinstance(node, cst.Arg):
        return node.keyword is not None and node.keyword.value == "strict"
    if isinstance(node, cst.If):
        return m.matches(node.test, m.Name("TYPE_CHECKING"))
    if isinstance(node, cst.Assign):
        target = node.targets[0].target
        return isinstance(target, cst.Name) and NAME_OF_A_TYPE.fullmatch(target.value) is not None
    return False


def _changes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in mutators.mutation_operators:
        if isinstance(node, kind) and operator not in REPLACED:
            yield from _kept(node, list(operator(node)))
    if isinstance(node, cst.Call):
        yield from _without_argument(node)
    yield from _other_extreme(node)
    if _is_left_out(node):
        yield cst.Pass()


def _kept(node: cst.CSTNode, changed: list[cst.CSTNode]) -> list[cst.CSTNode]:
    """Of mutmut's changes of a text the first, of a sentence none."""
    if isinstance(node, cst.SimpleString):
        return [] if SENTENCE.search(node.value) else changed[:1]
    return changed


def _without_argument(node: cst.Call) -> Iterator[cst.Call]:
    """None in place of each argument, and without each that is given by name: it may have a default.

    A call with one argument by place too few is an error at once, so nothing is learnt from it.
    """
    if isinstance(node.func, cst.Name) and node.func.value in UNCALLED:
        return
    for i, argument in enumerate(node.args):
        if argument.keyword and argument.keyword.value == "strict":
            continue
        before, after = node.args[:i], node.args[i + 1 :]
        if not argument.star and not m.matches(argument.value, m.Name("None")):
            yield node.with_changes(args=[*before, argument.with_changes(value=cst.Name("None")), *after])
        if argument.keyword:
            yield node.with_changes(args=[*before, *after])


def _other_extreme(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The smaller of two for the larger, and the other way round."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
        other = {"min": "max", "max": "min"}.get(node.func.value)
        if other:
            yield node.with_changes(func=cst.Name(other))


def _is_left_out(node: cst.CSTNode) -> bool:
    """Whether a statement can be left out: a call for its effect, a record written, a refusal raised."""
    if isinstance(node, cst.Expr):
        return isinstance(node.value, cst.Call)
    if isinstance(node, cst.Assign):
        return not isinstance(node.targets[0].target, cst.Name | cst.Tuple)
    return isinstance(node, cst.AugAssign | cst.Raise)


def _turned_round(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """A condition turned round, where none of mutmut's changes does that."""
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return
    if isinstance(test, cst.Comparison) and isinstance(test.comparisons[0].operator, TURNED_ALREADY):
        return
    bracketed = test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield cst.UnaryOperation(cst.Not(), bracketed)
