"""A visit from registration to settlement, the person's year, its entries, and the ledger.

Settlement, Posting and Command rows are inserted and read, never changed: the application's database role may do
nothing else with them.
"""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

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


class Confirmation(models.Model):
    """The decision to recover from a person, or to refund, what an entry found; who and why. Nothing is due before it."""

    settlement = models.OneToOneField(
        Settlement, models.PROTECT, related_name="confirmation", verbose_name="结算"
    )
    at = models.DateTimeField("时间", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认人",
    )
    reason = models.CharField("理由", max_length=400)

    class Meta:
        verbose_name = verbose_name_plural = "追回或退付确认"


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
