"""What the audit says: findings, each with its code and its place, and how much was looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

KEPT: Final = 10_000
"""So many findings are kept word for word; more of them are counted by code."""

MESSAGES: Final = {
    "turn.gap": ("第 {expected} 笔应在此处，实为第 {found} 笔", "entry {expected} should stand here, not {found}"),
    "year.entries": ("记有 {found} 笔，实有 {expected} 笔", "says {found} entries, there are {expected}"),
    "year.state": (
        "累计与其各笔结算依次相加不符：{at} 存 {found}，应为 {expected}",
        "the accumulators are not the fold of the entries: {at} is {found}, should be {expected}",
    ),
    "year.closed": ("年终结算标记与各笔结算不符", "the mark of closing does not agree with the entries"),
    "year.empty": ("有累计而无结算", "accumulators without an entry"),
    "entry.unreadable": ("所存内容无法读取：{problem}", "what is kept cannot be read: {problem}"),
    "entry.refused": ("不能按当时的政策重算：{problem}", "cannot be settled again by the law known then: {problem}"),
    "entry.recompute": (
        "重算结果不同：存 {found}，重算 {expected}（共 {count} 处）",
        "comes out differently: kept {found}, recomputed {expected} ({count} in all)",
    ),
    "entry.before": (
        "此前累计与上一笔之后的累计不符：{at} 存 {found}，应为 {expected}",
        "does not start where the entry before it ended: {at} is {found}, should be {expected}",
    ),
    "entry.amounts": ("金额与结果不符：存 {found} 分，应为 {expected} 分", "{found} fen, the result says {expected}"),
    "entry.lines": ("各明细之和与就诊金额不符：{found} 分，应为 {expected} 分", "lines come to {found} fen, not {expected}"),
    "entry.place": ("{problem_zh}", "{problem}"),
    "entry.owner": ("不属于此人此年：{problem}", "does not belong to this person's year: {problem}"),
    "entry.unadjusted": (
        "现应为 {expected} 分，所付合计 {found} 分，差额未入账",
        "should now be {expected} fen, {found} were paid: a difference was not posted",
    ),
    "visit.sum": ("各笔合计 {found} 分，应为 {expected} 分", "its entries come to {found} fen, not {expected}"),
    "visit.state": ("状态为 {found}，按各笔结算应为 {expected}", "is {found}, by its entries it should be {expected}"),
    "line.amount": ("数量乘单价为 {expected} 分，金额存 {found} 分", "quantity × price is {expected} fen, the amount {found}"),
    "line.inputs": ("费用明细与所结算的不符：存 {found}，结算时 {expected}", "is {found} now, {expected} was settled"),
    "posting.unbalanced": ("分录合计 {found} 分，应为 0", "the postings come to {found} fen, not 0"),
    "posting.amounts": ("分录 {found} 分，结算为 {expected} 分", "{found} fen are posted, the entry says {expected}"),
    "posting.provider": ("分录的机构与就诊的机构不符", "posted for another provider than the visit's"),
    "person.balance": ("已收付多于应收付：余 {found} 分", "more was paid or taken back than was open: {found} fen left"),
    "payment.unconfirmed": ("未经确认即已收付", "paid without a confirmed decision"),
    "payment.over": ("收付 {found} 分，超过应收付 {expected} 分", "{found} fen were paid, {expected} were owed"),
    "confirmation.nothing": ("已确认，但没有应收付的金额", "confirmed, but nothing was to be paid"),
    "reversal.unexplained": ("没有留下撤销理由", "nobody is on record with a reason for this reversal"),
    "reversal.nothing": ("写有撤销理由，但不是撤销", "has a reason for a reversal, but is none"),
    "command.twice": ("同一结算由两条命令答复：{other}", "the same settlement is the answer of another command: {other}"),
    "command.nothing": ("答复的结算 {found} 不存在", "its answer names the settlement {found}, which is not there"),
    "command.answer": ("答复与所存结算不符", "its answer is not what was settled"),
    "bundle.content": ("政策包内容与其哈希不符", "the bundle's content is not what its hash says"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: its code, where it stands, and what was found, in Chinese and English."""

    code: str
    where: str
    zh: str
    en: str


def finding(code: str, where: str, **told: object) -> Finding:
    """A finding of a known code, its sentences filled in."""
    zh, en = MESSAGES[code]
    return Finding(code, where, zh.format(**told), en.format(**told))


@dataclass(slots=True)
class Report:
    """What was looked at, and what was found; ``findings`` holds the first of them, ``codes`` counts all."""

    findings: list[Finding] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    """Person-years, entries, visits, lines, postings, payments and commands that were looked at."""

    @property
    def clean(self) -> bool:
        """Whether everything holds."""
        return not self.codes

    def find(self, found: Finding) -> None:
        """Count a finding, and keep it while there is room."""
        self.codes[found.code] += 1
        if len(self.findings) < KEPT:
            self.findings.append(found)

    def add(self, other: Report) -> None:
        """Take in the report of another part of the database."""
        self.codes += other.codes
        self.counts += other.counts
        self.findings += other.findings[: KEPT - len(self.findings)]
