"""What travels between the rooms: codes, and flat records of whole numbers.

The records are declared once. Interpreted, they are slotted objects; compiled, the same names
are the fields of NumPy records, derived by :func:`layout`. No record holds a string, a None, a
Fraction or anything nested deeper than one fixed array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any, Final

# ── codes ────────────────────────────────────────────────────────────────────────────────────

OUTPATIENT: Final = 0
INPATIENT: Final = 1
SPECIAL_DRUG: Final = 2
KINDS: Final = ("outpatient", "inpatient", "special_drug")

RESIDENT: Final = 0
EMPLOYEE: Final = 1
INSURANCES: Final = ("resident", "employee")

NO_CATEGORY: Final = 0
EXTREME_POVERTY: Final = 1
SUBSISTENCE_ALLOWANCE: Final = 2
RETURNED_TO_POVERTY: Final = 3
MONITORED: Final = 4
NEAR_SUBSISTENCE: Final = 5
IMPOVERISHED_BY_ILLNESS: Final = 6
CATEGORIES: Final = (
    "extreme_poverty",
    "subsistence_allowance",
    "returned_to_poverty",
    "monitored",
    "near_subsistence",
    "impoverished_by_illness",
)
"""Assistance categories (救助对象类别) in the order in which the first counts; code 1 to 6, 0 is none."""

CATEGORY_ALIASES: Final = ("orphan", "unsupported_child")
"""孤儿 and 事实无人抚养儿童: names under which a person may be granted a category; rules/categories.py says which."""

SPECIAL_DISEASES: Final = (
    "cancer", "transplant", "hemophilia", "dialysis", "tuberculosis", "psychosis",
    "aplastic_anemia", "myelofibrosis", "polycythemia_vera", "thrombocythemia", "itp",
)  # fmt: skip
CHRONIC_DISEASES: Final = (
    "diabetes", "thyroid", "nephrotic", "ckd", "cirrhosis", "ibd", "vasculitis", "femoral_head",
    "osteomyelitis", "copd", "asthma", "cor_pulmonale", "hypertension", "chd", "valve",
    "heart_failure", "hepatitis", "myasthenia", "alzheimer", "epilepsy", "wilson", "stroke",
    "parkinson", "demyelination", "sjogren", "ra", "as", "knee_oa", "sle", "ssc", "vitiligo",
    "psoriasis", "fluorosis", "kashin_beck", "keshan",
)  # fmt: skip
DISEASES: Final = SPECIAL_DISEASES + CHRONIC_DISEASES
"""The 46 diseases in catalogue order; a disease's code is its place. 门诊特殊疾病 come first."""

SPECIAL_COUNT: Final = len(SPECIAL_DISEASES)
CHRONIC_COUNT: Final = len(CHRONIC_DISEASES)
DISEASE_COUNT: Final = len(DISEASES)

CONDITIONS: Final = (*DISEASES, "transplant:kidney", "transplant:liver", "cancer:acute_leukemia")
"""What an exclusion can name: a disease, or one with its sub-type. A set of them is one integer's bits."""
NO_CONDITION: Final = -1
CANCER: Final = 0
TRANSPLANT: Final = 1

CLASS_A: Final = 0
CLASS_B: Final = 1
CLASS_C: Final = 2
LINE_CLASSES: Final = ("A", "B", "C")

INPATIENT_CLASSES: Final = ("first", "second_city", "second_county", "third")
"""收费标准: fee class 1; 2 at province or city; 2 at county; 3. Not the hospital's grade."""

POOL: Final = 0
PER_DISEASE: Final = 1
QUOTA_MODES: Final = ("pool", "per_disease")

NOT_GIVEN: Final = -1
"""An insurer's payment that the case does not state and the rules compute."""

GATES: Final = (
    "not_designated", "provider_level", "not_referred", "no_category", "not_entitled",
    "exclusion_pending", "assistance_unmodelled",
)  # fmt: skip
NOT_DESIGNATED: Final = 1
PROVIDER_LEVEL: Final = 2
NOT_REFERRED: Final = 4
NO_CATEGORY_GATE: Final = 8
NOT_ENTITLED: Final = 16
EXCLUSION_PENDING: Final = 32
ASSISTANCE_UNMODELLED: Final = 64

