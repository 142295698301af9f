"""What a form says, read into values; and a refusal said at the form, with the field's Chinese name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.http import HttpRequest

from sanchong.dates import today
from sanchong.office.checking import refused
from sanchong.office.imports.cells import Misread
from sanchong.office.keeping import When
from sanchong.office.web.forms import day
from sanchong.settlement.refusal import Refusal


def text(request: HttpRequest, name: str) -> str:
    """A field's text without blanks around it; "" if it is not there."""
    return request.POST.get(name, "").strip()


def date(request: HttpRequest, name: str) -> dt.date | None:
    """A field's date; None if it is empty; Refusal (invalid_input) if it is none."""
    typed = text(request, name)
    if not typed:
        return None
    try:
        return day(typed)
    except Misread as problem:
        raise refused(name, problem.zh, problem.en) from None


def period(request: HttpRequest, source: str = "") -> When:
    """From the day in ``start`` (today, if empty) to that in ``end`` (open, if empty), on a ground."""
    return When(date(request, "start") or today(), date(request, "end"), source=source)


def said(refusal: Refusal, names: Mapping[str, str]) -> str:
    """A refusal in Chinese, its field called as the form calls it: pages show no English."""
    zh = refusal.messages["zh"]
    place = f"{refusal.where}："
    if not zh.startswith(place):
        return zh
    name = names.get(refusal.where, "")
    return f"{name}：{zh.removeprefix(place)}" if name else zh.removeprefix(place)
