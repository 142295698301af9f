"""The log tells what failed and where, a line each, and nothing of anybody."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from tests.office import staffed, world
from tests.office.api import program
from tests.office.staffed import PASSWORD

from sanchong.office.logs import Line
from sanchong.office.settings import LOGGING

NUMBER, PHONE, NAME = "140302196503120019", "13800000007", "欧阳明月"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the server would write, under the levels of its settings."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Line())
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [handler])
    monkeypatch.setattr(root, "level", logging.WARNING)
    yield out


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_the_settings_send_everything_through_this_formatter() -> None:
    assert LOGGING["root"] == {"handlers": ["console"], "level": "WARNING"}
    assert list(LOGGING["handlers"]) == ["console"]  # type: ignore[call-overload]
    assert LOGGING["formatters"]["line"]["()"] == "sanchong.office.logs.Line"  # type: ignore[index]
    assert logging.getLogger("django").handlers == [] and logging.getLogger("django").propagate


@pytest.mark.django_db
def test_nothing_personal_is_in_the_log(log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong while a number, a telephone, a name or a password is at hand."""
    office = staffed.build()
    person = staffed.named(office.city.person(), NAME)
    anybody = Client(raise_request_exception=False)
    for _ in range(6):
        anybody.post("/sign-in/", {"username": PHONE, "password": "my-secret-7"})
    anybody.post(
        "/activate/", {"code": "X", "identity_number": NUMBER, "phone": PHONE, "password": "my-secret-7"}
    )
    anybody.get(f"/people/{NUMBER}/")
    anybody.get(f"/{NAME}/{NUMBER}")
    anybody.get("/", headers={"host": f"{NUMBER}.example"})
    Client(enforce_csrf_checks=True).post("/sign-in/", {"username": PHONE, "password": PASSWORD})

    clerk = Client(raise_request_exception=False)
    clerk.post("/sign-in/", {"username": "agency_city", "password": PASSWORD})
    clerk.post("/sign-in/second/", {"code": office.code("agency_city")})

    def broken(*_: Any, **__: Any) -> Any:
        try:
            raise ValueError(f"Key (identity)=({NUMBER}) of {NAME} already exists")
        except ValueError as error:
            raise RuntimeError(f"no {PHONE}") from error

    monkeypatch.setattr("sanchong.office.people.queries.find_by_identity", broken)
    assert clerk.post("/people/", {"q": NUMBER}).status_code == 500
    caller = program(office.city)
    caller.client.raise_request_exception = False
    assert caller.post("/people/lookup", {"identity_number": NUMBER}).status_code == 500

    said = log.getvalue()
    failures = [line for line in lines(log) if line["level"] == "ERROR"]
    assert {line["logger"] for line in failures} >= {"django.request", "sanchong.office.api.application"}
    for private in (NUMBER, PHONE, NAME, "my-secret-7", PASSWORD, person.number, caller.secret):
        assert private not in said


@pytest.mark.django_db
def test_a_failure_is_told_with_its_kinds_and_places(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = staffed.opened()
    clerk = Client(raise_request_exception=False)
    clerk.post("/sign-in/", {"username": "agency_city", "password": PASSWORD})
    clerk.post("/sign-in/second/", {"code": office.code("agency_city")})

    def broken(*_: Any, **__: Any) -> Any:
        raise KeyError("nothing")

    monkeypatch.setattr("sanchong.office.people.queries.find_by_identity", broken)
    clerk.post("/people/", {"q": NUMBER})
    [told] = lines(log)
    assert told["said"] == "POST people/ 500" and told["at"].endswith("+00:00")
    assert told["errors"][0]["kind"] == "KeyError"
    assert told["errors"][0]["at"][-1].startswith("tests.office.test_logs:")
    assert any(place.startswith("sanchong.office.web.views.people:") for place in told["errors"][0]["at"])


@pytest.mark.django_db
def test_a_call_without_a_valid_token_is_told_without_the_token(log: io.StringIO) -> None:
    world.build()
    Client().get("/api/v1/me", headers={"Authorization": "Bearer sc_nobodys"}, REMOTE_ADDR="192.0.2.7")
    Client().get("/api/v1/me", REMOTE_ADDR="192.0.2.8")
    assert [line["said"] for line in lines(log)] == [
        "a call was refused: 401, no token, from 192.0.2.7",
        "a call was refused: 401, no token, from 192.0.2.8",
    ]
    assert "sc_nobodys" not in log.getvalue()


@pytest.mark.django_db
def test_who_tries_is_told(log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Input that is none, a file that is none, a forged form, a closed address."""
    city = world.build()
    caller = program(city)
    token = caller.get("/me").wsgi_request.token.pk
    caller.post("/people/lookup", {"identity_number": NUMBER, "card": NUMBER})
    Client(enforce_csrf_checks=True).post("/sign-in/", {"username": PHONE})
    monkeypatch.setattr("sanchong.office.accounts.knocking.MOST", 0)
    Client().post("/sign-in/", {"username": PHONE, "password": "x"}, REMOTE_ADDR="192.0.2.7")
    Client().post("/sign-in/", {"username": PHONE, "password": "x"}, REMOTE_ADDR="192.0.2.7")
    assert [line["said"] for line in lines(log)] == [
        f"a call was refused: 422, token {token}, from 127.0.0.1",
        "POST sign-in/ 403",
        "signing in is closed for the quarter of an hour to 192.0.2.7",
    ]
    assert NUMBER not in log.getvalue() and PHONE not in log.getvalue()


def test_a_line_cannot_pass_for_two(log: io.StringIO) -> None:
    logging.getLogger("sanchong.office").error('broken\n{"level": "INFO"}\x1b[2J')
    assert len(log.getvalue().splitlines()) == 1 and "\x1b" not in log.getvalue()
    assert lines(log)[0]["said"] == 'broken\n{"level": "INFO"}\x1b[2J'


def test_what_others_say_is_written_without_its_particulars(log: io.StringIO) -> None:
    logging.getLogger("some.library").warning("cannot use %s", NUMBER)
    logging.getLogger("sanchong.office").warning("waited %s seconds", 3)
    assert [line["said"] for line in lines(log)] == ["cannot use %s", "waited 3 seconds"]