REFUSALS: Final = (
    "", "invalid_input", "not_in_force", "not_recognised", "mutually_exclusive",
    "missing_value", "unmodelled", "assumed_value",
)  # fmt: skip
"""Obstacles in the order in which the first counts; 0 is none."""
SETTLED: Final = 0
INVALID_INPUT: Final = 1
NOT_IN_FORCE: Final = 2
NOT_RECOGNISED: Final = 3
MUTUALLY_EXCLUSIVE: Final = 4
MISSING_VALUE: Final = 5
UNMODELLED_VALUE: Final = 6
ASSUMED_VALUE: Final = 7

# ── policy values, each with its slot in Terms ───────────────────────────────────────────────

STATED: Final = 0
ASSUMED: Final = 1
MISSING: Final = 2
UNMODELLED: Final = 3

MAX_BANDS: Final = 8
MAX_EXCLUSIONS: Final = 24


@dataclass(frozen=True, slots=True)
class Address:
    """A policy value's address, its slot in :class:`Terms` and the unit it is written in."""

    name: str
    slot: int
    unit: str
    """yuan, yuan_or_none, rate, count, flag, mode, date, bands, or matter for what no value can state."""
    place: int = 0
    """Its place in its family."""


_addresses: list[Address] = []


def _slot(name: str, unit: str, place: int = 0) -> int:
    _addresses.append(Address(name, len(_addresses), unit, place))
    return len(_addresses) - 1


def _family(prefix: str, members: tuple[str, ...], unit: str) -> int:
    """Slots for ``prefix.member`` side by side; returns the first, to which a code is added."""
    first = len(_addresses)
    for place, member in enumerate(members):
        _slot(f"{prefix}.{member}", unit, place)
    return first


# The order is that in which a settlement needs them: of several obstacles the first slot is named.
SPECIAL_MINIMUM_LEVEL: Final = _slot("outpatient.special.minimum_provider_level", "count")
CHRONIC_SPECIAL_RATE: Final = _slot("outpatient.chronic_special.pooled_rate", "rate")
QUARTERLY_LIMIT: Final = _family("outpatient.chronic.quarterly_limit", CHRONIC_DISEASES, "yuan")
STACKING_RATE: Final = _slot("outpatient.chronic.stacking.rate", "rate")
STACKING_MAX_OTHERS: Final = _slot("outpatient.chronic.stacking.max_others", "count")
QUOTA_MODE: Final = _slot("outpatient.chronic.quota_mode", "mode")
INPATIENT_DEDUCTIBLE: Final = _family("inpatient.deductible", INPATIENT_CLASSES, "yuan")
INPATIENT_RATE: Final = _family("inpatient.pooled_rate", INPATIENT_CLASSES, "rate")
POOLED_ANNUAL_CAP: Final = _slot("pooled_fund.annual_cap", "yuan")
EMPLOYEE_BASIC_INSURANCE: Final = _slot("basic_insurance.employee", "matter")
SPECIAL_DRUG_COUNTS: Final = _slot("special_drug.counts_to_annual_cap", "flag")
EXCESS_STAYS_IN_POLICY: Final = _slot("outpatient.chronic.excess_stays_in_policy", "flag")
_TIERED: Final = ("standard", *CATEGORIES)
CATASTROPHIC_DEDUCTIBLE: Final = _family("catastrophic.deductible", _TIERED, "yuan")
CATASTROPHIC_BANDS: Final = _family("catastrophic.bands", _TIERED, "bands")
CATASTROPHIC_CAP: Final = _family("catastrophic.annual_cap", _TIERED, "yuan_or_none")
ASSISTANCE_AREA: Final = _slot("assistance.household_region", "matter")
ASSISTANCE_FROM: Final = _slot("assistance.in_force_from", "date")
ASSISTANCE_STAY_RATE: Final = _family("assistance.inpatient.rate", CATEGORIES, "rate")
ASSISTANCE_SHARE: Final = _family("assistance.inpatient.deductible_income_share", CATEGORIES, "rate")
ASSISTANCE_INCOME: Final = _slot("assistance.disposable_income_per_capita", "yuan")
ASSISTANCE_OUTPATIENT_RATE: Final = _family("assistance.outpatient.rate", CATEGORIES, "rate")
ASSISTANCE_DRUG_RATE: Final = _family("assistance.special_drug.rate", CATEGORIES, "rate")
ASSISTANCE_CAP: Final = _family("assistance.annual_cap", CATEGORIES, "yuan_or_none")
CONTROL_LIMIT: Final = _family("catalogue_control.limit", INPATIENT_CLASSES, "rate")
STEP_SLOTS: Final = len(_addresses)
"""The step of the fold uses slots below this; those above belong to rules outside the fold."""
CONTRIBUTION: Final = _slot("enrolment.contribution", "yuan")
SUBSIDY_RATE: Final = _family("enrolment.subsidy.rate", CATEGORIES, "rate")
SUBSIDY_FLOOR: Final = _family("enrolment.subsidy.floor", CATEGORIES, "yuan")
SUBSIDY_AMOUNT: Final = _family("enrolment.subsidy.amount", CATEGORIES, "yuan")
WARNING_THRESHOLD: Final = _family("early_warning.threshold", ("falling_into", "falling_back"), "yuan")
TERMS_SLOTS: Final = len(_addresses)
"""A case's ``terms`` may set the addresses below this; those above are the law's alone."""
RECOGNITION_WORKING_DAYS: Final = _slot("recognition.time_limit.working_days", "count")
FAST_TRACK_WORKING_DAYS: Final = _slot("recognition.fast_track.working_days", "count")
PRESCRIPTION_MIN_WEEKS: Final = _slot("prescription.long.min_weeks", "count")
PRESCRIPTION_MAX_WEEKS: Final = _slot("prescription.long.max_weeks", "count")
FIRST_CONTACT_LEVEL: Final = _slot("assistance.referral.first_contact_level", "count")
SLOTS: Final = len(_addresses)

