"""A session's limits: half an hour without a request, ten hours at most; and when its holder last proved who they are."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

IDLE: Final = 30 * 60
LONGEST: Final = 10 * 60 * 60
PROVED_FOR: Final = 5 * 60
"""Seconds, all three."""
NOTED: Final = 60
"""The last request is written down once a minute at most."""

POLLED: Final = "X-Polled"
"""The header of a request that a page makes by itself, again and again."""

SINCE, SEEN, PROVED = "since", "seen", "proved"

View = Callable[..., HttpResponse]


def begin(request: HttpRequest) -> None:
    """A session starts now, its holder proven."""
    now = int(time.time())
    request.session[SINCE] = request.session[SEEN] = request.session[PROVED] = now


def prove(request: HttpRequest) -> None:
    """The holder has just proved who they are once more: the session goes on under another key."""
    request.session.cycle_key()
    request.session[PROVED] = int(time.time())


def is_over(request: HttpRequest) -> bool:
    """Whether the session has passed one of its limits; else this request is noted, unless a page asks by itself how far
    something is: nobody need sit before it.
    """
    now = int(time.time())
    since, seen = request.session.get(SINCE, 0), request.session.get(SEEN, 0)
    if now - since > LONGEST or now - seen > IDLE:
        return True
    if now - seen > NOTED and POLLED not in request.headers:
        request.session[SEEN] = now
    return False


def proved_lately(view: View) -> View:
    """Before money moves back: the view runs only within five minutes of password and second factor; else they are asked for."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if int(time.time()) - request.session.get(PROVED, 0) <= PROVED_FOR:
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else request.META.get("HTTP_REFERER", "/")
        return redirect(f"{reverse('web:prove')}?{urlencode({'next': back})}")

    return guarded
