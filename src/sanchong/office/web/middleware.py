"""What holds on every page: who acts, whether the session still holds, what must be done first; and what browsers are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sanchong.office.accounts import knocking
from sanchong.office.accounts.models import Account
from sanchong.office.accounts.passwords import is_due
from sanchong.office.api.application import SHEET_BYTES
from sanchong.office.trail.services import record
from sanchong.office.web import sessions
from sanchong.office.web.capacity import actor_of, address_of, capacities_of, chosen
from sanchong.office.web.views.errors import TOO_COSTLY, TOO_LARGE, TOO_MANY, come_again, trouble

PROGRAMS: Final = "/api/"
"""What programs call: by tokens, without sessions."""
ALWAYS: Final = frozenset({"sign_out", "set_up", "picture", "password", "prove", "display"})
"""What a signed-in account may do before its password is changed and its second factor set up."""

LOOKUPS: Final = frozenset({"web:people", "web:person"})
"""Where somebody is found: of these an account opens so many in a quarter of an hour."""
LOOKUP_FORMS: Final = frozenset({"web:fact_new", "web:fact_row"})
"""Pages of which one form finds somebody: it counts as well."""
COSTLY: Final = frozenset({"web:import_preview", "web:edition_difference"})
"""Pages that take long to make. Of these, and of the forms below, an account asks so many in a quarter of an hour, all together."""
COSTLY_FORMS: Final = frozenset({"web:study_simulation", "web:study_batch", "web:import", "web:later"})
"""Pages whose form starts what takes long. The export of a list is one on any page."""
REFUSED: Final = frozenset({403, 404})
"""What the trail tells of: a page that is not for this post, or an object that it does not see."""

Answer = Callable[[HttpRequest], HttpResponse]


class PageHeaders:
    """Headers that Django does not set; and no page with somebody's data in a cache."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its headers; what is larger than any form of ours is not read."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length[:20]) > SHEET_BYTES and not request.path.startswith(PROGRAMS):
            response = trouble(request, TOO_LARGE, 413)
        else:
            response = self.answer(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class Capacity:
    """Signed in or turned away: every view but those marked ``login_not_required`` needs an account in a session that holds."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request that knows who acts."""
        request.capacity, request.capacities = None, []  # type: ignore[attr-defined]
        if request.path.startswith(PROGRAMS) or not request.user.is_authenticated:
            return self.answer(request)
        if sessions.is_over(request):
            logout(request)
            request.session["ended"] = True
            return self.answer(request)
        assert isinstance(request.user, Account)
        found = capacities_of(request.user, address_of(request))
        request.capacities = found  # type: ignore[attr-defined]
        request.capacity = chosen(request, found)  # type: ignore[attr-defined]
        response = self.answer(request)
        if response.status_code in REFUSED and request.user.is_authenticated:
            page = request.resolver_match.view_name if request.resolver_match else ""
            record(actor_of(request), "page.refused", "page", page[:64], status=response.status_code)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Where the request is sent instead, if something comes first."""
        if request.path.startswith(PROGRAMS) or not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("web:sign_in"))
        match = request.resolver_match
        if match is not None and match.namespace == "web" and match.url_name in ALWAYS:
            return None
        assert isinstance(request.user, Account)
        if is_due(request.user):
            return redirect("web:password")
        staff = any(c.staff for c in request.capacities)  # type: ignore[attr-defined]
        if staff and not request.user.is_verified():  # type: ignore[attr-defined]
            return redirect("web:set_up")
        if (
            match is not None
            and _looks_up(request, match.view_name)
            and not knocking.looks_up(request.user.pk)
        ):
            record(actor_of(request), "page.too_many", "page", match.view_name)
            return come_again(request, TOO_MANY)
        if _is_costly(request) and not knocking.costs(request.user.pk):
            record(actor_of(request), "page.too_many", "page", match.view_name if match is not None else "")
            return come_again(request, TOO_COSTLY)
        return None


def _looks_up(request: HttpRequest, page: str) -> bool:
    return page in LOOKUPS or (page in LOOKUP_FORMS and request.POST.get("step") == "find")


def _is_costly(request: HttpRequest) -> bool:
    page = request.resolver_match.view_name if request.resolver_match else ""
    return page in COSTLY or (request.method == "POST" and (page in COSTLY_FORMS or "export" in request.POST))
