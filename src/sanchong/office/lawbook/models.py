"""Law bundles, their activation, and the list of accepted illustrations."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Bundle(models.Model):
    """All policy folders as they stood, packed, under the hash of their content. Inserted once, never changed."""

    hash = models.CharField("哈希", max_length=64, primary_key=True)
    """SHA-256 over each file's path and content, in the order of the paths."""
    content = models.BinaryField("内容")
    """A tar archive, compressed by zlib, with fixed times and owners."""
    documents = models.JSONField("文件", default=dict)
    """Document id to its SHA-256."""
    engine = models.CharField("引擎版本", max_length=40)
    added_at = models.DateTimeField("收录时间", auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="收录人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "政策包"

    def __str__(self) -> str:
        return self.hash[:12]


class Activation(models.Model):
    """From when the office settles by a bundle: the latest row counts, at the start of each transaction."""

    bundle = models.ForeignKey(Bundle, models.PROTECT, verbose_name="政策包")
    at = models.DateTimeField("启用时间", auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="批准人",
    )
    reason = models.CharField("理由", max_length=400)

    class Meta:
        verbose_name = verbose_name_plural = "政策启用"


class Acceptance(models.Model):
    """An illustration that this city accepts: an address or a prefix of addresses, who, when and why.

    A row with ``withdraws`` ends another. Empty in a new installation; full in the demonstration.
    """

    address = models.CharField("政策值地址", max_length=120)
    at = models.DateTimeField("时间", auto_now_add=True)
    accepted_by = models.CharField("决定人", max_length=100)
    reason = models.CharField("理由", max_length=400)
    withdraws = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="withdrawn_by", verbose_name="撤回"
    )

    class Meta:
        verbose_name = verbose_name_plural = "示例数据采用"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="acceptance_reason")
        ]
