"""Compiled: facts of a person on a visit's date, as settlement.reduce finds them in a case.

No formula stands here: rows are looked up by date and put into the flat record that the step takes.
"""

from __future__ import annotations

from typing import Final

from sanchong.batch.codes import inpatient_classes
from sanchong.batch.columns import EPOCH, NO_FEN, NULL, Array
from sanchong.batch.compile import Records, compiled
from sanchong.batch.rows import CategoryRow, DayRow, PersonRow, RecognitionRow, Tables, VisitRow, WaiverRow
from sanchong.shapes import NO_CATEGORY, NO_CONDITION, NOT_GIVEN, OUTPATIENT, SPECIAL_DRUG, Terms, Visit

_CLASSES: Final = inpatient_classes()


@compiled
def put_visit(
    record: Visit, visit: VisitRow, day: DayRow, terms: Terms, person: PersonRow, tables: Tables, since: Array
) -> None:
    """Reduce a visit to what the step takes, in ``record``, a new Visit: its own facts, and the person's on its date.

    ``since`` is room for a day beside each condition.
    """
    record.day = visit.day + EPOCH
    record.quarter = day.quarter
    record.insurance = person.insurance
    record.category = category_on(tables.categories, person.categories, person.categories_end, visit.day)
    put_facts(record, visit)
    if visit.kind == OUTPATIENT:
        first, end = person.recognitions, person.recognitions_end
        put_diseases(record, visit, tables.recognitions, first, end, since)
        record.waived = waived_pairs(terms, tables.waivers, person.waivers, person.waivers_end)


@compiled
def category_on(categories: Records, first: int, end: int, day: int) -> int:
    """The category that counts on ``day`` among a person's rows: of several the first in order."""
    found = NO_CATEGORY
    for place in range(first, end):
        row: CategoryRow = categories[place]
        if row.start <= day <= row.end and (found == NO_CATEGORY or row.category < found):
            found = int(row.category)
    return found


@compiled
def put_facts(record: Visit, visit: VisitRow) -> None:
    """What the visit itself says: amounts, other payers, given payments, provider."""
    record.kind = visit.kind
    record.total = visit.total
    record.dual_channel = max(visit.dual_channel, 0)
    record.out_of_scope = max(visit.out_of_scope, 0)
    record.out_of_catalogue = max(visit.out_of_catalogue, 0)
    record.over_price = max(visit.over_price, 0)
    record.advance = max(visit.advance, 0)
    record.in_policy = visit.in_policy
    record.other_paid = max(visit.supplementary, 0) + max(visit.commercial, 0) + max(visit.mutual_aid, 0)
    record.given_pooled = NOT_GIVEN if visit.given_pooled == NO_FEN else visit.given_pooled
    record.given_catastrophic = NOT_GIVEN if visit.given_catastrophic == NO_FEN else visit.given_catastrophic
    record.referred = 0 if visit.referred == 0 else 1
    if visit.kind != SPECIAL_DRUG:
        record.designated = visit.designated
        record.in_province = visit.in_province
        record.level = visit.level
        record.level_exception = 1 if visit.level_exception == 1 else 0
        record.inpatient_class = _CLASSES[visit.fee_class, visit.administrative_level]


@compiled
def put_diseases(
    record: Visit, visit: VisitRow, recognitions: Records, first: int, end: int, since: Array
) -> None:
    """The diseases recognised on the visit's date, by first day, and which of them the visit is for.

    ``since`` is room for a sorting key beside each active condition.
    """
    count = 0
    held = legacy = plain = 0
    record.condition = visit.disease
    record.recognised = 0
    for at in range(first, end):
        row: RecognitionRow = recognitions[at]
        if not row.start <= visit.day <= row.end:
            continue
        if row.disease == visit.disease and (visit.subtype == 0 or visit.subtype == row.subtype):
            record.condition = row.disease if row.named == NO_CONDITION else row.named
            record.recognised = 1
        for condition in (int(row.disease), int(row.named)):
            if condition == NO_CONDITION:
                continue
            if row.legacy == 1:
                legacy |= 1 << condition
            else:
                plain |= 1 << condition
            key = (row.start << 16) + (row.disease << 8) + condition
            place = count
            if held >> condition & 1 == 1:
                place = 0
                while record.active[place] != condition:
                    place += 1
                if since[place] <= key:
                    continue
            else:
                held |= 1 << condition
                count += 1
            while place > 0 and since[place - 1] > key:
                since[place] = since[place - 1]
                record.active[place] = record.active[place - 1]
                place -= 1
            since[place] = key
            record.active[place] = condition
    record.active_count = count
    record.held = held
    record.legacy = legacy & ~plain


@compiled
def subtype_open(visit: VisitRow, recognitions: Records, first: int, end: int) -> bool:
    """Whether a visit leaves the sub-type out while several are recognised on its date."""
    if visit.kind != OUTPATIENT or visit.subtype != 0:
        return False
    only = NULL
    for place in range(first, end):
        row: RecognitionRow = recognitions[place]
        if row.disease == visit.disease and row.start <= visit.day <= row.end:
            if only == NULL:
                only = int(row.subtype)
            elif only != row.subtype:
                return True
    return False


@compiled
def waived_pairs(terms: Terms, waivers: Records, first: int, end: int) -> int:
    """The exclusion pairs of ``terms``, as bits, that a person's waivers lift."""
    waived = 0
    for place in range(first, end):
        row: WaiverRow = waivers[place]
        for pair in range(terms.exclusion_count):
            left, right = terms.exclusion_a[pair], terms.exclusion_b[pair]
            if (left == row.a and right == row.b) or (left == row.b and right == row.a):
                waived |= 1 << pair
    return waived
