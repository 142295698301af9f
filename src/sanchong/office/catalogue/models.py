"""Items of the catalogue and the terms on which each is paid."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from sanchong.office.fields import FenField
from sanchong.shapes import LINE_CLASSES


class Edition(models.Model):
    """One edition of the catalogue: every row in it, under the hash of its content. Never changed."""

    hash = models.CharField("哈希", max_length=64, unique=True)
    """SHA-256 of the canonical JSON of its rows, in the order of codes."""
    title = models.CharField("名称", max_length=100)
    in_force_from = models.DateField("生效日期")
    known_from = models.DateField("公布日期")
    added_at = models.DateTimeField("导入时间", auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="导入人",
    )
    rows = models.PositiveIntegerField("条数")

    class Meta:
        verbose_name = verbose_name_plural = "目录版本"

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    """A drug, consumable or service as one edition lists it: its class, advance, cap and scope.

    ``insurance`` is "" where both insurances have the same terms. An item's terms on a date are those of the
    latest edition in force then and known.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="items", verbose_name="版本")
    code = models.CharField("目录编码", max_length=50)
    """med_list_codg."""
    insurance = models.CharField("险种", max_length=10, blank=True)
    name = models.CharField("名称", max_length=200)
    kind = models.CharField(
        "类别", max_length=12, choices=[("drug", "药品"), ("consumable", "医用耗材"), ("service", "诊疗项目")]
    )
    line_class = models.CharField("收费等级", max_length=1, choices=[(c, c) for c in LINE_CLASSES])
    advance_num = models.PositiveIntegerField("先行自付比例分子", null=True, blank=True)
    advance_den = models.PositiveIntegerField("先行自付比例分母", null=True, blank=True)
    price_cap = FenField("限价（分）", null=True, blank=True)
    """A cap on one unit's price, in fen; None is none."""
    dual_channel = models.BooleanField("双通道", default=False)
    special_drug = models.BooleanField("特药", default=False)
    diseases = models.JSONField("适用病种", default=list)
    """The diseases for which it is related; [] is every disease."""

    class Meta:
        verbose_name = verbose_name_plural = "目录项目"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "code", "insurance"], name="item_in_edition"),
            models.CheckConstraint(
                condition=Q(line_class="B", advance_num__isnull=False, advance_den__gte=F("advance_num"))
                | (~Q(line_class="B") & Q(advance_num=None, advance_den=None)),
                name="item_advance",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
