"""Whose account is whose, the codes that open one, and who may act for whom."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from sanchong.office.crypto import office_keys
from sanchong.office.dated import Dated
from sanchong.office.fields import EncryptedField
from sanchong.office.people.models import Person

MATTERS: Final = {
    "rights": "查询待遇与限额",
    "statements": "查询结算单",
    "apply": "办理认定与救助申请",
    "correct": "申请更正信息",
}
"""What an agent may be authorised to do."""

RELATIONS: Final = {
    "spouse": "配偶",
    "parent": "父母",
    "child": "子女",
    "relative": "其他近亲属",
    "guardian": "监护人",
    "appointed": "委托代理人",
}


class Holder(models.Model):
    """An account is an insured person's own. One account a person."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="holder", verbose_name="账号"
    )
    person = models.OneToOneField(Person, models.PROTECT, related_name="holder", verbose_name="人员")
    opened_at = models.DateTimeField("开通时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "参保人账号"


class Activation(models.Model):
    """A code, printed by the office, with which a person opens their account once. Only its index is kept."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="activations", verbose_name="人员")
    code_index = models.BinaryField(max_length=32, unique=True)
    printed_at = models.DateTimeField("打印时间", auto_now_add=True)
    last_day = models.DateField("有效期至")
    tries = models.PositiveSmallIntegerField("错误次数", default=0)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "开通码"

    @staticmethod
    def index_of(code: str) -> bytes:
        """What is kept of a code, however it was typed."""
        plain = "".join(c for c in code.upper() if c.isalnum())
        return office_keys().blind_index(plain, "citizens.activation")


class Authorisation(Dated):
    """An account may act for a person, in named matters, in a period, on the ground in ``source``."""

    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="principals", verbose_name="代办人"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="agents", verbose_name="被代办人")
    relation = models.CharField("关系", max_length=10, choices=list(RELATIONS.items()))
    matters = models.JSONField("事项", default=list)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "代办授权"


class CorrectionState(models.TextChoices):
    """Where a request for a correction stands."""

    ASKED = "asked", "待答复"
    ACCEPTED = "accepted", "已更正"
    DECLINED = "declined", "未予更正"
    WITHDRAWN = "withdrawn", "已撤回"


MOVES: Final[dict[str, frozenset[str]]] = {
    CorrectionState.ASKED: frozenset(
        {CorrectionState.ACCEPTED, CorrectionState.DECLINED, CorrectionState.WITHDRAWN}
    ),
    CorrectionState.ACCEPTED: frozenset(),
    CorrectionState.DECLINED: frozenset(),
    CorrectionState.WITHDRAWN: frozenset(),
}
"""Into which states a request may go from each. One that was answered stays as it is: whoever disagrees asks anew."""

DATA: Final = {
    "name": "姓名",
    "phone": "联系电话",
    "bank_account": "银行账户",
    "document": "证件、性别或出生日期",
    "household": "户口所在地或家庭成员",
    "enrolment": "参保",
    "category": "救助对象类别",
    "recognition": "门诊慢特病认定",
    "statement": "就诊或结算单",
    "other": "其他",
}
"""Of what a correction may be asked."""


class Correction(models.Model):
    """Somebody asks that a datum about a person be put right (更正申请), and what the office answered."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="corrections", verbose_name="人员")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人"
    )
    by_agent = models.BooleanField("代办", default=False)
    asked_at = models.DateTimeField("申请时间", auto_now_add=True)
    datum = models.CharField("事项", max_length=12, choices=list(DATA.items()))
    right = EncryptedField("正确内容")
    """What is right, in the words of who asks."""
    evidence = EncryptedField("凭据")
    """By what it can be seen, in words."""
    state = models.CharField(
        "状态", max_length=9, choices=CorrectionState.choices, default=CorrectionState.ASKED
    )
    answer = EncryptedField("答复", default="", blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "更正申请"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "id"])]
