"""Which studies were started, by whom, and what became of them. Their files lie beside the database (folders.py)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Kind(models.TextChoices):
    """What is run."""

    SIMULATION = "simulation", "政策模拟"
    BATCH = "batch", "批量结算"


class State(models.TextChoices):
    """Where a study stands; only a running one moves, to one of the others."""

    RUNNING = "running", "正在计算"
    DONE = "done", "已完成"
    FAILED = "failed", "未能完成"
    CANCELLED = "cancelled", "已取消"
    INTERRUPTED = "interrupted", "已中断"


class Study(models.Model):
    """One run. ``slot`` is 1 while it runs and null afterwards: unique, so that one runs at a time."""

    realm = models.ForeignKey("accounts.Realm", models.PROTECT, verbose_name="环境")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    title = models.CharField("名称", max_length=100)
    folder = models.CharField("目录", max_length=32, unique=True)
    asked = models.JSONField("设定")
    """What was chosen, in codes and names; never a person's data."""
    bundle = models.CharField("政策包", max_length=64)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.RUNNING)
    slot = models.PositiveSmallIntegerField("名额", null=True, unique=True, default=1)
    said = models.JSONField("结果", default=dict)
    """What it came to, or ``wrong``: why it could not be done, in Chinese."""
    started_at = models.DateTimeField("开始时间", auto_now_add=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发起人")

    class Meta:
        verbose_name = verbose_name_plural = "测算"

    def __str__(self) -> str:
        return self.title
