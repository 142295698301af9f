"""Hospitals and pharmacies, what they are in a period, and who works there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanchong.office.dated import Dated
from sanchong.settlement.case import ADMINISTRATIVE_LEVELS


class Provider(models.Model):
    """A hospital or a pharmacy, by its national code."""

    code = models.CharField("机构编码", max_length=12, unique=True)
    """fixmedins_code."""
    name = models.CharField("名称", max_length=200)
    kind = models.CharField(
        "类型", max_length=10, choices=[("hospital", "医疗机构"), ("pharmacy", "零售药店")]
    )

    class Meta:
        verbose_name = verbose_name_plural = "医药机构"

    def __str__(self) -> str:
        return self.name


class Standing(Dated):
    """What a provider is: its area, its grade, its fee class, its administrative level. One on a date."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="standings", verbose_name="机构")
    region = models.CharField("所在地", max_length=6)
    level = models.PositiveSmallIntegerField("等级")
    """3, 2, 1; 0 is unrated."""
    fee_class = models.PositiveSmallIntegerField("收费类别")
    administrative_level = models.CharField(
        "隶属级别", max_length=10, choices=[(level, level) for level in ADMINISTRATIVE_LEVELS]
    )
    level_exception = models.BooleanField("级别例外", default=False)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "机构属性"


class Agreement(Dated):
    """A period for which a provider is designated (协议定点), serves one-stop, or in transition."""

    KINDS: ClassVar = [("designated", "定点协议"), ("one_stop", "一站式结算"), ("transitional", "过渡期服务")]

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="agreements", verbose_name="机构")
    kind = models.CharField("种类", max_length=12, choices=KINDS)
    number = models.CharField("协议编号", max_length=60, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "协议"


class Role(Dated):
    """What a provider does for the scheme: recognises diseases, serves chronic diseases, dispenses special drugs."""

    KINDS: ClassVar = [
        ("recognises", "病种认定"), ("chronic", "门诊慢特病服务"), ("special_drug", "特药服务"),
    ]  # fmt: skip

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="roles", verbose_name="机构")
    kind = models.CharField("职责", max_length=12, choices=KINDS)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "机构职责"


class Suspension(Dated):
    """A period in which a provider's settlements are stopped, with the reason in ``source``."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="suspensions", verbose_name="机构")

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "暂停结算"


class Practitioner(models.Model):
    """A physician, nurse or pharmacist, by national code."""

    code = models.CharField("人员代码", max_length=30, unique=True)
    name = models.CharField("姓名", max_length=50)

    class Meta:
        verbose_name = verbose_name_plural = "医保医师与药师"

    def __str__(self) -> str:
        return self.name


class Post(Dated):
    """A practitioner works at a provider in a role, active or suspended."""

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="posts", verbose_name="人员")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="posts", verbose_name="机构")
    role = models.CharField(
        "角色",
        max_length=12,
        choices=[("physician", "医师"), ("pharmacist", "药师"), ("nurse", "护士"), ("expert", "认定专家")],
    )
    status = models.CharField("状态", max_length=10, choices=[("active", "正常"), ("suspended", "暂停")])

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "执业"
