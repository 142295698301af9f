"""A visit from registration to settlement, the person's year, its entries, the ledger, and commands."""

from sanchong.office.claims.models.commands import Command, Outbox
from sanchong.office.claims.models.entries import LaterFact, LaterYear, ManualCase, PersonYear, Settlement
from sanchong.office.claims.models.ledger import Confirmation, LedgerAccount, Payment, Posting, ReversalReason
from sanchong.office.claims.models.visit import (
    MOVES,
    VISIT_KINDS,
    Diagnosis,
    FeeLine,
    Payout,
    Visit,
    VisitState,
)

__all__ = [
    "MOVES",
    "VISIT_KINDS",
    "Command",
    "Confirmation",
    "Diagnosis",
    "FeeLine",
    "LaterFact",
    "LaterYear",
    "LedgerAccount",
    "ManualCase",
    "Outbox",
    "Payment",
    "Payout",
    "PersonYear",
    "Posting",
    "ReversalReason",
    "Settlement",
    "Visit",
    "VisitState",
]
