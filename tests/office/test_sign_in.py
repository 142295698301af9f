"""Signing in: password, lock-out, second factor, the session's limits, proving who one is, what browsers are told."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from tests.office import staffed
from tests.office.master import refused
from tests.office.staffed import PASSWORD, Staffed

from sanchong.dates import today
from sanchong.office import settings as earnest
from sanchong.office.accounts import staff
from sanchong.office.accounts.demonstration import demonstration_exists
from sanchong.office.accounts.models import Account, SecondFactor
from sanchong.office.accounts.passwords import set_password
from sanchong.office.citizens import services as citizens
from sanchong.office.keeping import When
from sanchong.office.trail.models import Entry
from sanchong.office.web import sessions

pytestmark = pytest.mark.django_db
GOOD = "雨天要带雨伞-2026"


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


@pytest.fixture
def client() -> Iterator[Client]:
    yield Client()


def first_step(client: Client, name: str, password: str = PASSWORD, **meta: str) -> HttpResponse:
    return client.post("/sign-in/", {"username": name, "password": password}, **meta)  # type: ignore[arg-type,return-value]


def enter(client: Client, office: Staffed, role: str) -> None:
    first_step(client, role)
    assert client.post("/sign-in/second/", {"code": office.code(role)}).status_code == 302
    assert client.get("/").status_code == 200


def at(client: Client, **keys: int) -> None:
    """Put times into the session."""
    session = client.session
    session.update(keys)
    session.save()


def test_passwords_are_kept_by_argon2() -> None:
    assert earnest.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_password_alone_does_not_let_staff_in(office: Staffed, client: Client) -> None:
    assert first_step(client, "agency_city").headers["Location"] == "/sign-in/second/"
    assert client.get("/").headers["Location"].startswith("/sign-in/")
    wrong = client.post("/sign-in/second/", {"code": "abcdef"})
    assert wrong.status_code == 401 and "验证码不对" in wrong.content.decode()
    assert client.get("/").status_code == 302


def test_a_code_opens_once(office: Staffed, client: Client) -> None:
    code = office.code("agency_city")
    first_step(client, "agency_city")
    assert client.post("/sign-in/second/", {"code": code}).status_code == 302
    other = Client()
    first_step(other, "agency_city")
    assert other.post("/sign-in/second/", {"code": code}).status_code == 401


def test_five_wrong_codes_end_the_attempt(office: Staffed, client: Client) -> None:
    first_step(client, "agency_city")
    for _ in range(5):
        client.post("/sign-in/second/", {"code": "abcdef"})
    assert client.get("/sign-in/second/").headers["Location"] == "/sign-in/"
    assert Entry.objects.filter(act="account.wrong_code").count() == 5


def test_five_wrong_passwords_lock_the_name_and_no_other(office: Staffed, client: Client) -> None:
    for turn in range(5):
        assert first_step(client, "agency_city", "wrong").status_code == (429 if turn == 4 else 401)
    locked = first_step(Client(), "agency_city")
    assert locked.status_code == 429 and "已锁定 15 分钟" in locked.content.decode()
    assert first_step(Client(), "agency_county").status_code == 302


def test_a_telephone_number_is_counted_under_its_index(office: Staffed, client: Client) -> None:
    first_step(client, "13800000001", "wrong")
    kept = AccessAttempt.objects.get()
    assert "13800000001" not in str({f.name: getattr(kept, f.name) for f in kept._meta.fields})


def test_demonstration_accounts_sign_in_from_this_machine_only(office: Staffed, client: Client) -> None:
    assert demonstration_exists()
    assert first_step(client, "agency_city", REMOTE_ADDR="192.0.2.7").status_code == 401
    assert first_step(client, "agency_city", REMOTE_ADDR="127.0.0.1").status_code == 302
    assert "演示环境" in client.get("/sign-in/").content.decode()
    Account.objects.filter(demonstration=True).update(is_active=False)
    assert not demonstration_exists()
    assert "演示" not in client.get("/sign-in/").content.decode()


def test_a_new_colleague_changes_the_password_then_sets_up_the_second_factor(
    office: Staffed, client: Client
) -> None:
    opened = staff.open_account(office.city.actor, "chen", "陈静")
    staff.assign(office.city.actor, opened.account, "agency_county", "城区", When(today()), area="140302")
    first_step(client, "chen", opened.password)
    assert client.get("/people/").headers["Location"] == "/account/password/"
    new = {"old": opened.password, "new": GOOD, "again": GOOD}
    assert client.post("/account/password/", new).status_code == 302
    assert client.get("/people/").headers["Location"] == "/account/second-factor/"
    assert client.get("/account/second-factor.svg").content.startswith(b"<?xml")
    factor = SecondFactor.objects.get(user=opened.account)
    assert not factor.confirmed
    assert client.post("/account/second-factor/", {"code": factor.code_now()}).status_code == 302
    assert client.get("/people/").status_code == 200
    assert client.get("/account/second-factor.svg").status_code == 403, "the key is shown no more"


def test_the_key_of_a_second_factor_is_not_in_the_database(office: Staffed) -> None:
    key = SecondFactor.objects.first().key
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM accounts_secondfactor")
        assert all(key.encode() not in bytes(row[0]) for row in cursor.fetchall())


@pytest.mark.parametrize(
    "password", ["short-1", "onlyletters", "1234567890123", "agency_city", "password123"]
)
def test_weak_passwords_are_refused(password: str) -> None:
    with refused("invalid_input", "password"):
        set_password(Account(username="agency_city", name="陈静"), password)


def test_a_password_is_changed_every_half_year(office: Staffed, client: Client) -> None:
    Account.objects.filter(username="agency_city").update(password_set_on=today() - dt.timedelta(days=181))
    first_step(client, "agency_city")
    client.post("/sign-in/second/", {"code": office.code("agency_city")})
    assert client.get("/").headers["Location"] == "/account/password/"


@pytest.mark.parametrize(
    ("since", "seen", "holds"),
    [
        (0, sessions.IDLE - 5, True),
        (0, sessions.IDLE + 5, False),
        (sessions.LONGEST - 5, 0, True),
        (sessions.LONGEST + 5, 0, False),
    ],
)
def test_a_session_ends(office: Staffed, client: Client, since: int, seen: int, holds: bool) -> None:
    enter(client, office, "agency_city")
    now = int(time.time())
    at(client, since=now - since, seen=now - seen)
    assert (client.get("/people/").status_code == 200) is holds
    if not holds:
        assert "已自动退出" in client.get("/sign-in/").content.decode()


def test_whoever_is_warned_stays_by_asking(office: Staffed, client: Client) -> None:
    """Twenty-nine minutes after the last request one more begins another half hour; past its end it is too late."""
    enter(client, office, "agency_city")
    now = int(time.time())
    at(client, since=now - 3600, seen=now - 29 * 60)
    assert client.get("/account/stay/").status_code == 204
    assert client.session[sessions.SEEN] >= now
    at(client, since=now - 3600, seen=now - 31 * 60)
    assert client.get("/account/stay/").status_code == 302


def test_signing_out_ends_the_session_and_needs_a_form(office: Staffed, client: Client) -> None:
    enter(client, office, "agency_city")
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/").status_code == 302
    acts = Entry.objects.filter(act__in=("account.sign_in", "account.sign_out")).values_list("act", flat=True)
    assert list(acts) == ["account.sign_in", "account.sign_out"]


def test_money_moves_back_only_by_who_has_just_proved_themselves(office: Staffed, client: Client) -> None:
    enter(client, office, "agency_city")

    @sessions.proved_lately
    def pays_back(request: HttpRequest) -> HttpResponse:
        return HttpResponse("done")

    def ask() -> HttpResponse:
        request = HttpRequest()
        request.method, request.path, request.session = "GET", "/x/", client.session
        return pays_back(request)

    assert ask().content == b"done"
    at(client, proved=int(time.time()) - sessions.PROVED_FOR - 1)
    assert ask().status_code == 302 and "/account/prove/" in ask().headers["Location"]
    wrong = {"password": "wrong", "code": office.code("agency_city"), "next": "/people/"}
    assert client.post("/account/prove/", wrong).status_code == 401
    right = {"password": PASSWORD, "code": office.code("agency_city"), "next": "/people/"}
    assert client.post("/account/prove/", right).headers["Location"] == "/people/"
    assert ask().content == b"done"


def test_nobody_is_sent_elsewhere_after_signing_in(office: Staffed, client: Client) -> None:
    client.post("/sign-in/", {"username": "analyst", "password": PASSWORD, "next": "https://example.org/"})
    done = client.post("/sign-in/second/", {"code": office.code("analyst")})
    assert done.headers["Location"] == "/"


def test_a_form_without_its_token_is_refused(office: Staffed) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/sign-in/", {"username": "agency_city", "password": PASSWORD})
    assert answer.status_code == 403 and "页面已失效" in answer.content.decode()


@pytest.mark.parametrize("path", ["/sign-in/", "/nowhere/", "/people/", "/policy/index.html"])
def test_what_browsers_are_told(office: Staffed, client: Client, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src 'self'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    for cookie in answer.cookies.values():
        assert cookie["httponly"] and cookie["samesite"] == "Lax"


@pytest.mark.parametrize("role", ["agency_city", "provider_operator", "finance", "analyst"])
def test_the_back_office_is_an_administrators(office: Staffed, client: Client, role: str) -> None:
    enter(client, office, role)
    for path in ("/manage/", "/manage/people/area/", "/manage/providers/provider/"):
        assert client.get(path).status_code == 403


def test_the_back_office_changes_nothing(office: Staffed, client: Client) -> None:
    enter(client, office, "administrator")
    hospital = office.city.hospital
    path = f"/manage/providers/provider/{hospital.pk}/change/"
    assert client.get(path).status_code == 200
    client.post(path, {"name": "另一家", "code": "X", "kind": "pharmacy"})
    hospital.refresh_from_db()
    assert hospital.name == "市第一医院"
    assert client.get("/manage/people/area/add/").status_code == 403
    assert (
        client.post(f"/manage/providers/provider/{hospital.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    assert (
        "unsafe-inline" not in client.get("/manage/").headers["Content-Security-Policy"].split("style-src")[0]
    )


def test_only_an_administrator_gives_roles(office: Staffed) -> None:
    account = office.account("analyst")
    with refused("administrators_only"):
        staff.assign(
            office.actor("agency_city"), account, "agency_city", "自授", When(today()), area="140300"
        )
    with refused("invalid_input", "area"):
        staff.assign(
            office.actor("administrator"), account, "agency_county", "城区", When(today()), area="140300"
        )
    with refused("invalid_input", "provider_code"):
        staff.assign(office.actor("administrator"), account, "physician", "医院", When(today()))


def test_a_closed_account_opens_nothing_and_its_sessions_end(office: Staffed, client: Client) -> None:
    enter(client, office, "agency_city")
    with refused("administrators_only"):
        staff.close_account(office.actor("agency_county"), office.account("agency_city"))
    staff.close_account(office.actor("administrator"), office.account("agency_city"))
    assert client.get("/").status_code == 302
    assert first_step(client, "agency_city").status_code == 401
    assert Entry.objects.filter(act="account.close").count() == 1


def test_an_account_opened_at_the_counter_is_for_one_who_has_none(office: Staffed, client: Client) -> None:
    person = office.city.person()
    opened = citizens.open_at_counter(office.city.actor, person, "13800000002")
    assert first_step(client, "13800000002", opened.password).status_code == 302
    assert Entry.objects.get(act="citizen.open").person_id == person.pk
    with refused("account_taken"):
        citizens.open_at_counter(office.city.actor, person, "13800000003")
