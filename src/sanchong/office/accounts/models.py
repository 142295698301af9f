"""Accounts, tokens and realms."""

from __future__ import annotations

import secrets
from typing import ClassVar, Final

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from sanchong.office.crypto import office_keys

TOKEN_PREFIX: Final = "sc_"


class Realm(models.Model):
    """A ledger and its people: the real one, or one provider's sandbox with people who do not exist."""

    name = models.CharField("名称", max_length=60, unique=True)
    sandbox = models.BooleanField("沙箱")
    provider_code = models.CharField("医药机构编码", max_length=12, blank=True)
    """Whose sandbox it is; "" on the real ledger."""

    class Meta:
        verbose_name = verbose_name_plural = "环境"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["provider_code"], condition=~Q(provider_code=""), name="sandbox_of_provider"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Account(AbstractUser):
    """A person who signs in."""

    class Meta:
        verbose_name = verbose_name_plural = "账号"


class Scope(models.TextChoices):
    """What a token may do."""

    READ_PEOPLE = "people:read", "查询人员"
    READ_VISITS = "visits:read", "查询就诊与结算单"
    WRITE_VISITS = "visits:write", "登记就诊与费用"
    QUOTE = "settlements:quote", "预结算"
    SETTLE = "settlements:write", "结算与撤销"
    CHANGE = "changes:write", "事后更正与追回"
    READ_LAW = "law:read", "查询政策"
    IMPORT = "imports:write", "批量导入"


class Token(models.Model):
    """A program's right to call the interface: for one provider, in one realm, within some scopes.

    Only a keyed hash of the token is kept; the token itself is shown once.
    """

    name = models.CharField("程序", max_length=100)
    digest = models.BinaryField(max_length=32, unique=True)
    shown = models.CharField("开头", max_length=12)
    realm = models.ForeignKey(Realm, models.PROTECT, verbose_name="环境")
    provider_code = models.CharField("医药机构编码", max_length=12, blank=True)
    """"" for a program of the agency itself, which acts for every provider."""
    scopes = models.JSONField("权限", default=list)
    per_minute = models.PositiveIntegerField("每分钟次数", default=600)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    created_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="建立人"
    )
    expires_on = models.DateField("有效期至", null=True, blank=True)
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["provider_code"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown}…)"

    @staticmethod
    def digest_of(secret: str) -> bytes:
        """What is kept of a token."""
        return office_keys().blind_index(secret, "accounts.token")

    @staticmethod
    def new_secret() -> str:
        """A token that nobody has yet."""
        return TOKEN_PREFIX + secrets.token_urlsafe(32)


class TokenUse(models.Model):
    """How often a token was used in its latest minute. One row a token, counted by the database itself."""

    token = models.OneToOneField(Token, models.CASCADE, primary_key=True, related_name="use")
    minute = models.BigIntegerField("分钟")
    """Whole minutes since 1970."""
    calls = models.PositiveIntegerField("次数")

    class Meta:
        verbose_name = verbose_name_plural = "令牌用量"
