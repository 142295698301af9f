"""The double-entry ledger, and money between the office and a person after a visit: decided, then paid in parts.

Why a settlement was reversed stands here too. All these rows are inserted and read, never changed.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from sanchong.office.claims.models.entries import Settlement
from sanchong.office.fields import FenField


class LedgerAccount(models.TextChoices):
    """The accounts of the ledger. What somebody bears is a debit (positive), what is owed to somebody a credit.

    What an adjustment or the year's end changes for a person stands in ``recovery`` or ``refund`` until it is paid; only
    then it moves to ``patient``.
    """

    POOLED = "pooled", "统筹基金"
    CATASTROPHIC = "catastrophic", "大病保险"
    ASSISTANCE = "assistance", "医疗救助基金"
    OTHER = "other", "其他赔付方"
    PROVIDER_BORNE = "hospital", "医疗机构承担"
    PATIENT = "patient", "个人"
    PROVIDER_PAYABLE = "payable", "应付医疗机构"
    RECOVERY = "recovery", "应向个人追回"
    REFUND = "refund", "应退个人"


class Posting(models.Model):
    """A line of the double-entry ledger, in fen: a settlement's postings sum to zero, and so do a payment's."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="postings", verbose_name="结算")
    payment = models.ForeignKey(
        "Payment", models.PROTECT, null=True, blank=True, related_name="postings", verbose_name="收付"
    )
    """None on the settlement's own postings."""
    account = models.CharField("科目", max_length=12, choices=LedgerAccount.choices)
    provider = models.ForeignKey(
        "providers.Provider", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="医药机构"
    )
    amount = FenField("金额（分）", signed=True)

    class Meta:
        verbose_name = verbose_name_plural = "分录"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(amount=0), name="posting_amount")
        ]


class Reasoned(models.Model):
    """Who did what stands beside an entry, when, and why, in their own words."""

    at = models.DateTimeField("时间", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理人",
    )
    """None for a program, which has a token and no account."""
    reason = models.CharField("理由", max_length=400)

    class Meta:
        abstract = True


class Confirmation(Reasoned):
    """The decision to recover from a person, or to refund, what an entry found; who and why. Nothing is due before it."""

    settlement = models.OneToOneField(
        Settlement, models.PROTECT, related_name="confirmation", verbose_name="结算"
    )

    class Meta:
        verbose_name = verbose_name_plural = "追回或退付确认"


class ReversalReason(Reasoned):
    """Beside the entry that reversed a settlement: who did it and why, in their own words."""

    settlement = models.OneToOneField(
        Settlement, models.PROTECT, related_name="reversal_reason", verbose_name="撤销"
    )

    class Meta:
        verbose_name = verbose_name_plural = "撤销理由"


class Payment(models.Model):
    """Money that came back from a person, or went to one: in parts, after a confirmed decision; in fen."""

    KINDS: ClassVar = [("recovery", "追回"), ("refund", "退付")]

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="payments", verbose_name="结算")
    kind = models.CharField("种类", max_length=8, choices=KINDS)
    amount = FenField("金额（分）")
    paid_on = models.DateField("收付日期")
    recorded_at = models.DateTimeField("记录时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "个人收付"
