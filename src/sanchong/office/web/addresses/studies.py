"""Batch settlement and simulation."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import studies

ADDRESSES = [
    path("studies/", studies.studies, name="studies"),
    path("studies/simulation/", studies.simulation, name="study_simulation"),
    path("studies/batch/", studies.batch, name="study_batch"),
    path("studies/<int:key>/", studies.study, name="study"),
    path("studies/<int:key>/cancel/", studies.cancel, name="study_cancel"),
    path("studies/<int:key>/remove/", studies.remove, name="study_remove"),
    path("studies/<int:key>/result/<str:name>", studies.result, name="study_result"),
]
