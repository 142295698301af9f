"""What ASVS and 等保 ask of sign-in, sessions and answers beyond test_sign_in: each test is named in docs/security-*.md."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings
from tests.office import staffed
from tests.office.api import BASE, program
from tests.office.master import refused
from tests.office.staffed import PASSWORD, Staffed

from sanchong.office.accounts import knocking, staff
from sanchong.office.accounts.models import Account, Knocks, SecondFactor
from sanchong.office.accounts.passwords import set_password
from sanchong.office.citizens import services as citizens
from sanchong.office.crypto import KeyMistake, new_keys
from sanchong.office.trail.models import Entry
from sanchong.office.web import sessions

pytestmark = pytest.mark.django_db
GOOD = "雨天要带雨伞-2026"
HERE = "127.0.0.1"
PRIVATE = "140302196503120019"
"""An identity number, as somebody might type it anywhere."""


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


def first_step(client: Client, name: str, password: str = PASSWORD, **meta: str) -> HttpResponse:
    return client.post("/sign-in/", {"username": name, "password": password}, **meta)  # type: ignore[arg-type,return-value]


def entered(office: Staffed, role: str) -> Client:
    client = Client()
    first_step(client, role)
    assert client.post("/sign-in/second/", {"code": office.code(role)}).status_code == 302
    return client


# ── passwords ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "password", ["sanchong-2026", "阳泉医保-20261122", "Administrator#2026", "三重医保密码123456"]
)
def test_words_of_the_office_do_not_count_towards_the_length(password: str) -> None:
    """Without them fewer than ten characters are left: -2026; -20261122; #2026; 123456."""
    with refused("invalid_input", "password"):
        set_password(Account(username="chen"), password)


@pytest.mark.parametrize("password", ["Sunshine!2026", "2026.iloveyou.", "--1234567890--"])
def test_a_common_password_with_digits_around_it_is_common(password: str) -> None:
    with refused("invalid_input", "password"):
        set_password(Account(username="chen"), password)


@pytest.mark.parametrize("password", [" 前后有空格 也算数 ", "雨" * 60 + "-2026 ", "Ａ全角与半角A不同-9"])
def test_a_password_counts_exactly_as_it_was_typed(office: Staffed, password: str) -> None:
    """Up to 64 characters and more; neither trimmed nor cut nor made another character."""
    account = office.account("analyst")
    set_password(account, password)
    account.save()
    assert first_step(Client(), "analyst", password).status_code == 302
    for other in (password.strip(), password[:64], password.replace("Ａ", "A")):
        if other != password:
            assert first_step(Client(), "analyst", other).status_code == 401


def test_a_new_password_needs_the_old_one_and_is_another(office: Staffed) -> None:
    client = entered(office, "analyst")
    for form in (
        {"old": "wrong", "new": GOOD, "again": GOOD},
        {"old": PASSWORD, "new": GOOD, "again": GOOD + "x"},
        {"old": PASSWORD, "new": PASSWORD, "again": PASSWORD},
    ):
        assert client.post("/account/password/", form).status_code == 400
    assert office.account("analyst").check_password(PASSWORD)


def test_a_changed_password_ends_the_other_sessions(office: Staffed) -> None:
    here, elsewhere = entered(office, "analyst"), entered(office, "analyst")
    assert here.post("/account/password/", {"old": PASSWORD, "new": GOOD, "again": GOOD}).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


def test_a_password_set_by_another_ends_every_session(office: Staffed) -> None:
    client = entered(office, "analyst")
    staff.reset_password(office.actor("administrator"), office.account("analyst"))
    assert client.get("/").status_code == 302


def test_password_fields_hide_and_let_password_managers_in(office: Staffed) -> None:
    client = Client()
    for path in ("/sign-in/", "/activate/"):
        page = client.get(path).content.decode()
        assert 'type="password" autocomplete="' in page
        assert "onpaste" not in page


# ── attempts ─────────────────────────────────────────────────────────────────────────────────


