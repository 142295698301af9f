"""What is checked before a visit is settled one-stop: pure functions of what is known and of the law, in one list.

Each names its clause. A check that the engine makes itself (recognition, exclusions, level, caps) is not made here: its
refusal or gate comes with the engine's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from sanchong.office.claims.known import Head, Known, KnownLine
from sanchong.office.claims.values import Values
from sanchong.rules.prescriptions import DAYS_A_WEEK, long_prescription_allowed
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import PRESCRIPTION_MAX_WEEKS, PRESCRIPTION_MIN_WEEKS

Check = Callable[[Head, Known, Sequence[KnownLine], Values], Iterator[Refusal]]


def has_lines(head: Head, known: Known, lines: Sequence[KnownLine], values: Values) -> Iterator[Refusal]:
    """There is something to settle."""
    if not lines:
        yield Refusal("no_lines", "lines", "没有费用明细，请先上传费用", "no fee lines: upload them first")


def diagnosed(head: Head, known: Known, lines: Sequence[KnownLine], values: Values) -> Iterator[Refusal]:
    """The visit was diagnosed and not yet settled or cancelled."""
    if head.state != "diagnosed":
        said = {
            "registered": ("就诊尚未上传诊断", "the visit has no diagnosis yet"),
            "settled": ("就诊已结算；须更改请先撤销", "the visit is settled; reverse it first"),
            "reversed": (
                "就诊的结算已撤销；改好后重新上传诊断即可再结算，或取消就诊",
                "the visit was reversed; put it right and diagnose it again to settle it, or cancel it",
            ),
            "cancelled": ("就诊已取消", "the visit was cancelled"),
        }[head.state]
        yield Refusal("visit_state", "visit", *said)


def insured(head: Head, known: Known, lines: Sequence[KnownLine], values: Values) -> Iterator[Refusal]:
    """The person is insured on the date."""
    if not known.of("enrolment"):
        yield Refusal(
            "not_insured",
            "person",
            f"{head.day} 未参保，不能结算",
            f"not insured on {head.day}",
            "yangquan.b34",
        )


def designated(head: Head, known: Known, lines: Sequence[KnownLine], values: Values) -> Iterator[Refusal]:
    """The provider is designated on the date."""
    if not any(fact.words[0] == "designated" for fact in known.of("agreement")):
        yield Refusal(
            "not_designated",
            "provider",
            f"{head.provider_code} 在 {head.day} 不是定点医药机构，不能一站式结算",
            f"{head.provider_code} is not designated on {head.day}",
            "shanxi.a61",
        )


def not_suspended(head: Head, known: Known, lines: Sequence[KnownLine], values: Values) -> Iterator[Refusal]:
    """The provider's settlements are not suspended."""
    for fact in known.of("suspension"):
        yield Refusal(
            "provider_suspended",
            "provider",
            f"{head.provider_code} 自 {fact.start} 起暂停结算：{fact.words[0]}",
            f"{head.provider_code} is suspended since {fact.start}: {fact.words[0]}",
            "shanxi.a61",
        )


def practitioner_active(
    head: Head, known: Known, lines: Sequence[KnownLine], values: Values
) -> Iterator[Refusal]:
    """The physician who is named works there, and is not suspended."""
    if not head.practitioner:
        return
    posts = known.of("post")
    if not posts:
        yield Refusal(
            "practitioner_unknown",
            "practitioner",
            f"医师 {head.practitioner} 当日不在 {head.provider_code} 执业",
            f"practitioner {head.practitioner} has no post at {head.provider_code} on the date",
        )
    elif all(fact.words[1] == "suspended" for fact in posts):
        yield Refusal(
            "practitioner_suspended",
            "practitioner",
            f"医师 {head.practitioner} 的医保服务资格已暂停",
            f"practitioner {head.practitioner} is suspended",
        )


def said_for_what(head: Head, known: Known, lines: Sequence[KnownLine], values: Values) -> Iterator[Refusal]:
    """An outpatient visit names its disease, a stay has ended."""
    if head.kind == "outpatient" and not head.disease:
        yield Refusal(
            "no_disease",
            "disease",
            "门诊慢特病就诊须写明病种，请补填",
            "an outpatient visit names its disease; amend the visit",
            "shanxi.a8",
        )
    if head.kind == "inpatient" and head.discharged is None:
        yield Refusal(
            "not_discharged",
            "discharged",
            "尚未办理出院，不能结算；请先登记出院日期",
            "the stay has not ended; record the day of discharge first",
        )


def long_prescription(
    head: Head, known: Known, lines: Sequence[KnownLine], values: Values
) -> Iterator[Refusal]:
    """A prescription of as many days as a long one has or more: no longer than a long one may be, by a physician (A105).

    Below the least length it is an ordinary one, whose length no document here limits.
    """
    if head.kind != "outpatient":
        return
    for line in lines:
        if line.days is None:
            continue
        least, most = values.count(PRESCRIPTION_MIN_WEEKS), values.count(PRESCRIPTION_MAX_WEEKS)
        if line.days < least * DAYS_A_WEEK:
            continue
        if not long_prescription_allowed(line.days, least, most):
            yield Refusal(
                "prescription_length",
                f"lines[{line.number}].days",
                f"明细 {line.number}：用药 {line.days} 天，长期处方至多 {most} 周（{most * DAYS_A_WEEK} 天）",
                f"line {line.number}: {line.days} days; a long prescription has at most {most} weeks"
                f" ({most * DAYS_A_WEEK} days)",
                "shanxi.a105",
            )
        elif not any(fact.words[0] == "physician" for fact in known.of("post")):
            yield Refusal(
                "prescriber",
                "practitioner",
                f"明细 {line.number}：{line.days} 天的长期处方须由接诊医师开具，请写明医师代码",
                f"line {line.number}: a prescription of {line.days} days is the treating physician's; name the physician",
                "shanxi.a105",
            )


CHECKS: Final[tuple[Check, ...]] = (
    diagnosed,
    said_for_what,
    has_lines,
    insured,
    designated,
    not_suspended,
    practitioner_active,
    long_prescription,
)
"""In the order in which the first refusal counts."""


def refusals(head: Head, known: Known, lines: Sequence[KnownLine], values: Values) -> Iterator[Refusal]:
    """Every refusal that the checks find."""
    for check in CHECKS:
        yield from check(head, known, lines, values)
