"""What is checked before a visit is settled one-stop: pure functions of what is known, in one list.

Each names its clause. A check that the engine makes itself (recognition, exclusions, level, caps) is not made here: its
refusal or gate comes with the engine's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from sanchong.office.claims.known import Head, Known, KnownLine
from sanchong.settlement.refusal import Refusal

Check = Callable[[Head, Known, Sequence[KnownLine]], Iterator[Refusal]]


def has_lines(head: Head, known: Known, lines: Sequence[KnownLine]) -> Iterator[Refusal]:
    """There is something to settle."""
    if not lines:
        yield Refusal("no_lines", "lines", "没有费用明细，请先上传费用", "no fee lines: upload them first")


def diagnosed(head: Head, known: Known, lines: Sequence[KnownLine]) -> Iterator[Refusal]:
    """The visit was diagnosed and not yet settled or cancelled."""
    if head.state != "diagnosed":
        said = {
            "registered": ("就诊尚未上传诊断", "the visit has no diagnosis yet"),
            "settled": ("就诊已结算；须更改请先撤销", "the visit is settled; reverse it first"),
            "reversed": ("就诊的结算已撤销；请重新登记", "the visit was reversed; register it anew"),
            "cancelled": ("就诊已取消", "the visit was cancelled"),
        }[head.state]
        yield Refusal("visit_state", "visit", *said)


def insured(head: Head, known: Known, lines: Sequence[KnownLine]) -> Iterator[Refusal]:
    """The person is insured on the date."""
    if not known.of("enrolment"):
        yield Refusal(
            "not_insured",
            "person",
            f"{head.day} 未参保，不能结算",
            f"not insured on {head.day}",
            "yangquan.b34",
        )


def designated(head: Head, known: Known, lines: Sequence[KnownLine]) -> Iterator[Refusal]:
    """The provider is designated on the date."""
    if not any(fact.words[0] == "designated" for fact in known.of("agreement")):
        yield Refusal(
            "not_designated",
            "provider",
            f"{head.provider_code} 在 {head.day} 不是定点医药机构，不能一站式结算",
            f"{head.provider_code} is not designated on {head.day}",
            "shanxi.a61",
        )


def not_suspended(head: Head, known: Known, lines: Sequence[KnownLine]) -> Iterator[Refusal]:
    """The provider's settlements are not suspended."""
    for fact in known.of("suspension"):
        yield Refusal(
            "provider_suspended",
            "provider",
            f"{head.provider_code} 自 {fact.start} 起暂停结算：{fact.words[0]}",
            f"{head.provider_code} is suspended since {fact.start}: {fact.words[0]}",
            "shanxi.a61",
        )


def practitioner_active(head: Head, known: Known, lines: Sequence[KnownLine]) -> Iterator[Refusal]:
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


CHECKS: Final[tuple[Check, ...]] = (
    diagnosed,
    has_lines,
    insured,
    designated,
    not_suspended,
    practitioner_active,
)
"""In the order in which the first refusal counts."""


def refusals(head: Head, known: Known, lines: Sequence[KnownLine]) -> Iterator[Refusal]:
    """Every refusal that the checks find."""
    for check in CHECKS:
        yield from check(head, known, lines)
