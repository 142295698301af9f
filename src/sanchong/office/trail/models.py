"""Entries of the trail, and the seals that chain them. Rows are inserted and read, never changed.

The trail knows no other app, and outlives what it tells of: accounts, tokens, persons and objects stand in it by
their ids, not by foreign keys.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One act: who, what, on which object. Written in the transaction of the act; unlinked until sealed."""

    at = models.DateTimeField("时间", auto_now_add=True)
    account = models.BigIntegerField("账号", null=True, blank=True)
    """The id of the account that acted, where one did."""
    on_behalf_of = models.CharField("代办对象", max_length=40, blank=True)
    token = models.BigIntegerField("程序", null=True, blank=True)
    """The id of the token by which a program acted, where one did."""
    act = models.CharField("行为", max_length=60)
    """Such as ``person.read``, ``claims.settle``, ``recognition.supersede``."""
    kind = models.CharField("对象类型", max_length=60)
    object_id = models.CharField("对象", max_length=64)
    person_id = models.BigIntegerField("人员", null=True, blank=True)
    """Whose data it was, where it was somebody's."""
    details = models.JSONField("详情", default=dict)
    """No name, no identity number: ids, codes and hashes only."""
    address = models.GenericIPAddressField("来源地址", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person_id", "-id"]),
            models.Index(fields=["account", "-id"]),
            models.Index(fields=["at"]),
        ]


class Seal(models.Model):
    """A link of the chain: the hash over the seal before and the digests of the entries that it seals, in order."""

    at = models.DateTimeField("封存时间")
    before = models.BinaryField(max_length=32, unique=True)
    """The hash of the seal before; 32 zero bytes on the first. Unique: the chain cannot fork."""
    hash = models.BinaryField(max_length=32, unique=True)
    count = models.PositiveIntegerField("条数")

    class Meta:
        verbose_name = verbose_name_plural = "审计封存"


class Sealed(models.Model):
    """Which seal holds an entry, and the entry's digest. An entry without such a row is the unsealed tail.

    ``entry`` is no foreign key: of an entry that somebody took away, this row still tells.
    """

    entry = models.BigIntegerField("审计记录", primary_key=True)
    seal = models.ForeignKey(Seal, models.PROTECT, db_index=False, related_name="entries")
    digest = models.BinaryField(max_length=32)
    """SM3 over every column of the entry."""

    class Meta:
        verbose_name = verbose_name_plural = "审计封存明细"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["seal", "entry"])]
