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
    if not isinstance(stored, dict):
        return Verdict([], [("不是结算结果", "this is no result of a settlement")])
    receipt = stored.get("receipt")
    if stored.get("ok") is True and not isinstance(receipt, dict):
        return Verdict([], [("结果文件里没有凭据，无从核对", "the result has no receipt to verify")])
    receipt = receipt if isinstance(receipt, dict) else {}
    again = engine.settle(case, _options(stored, receipt))
    differences = list(differences_of(_comparable(stored), _comparable(again), ""))
    reasons = list(_reasons(stored, receipt, again)) if differences else []
    return Verdict(differences, reasons)


def _options(stored: dict[str, Any], receipt: dict[str, Any]) -> Options:
    try:
        known_on = parse_date(str(receipt.get("known_on")))
    except ValueError:
        known_on = None
    error = stored.get("error")
    refused_assumption = isinstance(error, dict) and error.get("code") == "assumed_value"
    return Options(
        accept_assumed=not refused_assumption,
        known_on=known_on,
        explain="explanation" in receipt,
        told_by=str(receipt.get("engine")),
    )


def _comparable(result: dict[str, Any]) -> dict[str, Any]:
    """Everything that must come out again: not the engine's name, nor the wording of a refusal."""
    said = dict(result)
    if isinstance(said.get("receipt"), dict):
        said["receipt"] = {k: v for k, v in said["receipt"].items() if k not in ("engine", "known_on")}
    if isinstance(said.get("error"), dict):
        said["error"] = {k: said["error"].get(k) for k in ("code", "where")}
    return said


def differences_of(stored: Any, again: Any, where: str) -> Iterator[Difference]:
    """The leaves in which two JSON values differ."""
    if isinstance(stored, dict) and isinstance(again, dict):
        for key in sorted(map(str, stored.keys() | again.keys())):
            path = f"{where}.{key}" if where else key
            yield from differences_of(stored.get(key), again.get(key), path)
    elif isinstance(stored, list) and isinstance(again, list) and len(stored) == len(again):
        for i, (a, b) in enumerate(zip(stored, again, strict=True)):
            yield from differences_of(a, b, f"{where}[{i}]")
    elif stored != again:
        yield Difference(where, stored, again)


def _reasons(
    stored: dict[str, Any], receipt: dict[str, Any], again: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """Why a stored result differs, as far as the hashes tell."""
    if receipt and receipt.get("result") != _hash(_hashed(stored)):
        yield (
            "结果中的数字与其凭据不符：结算后被改动过",
            "the stored figures do not match their receipt: altered since",
        )
    if "explanation" in receipt and receipt["explanation"] != _hash(_told(stored)):
        yield (
            "解释与其凭据不符：结算后被改动过",
            "the stored explanation does not match its receipt: altered since",
        )
    new = again.get("receipt")
    if not isinstance(new, dict):
        return
    if receipt.get("inputs") != new["inputs"]:
        yield ("个案与当时结算的不是同一份", "the case is not the one that was settled")
    law = receipt.get("law")
    then: dict[str, Any] = law if isinstance(law, dict) else {}
    for name in sorted(then.keys() | new["law"].keys()):
        if then.get(name) != new["law"].get(name):
            yield (f"政策文件 {name} 与当时所知的不同", f"the document {name} does not say what it said then")
    if receipt.get("engine") != new["engine"]:
        yield (
            f"引擎不同：{receipt.get('engine')} → {new['engine']}",
            f"another engine: {receipt.get('engine')} → {new['engine']}",
        )


def _hash(data: Any) -> str:
    """The hash of what a file claims, "" for what cannot be hashed."""
    try:
        return sha256(data)
    except (UnicodeEncodeError, TypeError, ValueError, RecursionError):
        return ""


def _hashed(result: dict[str, Any]) -> dict[str, Any]:
    visits = result.get("visits")
    return {
        "visits": [_without(visit) for visit in visits] if isinstance(visits, list) else visits,
        "close_year": _without(result.get("close_year")),
        "year": result.get("year"),
    }


def _told(result: dict[str, Any]) -> dict[str, Any]:
    visits, closing = result.get("visits"), result.get("close_year")
    return {
        "visits": [v.get("explanation") if isinstance(v, dict) else None for v in visits]
        if isinstance(visits, list)
        else visits,
        "close_year": closing.get("explanation") if isinstance(closing, dict) else [],
    }


def _without(part: Any) -> Any:
    return {k: v for k, v in part.items() if k != "explanation"} if isinstance(part, dict) else part
