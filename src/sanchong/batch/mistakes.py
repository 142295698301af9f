"""What can be wrong with a row, numbered: compiled code names a mistake by its number, people read its words.

The words are settlement's own. ``where`` is ``table.column``.
"""

from __future__ import annotations

from typing import Final

from sanchong.settlement.case import ADMINISTRATIVE_LEVELS
from sanchong.settlement.refusal import Refusal, invalid
from sanchong.shapes import CATEGORIES, CATEGORY_ALIASES, INSURANCES, KINDS, LINE_CLASSES

MISTAKES: list[Refusal] = [invalid("", "mapping")]
"""The refusal of each mistake by its number; 0 is none."""


def _mistake(where: str, expected: str, among: tuple[str, ...] = ()) -> int:
    MISTAKES.append(invalid(where, expected, choices=", ".join(among)))
    return len(MISTAKES) - 1


NO_MISTAKE: Final = 0

# people
PERSON_TEXT: Final = _mistake("people.person", "text")
PERSON_REPEATED: Final = _mistake("people.person", "repeated")
REGION: Final = _mistake("people.region", "area")
HOUSEHOLD: Final = _mistake("people.household_region", "area")
INSURANCE: Final = _mistake("people.insurance", "choice", INSURANCES)

# categories
CATEGORY: Final = _mistake("categories.category", "choice", (*CATEGORIES, *CATEGORY_ALIASES))
CATEGORY_FROM: Final = _mistake("categories.from", "date")
CATEGORY_TO: Final = _mistake("categories.to", "period")
CATEGORY_PERSON: Final = _mistake("categories.person", "unknown_person")

# recognitions
RECOGNISED_DISEASE: Final = _mistake("recognitions.disease", "disease")
RECOGNISED_DISEASE_EXTRA: Final = _mistake("recognitions.disease", "subtype_extra")
RECOGNISED_DISEASE_UNKNOWN: Final = _mistake("recognitions.disease", "subtype_unknown")
RECOGNISED_SUBTYPE_TWICE: Final = _mistake("recognitions.subtype", "unknown")
RECOGNISED_SUBTYPE_MISSING: Final = _mistake("recognitions.subtype", "subtype_missing")
RECOGNISED_SUBTYPE_EXTRA: Final = _mistake("recognitions.subtype", "subtype_extra")
RECOGNISED_SUBTYPE_UNKNOWN: Final = _mistake("recognitions.subtype", "subtype_unknown")
RECOGNISED_FROM: Final = _mistake("recognitions.from", "date")
RECOGNISED_TO: Final = _mistake("recognitions.to", "period")
RECOGNISED_PERSON: Final = _mistake("recognitions.person", "unknown_person")

# waivers
WAIVED_A: Final = _mistake("waivers.disease_a", "disease")
WAIVED_A_SUBTYPE_EXTRA: Final = _mistake("waivers.disease_a", "subtype_extra")
WAIVED_A_SUBTYPE_UNKNOWN: Final = _mistake("waivers.disease_a", "subtype_unknown")
WAIVED_B: Final = _mistake("waivers.disease_b", "disease")
WAIVED_B_SUBTYPE_EXTRA: Final = _mistake("waivers.disease_b", "subtype_extra")
WAIVED_B_SUBTYPE_UNKNOWN: Final = _mistake("waivers.disease_b", "subtype_unknown")
WAIVED_PERSON: Final = _mistake("waivers.person", "unknown_person")

