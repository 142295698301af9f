"""Names locked after five wrong passwords: which are, and released before their time."""

from __future__ import annotations

from collections.abc import Iterable

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.utils import timezone


def locked(names: Iterable[str]) -> set[str]:
    """Those of ``names`` under which nobody can sign in now."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(
        username__in=names, failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gt=since
    )
    return set(attempts.values_list("username", flat=True))


def release(name: str) -> bool:
    """Forget the wrong passwords under a name; whether there were any."""
    return bool(reset(username=name))
