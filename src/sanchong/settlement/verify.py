"""Recomputing a stored result: the same, or which figure differs and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sanchong.dates import parse_date
from sanchong.settlement.options import Options
from sanchong.settlement.receipt import sha256
from sanchong.settlement.settle import Engine


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not come out as stored. ``where`` is a path in the result."""

    where: str
    stored: Any
    recomputed: Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of recomputing: the differences, and the reasons found, in Chinese and English."""

    differences: list[Difference]
    reasons: list[tuple[str, str]]

    @property
    def same(self) -> bool:
        """Whether everything that the receipt hashes came out as stored."""
        return not self.differences and not self.reasons


def verify(engine: Engine, stored: dict[str, Any], case: Any) -> Verdict:
    """Settle ``case`` again as ``stored`` was settled and compare; nothing raised for a difference.

    Law that became known after the receipt's known-on date plays no part. Assumed values are accepted
    again: the stored result names those it leaned on, and the comparison covers them.
    """
    receipt = stored.get("receipt") if isinstance(stored, dict) else None
    if not isinstance(stored, dict) or (stored.get("ok") is True and not isinstance(receipt, dict)):
        return Verdict([], [("结果文件里没有凭据，无从核对", "the result has no receipt to verify")])
    receipt = receipt or {}
    again = engine.settle(case, _options(stored, receipt))
    differences = list(differences_of(_figures(stored), _figures(again), ""))
    reasons = list(_reasons(stored, receipt, again, bool(differences)))
    return Verdict(differences, reasons)


def _options(stored: dict[str, Any], receipt: dict[str, Any]) -> Options:
    try:
        known_on = parse_date(str(receipt.get("known_on")))
    except ValueError:
        known_on = None
    refused_assumption = not stored.get("ok") and stored.get("error", {}).get("code") == "assumed_value"
    return Options(accept_assumed=not refused_assumption, known_on=known_on, explain="explanation" in receipt)


def _figures(result: dict[str, Any]) -> dict[str, Any]:
    """What the receipt hashes of a result, or a refusal's code and place."""
    if not result.get("ok"):
        error = result.get("error") or {}
        return {"ok": False, "error": {"code": error.get("code"), "where": error.get("where")}}
    return {
        "ok": True,
        "visits": [_without(visit) for visit in result.get("visits") or []],
        "close_year": _without(result.get("close_year")),
        "year": result.get("year"),
    }


def _without(part: Any) -> Any:
    return {k: v for k, v in part.items() if k != "explanation"} if isinstance(part, dict) else part


def differences_of(stored: Any, again: Any, where: str) -> Iterator[Difference]:
    """The leaves in which two JSON values differ."""
    if isinstance(stored, dict) and isinstance(again, dict):
        for key in sorted(stored.keys() | again.keys()):
            path = f"{where}.{key}" if where else key
            yield from differences_of(stored.get(key), again.get(key), path)
    elif isinstance(stored, list) and isinstance(again, list) and len(stored) == len(again):
        for i, (a, b) in enumerate(zip(stored, again, strict=True)):
            yield from differences_of(a, b, f"{where}[{i}]")
    elif stored != again:
        yield Difference(where, stored, again)


def _reasons(
    stored: dict[str, Any], receipt: dict[str, Any], again: dict[str, Any], differs: bool
) -> Iterator[tuple[str, str]]:
    if not stored.get("ok"):
        return
    figures = _figures(stored)
    if receipt.get("result") != sha256({k: figures[k] for k in ("visits", "close_year", "year")}):
        yield (
            "结果中的数字与其凭据不符：结算后被改动过",
            "the stored figures do not match their receipt: altered since",
        )
    told = {
        "visits": [visit.get("explanation") for visit in stored.get("visits") or []],
        "close_year": (stored.get("close_year") or {}).get("explanation", []),
    }
    if "explanation" in receipt and receipt["explanation"] != sha256(told):
        yield (
            "解释与其凭据不符：结算后被改动过",
            "the stored explanation does not match its receipt: altered since",
        )
    new = again.get("receipt")
    if not isinstance(new, dict):
        return
    if receipt.get("inputs") != new["inputs"]:
        yield ("个案与当时结算的不是同一份", "the case is not the one that was settled")
    for name in sorted(receipt.get("law", {}).keys() | new["law"].keys()):
        if receipt.get("law", {}).get(name) != new["law"].get(name):
            yield (f"政策文件 {name} 与当时所知的不同", f"the document {name} does not say what it said then")
    if receipt.get("explanation") != new.get("explanation") and not differs:
        yield ("数字相同，解释的文字或条款不同", "the figures are the same, the explanation is not")
    if differs and receipt.get("engine") != new["engine"]:
        yield (
            f"引擎不同：{receipt.get('engine')} → {new['engine']}",
            f"another engine: {receipt.get('engine')} → {new['engine']}",
        )