# visits
VISIT_PERSON: Final = _mistake("visits.person", "unknown_person")
SEQ: Final = _mistake("visits.seq", "required")
SEQ_REPEATED: Final = _mistake("visits.seq", "repeated")
VISIT: Final = _mistake("visits.visit", "text")
VISIT_REPEATED: Final = _mistake("visits.visit", "repeated")
DATE: Final = _mistake("visits.date", "date")
DATE_YEAR: Final = _mistake("visits.date", "year")
KIND: Final = _mistake("visits.kind", "choice", KINDS)
DISEASE: Final = _mistake("visits.disease", "disease")
DISEASE_EXTRA: Final = _mistake("visits.disease", "subtype_extra")
DISEASE_UNKNOWN: Final = _mistake("visits.disease", "subtype_unknown")
DISEASE_MISSING: Final = _mistake("visits.disease", "text")
DISEASE_NO_PLACE: Final = _mistake("visits.disease", "no_place")
SUBTYPE_NO_PLACE: Final = _mistake("visits.subtype", "no_place")
SUBTYPE_TWICE: Final = _mistake("visits.subtype", "unknown")
SUBTYPE_EXTRA: Final = _mistake("visits.subtype", "subtype_extra")
SUBTYPE_UNKNOWN: Final = _mistake("visits.subtype", "subtype_unknown")
SUBTYPE_OPEN: Final = _mistake("visits.disease", "subtype_open")
PROVIDER_REGION: Final = _mistake("visits.provider_region", "area")
DESIGNATED: Final = _mistake("visits.designated", "flag")
LEVEL: Final = _mistake("visits.level", "choice", ("0…3",))
FEE_CLASS: Final = _mistake("visits.fee_class", "choice", ("1…3",))
ADMINISTRATIVE_LEVEL: Final = _mistake("visits.administrative_level", "choice", ADMINISTRATIVE_LEVELS)
FEE_CLASS_TOWNSHIP: Final = _mistake("visits.fee_class", "township")
PROVIDER_NO_PLACE: Final = _mistake("visits.provider_region", "no_place")
REFERRED: Final = _mistake("visits.referred", "flag")
SUPPLEMENTARY: Final = _mistake("visits.supplementary", "fen")
COMMERCIAL: Final = _mistake("visits.commercial", "fen")
MUTUAL_AID: Final = _mistake("visits.mutual_aid", "fen")
GIVEN_POOLED: Final = _mistake("visits.given_pooled", "fen")
GIVEN_POOLED_MISSING: Final = _mistake("visits.given_pooled", "required")
GIVEN_POOLED_TOO_MUCH: Final = _mistake("visits.given_pooled", "given")
GIVEN_CATASTROPHIC: Final = _mistake("visits.given_catastrophic", "fen")
GIVEN_CATASTROPHIC_MISSING: Final = _mistake("visits.given_catastrophic", "required")
GIVEN_CATASTROPHIC_TOO_MUCH: Final = _mistake("visits.given_catastrophic", "given")
REDUCED_MISSING: Final = _mistake("visits.total", "reduced_missing")
REDUCED_TWICE: Final = _mistake("visits.total", "reduced_twice")
REDUCED_AMOUNT: Final = _mistake("visits.total", "fen")
REDUCED_SUM: Final = _mistake("visits.total", "reduced_sum")
DRUG_AMOUNTS: Final = _mistake("visits.in_policy", "drug_amounts")
YEAR_TOO_LARGE: Final = _mistake("visits.total", "too_large")

# lines
LINE: Final = _mistake("lines.line", "text")
LINE_REPEATED: Final = _mistake("lines.line", "repeated")
LINE_CLASS: Final = _mistake("lines.class", "choice", LINE_CLASSES)
LINE_AMOUNT: Final = _mistake("lines.amount", "fen")
LINE_CAP: Final = _mistake("lines.price_cap", "fen")
LINE_RATE: Final = _mistake("lines.advance_rate_num", "rate")
LINE_RATE_MISSING: Final = _mistake("lines.advance_rate_num", "advance_missing")
LINE_RATE_EXTRA: Final = _mistake("lines.advance_rate_num", "advance_extra")
LINE_NO_PLACE: Final = _mistake("lines.seq", "no_place")
LINE_SEQ: Final = _mistake("lines.seq", "unknown_visit")
LINE_TWO_YEARS: Final = _mistake("lines.seq", "two_visits")
LINE_PERSON: Final = _mistake("lines.person", "unknown_person")
