"""A citizen's own pages; and the agency's page of what citizens ask to be put right."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import corrections, mine

ADDRESSES = [
    path("mine/statements/", mine.statements, name="my_statements"),
    path("mine/statements/<str:number>/", mine.statement, name="my_statement"),
    path("mine/corrections/", mine.correct, name="my_corrections"),
    path("mine/corrections/<int:key>/withdraw/", mine.withdraw, name="withdraw_correction"),
    path("corrections/", corrections.requests, name="corrections"),
    path("corrections/<int:key>/", corrections.one, name="correction"),
]
