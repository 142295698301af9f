"""Recipients of assistance."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import recipients

ADDRESSES = [
    path("recipients/", recipients.recipients, name="recipients"),
]
