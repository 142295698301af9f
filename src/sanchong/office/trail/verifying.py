"""The proof of the trail: the chain recomputed from its entries, and compared with the heads that were exported."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from django.db.models import Count, Exists, Min, OuterRef, Q

from sanchong.office.trail.chain import BEGINNING, COLUMNS, digest, link
from sanchong.office.trail.heads import NAME, Head, heads_folder, read_heads
from sanchong.office.trail.models import Entry, Seal, Sealed
from sanchong.office.trail.queries import unsealed

Progress = Callable[[int, int], None]
"""Told how many entries of how many are verified."""

PAGE: Final = 500
"""Entries read at once."""
LATE: Final = dt.timedelta(days=2)
"""No transaction of the office takes so long: by then a thorough search has passed over what an entry says of its moment."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the trail that is not as it was sealed."""

    code: str
    """Such as ``entry_changed``."""
    where: str
    """``entry 17``, ``seal 3``, ``heads.jsonl:4``."""
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Report:
    """What verifying found."""

    entries: int
    """How many sealed entries were recomputed."""
    seals: int
    heads: int
    """How many exported heads were compared."""
    unsealed: int
    """How many entries no seal holds yet: for them nothing is proven."""
    oldest: dt.datetime | None
    """When the oldest of those was written."""
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether everything sealed is as it was."""
        return not self.findings


class _Held(NamedTuple):
    """An entry in its seal: what was sealed of it, and what it is now (None: gone)."""

    seal: int
    entry: int
    sealed: bytes
    at: dt.datetime | None
    digest: bytes | None


def verify(progress: Progress | None = None, folder: Path | None = None) -> Report:
    """Recompute the whole chain and compare it with the heads in ``folder`` (None: this office's); changes nothing.

    Sealing may go on meanwhile: what is sealed after the start is left to the next proof. ``progress`` is told how
    many entries of how many are done.
    """
    last = Seal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    total = Sealed.objects.filter(seal__lte=last).count()
    findings: list[Finding] = []
    hashes: set[str] = set()
    done = 0
    previous: Seal | None = None
    for seal, entries in _by_seal(last):
        findings += _check_seal(seal, entries, previous)
        for entry in entries:
            findings += _check_entry(entry, previous)
        hashes.add(bytes(seal.hash).hex())
        previous = seal
        done += len(entries)
        if progress is not None:
            progress(done, total)
    heads = read_heads(folder or heads_folder())
    findings += _orphans()
    findings += _check_heads(heads, hashes)
    tail = unsealed().aggregate(count=Count("pk"), oldest=Min("at"))
    return Report(done, len(hashes), len(heads), tail["count"], tail["oldest"], tuple(findings))


# ── reading in the order of the chain ────────────────────────────────────────────────────────
# Page by page: an open cursor would need a transaction, and on SQLite keep everybody else from writing.


def _by_seal(last: int) -> Iterator[tuple[Seal, list[_Held]]]:
    """Each seal up to ``last`` with the entries that it holds; those of a seal that is gone are left out."""
    groups = groupby(_entries(last), key=lambda entry: entry.seal)
    number, held = next(groups, _NO_MORE)
    for seal in _seals(last):
        while number < seal.pk:
            number, held = next(groups, _NO_MORE)
        yield seal, list(held) if number == seal.pk else []


_NO_MORE: Final[tuple[float, Iterator[_Held]]] = (math.inf, iter(()))


def _seals(last: int) -> Iterator[Seal]:
    after = 0
    while page := list(Seal.objects.filter(pk__gt=after, pk__lte=last).order_by("pk")[:PAGE]):
        yield from page
        after = page[-1].pk


def _entries(last: int) -> Iterator[_Held]:
    rows = Sealed.objects.filter(seal_id__lte=last).order_by("seal_id", "entry")
    seal = entry = 0
    while True:
        following = rows.filter(Q(seal_id__gt=seal) | Q(entry__gt=entry), seal_id__gte=seal)
        page = list(following.values_list("seal_id", "entry", "digest")[:PAGE])
        if not page:
            return
        there = Entry.objects.filter(pk__in=[number for _, number, _ in page])
        now = {values[0]: values for values in there.values_list(*COLUMNS)}
        for seal, entry, sealed in page:
            values = now.get(entry)
            if values is None:
                yield _Held(seal, entry, bytes(sealed), None, None)
            else:
                yield _Held(seal, entry, bytes(sealed), values[1], digest(values))


# ── checks ───────────────────────────────────────────────────────────────────────────────────


def _check_seal(seal: Seal, entries: list[_Held], previous: Seal | None) -> Iterator[Finding]:
    """Whether a seal follows the one before it and still holds what it sealed."""
    where = f"seal {seal.pk}"
    if bytes(seal.before) != (BEGINNING if previous is None else bytes(previous.hash)):
        before = "" if previous is None else f" {previous.pk}"
        yield Finding(
            "seal_removed",
            where,
            f"封存 {seal.pk} 与前一封存{before}不相衔接：其间的封存被删除或更改",
            f"seal {seal.pk} does not follow the one before it{before}: a seal between them was removed or changed",
        )
    gone = seal.count - len(entries)
    if gone > 0:
        yield Finding(
            "entry_removed",
            where,
            f"封存 {seal.pk} 封存了 {seal.count} 条，现存 {len(entries)} 条：有 {gone} 条连同其封存被删除",
            f"seal {seal.pk} sealed {seal.count} entries and holds {len(entries)}: {gone} were removed with their sealing",
        )
    elif gone < 0:
        yield Finding(
            "entry_inserted",
            where,
            f"封存 {seal.pk} 封存了 {seal.count} 条，现有 {len(entries)} 条：有 {-gone} 条是事后插入的",
            f"seal {seal.pk} sealed {seal.count} entries and holds {len(entries)}: {-gone} were inserted afterwards",
        )
    elif link(bytes(seal.before), seal.at, [entry.sealed for entry in entries]) != bytes(seal.hash):
        yield Finding(
            "seal_changed",
            where,
            f"封存 {seal.pk} 的哈希与内容不符：封存或其所含各条的摘要被更改",
            f"the hash of seal {seal.pk} is not that of its content: the seal or the digest of an entry in it was changed",
        )


def _check_entry(entry: _Held, previous: Seal | None) -> Iterator[Finding]:
    """Whether an entry is what was sealed, and was written when it says."""
    where = f"entry {entry.entry}"
    if entry.at is None:
        yield Finding(
            "entry_removed",
            where,
            f"审计记录 {entry.entry} 已不在：封存 {entry.seal} 之后被删除",
            f"entry {entry.entry} is gone: it was removed after seal {entry.seal}",
        )
        return
    if entry.digest != entry.sealed:
        yield Finding(
            "entry_changed",
            where,
            f"审计记录 {entry.entry} 在封存 {entry.seal} 之后被更改",
            f"entry {entry.entry} was changed after seal {entry.seal}",
        )
    if previous is not None and previous.at - entry.at > LATE:
        yield Finding(
            "entry_backdated",
            where,
            f"审计记录 {entry.entry} 自称写于 {entry.at:%Y-%m-%d %H:%M}，而封存 {previous.pk} 时尚无此条：系事后插入",
            f"entry {entry.entry} says it was written at {entry.at:%Y-%m-%d %H:%M}, but was not there for seal {previous.pk}:"
            " it was inserted afterwards",
        )


def _orphans() -> Iterator[Finding]:
    """Seals whose entries still say that they were sealed by them."""
    lost = Sealed.objects.exclude(Exists(Seal.objects.filter(pk=OuterRef("seal_id"))))
    for seal, count in lost.order_by("seal_id").values_list("seal_id").annotate(count=Count("entry")):
        yield Finding(
            "seal_removed",
            f"seal {seal}",
            f"封存 {seal} 已不在：它所含的 {count} 条还在",
            f"seal {seal} is gone: of what it held, {count} entries are there",
        )


def _check_heads(heads: list[Head | None], hashes: set[str]) -> Iterator[Finding]:
    """Whether every head that was exported is still a seal of the chain."""
    if hashes and not heads:
        yield Finding(
            "no_heads",
            NAME,
            "没有导出的链头：无法证明链的末尾未被删除；请取回备份的 heads.jsonl",
            "no head was exported: nothing proves that the chain's end is not cut off; bring back the copy of heads.jsonl",
        )
    for line, head in enumerate(heads, 1):
        where = f"{NAME}:{line}"
        if head is None:
            yield Finding("head_unreadable", where, "此行不是链头", "this line is no head of the chain")
        elif head.hash not in hashes:
            yield Finding(
                "seal_removed",
                where,
                f"{head.day} 导出的链头（封存 {head.seal}）不在链中：此后链被截断或重写",
                f"the head exported on {head.day} (seal {head.seal}) is not in the chain: it was cut off or rewritten since",
            )
