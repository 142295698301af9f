"""A provider's page, and the preview of a change, as their templates draw them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sanchong.dates import today
from sanchong.office.actor import Actor
from sanchong.office.claims.models import Visit, VisitState
from sanchong.office.keeping import Kind
from sanchong.office.providers import kinds
from sanchong.office.providers.changes import Line, Preview
from sanchong.office.providers.models import Post, Provider, Standing
from sanchong.office.providers.queries import Profile, profile
from sanchong.office.visibility import visible_posts, visible_visits
from sanchong.office.web.providers import words

OF_PROVIDER: Final = (kinds.STANDING, kinds.AGREEMENT, kinds.ROLE, kinds.SUSPENSION)


@dataclass(frozen=True, slots=True)
class Held:
    """A dated row of the history: what it says, when, on what ground, and whether it counts."""

    kind: str
    title: str
    said: str
    period: str
    source: str
    known_from: dt.date
    state: str
    row: int
    counts: bool
    ended: bool
    """Whether an end is said already, and has passed."""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on a provider's page."""

    profile: Profile
    standing: str
    area: str
    states: Sequence[str]
    warnings: Sequence[str]
    roles: Sequence[str]
    history: Sequence[Held]
    posts: Sequence[Held]
    more_posts: int
    """Posts today beyond those that are shown."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A preview: what counted and counts no longer, what counts instead; and whom it concerns."""

    replaced: Sequence[tuple[str, str, str]]
    """What kind, what it says, in which period."""
    written: Sequence[tuple[str, str, str]]
    renamed: tuple[str, str] | None
    since: dt.date | None
    """The first day on which something is other than before."""
    settled: int
    """Visits since then that are settled: they stay as they are."""
    open: int
    """Those that are not: they will be, by what then holds."""
    digest: str


MOST_POSTS: Final = 10


def page_of(actor: Actor, code: str) -> Page:
    """A provider as it is today and was; Refusal ``not_found`` for an unknown code."""
    now = today()
    found = profile(code, now, now)
    rows = [
        (kind.name, row)
        for kind in OF_PROVIDER
        for row in _rows(kind).filter(provider=found.provider).select_related("superseded_by")
    ]
    rows.sort(key=lambda pair: (pair[1].start, pair[1].pk), reverse=True)
    held = visible_posts(actor, Post.objects.at(now, now).filter(provider=found.provider))
    posts = list(
        held.select_related("practitioner", "superseded_by").order_by("practitioner__code")[: MOST_POSTS + 1]
    )
    many = held.count() if len(posts) > MOST_POSTS else len(posts)
    areas = words.area_names({row.region for kind, row in rows if kind == kinds.STANDING.name})
    standing = found.standings[0] if found.standings else None
    return Page(
        found,
        words.standing_of(standing) if standing else "",
        areas[standing.region] if standing else "",
        words.states(found),
        words.warnings(found),
        [words.ROLES[row.kind] for row in found.roles],
        [_held(kind, row, areas, now) for kind, row in rows],
        [_held(kinds.POST.name, row, areas, now) for row in posts[:MOST_POSTS]],
        max(0, many - MOST_POSTS),
    )


def effect_of(actor: Actor, provider: Provider, found: Preview) -> Effect:
    """What a previewed change would do, in words, and the visits of the days on which something becomes other."""
    lines = [*found.replaced, *found.written]
    areas = words.area_names({line.row.region for line in lines if isinstance(line.row, Standing)})
    touched = _days(found)
    visits = visible_visits(actor, Visit.objects.filter(provider=provider))
    visits = visits.none() if touched is None else visits.filter(admitted__gte=touched)
    waiting = (VisitState.REGISTERED, VisitState.DIAGNOSED, VisitState.REVERSED)
    return Effect(
        [_line(line, areas) for line in found.replaced],
        [_line(line, areas) for line in found.written],
        found.renamed,
        touched,
        visits.filter(state=VisitState.SETTLED).count(),
        visits.filter(state__in=waiting).count(),
        found.digest,
    )


def _days(found: Preview) -> dt.date | None:
    """The first day on which something is other than before; None where nothing dated changes."""
    written: list[Any] = [line.row for line in found.written]
    starts = [row.start for row in written if row.supersedes_id is None]
    for line in found.replaced:
        after = next((row for row in written if row.supersedes_id == line.row.pk), None)
        if after is None or after.start != line.row.start:
            starts.append(min(line.row.start, after.start if after else line.row.start))
        elif after.end is not None and (line.row.end is None or after.end < line.row.end):
            starts.append(after.end + dt.timedelta(days=1))
        else:
            starts.append(line.row.start)
    return min(starts, default=None)


def _rows(kind: Kind) -> Any:
    """All rows of a kind, of whatever model."""
    return kind.model.objects.all()


def _line(line: Line, areas: dict[str, str]) -> tuple[str, str, str]:
    return kinds.KINDS[line.kind].zh, words.said(line.kind, line.row, areas), words.period(line.row)


def _held(kind: str, row: Any, areas: dict[str, str], now: dt.date) -> Held:
    superseded = getattr(row, "superseded_by", None)
    ended = row.end is not None and row.end < now
    if row.withdrawn:
        state = "撤回记录"
    elif superseded is not None:
        state = "已撤回" if superseded.withdrawn else "已被取代"
    elif row.start > now:
        state = "尚未开始"
    else:
        state = "已终止" if ended else "有效"
    return Held(
        kind,
        kinds.KINDS[kind].zh,
        words.said(kind, row, areas),
        words.period(row),
        row.source,
        row.known_from,
        state,
        row.pk,
        superseded is None and not row.withdrawn,
        ended,
    )
