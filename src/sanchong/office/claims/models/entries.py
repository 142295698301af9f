"""A person's year, its entries, the facts known later that changed them, and what an entry left to a person's judgement.

Settlement rows are inserted and read, never changed: the application's database role may do nothing else with them.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from sanchong.office.claims.models.visit import Visit
from sanchong.office.fields import FenField


class PersonYear(models.Model):
    """A person's year: the lock under which it is settled, and the state that its entries fold to."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="years", verbose_name="人员")
    year = models.PositiveSmallIntegerField("年度")
    state = models.TextField("累计", default="{}")
    """The year so far, as the engine's ``YearSoFar`` writes it: canonical JSON."""
    entries = models.PositiveIntegerField("笔数", default=0)
    closed = models.BooleanField("已年终结算", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "人员年度"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "year"], name="person_year")
        ]


class Settlement(models.Model):
    """One entry of a person's year: a visit settled, reversed or adjusted, or the year closed.

    ``inputs`` is the case that was settled (one visit, or none on closing; the person's facts as known), ``before``
    the year's state that it was folded from, ``result`` the engine's answer without its explanation (which is
    computed again when asked for): canonical JSON, all three; a reversal has none of them. The
    amounts are what this entry changes, in fen: a reversal's are negative, an adjustment's are differences, so that
    they add up over any list; an adjustment may change nothing but its inputs. ``turn`` counts a year's entries from 1.
    """

    KINDS: ClassVar = [
        ("settle", "结算"), ("reverse", "撤销"), ("adjust", "补差"), ("close", "年终结算"),
    ]  # fmt: skip

    number = models.CharField("结算编号", max_length=30, unique=True)
    """setl_id."""
    realm = models.ForeignKey("accounts.Realm", models.PROTECT, verbose_name="环境")
    year = models.ForeignKey(PersonYear, models.PROTECT, related_name="settlements", verbose_name="人员年度")
    turn = models.PositiveIntegerField("序号")
    kind = models.CharField("种类", max_length=8, choices=KINDS)
    visit = models.ForeignKey(
        Visit, models.PROTECT, null=True, blank=True, related_name="settlements", verbose_name="就诊"
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="所更正的结算"
    )
    """The entry whose place this one takes in the fold: an adjustment's, a reversal's."""
    cause = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="caused", verbose_name="起因"
    )
    """The reversal or late settlement that made an adjustment necessary."""
    fact = models.ForeignKey(
        "LaterFact",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="settlements",
        verbose_name="事后获知的事实",
    )
    """The fact known later that made an adjustment necessary; each adjustment has either a cause or a fact."""
    day = models.DateField("结算日期")
    at = models.DateTimeField("记录时间", auto_now_add=True)
    inputs = models.TextField("输入", null=True)
    before = models.TextField("此前累计", null=True)
    result = models.TextField("结果", null=True)
    bundle = models.ForeignKey("lawbook.Bundle", models.PROTECT, verbose_name="政策包")
    edition = models.ForeignKey(
        "catalogue.Edition", models.PROTECT, null=True, blank=True, verbose_name="目录版本"
    )
    accepted = models.JSONField("所采用的示例数据", default=list)
    also_known = models.JSONField("视为已获知的政策文件", default=list)
    """Documents that count as known whatever the known-on date of ``inputs``: law known later that was applied."""
    total = FenField("总费用（分）", default=0, signed=True)
    pooled = FenField("统筹基金（分）", default=0, signed=True)
    catastrophic = FenField("大病保险（分）", default=0, signed=True)
    other = FenField("其他赔付（分）", default=0, signed=True)
    assistance = FenField("医疗救助（分）", default=0, signed=True)
    hospital = FenField("医疗机构承担（分）", default=0, signed=True)
    patient = FenField("个人负担（分）", default=0, signed=True)

    class Meta:
        verbose_name = verbose_name_plural = "结算"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["year", "turn"], name="settlement_turn"),
            models.CheckConstraint(
                condition=Q(kind__in=("close", "adjust")) | Q(visit__isnull=False), name="settlement_visit"
            ),
            models.CheckConstraint(
                condition=Q(kind="reverse", inputs=None, before=None, result=None)
                | Q(~Q(kind="reverse"), inputs__isnull=False, before__isnull=False, result__isnull=False),
                name="settlement_recomputes",
            ),
            models.CheckConstraint(
                condition=Q(~Q(kind="adjust"), cause=None, fact=None)
                | Q(kind="adjust", replaces__isnull=False, cause__isnull=False, fact=None)
                | Q(kind="adjust", replaces__isnull=False, cause=None, fact__isnull=False),
                name="settlement_adjust_cause",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["visit", "-id"]),
            models.Index(fields=["realm", "-id"]),
            models.Index(fields=["day"]),
            # Nearly all are of one kind; only the others are looked for by it.
            models.Index(
                fields=["realm", "kind", "-id"], condition=~Q(kind="settle"), name="settlement_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class LaterFact(models.Model):
    """A fact known after settlement, as it was applied to settled years: what, whose, who, when, why."""

    number = models.CharField("编号", max_length=30, unique=True)
    realm = models.ForeignKey("accounts.Realm", models.PROTECT, verbose_name="环境")
    kind = models.CharField("种类", max_length=20)
    """The one field of the fact: category, recognition, payout, law, ..."""
    said = models.JSONField("事实")
    """As it was given: ids and codes, no name."""
    rows = models.JSONField("所涉记录", default=list)
    """The dated rows that say it, as [kind, id]."""
    digest = models.CharField("预览摘要", max_length=64)
    reason = models.CharField("理由", max_length=400)
    at = models.DateTimeField("时间", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "事后获知的事实"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["realm", "-id"])]

    def __str__(self) -> str:
        return self.number


class LaterYear(models.Model):
    """A person's year that a later fact changes, as its preview said. It is done once an adjustment of it names the fact."""

    fact = models.ForeignKey(LaterFact, models.PROTECT, related_name="years", verbose_name="事实")
    year = models.ForeignKey(PersonYear, models.PROTECT, related_name="later", verbose_name="人员年度")
    digest = models.CharField("预览摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "事后获知的事实所涉年度"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["fact", "year"], name="later_year")
        ]


class ManualCase(models.Model):
    """What the rules leave to a person's judgement, opened by a settlement: unmodelled assistance, mostly."""

    settlement = models.ForeignKey(
        Settlement, models.PROTECT, related_name="manual_cases", verbose_name="结算"
    )
    matter = models.CharField("事项", max_length=120)
    """The address or matter that no document here regulates."""
    opened_at = models.DateTimeField("开立时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "人工事项"
