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
    client.post("/sign-in/second/", {"code": office.code(role)})
    return client


def text_of(response: Any) -> str:
    """What a page says, without its markup."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", main)))


def column(response: Any, place: int) -> list[str]:
    """The cells of a column of the page's list."""
    body = response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("<tr>")[1:]]
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", row[place])).split()) for row in rows]
