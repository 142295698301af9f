"""Which field of a form at the desk a refusal is about: it is marked, and the message stands beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from sanchong.law.library import Law
from sanchong.office.web.bill import FIELDS, ShownRefusal, refusal_of
from sanchong.settlement.refusal import Refusal

Form = Mapping[str, str]

_SAME: Final = ("practitioner", "department", "department_code", "admitted", "disease")
FIELDS_OF: Final[Mapping[str, Mapping[str, str]]] = {
    "discharge": {"discharged": "day", "end": "day"},
    "payouts": {name: name for name in ("payer", "amount", "paid_on")},
    "amend": {name: name for name in (*_SAME, "given_pooled", "given_catastrophic")} | {"end": "admitted"},
    "register": {name: name for name in (*_SAME, "kind", "provider", "provider_number")},
}
"""By form: the name of the field for each place that its command refuses. A stay that would end before it began is refused
at ``end``, whichever of its two days was typed."""
MOST_ROWS: Final = 100
"""Of diagnoses in one form: one more than a visit takes, so that too many are refused rather than left out."""

_DIAGNOSIS: Final = re.compile(r"diagnoses\[(\d+)\]\.(code|name)")


@dataclass(frozen=True, slots=True)
class Problem:
    """A form that was refused: which, why, at what place of its command, and what one may choose from."""

    act: str
    refusal: ShownRefusal
    where: str
    offered: list[tuple[str, str]]
    field: str = ""
    """The name of the field that is marked, with the message beside it; "" for a message that stands above the form."""


def problem_of(act: str, refusal: Refusal, law: Law | None, form: Form) -> Problem:
    """What a command refused of the form ``act``, and at which field; of a diagnosis what is missing, where nothing was typed."""
    shown, field = refusal_of(refusal, law), field_at(act, refusal.where, form)
    if field and _DIAGNOSIS.fullmatch(refusal.where) and not form.get(field, "").strip():
        shown = replace(shown, what=f"请填写{FIELDS[field.partition('-')[0]]}")
    return Problem(act, shown, refusal.where.rpartition(".")[2], [], field)


def field_at(act: str, where: str, form: Form) -> str:
    """The name of the field that ``where`` of a refusal leads to, "" for what no field of the form ``act`` is about."""
    if act == "diagnoses":
        return _diagnosis_at(where, form)
    return FIELDS_OF.get(act, {}).get(where, "")


def diagnoses_typed(form: Form) -> list[tuple[str, str]]:
    """Code and name of every row of the form of diagnoses, those left empty among them."""
    rows = [(form.get(f"code-{i}", "").strip(), form.get(f"name-{i}", "").strip()) for i in range(MOST_ROWS)]
    while rows and rows[-1] == ("", ""):
        rows.pop()
    return rows


def _diagnosis_at(where: str, form: Form) -> str:
    """The command counts the rows that say something; the form has empty ones between them."""
    if where == "diagnoses":
        return "code-0"
    found = _DIAGNOSIS.fullmatch(where)
    if found is None:
        return ""
    said = [i for i, row in enumerate(diagnoses_typed(form)) if any(row)]
    return f"{found[2]}-{said[int(found[1])]}"
