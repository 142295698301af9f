"""The policy browser."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import policy

ADDRESSES = [
    path("policy/", policy.start, name="policy"),
    path("policy/<path:name>", policy.page, name="policy_page"),
]
