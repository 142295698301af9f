"""What is left of a visit, a statement, a year for those who see amounts but no medical data.

The shape stays; what tells a disease, an item or why somebody was treated is empty. A figure of one disease is named as one
of its family.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sanchong.shapes import DISEASES

Data = dict[str, Any]

HIDDEN: Final = {"code": "clinical", "message": "所在岗位不能查看病种等医疗信息"}
"""In the place of what only medical data could tell."""


def visit(data: Data) -> Data:
    """A visit as a list shows it: its kind, its days, no disease."""
    return {**data, "disease": ""}


def whole_visit(data: Data) -> Data:
    """A visit with what was paid for it: no diagnosis, no line, neither who nor which department treats a known kind of illness."""
    hidden = dict.fromkeys(("practitioner", "department", "department_code"), "")
    return {**visit(data), **hidden, "diagnoses": [], "lines": []}


def result(data: Data) -> Data:
    """A settlement's result: every sum, but neither lines nor the reasons."""
    closing = data["close_year"]
    return {
        **data,
        "visits": [_settled(one) for one in data["visits"]],
        "close_year": closing
        and {**_unexplained(closing), "explanation": [], "assumed": addresses(closing["assumed"])},
    }


def addresses(named: Iterable[str]) -> list[str]:
    """Addresses of the law without the disease that they are for."""
    return list(dict.fromkeys(map(_of_no_disease, named)))


def quota(data: Data) -> Data:
    """The quarter alone: what it pays for follows from recognised diseases."""
    return {"day": data["day"], "quarter": data["quarter"], "used": data["used"], "refusal": HIDDEN}


def _settled(one: Data) -> Data:
    return {
        **_unexplained(one),
        "gates": [],
        "assumed": addresses(one["assumed"]),
        "unmodelled": addresses(one["unmodelled"]),
        "lines": [],
        "explanation": [],
    }


def _unexplained(data: Data) -> Data:
    return {key: value for key, value in data.items() if key != "explanation"}


def _of_no_disease(address: str) -> str:
    family, _, member = address.rpartition(".")
    return family if member.partition(":")[0] in DISEASES else address
