"""What a bill consists of, in whole fen: its parts, what the insurers are given to have paid, other payers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sanchong.shapes import INPATIENT, NOT_GIVEN, OUTPATIENT, SPECIAL_COUNT, SPECIAL_DRUG
from sanchong.simulation.marginal_specs import BILL_PARTS
from sanchong.simulation.marginals import Marginals
from sanchong.simulation.people import People
from sanchong.simulation.setting import Setting
from sanchong.simulation.streams import Draws, Flags, Ints, Reals, fen
from sanchong.simulation.visits import Visits

MOST_OUTSIDE: Final = 0.95
"""At least a twentieth of a bill is in policy."""


@dataclass(frozen=True, slots=True)
class Bills:
    """By visit, amounts in fen; parts and ``in_policy`` add up to ``total``."""

    total: Ints
    parts: dict[str, Ints]
    in_policy: Ints
    given_pooled: Ints
    """NOT_GIVEN where the settlement computes it, as with the next."""
    given_catastrophic: Ints
    supplementary: Ints
    commercial: Ints
    mutual_aid: Ints


@dataclass(frozen=True, slots=True)
class Facts:
    """By visit, the facts that decide whether a tier pays."""

    designated: Flags
    referred: Flags
    level_exception: Flags


def draw_bills(marginals: Marginals, people: People, visits: Visits, bills: Draws, payers: Draws) -> Bills:
    """Totals with their parts; then what insurers and other payers pay where it is an input."""
    bounds = marginals.values("bill.bounds")
    total = fen(np.clip(visits.cost, bounds["least"], bounds["most"]))
    parts = _parts(marginals, visits, total, bills)
    in_policy = total - sum(parts.values())
    pooled, catastrophic = _given(marginals, people, visits, in_policy, bills)
    return Bills(
        total, parts, in_policy, pooled, catastrophic, **_others(marginals, people, visits, in_policy, payers)
    )


def _parts(marginals: Marginals, visits: Visits, total: Ints, rng: Draws) -> dict[str, Ints]:
    """What of each bill lies outside the policy scope, by part."""
    kind = np.where(visits.kind == INPATIENT, 2, np.where(visits.disease < SPECIAL_COUNT, 1, 0))
    kind[visits.kind == SPECIAL_DRUG] = 3
    around = marginals.value("bill.concentration")
    shares = {}
    for name in BILL_PARTS:
        row = marginals.rows("bill.parts")[name]
        chance = np.array([row["chronic_chance"], row["special_chance"], row["stay_chance"], 0.0])[kind]
        mean = np.array([row["chronic"], row["special"], row.get("stay", 0.0), 0.0])[kind]
        if "stay" not in row:
            of_class = np.array(marginals.column("providers", name))[visits.provider]
            mean = np.where(visits.kind == INPATIENT, of_class, mean)
        has = (rng.random(len(total)) < chance) & (mean > 0) & (mean < 1)
        held = np.where(has, mean, 0.5)
        shares[name] = np.where(has, rng.beta(around * held, around * (1 - held)), 0.0)
    outside: Reals = sum(shares.values(), np.zeros(len(total)))
    fitted = np.minimum(1.0, MOST_OUTSIDE / np.maximum(outside, MOST_OUTSIDE))
    return {name: np.floor(total * (share * fitted)).astype(np.int64) for name, share in shares.items()}


def _given(
    marginals: Marginals, people: People, visits: Visits, in_policy: Ints, rng: Draws
) -> tuple[Ints, Ints]:
    """The insurers' payments where no rule computes them: employees' visits and special drugs."""
    by_grade = marginals.values("employee.stay_share")
    grades = np.array([by_grade[str(level)] for level in marginals.column("providers", "level")])
    share = np.where(
        visits.kind == INPATIENT, grades[visits.provider], marginals.value("employee.outpatient_share")
    )
    drug = marginals.values("special_drug")
    bought = visits.kind == SPECIAL_DRUG
    share = np.where(bought, drug["pooled"], share)
    reached = bought & (rng.random(len(in_policy)) < drug["catastrophic_chance"])
    given = bought | people.employee[visits.person]
    pooled = np.where(given, np.floor(in_policy * share).astype(np.int64), NOT_GIVEN)
    catastrophic = np.where(reached, np.floor(in_policy * drug["catastrophic"]).astype(np.int64), 0)
    return pooled, np.where(given, catastrophic, NOT_GIVEN)


def _others(
    marginals: Marginals, people: People, visits: Visits, in_policy: Ints, rng: Draws
) -> dict[str, Ints]:
    """What supplementary and commercial insurance and mutual aid pay on stays."""
    other = marginals.values("other_payers")
    stay = visits.kind == INPATIENT
    insured = {
        name: (rng.random(people.count) < other[f"{name}_people"])[visits.person] & stay
        for name in ("commercial", "supplementary", "mutual_aid")
    }
    for name in ("supplementary", "mutual_aid"):
        insured[name] &= people.employee[visits.person]
    beyond = np.maximum(in_policy - round(other["commercial_deductible"] * 100), 0)
    base = {"commercial": beyond, "supplementary": in_policy, "mutual_aid": in_policy}
    return {
        name: np.where(insured[name], np.floor(base[name] * other[name]).astype(np.int64), 0)
        for name in insured
    }


def draw_facts(marginals: Marginals, setting: Setting, visits: Visits, rng: Draws) -> Facts:
    """Whether the provider is designated, the stay referred, an exception recorded."""
    count = len(visits.person)
    designated = rng.random(count) < np.array(marginals.column("providers", "designated"))[visits.provider]
    referred = rng.random(count) < np.array(marginals.column("providers", "referred"))[visits.provider]
    level = np.array(marginals.column("providers", "level"))[visits.provider]
    special = (visits.kind == OUTPATIENT) & (visits.disease < SPECIAL_COUNT)
    excepted = rng.random(count) < marginals.value("outpatient.level_exception")
    return Facts(
        designated=designated,
        referred=referred | (visits.kind != INPATIENT),
        level_exception=special & (level < setting.special_minimum_level) & excepted,
    )
