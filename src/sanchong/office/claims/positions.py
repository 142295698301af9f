"""What is open between the office and a person, claim by claim: a replay of a year's postings.

An adjustment that the person is to bear opens a recovery, one in the person's favour a refund. A payment reduces the claim
that it was made for. A change the other way takes back what is open before it opens anything: first the claims of the
same visit, then the oldest. So in one year there is never a recovery and a refund open at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sanchong.money import Fen
from sanchong.office.claims.models import LedgerAccount, Posting

Row = tuple[int, int | None, int | None, str, Fen]
"""Settlement, its visit, payment (None: the settlement's own), account, amount in fen."""


@dataclass(slots=True)
class Claim:
    """What one entry opened, in fen: a ``recovery`` from the person, or a ``refund`` to the person."""

    settlement: int
    visit: int | None
    kind: str
    amount: Fen
    paid: Fen = 0
    taken_back: Fen = 0
    """By later entries that went the other way."""

    @property
    def open(self) -> Fen:
        """What is neither paid nor taken back."""
        return self.amount - self.paid - self.taken_back


def claims_of(year: int) -> list[Claim]:
    """The claims of a person's year, paid ones too, in the order in which they arose."""
    return claims_of_years([year])[year]


def claims_of_years(years: Collection[int]) -> dict[int, list[Claim]]:
    """The claims of several persons' years, by the year's key, in one statement."""
    rows = (
        Posting.objects.filter(
            settlement__year__in=years, account__in=(LedgerAccount.RECOVERY, LedgerAccount.REFUND)
        )
        .order_by("pk")
        .values_list("settlement__year", "settlement", "settlement__visit", "payment", "account", "amount")
    )
    of: dict[int, list[Row]] = {year: [] for year in years}
    for year, settlement, visit, payment, account, amount in rows:
        of[year].append((settlement, visit, payment, account, amount))
    return {year: replay(found) for year, found in of.items()}


def open_sum(claims: Iterable[Claim], kind: str) -> Fen:
    """What is open of one kind, in fen."""
    return sum(claim.open for claim in claims if claim.kind == kind)


def replay(rows: Iterable[Row]) -> list[Claim]:
    """The claims that postings on the accounts of recoveries and refunds tell, in their order."""
    claims: list[Claim] = []
    for settlement, visit, payment, account, amount in rows:
        opened = amount if account == LedgerAccount.RECOVERY else -amount
        if opened > 0:
            claims.append(Claim(settlement, visit, account, opened))
        elif payment is not None:
            (paid,) = (c for c in claims if c.kind == account and c.settlement == settlement)
            paid.paid -= opened
        else:
            _take_back(claims, account, visit, -opened)
        assert all(claim.open >= 0 for claim in claims), "nobody pays more than is open"
    return claims


def _take_back(claims: list[Claim], kind: str, visit: int | None, amount: Fen) -> None:
    for claim in sorted((c for c in claims if c.kind == kind), key=lambda c: c.visit != visit):
        part = min(claim.open, amount)
        claim.taken_back += part
        amount -= part
    assert amount == 0, "no more is taken back than is open"
