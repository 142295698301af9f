"""The law's site inside the office: everybody may read it. A bar above each page leads back."""

from __future__ import annotations

import mimetypes
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from sanchong.office.web import policy
from sanchong.office.web.views.errors import refused
from sanchong.settlement.refusal import Refusal

BODY: Final = '<header class="top">'
HEAD: Final = "</head>"


@login_not_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The site's first page; while it is being built, a page that says so and asks again."""
    try:
        ready = policy.built()
        if ready is None:
            policy.build_aside()
    except Refusal as refusal:
        return refused(request, refusal, 503)
    if ready is not None:
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(headers={"HX-Redirect": "/policy/index.html"})
        return redirect("web:policy_page", name="index.html")
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    return render(request, "web/policy_wait.html")


@login_not_required
@require_GET
def page(request: HttpRequest, name: str) -> HttpResponse:
    """A file of the site."""
    try:
        folder = policy.built()
    except Refusal as refusal:
        return refused(request, refusal, 503)
    if folder is None:
        return redirect("web:policy")
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file() or file.name.startswith("."):
        raise Http404
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    content = file.read_bytes()
    if kind == "text/html":
        bar = render_to_string("web/policy_bar.html", request=request)
        style = render_to_string("web/policy_style.html")
        text = content.decode().replace(HEAD, style + HEAD, 1).replace(BODY, bar + BODY, 1)
        return HttpResponse(text)
    if kind.startswith("text/") or kind.endswith(("+xml", "/javascript")):
        kind += "; charset=utf-8"
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": "private, max-age=3600"})
