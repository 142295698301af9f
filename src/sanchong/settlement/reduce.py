"""Reducing a visit of a case to the flat record that the step takes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sanchong.dates import quarter_of
from sanchong.rules.scope import Split
from sanchong.settlement.case import Case, CaseVisit, Provider, Recognition, spell_on
from sanchong.shapes import (
    CONDITIONS,
    DISEASES,
    NO_CATEGORY,
    NO_CONDITION,
    NOT_GIVEN,
    OUTPATIENT,
    SPECIAL_DRUG,
    Terms,
    Visit,
)

PROVINCE: Final = "14"
COUNTY: Final = 2
_CODE: Final = {name: code for code, name in enumerate(CONDITIONS)}


def reduce_visit(case: Case, visit: CaseVisit, terms: Terms, splits: Sequence[Split]) -> Visit:
    """The visit as whole numbers: amounts from its lines' ``splits``, facts as they were on its date."""
    record = Visit(
        kind=visit.kind,
        day=visit.date.toordinal(),
        quarter=quarter_of(visit.date),
        insurance=spell_on(case.person.insurance, visit.date),
        category=category_on(case, visit),
        referred=int(visit.referred),
        other_paid=sum(visit.other),
        given_pooled=NOT_GIVEN if visit.pooled is None else visit.pooled,
        given_catastrophic=NOT_GIVEN if visit.catastrophic is None else visit.catastrophic,
    )
    if visit.kind == SPECIAL_DRUG:
        record.total = record.in_policy = visit.in_scope
    else:
        _put_amounts(record, splits)
    if visit.provider is not None:
        _put_provider(record, visit.provider)
    if visit.kind == OUTPATIENT:
        _put_diseases(record, case, visit, terms)
    return record


def category_on(case: Case, visit: CaseVisit) -> int:
    """The category that counts on the visit's date: of several the first in order (Q25)."""
    held = [code for code, period in case.person.categories if visit.date in period]
    return min(held, default=NO_CATEGORY)


def inpatient_class(provider: Provider) -> int:
    """The place of a provider's fee class in INPATIENT_CLASSES (Q32)."""
    if provider.fee_class == 1:
        return 0
    if provider.fee_class == 2:
        return 2 if provider.administrative_level == COUNTY else 1
    return 3


def _put_amounts(record: Visit, splits: Sequence[Split]) -> None:
    for dual_channel, out_of_scope, out_of_catalogue, over_price, advance, in_policy in splits:
        record.dual_channel += dual_channel
        record.out_of_scope += out_of_scope
        record.out_of_catalogue += out_of_catalogue
        record.over_price += over_price
        record.advance += advance
        record.in_policy += in_policy
    record.total = sum(map(sum, splits))


def _put_provider(record: Visit, provider: Provider) -> None:
    record.designated = int(provider.designated)
    record.in_province = int(provider.region.startswith(PROVINCE))
    record.level = provider.level
    record.level_exception = int(provider.level_exception)
    record.inpatient_class = inpatient_class(provider)


def _put_diseases(record: Visit, case: Case, visit: CaseVisit, terms: Terms) -> None:
    held = [r for r in case.person.recognitions if visit.date in r.period]
    first_days: dict[int, tuple[int, int, int]] = {}
    legacy, plain = 0, 0
    for recognition in held:
        start = recognition.period.start
        for condition in conditions_of(recognition.disease, recognition.subtype):
            since = (start.toordinal() if start else 0, recognition.disease, condition)
            first_days[condition] = min(since, first_days.get(condition, since))
            if recognition.legacy:
                legacy |= 1 << condition
            else:
                plain |= 1 << condition
    for place, condition in enumerate(sorted(first_days, key=first_days.__getitem__)):
        record.active[place] = condition
        record.held |= 1 << condition
    record.active_count = len(first_days)
    record.legacy = legacy & ~plain
    record.waived = waived_pairs(case.person.waived, terms)
    record.condition, record.recognised = _what_for(visit, held)


def conditions_of(disease: int, subtype: str) -> tuple[int, ...]:
    """The conditions that a recognition holds: its disease, and its sub-type where an exclusion can name it."""
    named = _CODE.get(f"{DISEASES[disease]}:{subtype}", NO_CONDITION)
    return (disease,) if named == NO_CONDITION else (disease, named)


def _what_for(visit: CaseVisit, held: list[Recognition]) -> tuple[int, int]:
    """The condition that the visit is for, and whether it is recognised on the date."""
    own = [r for r in held if r.disease == visit.disease and visit.subtype in ("", r.subtype)]
    if not own:
        return visit.disease, 0
    return conditions_of(own[0].disease, own[0].subtype)[-1], 1


def waived_pairs(waivers: Collection[tuple[str, str]], terms: Terms) -> int:
    """The exclusion pairs, as bits, that waivers of two conditions each (in either order) lift."""
    waived = 0
    if not waivers:
        return waived
    lifted = {frozenset(pair) for pair in waivers}
    for pair in range(terms.exclusion_count):
        names = {CONDITIONS[terms.exclusion_a[pair]], CONDITIONS[terms.exclusion_b[pair]]}
        if names in lifted:
            waived |= 1 << pair
    return waived
