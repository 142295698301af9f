"""A visit from its registration on: what it is, its diagnoses and fee lines, what other payers paid for it."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from sanchong.office.fields import FenField
from sanchong.shapes import KINDS

VISIT_KINDS: Final = {"outpatient": "门诊慢特病", "inpatient": "住院", "special_drug": "特药"}


class VisitState(models.TextChoices):
    """Where a visit stands; ``MOVES`` lists the allowed moves."""

    REGISTERED = "registered", "已登记"
    DIAGNOSED = "diagnosed", "已诊断"
    SETTLED = "settled", "已结算"
    REVERSED = "reversed", "已撤销"
    CANCELLED = "cancelled", "已取消"


MOVES: dict[str, frozenset[str]] = {
    VisitState.REGISTERED: frozenset({VisitState.REGISTERED, VisitState.DIAGNOSED, VisitState.CANCELLED}),
    VisitState.DIAGNOSED: frozenset({VisitState.DIAGNOSED, VisitState.SETTLED, VisitState.CANCELLED}),
    VisitState.SETTLED: frozenset({VisitState.REVERSED}),
    VisitState.REVERSED: frozenset({VisitState.REVERSED, VisitState.DIAGNOSED, VisitState.CANCELLED}),
    VisitState.CANCELLED: frozenset(),
}
"""A move to the same state is a change that leaves it: of lines, of the day of discharge."""


class Visit(models.Model):
    """A visit (就诊). It exists before it is settled; its mdtrt_id is ``number``."""

    number = models.CharField("就诊编号", max_length=30, unique=True)
    realm = models.ForeignKey("accounts.Realm", models.PROTECT, verbose_name="环境")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="visits", verbose_name="人员")
    provider = models.ForeignKey(
        "providers.Provider", models.PROTECT, related_name="visits", verbose_name="医药机构"
    )
    provider_number = models.CharField("院内编号", max_length=30)
    """ipt_otp_no: the provider's own number of the visit, unique with it; a cancelled visit sets it free."""
    kind = models.CharField("就诊类型", max_length=12, choices=[(k, VISIT_KINDS[k]) for k in KINDS])
    state = models.CharField("状态", max_length=12, choices=VisitState.choices, default=VisitState.REGISTERED)
    admitted = models.DateField("开始日期")
    discharged = models.DateField("结束日期", null=True, blank=True)
    """The day of discharge, which is the day a stay is settled for; else the day of the visit."""
    disease = models.CharField("病种", max_length=61, blank=True)
    """``disease`` or ``disease:subtype``, on an outpatient visit."""
    practitioner = models.CharField("医师代码", max_length=30, blank=True)
    department_code = models.CharField("科室编码", max_length=30, blank=True)
    department = models.CharField("科室", max_length=100, blank=True)
    """dept_code and dept_name; of a stay adm_dept_codg and adm_dept_name. They tell what somebody is treated for."""
    given_pooled = FenField("统筹已付（分）", null=True, blank=True)
    given_catastrophic = FenField("大病已付（分）", null=True, blank=True)
    """Insurers' payments that are stated, where the rules do not compute them (employees, special drugs)."""
    registered_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "就诊"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["realm", "provider", "provider_number"],
                condition=~Q(state="cancelled"),
                name="visit_of_provider",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "-id"]),
            models.Index(fields=["realm", "provider", "-id"]),
            models.Index(fields=["realm", "state", "-id"]),
            models.Index("realm", Coalesce("discharged", "admitted"), name="visit_day"),
        ]

    def __str__(self) -> str:
        return self.number


class Diagnosis(models.Model):
    """A diagnosis of a visit, in its order; the first is the main one."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="diagnoses", verbose_name="就诊")
    rank = models.PositiveSmallIntegerField("排序")
    code = models.CharField("诊断代码", max_length=20)
    name = models.CharField("诊断名称", max_length=100)
    practitioner = models.CharField("医师代码", max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "诊断"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["visit", "rank"], name="diagnosis_rank")
        ]


class FeeLine(models.Model):
    """A fee line (费用明细): quantity and unit price are exact decimals, the amount is whole fen."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="lines", verbose_name="就诊")
    number = models.CharField("明细流水号", max_length=30)
    """feedetl_sn, unique within the visit, withdrawn lines included."""
    batch = models.CharField("收费批次", max_length=30)
    """chrg_bchno; a batch that is not settled can be withdrawn as a whole."""
    at = models.DateTimeField("发生时间")
    item = models.CharField("目录编码", max_length=50, blank=True)
    name = models.CharField("名称", max_length=200)
    quantity = models.DecimalField("数量", max_digits=16, decimal_places=4)
    unit_price = models.DecimalField("单价", max_digits=16, decimal_places=6)
    amount = FenField("金额（分）")
    days = models.PositiveSmallIntegerField("用药天数", null=True, blank=True)
    """prd_days: for how many days a prescribed drug lasts; None where nothing was prescribed for days."""
    conforming = models.BooleanField("合规", default=True)
    """Whether the reviewer or the provider found it within the rules of care."""
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "费用明细"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["visit", "number"], name="line_of_visit")
        ]


class Payout(models.Model):
    """What another payer pays for a visit: supplementary, commercial or mutual aid, before or after settlement."""

    PAYERS: ClassVar = [
        ("supplementary", "补充医疗保险"),
        ("commercial", "商业保险"),
        ("mutual_aid", "互助帮困"),
    ]

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="payouts", verbose_name="就诊")
    payer = models.CharField("赔付方", max_length=14, choices=PAYERS)
    amount = FenField("金额（分）")
    paid_on = models.DateField("赔付日期")
    recorded_at = models.DateTimeField("记录时间", auto_now_add=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    """When one that was recorded wrongly was taken back; it stays, and counts for nothing."""

    class Meta:
        verbose_name = verbose_name_plural = "其他赔付"
