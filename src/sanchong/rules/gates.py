"""Gates: facts for which a tier does not pay. Each is a rule, so that the refusal names its clause."""

from __future__ import annotations

from sanchong.rules.assistance import area_unmodelled, reaches
from sanchong.rules.catastrophic import Category
from sanchong.rules.diseases import Conditions, holds, is_chronic
from sanchong.rules.rule import rule
from sanchong.rules.values import number_of
from sanchong.shapes import (
    ASSISTANCE_UNMODELLED,
    EXCLUSION_PENDING,
    INPATIENT,
    NO_CATEGORY,
    NO_CATEGORY_GATE,
    NOT_DESIGNATED,
    NOT_ENTITLED,
    NOT_REFERRED,
    OUTPATIENT,
    PROVIDER_LEVEL,
    SPECIAL_DRUG,
    SPECIAL_MINIMUM_LEVEL,
    Statement,
    Terms,
    Visit,
)

Gates = int
"""A set of GATES, as bits."""

WITHHOLD_ALL = NOT_DESIGNATED | PROVIDER_LEVEL | EXCLUSION_PENDING
"""Gates behind which no tier pays and nothing is accumulated."""
WITHHOLD_ASSISTANCE = WITHHOLD_ALL | NOT_REFERRED | NO_CATEGORY_GATE | NOT_ENTITLED | ASSISTANCE_UNMODELLED
"""Gates behind which assistance is withheld."""


@rule("shanxi.a61", says="非定点医药机构：各项保障均不支付，由个人负担", also=("yangquan.b27",))
def gate_not_designated() -> Gates:
    """The provider is not designated: no tier pays (A61, B27)."""
    return NOT_DESIGNATED


@rule(
    "shanxi.a62",
    says="门诊特殊疾病须在 {minimum} 级及以上医疗机构，本机构 {level} 级且无备案例外：不支付",
    also=("shanxi.a52",),
)
def gate_provider_level(level: int, minimum: int) -> Gates:
    """A special disease treated below the minimum level without a recorded exception (Q16)."""
    return PROVIDER_LEVEL


@rule("yangquan.b119", says="未按规定转诊：不予医疗救助，也不计入救助起付")
def gate_not_referred() -> Gates:
    """A stay without the referral it needed: assistance is withheld (Q35)."""
    return NOT_REFERRED


@rule("yangquan.b13", says="当日不属于任何救助对象类别：无医疗救助")
def gate_no_category() -> Gates:
    """No assistance category on the visit's date."""
    return NO_CATEGORY_GATE


@rule("yangquan.b60", says="{category}不在门诊救助对象之列")
def gate_not_entitled(category: Category) -> Gates:
    """Outpatient assistance does not reach this category (Q50)."""
    return NOT_ENTITLED


@rule("yangquan.b65", says="{category}不在特药救助对象之列")
def gate_not_entitled_to_drugs(category: Category) -> Gates:
    """Assistance with special drugs does not reach this category (Q50)."""
    return NOT_ENTITLED


@rule("jinzhong.a59", says="互斥病种待选定，本病种待遇较低，暂不支付")
def gate_exclusion_pending() -> Gates:
    """The visit's disease gives way while a choice between legacy recognitions is pending (Q14)."""
    return EXCLUSION_PENDING


@rule("yangquan.b19", says="该类对象的医疗救助由另行文件规定，本系统未收录：暂不计算")
def gate_assistance_unmodelled() -> Gates:
    """Assistance is left to a document that is not here."""
    return ASSISTANCE_UNMODELLED


def gates_of(visit: Visit, terms: Terms, book: Statement, waiting: Conditions) -> Gates:
    """All gates that the facts and the area put before a visit."""
    gates = 0
    if visit.kind != SPECIAL_DRUG and visit.designated == 0:
        gates |= gate_not_designated()
    if visit.kind == OUTPATIENT and not is_chronic(visit.condition) and visit.level_exception == 0:
        minimum = number_of(terms, book, SPECIAL_MINIMUM_LEVEL)
        if visit.level < minimum:
            gates |= gate_provider_level(visit.level, minimum)
    if visit.kind == INPATIENT and visit.referred == 0:
        gates |= gate_not_referred()
    if visit.category == NO_CATEGORY:
        gates |= gate_no_category()
    elif not reaches(visit, terms):
        gates |= (
            gate_not_entitled_to_drugs(visit.category)
            if visit.kind == SPECIAL_DRUG
            else gate_not_entitled(visit.category)
        )
    if visit.kind == OUTPATIENT and holds(waiting, visit.condition):
        gates |= gate_exclusion_pending()
    if area_unmodelled(visit, terms, book):
        gates |= gate_assistance_unmodelled()
    return gates
