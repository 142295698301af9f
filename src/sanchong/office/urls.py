"""Addresses of the office."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from sanchong.office.web.manage import back_office

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("sanchong.office.api.urls")),
    path("manage/", back_office.urls),
    path("", include("sanchong.office.web.urls")),
]

handler400 = "sanchong.office.web.views.errors.bad_request"
handler403 = "sanchong.office.web.views.errors.forbidden"
handler404 = "sanchong.office.web.views.errors.not_found"
handler500 = "sanchong.office.web.views.errors.failed"
