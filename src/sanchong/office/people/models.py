"""People and households, and what holds for them in a period."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from sanchong.office.crypto import office_keys
from sanchong.office.dated import Dated
from sanchong.office.fields import EncryptedField, FenField
from sanchong.office.people.identity import IDENTITY_TYPES, RESIDENT_CARD, masked
from sanchong.shapes import CATEGORIES, CATEGORY_ALIASES, DISEASES, INSURANCES

INSURANCE_NAMES = {"resident": "城乡居民", "employee": "职工"}


class Area(models.Model):
    """An area of administration (行政区划): province to village, by its code of 6, 9 or 12 digits."""

    code = models.CharField("区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    level = models.CharField(
        "级别",
        max_length=10,
        choices=[
            ("province", "省"), ("city", "市"), ("county", "县"), ("township", "乡镇"), ("village", "村"),
        ],
    )  # fmt: skip

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"

    def __str__(self) -> str:
        return self.name


class PersonalData(models.Model):
    """What identifies a person, encrypted, with the blind indexes by which it is found."""

    identity_type = models.CharField(
        "证件类型", max_length=6, default=RESIDENT_CARD, choices=list(IDENTITY_TYPES.items())
    )
    """psn_cert_type; 01 is the resident identity card."""
    identity_number = EncryptedField("证件号码")
    identity_index = models.BinaryField(max_length=32)
    name = EncryptedField("姓名")
    name_index = models.BinaryField(max_length=32, db_index=True)
    sex = models.CharField("性别", max_length=1, choices=[("1", "男"), ("2", "女"), ("9", "未说明")])
    born = models.DateField("出生日期", null=True, blank=True)
    died = models.DateField("死亡日期", null=True, blank=True)
    phone = EncryptedField("电话", default="", blank=True)
    card_index = models.BinaryField("社保卡", max_length=32, null=True, blank=True, db_index=True)
    bank_account = EncryptedField("银行账户", default="", blank=True)

    class Meta:
        abstract = True


class Person(PersonalData):
    """An insured person (参保人). What identifies them is encrypted; they are found by blind indexes."""

    number = models.CharField("人员编号", max_length=30, unique=True)
    """psn_no: given by the office, says nothing about the person."""
    realm = models.ForeignKey("accounts.Realm", models.PROTECT, verbose_name="环境")
    recorded_at = models.DateTimeField("记录时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["realm", "identity_type", "identity_index"], name="person_identity"
            ),
            models.UniqueConstraint(fields=["realm", "card_index"], name="person_card"),
        ]

    def __str__(self) -> str:
        return self.number

    @staticmethod
    def index_of(kind: str, text: str) -> bytes:
        """The blind index of an identity number, a name or a card number (``kind``)."""
        return office_keys().blind_index(text.strip().upper(), f"people.person.{kind}")

    def masked_number(self) -> str:
        """The identity number as it may be shown: the first six and the last four characters."""
        return masked(self.identity_number)


class FormerData(PersonalData):
    """What identified a person until it was corrected. Inserted with the correction, never changed."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="former", verbose_name="人员")
    replaced_at = models.DateTimeField("更正时间", auto_now_add=True)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="更正人",
    )
    reason = models.CharField("理由", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "人员原信息"


class Household(models.Model):
    """A household (户): a dated set of people with one place of registration."""

    number = models.CharField("户编号", max_length=30)
    realm = models.ForeignKey("accounts.Realm", models.PROTECT, verbose_name="环境")

    class Meta:
        verbose_name = verbose_name_plural = "户"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["realm", "number"], name="household_number")
        ]

    def __str__(self) -> str:
        return self.number


class Member(Dated):
    """A person belongs to a household. At most one household on a date."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name="人员")
    household = models.ForeignKey(Household, models.PROTECT, related_name="members", verbose_name="户")

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "户成员"


class Registration(Dated):
    """A household's place of registration (户籍地), down to the village. One on a date."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="registrations", verbose_name="户")
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="户籍地")

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "户籍"


class Enrolment(Dated):
    """Insured in a pooling area (参保), with the year's contribution and its subsidy in fen. One on a date."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments", verbose_name="人员")
    insurance = models.CharField("险种", max_length=10, choices=[(i, INSURANCE_NAMES[i]) for i in INSURANCES])
    region = models.CharField("参保地", max_length=6)
    """admdvs of the pooling area."""
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="参保登记地")
    year = models.PositiveSmallIntegerField("年度")
    contribution = FenField("个人缴费（分）")
    subsidy = FenField("资助（分）", default=0)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "参保"


class Grant(Dated):
    """An assistance category (救助对象类别) of a household or of a person. A person has those of both."""

    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name="人员"
    )
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name="户"
    )
    category = models.CharField(
        "类别", max_length=30, choices=[(c, c) for c in (*CATEGORIES, *CATEGORY_ALIASES)]
    )
    department = models.CharField("认定部门", max_length=100)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "救助对象类别"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(person=None, household__isnull=False) | Q(person__isnull=False, household=None),
                name="grant_of_one",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["category"])]


class Recognition(Dated):
    """A recognised disease (门诊慢特病资格), with the provider or department that recognised it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="recognitions", verbose_name="人员")
    disease = models.CharField("病种", max_length=30, choices=[(d, d) for d in DISEASES])
    subtype = models.CharField("亚型", max_length=30, blank=True)
    legacy = models.BooleanField("原有资格", default=False)
    """Recognised before the exclusions were in force; until a choice is recorded it may wait."""
    department = models.CharField("认定机构", max_length=100)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "病种认定"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["disease"])]


class Waiver(Dated):
    """Two mutually exclusive diseases that this person may hold together, by a recorded decision."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="waivers", verbose_name="人员")
    first = models.CharField("病种甲", max_length=61)
    second = models.CharField("病种乙", max_length=61)
    """Each written ``disease`` or ``disease:subtype``."""

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "互斥豁免"


class Referral(Dated):
    """Referred for a stay (转诊、转院备案): to a provider, or to an area when ``provider_code`` is ""."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="referrals", verbose_name="人员")
    from_provider = models.CharField("转出机构", max_length=12, blank=True)
    provider_code = models.CharField("转入机构", max_length=12, blank=True)
    region = models.CharField("转入地区", max_length=6, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "转诊备案"


class CrossArea(Dated):
    """Registered for care in another area (异地就医备案)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="cross_areas", verbose_name="人员")
    region = models.CharField("就医地", max_length=6)
    kind = models.CharField(
        "备案类型",
        max_length=12,
        choices=[
            ("settled", "异地安置"),
            ("resident", "常住异地"),
            ("working", "驻外"),
            ("temporary", "临时外出"),
        ],
    )

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "异地就医备案"
