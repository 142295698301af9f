"""Reads of the trail."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from sanchong.office.trail.models import Entry, Sealed


def unsealed() -> QuerySet[Entry]:
    """The entries that no seal holds."""
    return Entry.objects.exclude(Exists(Sealed.objects.filter(pk=OuterRef("pk"))))
