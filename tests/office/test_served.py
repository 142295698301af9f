"""The office as it is served: processes that share nothing of the database, a database that goes away, answers to anything."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import orjson
import pytest
from django.db import connection
from tests.office import fuzz_api, served
from tests.office.crowd import Crowd, gather
from tests.office.world import City, build

from sanchong.office.accounts import services as accounts
from sanchong.office.claims.models import Settlement
from sanchong.office.integrity import audit
from sanchong.office.people import sandbox

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS, PEOPLE, VISITS = 8, 12, 5


@pytest.fixture
def city() -> City:
    return build()


@pytest.fixture
def crowd(city: City) -> Crowd:
    return gather(city, PEOPLE, VISITS)


@pytest.fixture
def office(city: City, crowd: Crowd) -> Iterator[served.Served]:
    """The office on the test's database, in two processes where the database allows it."""
    said = connection.settings_dict
    if connection.vendor == "postgresql":
        url = served.as_role(f"postgresql://sanchong@{said['HOST']}:{said['PORT']}/{said['NAME']}")
    else:
        url = f"sqlite:///{said['NAME']}"
    running = served.Served(
        url, served.token(city.realm.pk, city.hospital.code), 2 if connection.vendor == "postgresql" else 1
    )
    running.start()
    try:
        yield running
    finally:
        running.stop()


def test_every_client_gets_its_own_answer(office: served.Served, crowd: Crowd) -> None:
    """The server's processes are forked: one connection that two of them speak over would mix up their answers."""

    def settle(client: int) -> list[tuple[int, str, str]]:
        line = office.connect()
        told = []
        for person in crowd.visits[client::CLIENTS]:
            for visit in person:
                status, said = line.ask("POST", f"/visits/{visit}/settle", {}, f"settle-{visit}")
                told.append((status, visit, orjson.loads(said).get("visit", said.decode())))
        return told

    with ThreadPoolExecutor(CLIENTS) as pool:
        told = [one for many in pool.map(settle, range(CLIENTS)) for one in many]
    assert [(status, about) for status, _, about in told] == [(200, visit) for _, visit, _ in told]
    assert len(told) == Settlement.objects.count() == PEOPLE * VISITS
    assert audit().findings == []


@pytest.fixture
def bare(city: City) -> Iterator[served.Served]:
    """The office in one process, about nobody."""
    said = connection.settings_dict
    url = f"sqlite:///{said['NAME']}"
    if connection.vendor == "postgresql":
        url = served.as_role(f"postgresql://sanchong@{said['HOST']}:{said['PORT']}/{said['NAME']}")
    running = served.Served(url, served.token(city.realm.pk, city.hospital.code), 1)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def test_where_a_message_ends_is_never_in_doubt(bare: served.Served) -> None:
    """Two lengths are refused; beside chunks a length counts for nothing, and nothing more is read from the connection."""

    def answers(said: str) -> list[str]:
        """The status of each answer, until the server closes the connection: a TimeoutError if it does not."""
        with socket.create_connection(("127.0.0.1", bare.port), timeout=10) as line:
            line.sendall(said.encode())
            got = b""
            with suppress(ConnectionResetError):
                while part := line.recv(65536):
                    got += part
        return [part.split(" ")[0] for part in got.decode(errors="replace").split("HTTP/1.1 ")[1:]]

    to = "POST /api/v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    hidden = "GET /api/v1/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    length = f"Content-Length: {5 + len(hidden)}\r\n"
    assert answers(f"{to}Content-Length: 5\r\n{length}\r\nabcde{hidden}") == ["400"]
    for both in (f"{length}Transfer-Encoding: chunked\r\n", f"Transfer-Encoding: chunked\r\n{length}"):
        assert answers(f"{to}{both}\r\n0\r\n\r\n{hidden}") == ["405"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that goes away")
def test_a_connection_that_the_database_closed_is_503_and_then_gone(office: served.Served) -> None:
    """A call that meets a dead connection says so and may be repeated; the next ones get new connections."""
    line = office.connect()
    for _ in range(20):
        assert line.ask("GET", "/me")[0] == 200
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [served.ROLE]
        )
        assert cursor.rowcount
    told = [line.ask("GET", "/me") for _ in range(40)]
    assert {status for status, _ in told} == {200, 503}
    assert {orjson.loads(said)["code"] for status, said in told if status == 503} == {"unavailable"}
    assert {status for status, _ in told[-5:]} == {200}


def test_whatever_is_sent_is_answered_as_the_document_says(
    office: served.Served, city: City, crowd: Crowd
) -> None:
    """A little of tests.office.fuzz_api, in a provider's sandbox."""
    realm = accounts.sandbox_of(city.hospital.code)
    sandbox.fill(city.actor, realm)
    office.secret = served.token(realm.pk, city.hospital.code)
    few = ["--max-examples", "2", "--phases", "fuzzing", "--seed", "5", "--no-shrink"]
    assert fuzz_api.fuzz(office, ["P1"], ["P1"], few) == 0