ADDRESSES: Final = tuple(_addresses)
ADDRESS: Final = {address.name: address for address in ADDRESSES}

BITS: Final = 62
"""Slots marked in one word of ``Statement.used``: whole numbers of 64 bits, kept positive."""
WORDS: Final = -(-STEP_SLOTS // BITS)

# ── records ──────────────────────────────────────────────────────────────────────────────────

Numbers = list[int]
"""A fixed array of whole numbers; in compiled form a nested array of the record."""


def number(start: int = 0, *, code: str = "i8") -> Any:
    """A field of one whole number, ``code`` being its NumPy type in compiled form."""
    return field(default=start, metadata={"code": code, "length": 0})


def numbers(length: int, start: int = 0, *, code: str = "i8") -> Any:
    """A field of ``length`` whole numbers."""
    return field(default_factory=_filled(length, start), metadata={"code": code, "length": length})


def _filled(length: int, start: int) -> Callable[[], Numbers]:
    return lambda: [start] * length


@dataclass(slots=True)
class Terms:
    """The policy values in force for one (areas, date, known on, overlay), with a status beside each.

    Slot by slot: ``num`` is an amount in fen, a count, a flag, a mode, a day (ordinal), a rate's
    numerator or a schedule's number of bands; ``den`` a rate's denominator or that which a
    schedule's bands have in common, else 1. ``bands_above`` is in fen over the deductible.
    """

    num: Numbers = numbers(SLOTS)
    den: Numbers = numbers(SLOTS, 1)
    status: Numbers = numbers(SLOTS, MISSING, code="i1")
    bands_above: Numbers = numbers(len(_TIERED) * MAX_BANDS)
    bands_num: Numbers = numbers(len(_TIERED) * MAX_BANDS)
    outpatient_in_force: int = number(code="i1")
    exclusion_count: int = number()
    exclusion_a: Numbers = numbers(MAX_EXCLUSIONS, code="i1")
    exclusion_b: Numbers = numbers(MAX_EXCLUSIONS, code="i1")


@dataclass(slots=True)
class Visit:
    """One visit, reduced to what the step needs: amounts in fen, codes, facts on its date.

    ``condition`` is what the visit is for (NO_CONDITION where nothing); ``recognised`` whether it
    is so on the date. ``held`` and ``legacy`` are sets of CONDITIONS as bits, ``waived`` a set of the
    Terms' exclusion pairs as bits; ``active`` lists what is held by first day of recognition,
    then catalogue order.
    """

    kind: int = number(code="i1")
    day: int = number(code="i4")
    quarter: int = number(code="i1")
    insurance: int = number(code="i1")
    category: int = number(code="i1")
    condition: int = number(NO_CONDITION, code="i1")
    recognised: int = number(code="i1")
    held: int = number()
    legacy: int = number()
    waived: int = number()
    active_count: int = number(code="i1")
    active: Numbers = numbers(len(CONDITIONS), NO_CONDITION, code="i1")
    designated: int = number(1, code="i1")
    in_province: int = number(1, code="i1")
    level: int = number(code="i1")
    level_exception: int = number(code="i1")
    inpatient_class: int = number(code="i1")
    referred: int = number(1, code="i1")
    total: int = number()
    dual_channel: int = number()
    out_of_scope: int = number()
    out_of_catalogue: int = number()
    over_price: int = number()
    advance: int = number()
    in_policy: int = number()
    other_paid: int = number()
    given_pooled: int = number(NOT_GIVEN)
    given_catastrophic: int = number(NOT_GIVEN)


@dataclass(slots=True)
class State:
    """A person's year so far: what counts against limits and deductibles, and the sums, in fen.

    ``quarter_used`` is by quarter, ``quarter_disease_used`` by quarter × chronic disease;
    ``deferred_*`` are by category (code − 1); ``deferred_turn`` is the order, from 1, in which
    categories first had a base, 0 for never.
    """

    pooled_used: int = number()
    quarter_used: Numbers = numbers(4)
    quarter_disease_used: Numbers = numbers(4 * CHRONIC_COUNT)
    catastrophic_burden: int = number()
    catastrophic_used: int = number()
    assistance_used: int = number()
    deductible_filled: int = number()
    deferred_base: Numbers = numbers(len(CATEGORIES))
    deferred_burden: Numbers = numbers(len(CATEGORIES))
    deferred_turn: Numbers = numbers(len(CATEGORIES), code="i1")
    pooled: int = number()
    catastrophic: int = number()
    patient: int = number()


@dataclass(slots=True)
class Statement:
    """What one visit comes to, in fen; ``gates`` as bits, ``used`` as the slots looked up.

    ``refusal`` is SETTLED or the first obstacle that the facts alone raise; obstacles that lie in
    the values follow from ``used`` and the Terms' statuses.
    """

    total: int = number()
    dual_channel: int = number()
    out_of_scope: int = number()
    out_of_catalogue: int = number()
    over_price: int = number()
    advance: int = number()
    in_policy: int = number()
    deductible: int = number()
    pooled: int = number()
    quota_excess: int = number()
    catastrophic: int = number()
    other: int = number()
    assistance_base: int = number()
    assistance_deductible: int = number()
    assistance: int = number()
    deferred_base: int = number()
    hospital: int = number()
    patient: int = number()
    gates: int = number(code="i2")
    refusal: int = number(code="i1")
    used: Numbers = numbers(WORDS)


@dataclass(slots=True)
class Closing:
    """The year-end payment of assistance on chronic visits, in fen, by category (code − 1)."""

    paid: Numbers = numbers(len(CATEGORIES))
    assistance: int = number()
    refusal: int = number(code="i1")
    used: Numbers = numbers(WORDS)


STATEMENT_AMOUNTS: Final = tuple(
    f.name for f in fields(Statement) if f.name not in ("gates", "refusal", "used")
)
"""The amounts of a statement, in the contract's order."""


def layout(record: type) -> Iterator[tuple[str, str, int]]:
    """A record's fields as (name, NumPy type code, length or 0): what the compiled form is made of."""
    for f in fields(record):
        yield f.name, f.metadata["code"], f.metadata["length"]


def slots_of(words: Numbers) -> list[int]:
    """The slots marked in ``used``, in order."""
    found = []
    for place, word in enumerate(words):
        left = word
        while left:
            lowest = left & -left
            found.append(place * BITS + lowest.bit_length() - 1)
            left ^= lowest
    return found
