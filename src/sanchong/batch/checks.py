"""Compiled: whether a row can be settled at all, in the order in which settlement.reading asks."""

from __future__ import annotations

from math import gcd

from sanchong.batch import mistakes as m
from sanchong.batch.columns import NO_DAY, NO_FEN, NO_SEQ, NULL, OPEN_DAY
from sanchong.batch.compile import Records, compiled
from sanchong.batch.rows import CategoryRow, LineRow, PersonRow, RecognitionRow, VisitRow, WaiverRow
from sanchong.money import MAX_AMOUNT, MAX_RATE_TERM
from sanchong.settlement.case import ADMINISTRATIVE_LEVELS
from sanchong.shapes import CLASS_B, INPATIENT, OUTPATIENT, SPECIAL_DRUG

_TOWNSHIP = ADMINISTRATIVE_LEVELS.index("township")
HIGHEST_LEVEL = 3
HIGHEST_FEE_CLASS = 3


@compiled
def person_mistake(person: PersonRow, categories: Records, recognitions: Records, waivers: Records) -> int:
    """The first mistake in what stands about a person, the area of insurance left out: that comes after the visits."""
    if person.named == 0:
        return m.PERSON_TEXT
    if person.rows > 1:
        return m.PERSON_REPEATED
    for place in range(person.categories, person.categories_end):
        category: CategoryRow = categories[place]
        if category.category < 0:
            return m.CATEGORY
    if person.insurance < 0:
        return m.INSURANCE
    if person.household < 0:
        return m.HOUSEHOLD
    for place in range(person.categories, person.categories_end):
        held: CategoryRow = categories[place]
        wrong = period_mistake(held.start, held.end, m.CATEGORY_FROM, m.CATEGORY_TO)
        if wrong != m.NO_MISTAKE:
            return wrong
    for place in range(person.recognitions, person.recognitions_end):
        recognised: RecognitionRow = recognitions[place]
        if recognised.mistake != m.NO_MISTAKE:
            return int(recognised.mistake)
        wrong = period_mistake(recognised.start, recognised.end, m.RECOGNISED_FROM, m.RECOGNISED_TO)
        if wrong != m.NO_MISTAKE:
            return wrong
    for place in range(person.waivers, person.waivers_end):
        waived: WaiverRow = waivers[place]
        if waived.mistake != m.NO_MISTAKE:
            return int(waived.mistake)
    return int(person.stray_line)


@compiled
def period_mistake(start: int, end: int, no_start: int, ends_early: int) -> int:
    """The mistake in a closed period, if any."""
    if start == NO_DAY:
        return no_start
    if end != OPEN_DAY and end < start:
        return ends_early
    return m.NO_MISTAKE


@compiled
def is_fen(amount: int) -> bool:
    """Whether an amount may stand: whole fen, not negative, at most MAX_AMOUNT. Null is none."""
    return 0 <= amount <= MAX_AMOUNT


@compiled
def naming_mistake(visit: VisitRow) -> int:
    """The first mistake in what names a visit."""
    if visit.seq == NO_SEQ:
        return m.SEQ
    if visit.named == 0:
        return m.VISIT
    if visit.kind < 0:
        return m.KIND
    if visit.day == NO_DAY:
        return m.DATE
    return m.NO_MISTAKE


@compiled
def disease_mistake(visit: VisitRow) -> int:
    """The mistake in what a visit is for, looked at by itself."""
    if visit.kind == OUTPATIENT:
        return int(visit.mistake)
    if visit.disease != NULL:
        return m.DISEASE_NO_PLACE
    if visit.subtype != 0:
        return m.SUBTYPE_NO_PLACE
    return m.NO_MISTAKE


@compiled
def content_mistake(visit: VisitRow) -> int:
    """The first mistake in provider, referral, lines, amounts and payments."""
    wrong = drug_mistake(visit) if visit.kind == SPECIAL_DRUG else provider_mistake(visit)
    if wrong == m.NO_MISTAKE:
        wrong = int(visit.line_mistake)
    if wrong == m.NO_MISTAKE:
        wrong = reduced_mistake(visit)
    if wrong == m.NO_MISTAKE:
        wrong = payments_mistake(visit)
    return wrong


