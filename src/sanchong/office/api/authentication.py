"""Who calls: a program by its token, in the realm and for the provider that the token says, within its scopes."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from ninja.security import HttpBearer

from sanchong.office.accounts.models import Scope
from sanchong.office.accounts.services import actor_for, check
from sanchong.office.actor import Actor
from sanchong.settlement.refusal import Refusal

MISSING: Final = Refusal(
    "token_missing",
    "Authorization",
    "缺少令牌；请在请求头写 Authorization: Bearer 令牌",
    "no token: send the header Authorization: Bearer TOKEN",
)


class Bearer(HttpBearer):
    """A token with one scope. It is checked and counted outside any transaction, before the body is read."""

    def __init__(self, scope: Scope | None, media_type: str = "") -> None:
        super().__init__()
        self.scope = scope
        self.media_type = media_type
        """Of the body, where it is not JSON."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The actor of the token, as ``request.auth``; Refusal if it opens nothing, or not this."""
        found = check(token)
        request.token = found  # type: ignore[attr-defined]  # whose refusal it is, for the trail
        scope = self.scope.value if self.scope else next(iter(found.scopes), "")
        actor = actor_for(found, scope, request.META.get("REMOTE_ADDR", ""))
        if self.media_type and request.content_type != self.media_type:
            raise wrong_type(self.media_type)
        return actor


def wrong_type(expected: str) -> Refusal:
    """A body of another type than is read."""
    return Refusal(
        "media_type",
        "Content-Type",
        f"请求体的类型应为 {expected}",
        f"the body is to be {expected}: say so in Content-Type",
    )


def actor_of(request: HttpRequest) -> Actor:
    """Who calls, after the token was checked."""
    actor: Any = request.auth  # type: ignore[attr-defined]
    assert isinstance(actor, Actor)
    return actor
