"""Addresses of the pages."""

from __future__ import annotations

from sanchong.office.web.addresses import (
    calculate,
    counter,
    doors,
    dues,
    master,
    matters,
    mine,
    people,
    policy,
    staff,
    statements,
    studies,
    visits,
    years,
)

app_name = "web"
urlpatterns = [
    *doors.ADDRESSES,
    *people.ADDRESSES,
    *years.ADDRESSES,
    *dues.ADDRESSES,
    *counter.ADDRESSES,
    *staff.ADDRESSES,
    *mine.ADDRESSES,
    *matters.ADDRESSES,
    *master.ADDRESSES,
    *studies.ADDRESSES,
    *policy.ADDRESSES,
    *calculate.ADDRESSES,
    *statements.ADDRESSES,
    *visits.ADDRESSES,
]
