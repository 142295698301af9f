"""Where one is signed in, for staff and citizens: seen by its holder alone, and ended by who has just proved who they are."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client
from tests.office import staffed
from tests.office.entering import as_citizen, citizen
from tests.office.pages import enter, text_of
from tests.office.staffed import PASSWORD, Staffed

from sanchong.office.accounts.models import Session
from sanchong.office.accounts.passwords import set_password
from sanchong.office.trail.models import Entry
from sanchong.office.web import sessions
from sanchong.office.web.sessions import device_of

pytestmark = pytest.mark.django_db

PAGE = "/account/sessions/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 14; ALN-AL00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0 Mobile Safari/537.36"


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


def signed_in(office: Staffed, role: str, address: str, agent: str) -> Client:
    """A browser of some kind at some address; it keeps neither for later requests."""
    client = Client()
    client.post("/sign-in/", {"username": role, "password": PASSWORD})
    client.post(
        "/sign-in/second/", {"code": office.code(role)}, REMOTE_ADDR=address, headers={"user-agent": agent}
    )
    return client


def handles(client: Client) -> list[str]:
    """What the page's buttons name: the other sessions."""
    return re.findall(r'name="session" value="([0-9a-f]{16})"', client.get(PAGE).content.decode())


def rows(client: Client) -> int:
    return client.get(PAGE).content.decode().count("<tr>") - 1


def test_one_sees_since_when_and_from_where_one_is_signed_in(office: Staffed) -> None:
    here = signed_in(office, "agency_county", "127.0.0.1", CHROME)
    signed_in(office, "agency_county", "127.0.0.2", PHONE)
    enter(office, "agency_city")
    page = here.get(PAGE)
    said = text_of(page)
    assert "共 2 处" in said and rows(here) == 2
    assert re.search(r"电脑 本机 127\.0\.0\.1 \d{4}-\d\d-\d\d \d\d:\d\d", said)
    assert re.search(r"手机 127\.0\.0\.2 \d{4}-\d\d-\d\d \d\d:\d\d", said)
    assert said.count("本机") == 1
    shown = page.content.decode()
    assert not [key for key in Session.objects.values_list("session_key", flat=True) if key in shown]
    assert f'href="{PAGE}"' in here.get("/").content.decode(), "linked beside the account"


def test_one_ends_another_session_and_it_opens_nothing(office: Staffed) -> None:
    here, there = (signed_in(office, "agency_county", f"127.0.0.{n}", CHROME) for n in (1, 2))
    (other,) = handles(here)
    done = here.post(PAGE, {"session": other}, follow=True)
    assert "已退出 1 处登录" in text_of(done)
    assert there.get("/").status_code == 302 and here.get("/").status_code == 200
    told = Entry.objects.get(act="account.end_sessions")
    pk = office.account("agency_county").pk
    assert (told.account, told.object_id) == (pk, str(pk))
    assert told.details == {"ended": 1}
    again = here.post(PAGE, {"session": other}, follow=True)
    assert "那一处已经退出了" in text_of(again)


def test_one_ends_all_others_and_keeps_this_one(office: Staffed) -> None:
    here, *others = (signed_in(office, "agency_county", "127.0.0.1", CHROME) for _ in range(3))
    neighbour = enter(office, "agency_city")
    assert "已退出 2 处登录" in text_of(here.post(PAGE, {}, follow=True))
    assert [client.get("/").status_code for client in others] == [302, 302]
    assert here.get("/").status_code == neighbour.get("/").status_code == 200
    assert "只有这一处" in text_of(here.get(PAGE))


def test_nobody_ends_somebody_else_s_session_or_the_one_they_sit_at(office: Staffed) -> None:
    neighbour = signed_in(office, "agency_city", "127.0.0.9", CHROME)
    here = signed_in(office, "agency_county", "127.0.0.1", CHROME)
    for client in (neighbour, here):
        handle = client.session[sessions.HANDLE]
        assert "那一处已经退出了" in text_of(here.post(PAGE, {"session": handle}, follow=True))
        assert client.get("/").status_code == 200
    assert "127.0.0.9" not in text_of(here.get(PAGE))
    assert not Entry.objects.filter(act="account.end_sessions").exists()


def test_sessions_are_ended_only_by_who_has_just_proved_who_they_are(office: Staffed) -> None:
    here, there = (signed_in(office, "agency_county", "127.0.0.1", CHROME) for _ in range(2))
    (other,) = handles(here)
    session = here.session
    session[sessions.PROVED] = int(time.time()) - sessions.PROVED_FOR - 1
    session.save()
    asked = here.post(PAGE, {"session": other}, headers={"referer": f"http://testserver{PAGE}"})
    assert asked.status_code == 302 and asked.headers["Location"].startswith("/account/prove/")
    assert there.get("/").status_code == 200
    proof = {"password": PASSWORD, "code": office.code("agency_county"), "next": PAGE}
    assert here.post("/account/prove/", proof).headers["Location"] == PAGE
    here.post(PAGE, {"session": other})
    assert there.get("/").status_code == 302


def test_what_no_longer_opens_anything_is_not_listed(office: Staffed) -> None:
    """One that was idle too long, one from before the password was changed; after the next sign-in the expired is gone."""
    idle = signed_in(office, "agency_county", "127.0.0.1", CHROME)
    session = idle.session
    session[sessions.SEEN] = int(time.time()) - sessions.IDLE - 1
    session.save()
    signed_in(office, "agency_county", "127.0.0.1", CHROME)
    account = office.account("agency_county")
    set_password(account, "雨天要带雨伞-2026")
    account.save()
    here = Client()
    here.post("/sign-in/", {"username": "agency_county", "password": "雨天要带雨伞-2026"})
    here.post("/sign-in/second/", {"code": office.code("agency_county")})
    assert rows(here) == 1
    Session.objects.exclude(session_key=here.session.session_key).update(expire_date="2026-01-01T00:00:00Z")
    enter(office, "agency_city")
    assert Session.objects.filter(account=account).count() == 1


def test_a_citizen_has_the_same_page_and_sees_no_other_citizen(office: Staffed) -> None:
    one, other = office.city.person(), office.city.person()
    citizen(office, one, "13800000001")
    citizen(office, other, "13800000002")
    here, there, stranger = as_citizen("13800000001"), as_citizen("13800000001"), as_citizen("13800000002")
    assert rows(here) == 2 and rows(stranger) == 1
    assert "已退出 1 处登录" in text_of(here.post(PAGE, {}, follow=True))
    assert there.get(PAGE).status_code == 302
    assert stranger.get(PAGE).status_code == 200


def test_nobody_sees_it_without_signing_in() -> None:
    assert Client().get(PAGE).headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        (CHROME, "电脑"),
        (PHONE, "手机"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1", "平板"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148", "手机"),
        ("curl/8.5.0", "其他设备"),
        ("", "其他设备"),
    ],
)
def test_a_device_is_named_roughly(agent: str, kind: str) -> None:
    assert device_of(agent) == kind
