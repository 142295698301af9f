"""Which imports were applied: what makes the repeat of one harmless. Rows are inserted and read, never changed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Applied(models.Model):
    """An import that was applied, with the digest of its preview and what it came to."""

    realm = models.ForeignKey("accounts.Realm", models.PROTECT, verbose_name="环境")
    kind = models.CharField("种类", max_length=20)
    digest = models.CharField("摘要", max_length=64)
    """A keyed hash (HMAC-SM3) of all that was to be done: it says nothing of the people in it."""
    counts = models.JSONField("条数")
    at = models.DateTimeField("时间", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="导入人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "批量导入"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["realm", "digest"], name="import_once")
        ]
