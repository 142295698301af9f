"""Addresses of the interface: its page, its document, its operations, and an answer for every other address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path

from sanchong.office.api import problems
from sanchong.office.api.application import api
from sanchong.office.api.page import openapi, page
from sanchong.office.api.problems import problem


def nowhere(request: HttpRequest) -> HttpResponse:
    """What an unknown address is answered."""
    return problem(request, problems.NO_PATH)


urlpatterns = [
    path("", page, name="api-page"),
    path("openapi.json", openapi, name="api-document"),
    path("", api.urls),
    re_path(r"", nowhere),
]
