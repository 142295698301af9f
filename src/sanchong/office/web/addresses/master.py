"""What is kept for all: providers and who works there, the catalogue, and the imports of tables."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import catalogue, imports, providers

ADDRESSES = [
    path("providers/", providers.providers, name="providers"),
    path("providers/new/", providers.register, name="provider_new"),
    path("providers/<str:code>/", providers.provider, name="provider"),
    path("providers/<str:code>/change/<slug:name>/", providers.change, name="provider_change"),
    path("providers/<str:code>/<slug:kind>/<int:row>/<slug:act>/", providers.change_row, name="provider_row"),
    path("practitioners/", providers.practitioners, name="practitioners"),
    path("catalogue/", catalogue.editions, name="editions"),
    path("catalogue/<int:key>/", catalogue.edition, name="edition"),
    path("catalogue/<int:key>/difference/", catalogue.difference, name="edition_difference"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<slug:kind>/", imports.start, name="import"),
    path("imports/<slug:kind>/example.<slug:form>", imports.example, name="import_example"),
    path("imports/<slug:kind>/preview/<slug:key>/", imports.preview, name="import_preview"),
]
