"""Addresses of the pages."""

from __future__ import annotations

from sanchong.office.web.addresses import (
    calculate,
    counter,
    doors,
    dues,
    facts,
    master,
    matters,
    mine,
    people,
    policy,
    recipients,
    staff,
    statements,
    studies,
    trail,
    visits,
    years,
)

app_name = "web"
urlpatterns = [
    *doors.ADDRESSES,
    *people.ADDRESSES,
    *recipients.ADDRESSES,
    *years.ADDRESSES,
    *dues.ADDRESSES,
    *facts.ADDRESSES,
    *counter.ADDRESSES,
    *staff.ADDRESSES,
    *trail.ADDRESSES,
    *mine.ADDRESSES,
    *matters.ADDRESSES,
    *master.ADDRESSES,
    *studies.ADDRESSES,
    *policy.ADDRESSES,
    *calculate.ADDRESSES,
    *statements.ADDRESSES,
    *visits.ADDRESSES,
]
