"""A command's answer, kept for its repeat, and what must follow a transaction.

Command rows are inserted and read, never changed.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Command(models.Model):
    """The answer that a command was given, by its idempotency key: the repeat gets it again."""

    scope = models.CharField("来源", max_length=60)
    """Who chose the key: ``token:ID`` or ``account:ID``."""
    key = models.CharField("幂等键", max_length=80)
    kind = models.CharField("命令", max_length=20)
    body = models.CharField("请求哈希", max_length=64)
    """SHA-256 of the request: another body under the same key is refused."""
    answer = models.JSONField("答复")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "命令"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scope", "key"], name="command_key")
        ]


class Outbox(models.Model):
    """What must follow a transaction: written in it, worked by ``tick`` afterwards, at least once."""

    kind = models.CharField("种类", max_length=40)
    """Which handler of ``office/ticking.py`` works it."""
    payload = models.JSONField("内容", default=dict)
    """Ids and codes, never a name or an identity number."""
    created_at = models.DateTimeField("时间", auto_now_add=True)
    due_at = models.DateTimeField("应办时间", default=timezone.now)
    """Not before this moment; later with each failure."""
    attempts = models.PositiveIntegerField("已试次数", default=0)
    """How often it failed."""
    error = models.CharField("最近错误", max_length=400, blank=True)
    """Why it failed last: what kind of error, and where."""
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "待办"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at", "id"], condition=Q(done_at=None), name="outbox_open")
        ]
