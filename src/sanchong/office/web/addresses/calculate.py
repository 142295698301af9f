"""What would I get? Without signing in."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import calculate

ADDRESSES = [
    path("calculate/", calculate.calculate, name="calculate"),
]
