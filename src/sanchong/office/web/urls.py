"""Addresses of the pages."""

from __future__ import annotations

from sanchong.office.web.addresses import doors, people, policy

app_name = "web"
urlpatterns = [
    *doors.ADDRESSES,
    *people.ADDRESSES,
    *policy.ADDRESSES,
]
