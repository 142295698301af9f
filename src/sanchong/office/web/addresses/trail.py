"""The trail, for auditors."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import trail

ADDRESSES = [
    path("trail/", trail.trail, name="trail"),
]
