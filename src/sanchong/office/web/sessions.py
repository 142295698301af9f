"""A session's limits: half an hour without a request, ten hours at most; when its holder last proved who they are; and all that
an account has, for its holder to see and to end.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from sanchong.office.accounts import sessions as kept
from sanchong.office.accounts.models import Account
from sanchong.office.web.capacity import actor_of, address_of

IDLE: Final = 30 * 60
LONGEST: Final = 10 * 60 * 60
PROVED_FOR: Final = 5 * 60
"""Seconds, all three."""
NOTED: Final = 60
"""The last request is written down once a minute at most."""

POLLED: Final = "X-Polled"
"""The header of a request that a page makes by itself, again and again."""

SINCE, SEEN, PROVED = "since", "seen", "proved"
HANDLE, ADDRESS, DEVICE = "handle", "address", "device"
"""Under what a session is named on a page (its key is a secret), and from where it began."""

DEVICES: Final = (
    ("iPad", "平板"), ("Mobile", "手机"), ("iPhone", "手机"), ("Android", "平板"),
    ("Windows", "电脑"), ("Macintosh", "电脑"), ("Linux", "电脑"),
)  # fmt: skip
"""What stands in a browser's name for itself, and what that is; the first that is found counts."""

View = Callable[..., HttpResponse]


def begin(request: HttpRequest) -> None:
    """A session starts now, its holder proven."""
    now = int(time.time())
    request.session[SINCE] = request.session[SEEN] = request.session[PROVED] = now
    request.session[HANDLE] = secrets.token_hex(8)
    request.session[ADDRESS] = address_of(request)
    request.session[DEVICE] = device_of(request.headers.get("User-Agent", ""))
    kept.sweep()


def prove(request: HttpRequest) -> None:
    """The holder has just proved who they are once more: the session goes on under another key."""
    request.session.cycle_key()
    request.session[PROVED] = int(time.time())


def is_over(request: HttpRequest) -> bool:
    """Whether the session has passed one of its limits; else this request is noted, unless a page asks by itself how far
    something is: nobody need sit before it.
    """
    now = int(time.time())
    if not _holds(request.session, now):
        return True
    if now - request.session[SEEN] > NOTED and POLLED not in request.headers:
        request.session[SEEN] = now
    return False


def _holds(data: Any, now: int) -> bool:
    return bool(now - data.get(SINCE, 0) <= LONGEST and now - data.get(SEEN, 0) <= IDLE)


def proved_lately(view: View) -> View:
    """Before money moves back: the view runs only within five minutes of password and second factor; else they are asked for."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if int(time.time()) - request.session.get(PROVED, 0) <= PROVED_FOR:
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else request.META.get("HTTP_REFERER", "/")
        return redirect(f"{reverse('web:prove')}?{urlencode({'next': back})}")

    return guarded


# ── all of an account's sessions ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Shown:
    """A session as its holder sees it."""

    handle: str
    since: dt.datetime
    seen: dt.datetime
    """To the minute, about."""
    address: str
    device: str
    here: bool
    """Whether it is the one that asks."""


def open_sessions(request: HttpRequest) -> list[Shown]:
    """The sessions of whoever asks that still hold: this one first, then those used last."""
    found = [_shown(data, key == request.session.session_key) for key, data in _holding(request).items()]
    return sorted(found, key=lambda one: (not one.here, -one.seen.timestamp()))


def end_one(request: HttpRequest, handle: str) -> int:
    """End another session, by what the page calls it; how many were ended: 0 if it was over already, or is this one."""
    return _end(request, lambda data: data.get(HANDLE) == handle)


def end_others(request: HttpRequest) -> int:
    """End all sessions but this one; how many were ended."""
    return _end(request, lambda _: True)


def _end(request: HttpRequest, which: Callable[[Mapping[str, Any]], bool]) -> int:
    mine = request.session.session_key
    keys = [key for key, data in _holding(request).items() if key != mine and which(data)]
    return kept.end(actor_of(request), _account(request), keys)


def _holding(request: HttpRequest) -> dict[str, dict[str, Any]]:
    now = int(time.time())
    return {key: data for key, data in kept.of_account(_account(request)).items() if _holds(data, now)}


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _shown(data: Mapping[str, Any], here: bool) -> Shown:
    zone = timezone.get_current_timezone()
    return Shown(
        data.get(HANDLE, ""),
        dt.datetime.fromtimestamp(data[SINCE], zone),
        dt.datetime.fromtimestamp(data[SEEN], zone),
        data.get(ADDRESS, ""),
        data.get(DEVICE, ""),
        here,
    )


def device_of(agent: str) -> str:
    """What kind of device a browser says that it runs on, roughly: enough to know one's own again."""
    return next((zh for sign, zh in DEVICES if sign in agent), "其他设备")
