"""The first calls: who the token says one is, and whom one may try things with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router
from typing_extensions import TypedDict

from sanchong.office.accounts.models import Token
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.operations import answer, expose
from sanchong.office.people import sandbox
from sanchong.office.people.api.people import PersonSaid, person_said

router = Router()


class Reader(TypedDict):
    """Who calls."""

    program: str
    provider: str
    """The provider's code; "" for the agency."""
    realm: str
    sandbox: bool
    scopes: list[str]
    per_minute: int
    expires_on: str | None


class TestPerson(TypedDict):
    """A person of the sandbox, with the document's number in the clear: nobody's."""

    identity_number: str
    story: str
    story_en: str
    person: PersonSaid


class TestPeople(TypedDict):
    """The people of the sandbox."""

    people: list[TestPerson]


@expose(router, "GET", "/me", scope=None, answers=Reader, zh="我是谁", en="Who am I")
def me(request: HttpRequest) -> HttpResponse:
    """令牌属于哪家机构、在正式账还是沙箱、有哪些权限。

    Whose token it is, in the real ledger or a sandbox, and what it may do.
    """
    actor = actor_of(request)
    assert actor.token is not None
    token = Token.objects.select_related("realm").get(pk=actor.token)
    said: Reader = {
        "program": token.name,
        "provider": token.provider_code,
        "realm": token.realm.name,
        "sandbox": token.realm.sandbox,
        "scopes": token.scopes,
        "per_minute": token.per_minute,
        "expires_on": token.expires_on.isoformat() if token.expires_on else None,
    }
    return answer(said)


@expose(
    router,
    "GET",
    "/sandbox/people",
    scope=None,
    answers=TestPeople,
    zh="沙箱里的测试人员",
    en="The test people of the sandbox",
)
def test_people(request: HttpRequest) -> HttpResponse:
    """虚构的参保人，证件号码可直接用于查询。仅限沙箱令牌。

    People who do not exist; their documents' numbers can be looked up. For tokens of a sandbox.
    """
    people: list[TestPerson] = [
        {
            "identity_number": story.identity_number,
            "story": story.zh,
            "story_en": story.en,
            "person": person_said(shown),
        }
        for story, shown in sandbox.test_people(actor_of(request))
    ]
    return answer(TestPeople(people=people))
