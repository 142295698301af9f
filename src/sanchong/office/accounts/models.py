"""Accounts, what they act as, their second factor and sessions; tokens and realms."""

from __future__ import annotations

import base64
import secrets
import time
from typing import ClassVar, Final
from urllib.parse import quote

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from sanchong.office.accounts.roles import ROLES
from sanchong.office.crypto import office_keys
from sanchong.office.dated import Dated
from sanchong.office.fields import EncryptedField

TOKEN_PREFIX: Final = "sc_"
TELEPHONE_NAME: Final = "tel-"
"""What the name of a citizen's account begins with."""


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


class Account(AbstractUser):  # type: ignore[django-manager-missing]
    """A person who signs in. Staff choose a name; a citizen signs in by telephone, of which only an index is the name."""

    first_name = None  # type: ignore[assignment]  # a Chinese name is one word
    last_name = None  # type: ignore[assignment]
    email = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=60, blank=True)
    phone = EncryptedField("手机", default="", blank=True)
    password_set_on = models.DateField("密码设定日期", null=True, blank=True)
    must_change = models.BooleanField("须改密码", default=False)
    """Somebody else set the password: it is changed at the first sign-in."""
    demonstration = models.BooleanField("演示账号", default=False)
    """With a known password: while one such account is active, the server listens on loopback only."""

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = verbose_name_plural = "账号"

    def get_full_name(self) -> str:
        """The name, which is one word."""
        return self.name

    get_short_name = get_full_name

    @staticmethod
    def name_of_phone(phone: str) -> str:
        """The name under which a telephone number signs in: it does not tell the number."""
        return TELEPHONE_NAME + office_keys().blind_index(phone, "accounts.account.phone").hex()[:40]


class Assignment(Dated):
    """An account acts in a role, for an area or a provider, in a period."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="assignments", verbose_name="账号")
    role = models.CharField("角色", max_length=24, choices=[(r.code, r.zh) for r in ROLES.values()])
    area = models.CharField("区划代码", max_length=12, blank=True)
    provider_code = models.CharField("医药机构编码", max_length=12, blank=True)
    unit = models.CharField("单位", max_length=100)
    """The name of the body that it acts for, as pages show it."""

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "岗位"

    def __str__(self) -> str:
        return f"{self.unit} · {ROLES[self.role].zh}"


class SecondFactor(ThrottlingMixin, Device):  # type: ignore[misc]
    """A time-based one-time code (TOTP, RFC 6238: six digits, 30 seconds), its key encrypted.

    A code opens once; one step of the clock before or after is allowed. A wrong code makes the next one wait, each twice as long.
    """

    STEP: ClassVar = 30
    KEY_BYTES: ClassVar = 20

    key = EncryptedField("密钥")
    """In hexadecimal."""
    last_t = models.BigIntegerField("最近一次", default=-1)

    class Meta:
        verbose_name = verbose_name_plural = "第二因素"

    @classmethod
    def new_key(cls) -> str:
        """A key that nobody has."""
        return secrets.token_hex(cls.KEY_BYTES)

    def get_throttle_factor(self) -> int:
        """Seconds that the first wrong code costs."""
        return 1

    def verify_token(self, token: str) -> bool:
        """Whether a code is right and was not used before; counted either way."""
        allowed, _ = self.verify_is_allowed()
        right = allowed and token.isascii() and token.isdigit() and len(token) == 6 and self._opens(token)
        if right:
            self.throttle_reset(commit=False)
            self.save()
        elif allowed:
            self.throttle_increment(commit=True)
        return right

    def code_now(self) -> str:
        """The code of this moment: shown for demonstration accounts, and to nobody else."""
        return f"{self._clock().token():06d}"

    def address(self) -> str:
        """The address (otpauth://) that an authenticator reads from the picture."""
        secret = self.secret()
        return f"otpauth://totp/{quote('三重')}:{quote(self.user.get_username())}?secret={secret}&issuer={quote('三重')}"

    def secret(self) -> str:
        """The key as it is typed by hand (base 32)."""
        return base64.b32encode(bytes.fromhex(self.key)).decode()

    def _clock(self) -> TOTP:
        clock = TOTP(bytes.fromhex(self.key), step=self.STEP)
        clock.time = time.time()
        return clock

    def _opens(self, token: str) -> bool:
        clock = self._clock()
        if not clock.verify(int(token), tolerance=1, min_t=self.last_t + 1):
            return False
        self.last_t = clock.t()
        return True


class Session(AbstractBaseSession):
    """A session of somebody's browser (accounts/sessions.py). Its key is a secret, and stands on no page."""

    account = models.ForeignKey(
        Account, models.CASCADE, null=True, blank=True, related_name="sessions", verbose_name="账号"
    )
    """None until somebody has signed in."""

    class Meta:
        verbose_name = verbose_name_plural = "会话"


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


class Knocks(models.Model):
    """How often an address or an account did what is limited, in a quarter of an hour (knocking.py)."""

    source = models.CharField("来源", max_length=43, primary_key=True)
    """An IPv4 address, of IPv6 the /64 network, which is one customer's; or an account's id; most after what is counted."""
    window = models.BigIntegerField("时段")
    """Quarters of an hour since 1970."""
    times = models.PositiveIntegerField("次数")

    class Meta:
        verbose_name = verbose_name_plural = "次数限制"
