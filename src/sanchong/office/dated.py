"""All that is dated, by one mechanism on two time axes: in force from/to, and known from.

A row says that something held in a closed period, and from which day the office knew it. Nothing is
overwritten: a row that turns out wrong or ends early is superseded by another, known from a later day
(or the same); one that should never have been is superseded by a withdrawal. What was known on an earlier day can so
always be asked again.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

D = TypeVar("D", bound="Dated")


class DatedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Rows of something dated, looked up at (date, known on)."""

    def known(self, on: dt.date) -> DatedQuerySet:
        """What counted as true on the day ``on``: known by then, superseded by nothing known by then."""
        later = self.model._default_manager.filter(supersedes=OuterRef("pk"), known_from__lte=on)
        return self.filter(known_from__lte=on, withdrawn=False).exclude(Exists(later))

    def current(self) -> DatedQuerySet:
        """What counts as true by all that is recorded."""
        later = self.model._default_manager.filter(supersedes=OuterRef("pk"))
        return self.filter(withdrawn=False).exclude(Exists(later))

    def at(self, day: dt.date, known_on: dt.date) -> DatedQuerySet:
        """What was in force on ``day``, as known on ``known_on``."""
        return self.known(known_on).filter(Q(end=None) | Q(end__gte=day), start__lte=day)

    def overlapping(self, start: dt.date, end: dt.date | None) -> DatedQuerySet:
        """Rows whose period shares a day with the closed period ``start`` to ``end`` (None: open)."""
        found = self.filter(Q(end=None) | Q(end__gte=start))
        return found if end is None else found.filter(start__lte=end)


class Dated(models.Model):
    """Something that held from ``start`` to ``end``, both included, and was known from ``known_from``."""

    start = models.DateField("起始日期")
    end = models.DateField("终止日期", null=True, blank=True)
    known_from = models.DateField("获知日期")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name="取代"
    )
    withdrawn = models.BooleanField("撤回", default=False)
    recorded_at = models.DateTimeField("记录时间", auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="记录人",
    )
    source = models.CharField("依据", max_length=200, blank=True)

    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gte=F("start")), name="%(app_label)s_%(class)s_period"
            )
        ]

    def superseding(self: D, **changes: Any) -> D:
        """A new, unsaved row of the same content save ``changes``, which takes this one's place."""
        kept = {
            f.attname: getattr(self, f.attname)
            for f in self._meta.concrete_fields
            if f.name not in ("id", "supersedes", "recorded_at", "recorded_by", "withdrawn", *changes)
        }
        return type(self)(**{**kept, **changes, "supersedes": self})
