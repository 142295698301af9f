"""Small cases in the contract's format, for the tests of its sentences, and how to settle them."""

from __future__ import annotations

import copy
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from sanchong.law.documents import read_document
from sanchong.law.library import Law, load_law, shipped_policies
from sanchong.settlement.options import Options
from sanchong.settlement.settle import Engine

Json = dict[str, Any]

STATED: Json = {
    "pooled_fund.annual_cap": "100000",
    "outpatient.chronic.quarterly_limit.diabetes": "600",
    "outpatient.chronic.quarterly_limit.hypertension": "450",
    "inpatient.deductible.second_county": "500",
    "inpatient.pooled_rate.second_county": "75%",
    "catastrophic.deductible.standard": "10000",
    "catastrophic.bands.standard": [{"above": "0", "rate": "60%"}, {"above": "50000", "rate": "70%"}],
    "catastrophic.annual_cap.standard": "400000",
    "catastrophic.deductible.subsistence_allowance": "5000",
    "catastrophic.bands.subsistence_allowance": [{"above": "0", "rate": "65%"}],
    "catastrophic.annual_cap.subsistence_allowance": None,
    "assistance.in_force_from": "2023-01-01",
    "assistance.disposable_income_per_capita": "30924",
}
"""Every assumed value that the cases here need."""

PROVIDER: Json = {
    "id": "h-1",
    "region": "140300",
    "designated": True,
    "level": 2,
    "fee_class": 2,
    "administrative_level": "county",
}
LINE: Json = {"id": "l-1", "amount": "100", "class": "A"}


def outpatient(**changes: Any) -> Json:
    """A visit for dialysis: 100 in policy, of which the fund pays 70."""
    visit = {
        "id": "v-1",
        "kind": "outpatient",
        "date": "2025-05-10",
        "disease": "dialysis",
        "provider": PROVIDER,
        "lines": [LINE],
    }
    return copy.deepcopy(visit | changes)


def stay(**changes: Any) -> Json:
    """A stay: (1,000 − 500) × 75 % = 375 by the fund."""
    visit = {
        "id": "v-1",
        "kind": "inpatient",
        "date": "2025-05-10",
        "provider": PROVIDER,
        "referred": True,
        "lines": [LINE | {"amount": "1000"}],
    }
    return copy.deepcopy(visit | changes)


def drug(**changes: Any) -> Json:
    """A special drug of which the insurers left 700."""
    visit = {
        "id": "v-1",
        "kind": "special_drug",
        "date": "2025-05-10",
        "in_scope": "2000",
        "pooled": "1200",
        "catastrophic": "100",
    }
    return copy.deepcopy(visit | changes)


def recognised(*diseases: str, **changes: Any) -> list[Json]:
    """Recognitions of some diseases, written ``disease`` or ``disease:subtype``."""
    return [{"disease": d, "from": "2025-04-01", "to": None} | changes for d in diseases]


def person(**changes: Any) -> Json:
    """A resident of Yangquan without category, recognised for dialysis and diabetes."""
    who = {
        "id": "p-1",
        "insurance": "resident",
        "household_region": "140300",
        "recognitions": recognised("dialysis", "diabetes"),
    }
    return copy.deepcopy(who | changes)


def category(name: str) -> list[Json]:
    """A category for all of 2025."""
    return [{"category": name, "from": "2025-01-01", "to": None}]


def case(*visits: Json, **changes: Any) -> Json:
    """A case with every assumed value stated."""
    given: Json = {
        "case": "c-001",
        "region": "140300",
        "year": 2025,
        "terms": STATED,
        "person": person(),
        "visits": list(visits) or [outpatient()],
    }
    return copy.deepcopy(given | changes)


@cache
def engine() -> Engine:
    """The engine of the shipped law."""
    return Engine(load_law())


def settled(data: Any, options: Options | None = None, by: Engine | None = None) -> Json:
    """The result of a case that must settle."""
    result = (by or engine()).settle(data, options)
    assert result["ok"] is True, result.get("error")
    return result


def error(data: Any, options: Options | None = None, by: Engine | None = None) -> Json:
    """The error of a case that must be refused."""
    result = (by or engine()).settle(data, options)
    assert result["ok"] is False, "the case was settled"
    refusal: Json = result["error"]
    return refusal


def where_invalid(data: Any) -> str:
    """Where a case that must be invalid_input is so."""
    refusal = error(data)
    assert refusal["code"] == "invalid_input", refusal
    place: str = refusal["where"]
    return place


def put(data: Json, path: str, value: Any) -> Json:
    """A copy of ``data`` with the field at ``path`` ("visits[0].lines[0].amount") set."""
    changed, keys = copy.deepcopy(data), _keys(path)
    target: Any = changed
    for key in keys[:-1]:
        target = target[key]
    target[keys[-1]] = value
    return changed


def drop(data: Json, path: str) -> Json:
    """A copy of ``data`` without the field at ``path``."""
    changed, keys = copy.deepcopy(data), _keys(path)
    target: Any = changed
    for key in keys[:-1]:
        target = target[key]
    del target[keys[-1]]
    return changed


def _keys(path: str) -> list[str | int]:
    found = re.findall(r"\[(\d+)\]|(\w+)", path)
    return [int(index) if index else name for index, name in found]


def edited_law(folder: Path, file: str, edit: Callable[[str], str]) -> Law:
    """The shipped law, copied into ``folder``, with one of its files changed."""
    copied = folder / "law"
    shutil.copytree(shipped_policies(), copied)
    target = copied / file
    target.write_text(edit(target.read_text("utf-8")), "utf-8")
    return Law(read_document(path.parent) for path in sorted(copied.rglob("document.yaml")))


def without(text: str, address: str) -> str:
    """A values file without the rows of an address."""
    kept = [row for row in text.splitlines() if f"address: {address}," not in row]
    assert len(kept) < len(text.splitlines()), address
    return "\n".join(kept) + "\n"


def policy(folder: Path, name: str, area: str, values: str = "", /, **head: str) -> Path:
    """An extra folder of policies with one document, whose values stand one a row from line 1."""
    fields = {
        "id": name,
        "area": f'"{area}"',
        "title": "{zh: 测试文件, en: A test document}",
        "short": "{zh: 测试, en: Test}",
        "issuer": "{zh: 测试, en: Test}",
        "schemes": "[]",
        "in_force": "{from: 2025-01-01, to: null}",
        "known_from": "2025-01-01",
        "governs": "[]",
        "leaves_open": "[]",
    } | head
    clause = f"clauses: [{{id: {name}.a, place: {{zh: 一, en: I}}, gist: {{zh: 测试。, en: Test.}}, rows: [], kind: [computable]}}]"
    document = folder / "extra" / name
    document.mkdir(parents=True)
    (document / "document.yaml").write_text(
        "\n".join(f"{k}: {v}" for k, v in fields.items()) + f"\n{clause}\n", "utf-8"
    )
    if values:
        (document / "values.yaml").write_text(values, "utf-8")
    return folder / "extra"
