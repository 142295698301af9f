"""The interface's door: what is decided before an operation is found, and what no operation answered, as problem+json."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from sanchong.office.api import problems
from sanchong.office.api.application import MOST_BYTES, SHEET_BYTES
from sanchong.office.api.problems import problem

log = logging.getLogger(__name__)

PREFIX: Final = "/api/"
LOGGED: Final = frozenset({400, 401, 413, 415, 422, 429})
"""What may be somebody who tries; what was refused for want of rights (403) stands in the trail."""


class Door:
    """Middleware around everything else, for addresses below /api/ only."""

    def __init__(self, inside: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.inside = inside

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Refuse what comes in the clear or is too large to be read; put into words what Django answers by itself."""
        if not request.path_info.startswith(PREFIX):
            return self.inside(request)
        response = self._answer(request)
        if response.status_code in LOGGED:
            token = getattr(request, "token", None)
            who = f"token {token.pk}" if token is not None else "no token"
            log.warning(
                "a call was refused: %s, %s, from %s",
                response.status_code,
                who,
                request.META.get("REMOTE_ADDR"),
            )
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if settings.IN_EARNEST and not request.is_secure():
            return problem(request, problems.PLAIN)
        most = SHEET_BYTES if request.content_type == "multipart/form-data" else MOST_BYTES
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            return problem(request, problems.UNREADABLE)
        if int(length[:20]) > most:
            return problem(request, problems.too_large(most))
        response = self.inside(request)
        if response.status_code < 400 or response.get("Content-Type") == problems.MEDIA_TYPE:
            return response
        return _in_words(request, response)


def _in_words(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    refusal = {404: problems.NO_PATH, 405: problems.METHOD, 413: problems.too_large(MOST_BYTES)}.get(
        response.status_code,
        problems.INTERNAL if response.status_code >= 500 else problems.UNREADABLE,
    )
    said = problem(request, refusal)
    if "Allow" in response:
        said["Allow"] = response["Allow"]
    return said
