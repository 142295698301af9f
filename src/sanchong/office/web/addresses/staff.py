"""Accounts of people who work: the administrators' pages."""

from __future__ import annotations

from django.urls import path, re_path

from sanchong.office.web.views import staff

ADDRESSES = [
    path("staff/", staff.accounts, name="staff"),
    path("staff/new/", staff.new, name="staff_new"),
    path("staff/<int:key>/", staff.account, name="staff_account"),
    path("staff/<int:key>/posts/", staff.assign, name="staff_assign"),
    path("staff/<int:key>/posts/<int:post>/end/", staff.dismiss, name="staff_dismiss"),
    path("staff/<int:key>/password/", staff.reset_password, name="staff_password"),
    re_path(r"^staff/(?P<key>\d+)/(?P<what>second-factor|lock|close)/$", staff.change, name="staff_change"),
]