@compiled
def drug_mistake(visit: VisitRow) -> int:
    """The mistake in what a special drug does not have, or must have."""
    if (
        visit.in_province != NULL
        or visit.designated != NULL
        or visit.level != NULL
        or visit.fee_class != NULL
        or visit.administrative_level != NULL
        or visit.level_exception != NULL
    ):
        return m.PROVIDER_NO_PLACE
    if visit.given_pooled == NO_FEN:
        return m.GIVEN_POOLED_MISSING
    if visit.given_catastrophic == NO_FEN:
        return m.GIVEN_CATASTROPHIC_MISSING
    return m.NO_MISTAKE


@compiled
def provider_mistake(visit: VisitRow) -> int:
    """The first mistake in the columns of the provider and the referral."""
    if visit.in_province < 0:
        return m.PROVIDER_REGION
    if visit.designated == NULL:
        return m.DESIGNATED
    if not 0 <= visit.level <= HIGHEST_LEVEL:
        return m.LEVEL
    if not 1 <= visit.fee_class <= HIGHEST_FEE_CLASS:
        return m.FEE_CLASS
    if visit.administrative_level < 0:
        return m.ADMINISTRATIVE_LEVEL
    if visit.fee_class == 2 and visit.administrative_level == _TOWNSHIP:
        return m.FEE_CLASS_TOWNSHIP
    if visit.kind == INPATIENT and visit.referred == NULL:
        return m.REFERRED
    return m.NO_MISTAKE


@compiled
def reduced_mistake(visit: VisitRow) -> int:
    """The mistake in a visit's seven reduced amounts."""
    apart = (
        visit.dual_channel,
        visit.out_of_scope,
        visit.out_of_catalogue,
        visit.over_price,
        visit.advance,
    )
    if visit.kind == SPECIAL_DRUG:
        for amount in apart:
            if amount != 0 and amount != NO_FEN:
                return m.DRUG_AMOUNTS
        if not is_fen(visit.in_policy) or visit.total != visit.in_policy:
            return m.DRUG_AMOUNTS
        return m.NO_MISTAKE
    missing = visit.total == NO_FEN or visit.in_policy == NO_FEN
    wrong = not is_fen(visit.total) or not is_fen(visit.in_policy)
    together = visit.in_policy
    for amount in apart:
        missing = missing or amount == NO_FEN
        wrong = wrong or not is_fen(amount)
        together += amount
    if missing:
        return m.REDUCED_MISSING
    if wrong:
        return m.REDUCED_AMOUNT
    if together != visit.total:
        return m.REDUCED_SUM
    return m.NO_MISTAKE


@compiled
def payments_mistake(visit: VisitRow) -> int:
    """The mistake in other payers' amounts, or in given payments against what lies in policy."""
    if visit.supplementary != NO_FEN and not is_fen(visit.supplementary):
        return m.SUPPLEMENTARY
    if visit.commercial != NO_FEN and not is_fen(visit.commercial):
        return m.COMMERCIAL
    if visit.mutual_aid != NO_FEN and not is_fen(visit.mutual_aid):
        return m.MUTUAL_AID
    pooled, catastrophic = visit.given_pooled, visit.given_catastrophic
    if pooled != NO_FEN and not is_fen(pooled):
        return m.GIVEN_POOLED
    if catastrophic != NO_FEN and not is_fen(catastrophic):
        return m.GIVEN_CATASTROPHIC
    if max(pooled, 0) > visit.in_policy:
        return m.GIVEN_POOLED_TOO_MUCH
    if max(pooled, 0) + max(catastrophic, 0) > visit.in_policy:
        return m.GIVEN_CATASTROPHIC_TOO_MUCH
    return m.NO_MISTAKE


@compiled
def line_mistake(line: LineRow) -> int:
    """The first mistake in a fee line."""
    if line.line_class < 0:
        return m.LINE_CLASS
    num, den = line.rate_num, line.rate_den
    given = num != NO_FEN or den != NO_FEN
    if line.line_class == CLASS_B and not given:
        return m.LINE_RATE_MISSING
    if line.line_class != CLASS_B and given:
        return m.LINE_RATE_EXTRA
    if line.id == 0:
        return m.LINE
    if not is_fen(line.amount):
        return m.LINE_AMOUNT
    if given and (den <= 0 or not 0 <= num <= den or den // gcd(num, den) > MAX_RATE_TERM):
        return m.LINE_RATE
    if line.price_cap != NO_FEN and not is_fen(line.price_cap):
        return m.LINE_CAP
    return m.NO_MISTAKE