def test_one_password_on_many_names_closes_the_address(
    office: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knocking, "MOST", 4)
    for turn in range(4):
        assert first_step(Client(), f"name-{turn}", "wrong", REMOTE_ADDR="192.0.2.7").status_code == 401
    closed = first_step(Client(), "name-4", "wrong", REMOTE_ADDR="192.0.2.7")
    assert closed.status_code == 429 and "登录失败过多" in closed.content.decode()
    assert first_step(Client(), "name-4", "wrong", REMOTE_ADDR="192.0.2.8").status_code == 401
    monkeypatch.setattr(knocking, "_window", lambda: int(time.time()) // knocking.WINDOW + 1)
    assert first_step(Client(), "name-5", "wrong", REMOTE_ADDR="192.0.2.7").status_code == 401
    assert set(Knocks.objects.values_list("source", flat=True)) == {"192.0.2.7"}, "earlier quarters are gone"


def test_an_ipv6_customer_is_one_source() -> None:
    assert (
        knocking.source_of("2001:db8:1:2:3::4")
        == knocking.source_of("2001:db8:1:2::9")
        == "2001:db8:1:2::/64"
    )
    assert knocking.source_of("unix") == ""


def test_codes_are_not_guessed_from_one_address(office: Staffed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knocking, "MOST", 3)
    person = office.city.person()
    form = {"code": "AAAA-AAAA-AAAA", "identity_number": PRIVATE, "phone": "13800000009", "password": GOOD}
    for _ in range(3):
        assert Client().post("/activate/", form, REMOTE_ADDR="192.0.2.7").status_code == 400
    right = form | {
        "code": citizens.print_code(office.city.actor, person),
        "identity_number": person.identity_number,
    }
    assert Client().post("/activate/", right, REMOTE_ADDR="192.0.2.7").status_code == 429
    assert Client().post("/activate/", right, REMOTE_ADDR="192.0.2.8").status_code == 302


def test_nobody_looks_up_a_whole_town(office: Staffed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knocking, "MOST_LOOKUPS", 3)
    client = entered(office, "agency_city")
    number = office.city.person().number
    assert client.post("/people/", {"q": number}).status_code == 302
    assert client.get("/people/").status_code == 200
    assert client.post("/people/", {"q": number}).status_code == 302
    refusal = client.post("/people/", {"q": number})
    assert refusal.status_code == 429 and "查询过于频繁" in refusal.content.decode()
    assert Entry.objects.filter(act="page.too_many", account=office.account("agency_city").pk).count() == 1
    assert client.get("/").status_code == 200
    assert entered(office, "agency_county").post("/people/", {"q": number}).status_code != 429


def test_what_takes_long_is_asked_for_so_often_and_no_more(
    office: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export, a study's form, a preview of a later fact and an import's file count together; reading pages does not."""
    monkeypatch.setattr(knocking, "MOST_COSTLY", 4)
    client = entered(office, "agency_city")
    number = office.city.person().number
    for path, form in (
        ("/providers/", {"export": "xlsx"}),
        ("/studies/simulation/", {}),
        (f"/people/{number}/later/", {"kind": "category"}),
        ("/imports/people/", {}),
    ):
        assert client.get(path).status_code == 200
        assert client.post(path, form).status_code != 429, path
    refusal = client.post("/providers/", {"export": "xlsx"})
    page = refusal.content.decode()
    assert refusal.status_code == 429 and "操作过于频繁" in page and "以后再来" in page
    assert 0 < int(refusal.headers["Retry-After"]) <= knocking.WINDOW
    told = Entry.objects.get(act="page.too_many")
    assert (told.account, told.object_id) == (office.account("agency_city").pk, "web:providers")
    assert client.get("/providers/").status_code == 200
    assert entered(office, "agency_county").post("/providers/", {"export": "xlsx"}).status_code == 200


# ── the trail ────────────────────────────────────────────────────────────────────────────────


def test_every_failed_attempt_is_in_the_trail_without_what_was_typed(office: Staffed) -> None:
    first_step(Client(), "analyst", "wrong", REMOTE_ADDR="192.0.2.7")
    first_step(Client(), PRIVATE, "wrong", REMOTE_ADDR="192.0.2.7")
    Client().post("/activate/", {"code": "X", "identity_number": PRIVATE, "phone": "1", "password": GOOD})
    known, unknown = Entry.objects.filter(act="account.refused").order_by("pk")
    assert (known.object_id, known.account, known.address) == (
        str(office.account("analyst").pk),
        None,
        "192.0.2.7",
    )
    assert unknown.object_id == ""
    assert Entry.objects.filter(act="citizen.activate_failed").count() == 1
    told = " ".join(str({f.name: getattr(e, f.name) for f in e._meta.fields}) for e in Entry.objects.all())
    assert PRIVATE not in told and "wrong" not in told


def test_a_locked_name_is_told_as_such(office: Staffed) -> None:
    for _ in range(6):
        first_step(Client(), "analyst", "wrong")
    locked = Entry.objects.filter(act="account.refused").order_by("pk").values_list("details", flat=True)
    assert [one["locked"] for one in locked] == [False, False, False, False, True, True]


def test_a_page_that_is_not_for_this_post_is_in_the_trail(office: Staffed) -> None:
    client = entered(office, "analyst")
    assert client.get("/people/").status_code == 403
    told = Entry.objects.get(act="page.refused")
    assert (told.account, told.object_id, told.details) == (
        office.account("analyst").pk,
        "web:people",
        {"status": 403},
    )


def test_a_call_beyond_its_scopes_is_in_the_trail(office: Staffed) -> None:
    caller = program(office.city, None, "settlements:quote")
    assert caller.get("/people/P1").status_code == 403
    told = Entry.objects.get(act="api.refused")
    assert told.token is not None and told.details == {"code": "scope"}


# ── sessions ─────────────────────────────────────────────────────────────────────────────────


def test_a_session_gets_another_key_at_each_proof(office: Staffed) -> None:
    client = Client()
    client.get("/sign-in/")
    keys = [client.session.session_key]
    first_step(client, "agency_city")
    keys.append(client.session.session_key)
    client.post("/sign-in/second/", {"code": office.code("agency_city")})
    keys.append(client.session.session_key)
    client.post("/account/prove/", {"password": PASSWORD, "code": office.code("agency_city"), "next": "/"})
    keys.append(client.session.session_key)
    assert len(set(keys)) == len(keys)
    assert client.get("/people/").status_code == 200


def test_the_key_of_an_ended_session_opens_nothing(office: Staffed) -> None:
    client = entered(office, "agency_city")
    kept = client.cookies["sanchong-session"].value
    done = client.post("/sign-out/")
    assert done.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = Client()
    thief.cookies["sanchong-session"] = kept
    assert thief.get("/people/").headers["Location"].startswith("/sign-in/")


def test_a_second_factor_is_set_up_only_by_who_has_just_proved_themselves(office: Staffed) -> None:
    """After an administrator's reset an old session does not bind another's authenticator."""
    client = entered(office, "agency_city")
    session = client.session
    session[sessions.PROVED] = int(time.time()) - sessions.PROVED_FOR - 1
    session.save()
    staff.reset_second_factor(office.actor("administrator"), office.account("agency_city"))
    assert client.get("/people/").headers["Location"] == "/account/second-factor/"
    for path in ("/account/second-factor/", "/account/second-factor.svg"):
        assert client.get(path).headers["Location"].startswith("/account/prove/")
    back = client.post("/account/prove/", {"password": PASSWORD, "next": "/account/second-factor/"})
    assert back.headers["Location"] == "/account/second-factor/"
    assert client.get("/account/second-factor/").status_code == 200
    assert SecondFactor.objects.filter(user=office.account("agency_city"), confirmed=False).exists()


def test_a_password_is_changed_only_by_who_has_just_proved_themselves(office: Staffed) -> None:
    client = entered(office, "agency_city")
    session = client.session
    session[sessions.PROVED] = int(time.time()) - sessions.PROVED_FOR - 1
    session.save()
    form = {"old": PASSWORD, "new": GOOD, "again": GOOD}
    assert client.post("/account/password/", form).headers["Location"].startswith("/account/prove/")
    assert office.account("agency_city").check_password(PASSWORD)


def test_an_administrator_acts_from_the_named_networks_only(office: Staffed, settings: Settings) -> None:
    client = entered(office, "administrator")
    assert client.get("/manage/", REMOTE_ADDR="192.0.2.7").status_code == 200
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, admin_from=("10.1.0.0/24", "127.0.0.1/32"))
    assert client.get("/manage/", REMOTE_ADDR="10.1.0.9").status_code == 200
    assert client.get("/manage/", REMOTE_ADDR="192.0.2.7").status_code == 403
    clerk = entered(office, "agency_city")
    assert clerk.get("/people/", REMOTE_ADDR="192.0.2.7").status_code == 200


# ── what is kept ─────────────────────────────────────────────────────────────────────────────


def test_a_cipher_text_that_was_changed_or_moved_does_not_open() -> None:
    keys = new_keys()
    data = keys.encrypt(PRIVATE, "people.person.identity_number")
    assert keys.decrypt(data, "people.person.identity_number") == PRIVATE
    assert data != keys.encrypt(PRIVATE, "people.person.identity_number"), "a nonce of its own each time"
    for place in (1, 5, 20, -1):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(KeyMistake):
            keys.decrypt(bytes(changed), "people.person.identity_number")
    with pytest.raises(KeyMistake):
        keys.decrypt(data, "people.person.phone")


# ── answers ──────────────────────────────────────────────────────────────────────────────────


def test_an_error_tells_nothing_of_the_inside(office: Staffed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError(f"duplicate key (identity)=({PRIVATE}) in SELECT secret")

    monkeypatch.setattr("sanchong.office.web.views.people.queries.find_by_identity", broken)
    client = entered(office, "agency_city")
    client.raise_request_exception = False
    answer = client.post("/people/", {"q": PRIVATE})
    said = answer.content.decode()
    assert answer.status_code == 500 and "系统出错了" in said
    for inside in (PRIVATE, "RuntimeError", "SELECT", "Traceback", ".py", "Django"):
        assert inside not in said


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/static/", "/static/../keys.json", "/policy/../keys.json", "/policy/%2e%2e/%2e%2e/keys.json",
     "/policy/.done", "/static/web/", "/server-status", "/keys.json"],
)  # fmt: skip
def test_no_file_is_served_but_those_meant_to_be(office: Staffed, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code in (302, 404)
    assert answer.status_code == 404 or answer.headers["Location"] == "/policy/"


@pytest.mark.parametrize("path", ["/sign-in/", "/", BASE + "/", BASE + "/me", "/policy/"])
def test_trace_is_not_answered(office: Staffed, path: str) -> None:
    assert Client(enforce_csrf_checks=True).trace(path, headers={"X-Secret": "s3"}).status_code in (
        302,
        401,
        403,
        405,
    )


@pytest.mark.parametrize("path", ["/sign-in/", "/nowhere/", BASE + "/", BASE + "/me", BASE + "/nothing"])
def test_every_answer_tells_browsers_what_they_may_do(office: Staffed, path: str) -> None:
    answer = Client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    for directive in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    kind = answer.headers["Content-Type"]
    assert kind.endswith("json") or "charset=utf-8" in kind


def test_a_name_is_shown_as_text_whatever_stands_in_it(office: Staffed) -> None:
    person = staffed.named(office.city.person(), "<script>alert(1)</script>")
    client = entered(office, "agency_city")
    page = client.get(f"/people/{person.number}/").content.decode()
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page


def test_what_is_larger_than_any_form_is_not_read(office: Staffed) -> None:
    answer = Client().post("/sign-in/", b"x", content_type="text/plain", CONTENT_LENGTH=str(34 * 2**20))
    assert answer.status_code == 413 and "文件太大" in answer.content.decode()


def test_what_the_door_itself_answers_has_its_headers_too(office: Staffed) -> None:
    answer = Client().post(
        BASE + "/visits/V1/settle", b" " * (8 * 2**20 + 1), content_type="application/json"
    )
    assert answer.status_code == 413
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
