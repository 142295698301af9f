"""Entries of the trail, and the seals that chain them. Rows are inserted and read, never changed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Entry(models.Model):
    """One act: who, what, on which object. Written in the transaction of the act; unlinked until sealed."""

    at = models.DateTimeField("时间", auto_now_add=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号"
    )
    on_behalf_of = models.CharField("代办对象", max_length=40, blank=True)
    token = models.ForeignKey(
        "accounts.Token", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="程序"
    )
    act = models.CharField("行为", max_length=60)
    """Such as ``person.read``, ``claims.settle``, ``recognition.supersede``."""
    kind = models.CharField("对象类型", max_length=60)
    object_id = models.CharField("对象", max_length=64)
    person_id = models.BigIntegerField("人员", null=True, blank=True)
    """Whose data it was, where it was somebody's. Not a foreign key: the trail outlives what it tells of."""
    details = models.JSONField("详情", default=dict)
    """No name, no identity number: ids, codes and hashes only."""
    address = models.GenericIPAddressField("来源地址", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person_id", "-id"]),
            models.Index(fields=["account", "-id"]),
        ]


class Seal(models.Model):
    """A link of the chain: the hash over the seal before and the entries that it seals, in order."""

    at = models.DateTimeField("封存时间", auto_now_add=True)
    before = models.BinaryField(max_length=32)
    """The hash of the seal before; 32 zero bytes on the first."""
    hash = models.BinaryField(max_length=32, unique=True)
    count = models.PositiveIntegerField("条数")

    class Meta:
        verbose_name = verbose_name_plural = "审计封存"


class Sealed(models.Model):
    """Which seal holds an entry. An entry without such a row is the unsealed tail."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="entries")

    class Meta:
        verbose_name = verbose_name_plural = "审计封存明细"
