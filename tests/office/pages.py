"""What tests of the pages share: somebody signed in, and what a page says."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client
from tests.office.staffed import PASSWORD, Staffed


def enter(office: Staffed, role: str) -> Client:
    """A browser in which the role's account is signed in, with its second factor."""
    client = Client()
    client.post("/sign-in/", {"username": role, "password": PASSWORD})
    assert client.post("/sign-in/second/", {"code": office.code(role)}).status_code == 302
    return client


def text_of(response: Any) -> str:
    """What is read on a page's main part."""
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")] if "<main" in page else page
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def column(response: Any, place: int) -> list[str]:
    """The cells of a column of the page's list."""
    body = response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("<tr>")[1:]]
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", row[place])).split()) for row in rows]


def hidden(response: Any, name: str, act: str) -> str:
    """The value of a hidden field in the form that is sent to ``act``."""
    page = response.content.decode()
    start = re.search(rf'action="[^"]*/{act}/"', page)
    assert start, act
    form = page[start.end() :]
    found = re.search(rf'name="{name}" value="([^"]*)"', form[: form.index("</form>")])
    assert found, name
    return found.group(1)
