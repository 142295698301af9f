"""What people suffer from: diseases by age and frailty, recognitions with their periods, exclusions, waivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sanchong.shapes import DISEASES, SPECIAL_COUNT
from sanchong.simulation.marginals import Marginals
from sanchong.simulation.people import People, age_shares, employee_chance, group_starts, urban_share
from sanchong.simulation.setting import Setting
from sanchong.simulation.streams import Draws, Flags, Ints, Reals, array, choose, sums

OPEN: Final = np.iinfo(np.int32).max
"""The last day of a period without an end."""
YEAR_DAYS: Final = 365
WITH_SUBTYPES: Final = ("cancer", "transplant", "psychosis")


@dataclass(frozen=True, slots=True)
class Conditions:
    """Diseases that people hold as recognised; by person, then disease. ``last`` counts a renewal in."""

    person: Ints
    disease: Ints
    subtype: Ints
    """A place in :func:`subtype_names`, 0 for none."""
    start: Ints
    last: Ints
    lapse: Ints
    """The last day of the first recognition; before ``last`` if it was renewed."""
    stray: Flags
    """Whether visits outside the recognised time are presented, too."""

    def only(self, kept: Flags) -> Conditions:
        """Those marked."""
        return Conditions(
            self.person[kept], self.disease[kept], self.subtype[kept], self.start[kept], self.last[kept],
            self.lapse[kept], self.stray[kept],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recognitions:
    """Rows of the contract's table of recognitions, by person, disease and first day."""

    person: Ints
    disease: Ints
    subtype: Ints
    start: Ints
    end: Ints
    """OPEN where there is none."""
    legacy: Flags


@dataclass(frozen=True, slots=True)
class Waivers:
    """Rows of the contract's table of waivers: a person, and a place among the setting's exclusions."""

    person: Ints
    pair: Ints


def subtype_names(marginals: Marginals) -> tuple[str, ...]:
    """Every sub-type's name; place 0 is none."""
    return ("", *(name for disease in WITH_SUBTYPES for name in marginals.values(f"subtypes.{disease}")))


def prevalence(marginals: Marginals) -> Reals:
    """The chance of holding a disease at frailty 1, by disease and band of age."""
    profiles = {name: array(row) for name, row in marginals.rows("age_profiles").items()}
    weights = _bands_of_groups(marginals)
    rows = []
    for row in marginals.rows("diseases").values():
        profile = profiles[row["profile"]]
        rows.append(row["per_mille"] / 1000 * profile / float(profile @ weights))
    return np.array(rows)


def prevalence_with_comorbidity(marginals: Marginals) -> Reals:
    """The same with what other diseases bring, less what would be counted twice."""
    chance = prevalence(marginals)
    for disease, other, share in comorbidities(marginals):
        chance[other] += chance[disease] * share * (1 - chance[other])
    return chance


def comorbidities(marginals: Marginals) -> list[tuple[int, int, float]]:
    """Which disease brings which other, and to what share of those who have it."""
    rows = marginals.rows("comorbidity").items()
    return [(DISEASES.index(name), DISEASES.index(row["other"]), row["share"]) for name, row in rows]


def _bands_of_groups(marginals: Marginals) -> Reals:
    """The share of each of AGE_BANDS in the population."""
    return sums(band_of(group_starts()[:-1]), age_shares(marginals))


def band_shares(marginals: Marginals, employee: bool) -> Reals:
    """The share of each of AGE_BANDS among the employees, or among the residents, in expectation."""
    starts, shares = group_starts()[:-1], age_shares(marginals)
    urban = urban_share(marginals)
    chance = sum(
        weight * employee_chance(marginals, starts, np.full(len(starts), in_town))
        for weight, in_town in ((urban, True), (1 - urban, False))
    )
    shares = shares * (chance if employee else 1 - chance)
    return sums(band_of(starts), shares / shares.sum())


def band_of(age: Ints) -> Ints:
    """The place of an age among AGE_BANDS."""
    return np.searchsorted([15, 30, 45, 60, 75], age, side="right")


def draw_conditions(marginals: Marginals, setting: Setting, people: People, rng: Draws) -> Conditions:
    """The diseases recognised at some time of the year, before exclusions are resolved."""
    chance = prevalence(marginals)
    band = band_of(people.age)
    held = []
    for of_band in chance:
        sick = rng.random(people.count, dtype=np.float32) < of_band[band] * people.frailty
        held.append(np.flatnonzero(sick))
    for cause, other, share in comorbidities(marginals):
        too = held[cause][rng.random(len(held[cause])) < share]
        held[other] = np.union1d(held[other], too)
    person = np.concatenate(held)
    disease = np.repeat(np.arange(len(DISEASES)), [len(rows) for rows in held])
    order = np.lexsort((disease, person))
    person, disease = person[order], disease[order]
    start, lapse, last = _periods(marginals, setting, rng, len(person))
    whole = (start <= setting.scheme_first) & (last >= setting.scheme_last)
    stray = (rng.random(len(person)) < marginals.values("errors")["outside_recognition"]) & ~whole
    return Conditions(person, disease, _subtypes(marginals, disease, rng), start, last, lapse, stray)


