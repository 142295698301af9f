"""The interface's page and its document: for everybody, without a token, and from this host alone.

The page draws the OpenAPI document. Its script and its style stand in it and are named by their hashes; nothing else may run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from sanchong.office.api.application import document

_FILE: Final = Path(__file__).with_name("page.html")
_INLINE: Final = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page that shows what can be called, and how."""
    said, policy = _page()
    response = HttpResponse(said)
    response["Content-Security-Policy"] = policy
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return HttpResponse(document(), content_type="application/json")


@lru_cache(maxsize=1)
def _page() -> tuple[str, str]:
    """The page, and what may run in it."""
    text = _FILE.read_text(encoding="utf-8")
    allowed = {
        kind: "'sha256-" + base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode() + "'"
        for kind, inside in _INLINE.findall(text)
    }
    return text, (
        f"default-src 'none'; script-src {allowed['script']}; style-src {allowed['style']};"
        " connect-src 'self'; img-src data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
