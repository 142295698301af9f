"""How a call of a rule is told: one function a rule, made once from its clause, its units and its sentence.

A visit makes some thirty calls. What is alike in all calls of a rule — which inputs are printed, how each is
written, how the sentence is put together — is therefore not found out at each call but written out as the source of a
function and compiled, as ``dataclasses`` does it. Of the rule

    @rule("shanxi.a44", says="{disease}：叠加 {limit} × {rate} = {result}")
    def stacked_limit(disease: Condition, limit: Fen, rate: Rate) -> Fen: ...

it is made in this form:

    def tell(_inputs, result, children):
        disease, limit, rate, = _inputs
        _text = f"{_show_Condition(disease)}" "：叠加 " f"{_show_Fen(limit)}" " × " …
        if not _text:
            return None
        return {"clause": "shanxi.a44", "rule": "stacked_limit", "text": _text, "amount": _plain_Fen(result),
                "inputs": {"disease": _plain_Condition(disease), …}, "children": [child.said for child in children]}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from string import Formatter
from types import SimpleNamespace
from typing import Any, Final

from sanchong.rules.rule import Rule, Sentence

Words = Mapping[str, Callable[[Any], Any]]
"""How a value is written, by its unit."""
Tell = Callable[[tuple[Any, ...], Any, list[Any]], dict[str, Any] | None]
"""A call's node as the contract writes it, of its inputs, its result and the nodes beneath; None if it says nothing."""

FEN: Final = "Fen"
"""The unit of what is shown as a node's amount."""


def telling(rule: Rule[..., Any], says: Sentence, shown: Words, plain: Words) -> Tell:
    """The function that tells a call of ``rule`` by the sentence ``says``.

    ``shown`` is how a sentence writes each unit, ``plain`` how the inputs and the amount are written;
    inputs of other units, the records, are not printed.
    """
    names: dict[str, Any] = {f"_show_{unit}": write for unit, write in shown.items()}
    names |= {f"_plain_{unit}": write for unit, write in plain.items()}
    names |= {"_says": says, "_Call": SimpleNamespace, "_show": lambda unit, value: shown[unit](value)}
    exec("\n".join(_source(rule, says, shown, plain)), names)
    tell: Tell = names["tell"]
    return tell


def _source(rule: Rule[..., Any], says: Sentence, shown: Words, plain: Words) -> Iterator[str]:
    inputs = [f"{name!r}: _plain_{unit}({name})" for name, unit in rule.parameters.items() if unit in plain]
    amount = "_plain_Fen(result)" if rule.returns == FEN else "None"
    yield "def tell(_inputs, result, children):"
    if rule.parameters:
        yield f"    {', '.join(rule.parameters)}, = _inputs"
    yield f"    _text = {_template(rule, says, shown) if isinstance(says, str) else _spoken(rule)}"
    yield "    if not _text:"
    yield "        return None"
    yield f"    return {{'clause': {rule.clause!r}, 'rule': {rule.name!r}, 'text': _text, 'amount': {amount},"
    yield f"        'inputs': {{{', '.join(inputs)}}},"
    yield "        'children': [child.said for child in children] if children else []}"


def _template(rule: Rule[..., Any], says: str, shown: Words) -> str:
    """A template as an expression: its words and, each shown by its unit, the values between them."""
    units = {**rule.parameters, "result": rule.returns}
    parts = ["''"]
    for words, field, _, _ in Formatter().parse(says):
        if words:
            parts.append(repr(words))
        if field:
            name, dot, part = field.partition(".")
            value = f"_show_{units[name]}({name})" if units[name] in shown else name
            parts.append(f"f'{{{value}{dot}{part}}}'")
    return " ".join(parts)


def _spoken(rule: Rule[..., Any]) -> str:
    """The call of a sentence that is a function: it finds inputs, result and the nodes beneath by their names."""
    given = ", ".join(f"{name}={name}" for name in (*rule.parameters, "result", "children"))
    return f"_says(_Call({given}, show=_show))"
