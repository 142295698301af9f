"""Whether a stay's deposit is waived, by what is known of the person and the provider."""

from __future__ import annotations

from dataclasses import dataclass

from sanchong.office.claims.known import Head, Known
from sanchong.office.claims.referral import in_city, referral_on_record
from sanchong.office.claims.values import Values
from sanchong.rules.deposit import deposit_waived
from sanchong.rules.rule import recording
from sanchong.settlement.case import category_code
from sanchong.shapes import INPATIENT, KINDS, NO_CATEGORY


@dataclass(frozen=True, slots=True)
class Deposit:
    """The rule's answer with its sentence and its clause."""

    waived: bool
    text: str
    clause: str


def deposit(head: Head, known: Known, values: Values) -> Deposit | None:
    """The deposit of a stay; None for what is no stay, or whose provider or household nobody knows.

    Of several categories the one that waives it counts. The referral is one on record for this provider: that nobody needed
    one does not make it a stay after primary care.
    """
    standing, registration = known.of("standing"), known.of("registration")
    if head.kind != "inpatient" or not standing or not registration:
        return None
    region = standing[0].words[0]
    facts = (
        referral_on_record(head, known, region),
        in_city(region, registration[0].words[0]),
        any(fact.words[0] == "designated" for fact in known.of("agreement")),
        KINDS.index(head.kind) == INPATIENT,
    )
    categories = [category_code(fact.words[0]) for fact in known.of("category")] or [NO_CATEGORY]
    answers = []
    for category in categories:
        with recording() as heard:
            waived = deposit_waived(category, *facts)
        node = values.engine.explainer.nodes(heard.calls, values.resolution)[0].data()
        answers.append(Deposit(waived, str(node["text"]), str(node["clause"])))
    return next((answer for answer in answers if answer.waived), answers[0])
