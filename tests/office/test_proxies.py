"""Who asks, through a proxy or past it; and the office in earnest: reached under a name of its own, by TLS only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest

from sanchong.office.accounts.backend import from_here
from sanchong.office.crypto import new_keys, write_keys
from sanchong.office.environment import EnvironmentMistake, database, read_environment
from sanchong.office.operations.surroundings import postgresql_arguments
from sanchong.office.proxies import PASSED_ON, through


def asked(peer: str, *proxies: str, **headers: str) -> dict[str, Any]:
    """What the application is told of a request that came from ``peer`` with these headers."""
    told: dict[str, Any] = {}

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        told.update(environ)
        return []

    list(through(application, proxies)({"REMOTE_ADDR": peer, **headers}, None))
    return told


def test_a_named_proxy_says_who_asks() -> None:
    told = asked("10.0.0.5", "10.0.0.0/24", HTTP_X_FORWARDED_FOR="192.0.2.9", HTTP_X_FORWARDED_PROTO="https")
    assert (told["REMOTE_ADDR"], told["HTTP_X_FORWARDED_PROTO"]) == ("192.0.2.9", "https")


def test_what_stands_before_the_last_stranger_is_made_up() -> None:
    """The client claims to be 127.0.0.1; the outer proxy adds the client, the inner one the outer."""
    told = asked("10.0.0.5", "10.0.0.0/24", HTTP_X_FORWARDED_FOR="127.0.0.1, 192.0.2.9, 10.0.0.6")
    assert told["REMOTE_ADDR"] == "192.0.2.9"


@pytest.mark.parametrize("said", ["", "unknown", "10.0.0.6", "192.0.2.9, rubbish"])
def test_without_a_usable_word_the_proxy_itself_counts(said: str) -> None:
    assert asked("10.0.0.5", "10.0.0.0/24", HTTP_X_FORWARDED_FOR=said)["REMOTE_ADDR"] == "10.0.0.5"


def test_nobody_else_is_believed() -> None:
    told = asked("192.0.2.7", "10.0.0.5", HTTP_X_FORWARDED_FOR="127.0.0.1", HTTP_X_FORWARDED_PROTO="https")
    assert told == {"REMOTE_ADDR": "192.0.2.7", PASSED_ON: True}
    assert asked("192.0.2.7", "10.0.0.5") == {"REMOTE_ADDR": "192.0.2.7"}


def test_what_a_proxy_on_this_machine_passes_on_is_not_from_here() -> None:
    request = HttpRequest()
    request.META = asked("127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.7")
    assert not from_here(request)
    request.META = asked("127.0.0.1")
    assert from_here(request)


def test_proxies_are_addresses() -> None:
    assert read_environment({"SANCHONG_PROXIES": "10.0.0.5, 10.1.0.0/24"}).proxies == (
        "10.0.0.5/32",
        "10.1.0.0/24",
    )
    with pytest.raises(EnvironmentMistake, match="SANCHONG_PROXIES"):
        read_environment({"SANCHONG_PROXIES": "gateway"})


def test_a_database_elsewhere_is_asked_by_checked_tls() -> None:
    there = database("postgresql://app@db.example/office")
    assert there["OPTIONS"]["sslmode"] == "verify-full"
    said = database("postgresql://app@db.example/office?sslmode=verify-ca&sslrootcert=/etc/ca.pem")
    assert postgresql_arguments(said) | {"password": ""} == {
        "connect_timeout": 5, "dbname": "office", "user": "app", "host": "db.example", "password": "",
        "sslmode": "verify-ca", "sslrootcert": "/etc/ca.pem",
    }  # fmt: skip
    for here in ("postgresql://app@localhost/office", "postgresql:///office?host=/run/postgresql"):
        assert "sslmode" not in database(here)["OPTIONS"]
    with pytest.raises(EnvironmentMistake, match="sslmod"):
        database("postgresql://app@db.example/office?sslmod=require")


IN_EARNEST = """
import json, django
from django.conf import settings
django.setup()
from django.db import connection
from django.test import Client
from sanchong.office import health
def told(answer):
    return {"status": answer.status_code, "headers": dict(answer.headers),
            "cookies": {name: {k: v for k, v in morsel.items() if v} for name, morsel in answer.cookies.items()},
            "body": answer.content.decode()[:300]}
tls = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": "office.example"}
plain = {"HTTP_HOST": "office.example"}
print(json.dumps({
    "page": told(Client().get("/api/v1/", **tls)),
    "display": told(Client().post("/display/", **tls)),
    "plain": told(Client().get("/sign-in/", **plain)),
    "program": told(Client().get("/api/v1/me", **plain)),
    "names": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.DISPLAY_COOKIE_NAME],
    "secure": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY],
    "debug": settings.DEBUG,
    "problems": [p.code for p in health.of_surroundings(connection)],
}))
"""


@pytest.fixture(scope="module")
def earnest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What an office says that is reached as office.example; its proxy is not named."""
    home: Path = tmp_path_factory.mktemp("earnest")
    (home / "static").mkdir()
    write_keys(new_keys(), home / "keys.json")
    named = {
        "SANCHONG_HOME": str(home), "SANCHONG_KEYS": str(home / "keys.json"), "SANCHONG_SECRET": "x" * 40,
        "SANCHONG_DATABASE": f"sqlite:///{home / 'database' / 'none.sqlite3'}", "SANCHONG_HOSTS": "office.example",
        "DJANGO_SETTINGS_MODULE": "sanchong.office.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", IN_EARNEST], env={**os.environ, **named}, capture_output=True, check=True
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_in_earnest_browsers_are_told_to_keep_to_tls(earnest: dict[str, Any]) -> None:
    assert earnest["page"]["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert earnest["plain"]["status"] == 301
    assert earnest["plain"]["headers"]["Location"] == "https://office.example/sign-in/"


def test_in_earnest_a_program_without_tls_is_refused_and_not_led_on(earnest: dict[str, Any]) -> None:
    assert earnest["program"]["status"] == 403 and "tls_only" in earnest["program"]["body"]
    assert "Location" not in earnest["program"]["headers"]


def test_in_earnest_cookies_are_this_hosts_and_go_over_tls_only(earnest: dict[str, Any]) -> None:
    assert all(name.startswith("__Host-") for name in earnest["names"]) and all(earnest["secure"])
    [(name, cookie)] = earnest["display"]["cookies"].items()
    assert name == "__Host-display"
    assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
    assert "domain" not in cookie


def test_in_earnest_the_proxy_must_be_named(earnest: dict[str, Any]) -> None:
    assert earnest["problems"] == ["no_proxies"]
    assert earnest["debug"] is False