def _subtypes(marginals: Marginals, disease: Ints, rng: Draws) -> Ints:
    found = np.zeros(len(disease), dtype=np.int64)
    start = 1
    for name in WITH_SUBTYPES:
        shares = array(marginals.values(f"subtypes.{name}"))
        rows = np.flatnonzero(disease == DISEASES.index(name))
        found[rows] = start + choose(rng, shares, len(rows))
        start += len(shares)
    return found


def _periods(marginals: Marginals, setting: Setting, rng: Draws, count: int) -> tuple[Ints, Ints, Ints]:
    """First day, last day of the first recognition, last day with a renewal."""
    shares = marginals.values("recognition.periods")
    valid = round(shares["years"] * YEAR_DAYS)
    new = rng.random(count) < shares["begins"]
    days = setting.last - setting.first + 1
    back = np.where(new, days, 1 - valid) * rng.random(count)
    start = setting.first + np.floor(back).astype(np.int64)
    lapse = start + valid - 1
    lapse[(start >= setting.scheme_start) & (rng.random(count) < shares["open"])] = OPEN
    renewed = (lapse < setting.last) & (rng.random(count) < shares["renewed"])
    return start, lapse, np.where(renewed, lapse + valid, lapse)


def resolve_exclusions(
    marginals: Marginals, setting: Setting, held: Conditions, rng: Draws
) -> tuple[Conditions, Waivers]:
    """Without the diseases that exclude another, but for waivers, choices still pending, and some errors."""
    kept = marginals.values("exclusions.kept")
    names = subtype_names(marginals)
    alive = np.ones(len(held.person), dtype=bool)
    waived_person, waived_pair = [], []
    for number, pair in enumerate(setting.exclusions):
        a, b = (_rows_of(held, condition, names, alive) for condition in pair)
        both, at_a, at_b = np.intersect1d(
            held.person[a], held.person[b], assume_unique=True, return_indices=True
        )
        a, b = a[at_a], b[at_b]
        luck, other = rng.random(len(both)), rng.random(len(both))
        waived = luck < kept["waived"]
        legacy = (held.start[a] < setting.scheme_start) & (held.start[b] < setting.scheme_start)
        pending = legacy & (held.lapse[a] == held.last[a]) & (held.lapse[b] == held.last[b])
        stay = waived | (pending & (other < kept["pending"])) | (luck > 1 - kept["error"])
        waived_person.append(both[waived])
        waived_pair.append(np.full(int(waived.sum()), number))
        alive[_given_up(held, a, b, other)[~stay]] = False
    person, which = np.concatenate([[], *waived_person]), np.concatenate([[], *waived_pair])
    order = np.lexsort((which, person))
    return held.only(alive), Waivers(person[order].astype(np.int64), which[order].astype(np.int64))


def _rows_of(held: Conditions, condition: str, names: tuple[str, ...], alive: Flags) -> Ints:
    disease, _, subtype = condition.partition(":")
    rows = alive & (held.disease == DISEASES.index(disease))
    if subtype:
        rows &= held.subtype == names.index(subtype) if subtype in names else False
    return np.flatnonzero(rows)


def _given_up(held: Conditions, a: Ints, b: Ints, luck: Reals) -> Ints:
    """Of each pair the row given up: the chronic one where the other is special, else one at random."""
    chronic_a, chronic_b = held.disease[a] >= SPECIAL_COUNT, held.disease[b] >= SPECIAL_COUNT
    return np.where(np.where(chronic_a == chronic_b, luck < 0.5, chronic_a), a, b)


def recognitions_of(setting: Setting, held: Conditions) -> Recognitions:
    """A row for each recognition: the first, and its renewal from the day after."""
    renewed = np.flatnonzero(held.lapse < held.last)
    person = np.concatenate([held.person, held.person[renewed]])
    disease = np.concatenate([held.disease, held.disease[renewed]])
    subtype = np.concatenate([held.subtype, held.subtype[renewed]])
    start = np.concatenate([held.start, held.lapse[renewed] + 1])
    end = np.concatenate([held.lapse, held.last[renewed]])
    legacy = start < setting.scheme_start
    order = np.lexsort((start, disease, person))
    return Recognitions(
        person[order], disease[order], subtype[order], start[order], end[order], legacy[order]
    )
