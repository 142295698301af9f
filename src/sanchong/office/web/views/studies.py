"""Batch settlement and simulation: chosen, started in the background, watched, read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanchong.office.studies import offered, services
from sanchong.office.studies.models import Kind, State, Study
from sanchong.office.studies.services import TABLES, Batch, Simulation
from sanchong.office.visibility import may_study, visible_studies
from sanchong.office.web import studies as pages
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.forms import Filled, ask, fill
from sanchong.office.web.lists import answer
from sanchong.office.web.providers.plain import plain
from sanchong.office.web.views.errors import NOT_YOURS, NOWHERE, refused, trouble
from sanchong.settlement.refusal import Refusal

REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'; sandbox"
)
"""A report holds its style and its pictures and no script; whatever got into it could run nothing and reach nobody."""


@require_http_methods(["GET", "POST"])
def studies(request: HttpRequest) -> HttpResponse:
    """The studies, and the ways to start one."""
    actor = actor_of(request)
    if not may_study(actor):
        return trouble(request, NOT_YOURS, 403)
    for running in visible_studies(actor, Study.objects.filter(slot=1)):
        services.refreshed(running)
    return answer(
        request, pages.STUDIES, actor, "web/studies.html", {"done": request.session.pop("done", "")}
    )


@require_http_methods(["GET", "POST"])
def simulation(request: HttpRequest) -> HttpResponse:
    """A simulation: a population and the reforms to lay over the law."""
    actor = actor_of(request)
    if not may_study(actor):
        return trouble(request, NOT_YOURS, 403)
    fields = pages.simulation_fields()
    chosen = request.POST.getlist("reform")
    facts: dict[str, Any] = {"offered": offered.reforms(), "chosen": chosen, "most": offered.MOST_BYTES >> 10}
    facts["asked"] = ask(fields, pages.simulation_known())
    if request.method == "GET":
        return render(request, "web/study_simulation.html", facts)
    filled = fill(fields, request.POST)
    if not filled.wrong:
        file = request.FILES.get("own")
        said = filled.values
        asked = Simulation(
            said["area"],
            said["people"],
            said["seed"],
            said["year"],
            tuple(chosen),
            file.read(offered.MOST_BYTES + 1) if file is not None else b"",
            said["assumed"] == "all",
            said["withhold"] == "withhold",
        )
        try:
            return redirect("web:study", key=services.start_simulation(actor, asked).pk)
        except Refusal as refusal:
            facts |= {"wrong": plain(refusal), "at": refusal.where}
            filled = filled.pointed(refusal.where, plain(refusal))
    return render(request, "web/study_simulation.html", facts | {"asked": filled.asked}, status=422)


@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest) -> HttpResponse:
    """A batch: tables uploaded, or those of a simulation's population."""
    actor = actor_of(request)
    if not may_study(actor):
        return trouble(request, NOT_YOURS, 403)
    fields = pages.batch_fields()
    simulated = visible_studies(actor, Study.objects.filter(kind=Kind.SIMULATION, state=State.DONE))
    facts: dict[str, Any] = {
        "tables": [(name, title, name in services.NEEDED) for name, title in TABLES.items()],
        "populations": simulated.order_by("-pk")[:20],
        "asked": ask(fields, {"assumed": "all", "withhold": "refuse"}),
    }
    if request.method == "GET":
        return render(request, "web/study_batch.html", facts)
    filled = fill(fields, request.POST)
    if not filled.wrong:
        try:
            return redirect("web:study", key=_start_batch(request, filled).pk)
        except Refusal as refusal:
            facts["wrong"] = plain(refusal)
            filled = filled.pointed(refusal.where, plain(refusal))
    return render(request, "web/study_batch.html", facts | {"asked": filled.asked}, status=422)


def _start_batch(request: HttpRequest, filled: Filled) -> Study:
    said = filled.values
    of = request.POST.get("population", "")
    common = {
        "year": said["year"],
        "all_assumed": said["assumed"] == "all",
        "withhold": said["withhold"] == "withhold",
    }
    actor = actor_of(request)
    if of.isascii() and of.isdigit():
        return services.start_batch(actor, Batch({}, int(of), **common))
    with tempfile.TemporaryDirectory(prefix="sanchong-tables-") as name:
        files = {}
        for table in TABLES:
            file = request.FILES.get(table)
            if file is not None:
                files[table] = Path(name) / table
                with files[table].open("wb") as out:
                    for chunk in file.chunks():
                        out.write(chunk)
        return services.start_batch(actor, Batch(files, None, **common))


@require_GET
def study(request: HttpRequest, key: int) -> HttpResponse:
    """A study: how far it is, then what it came to. Asked by htmx, the part that changes alone."""
    actor = actor_of(request)
    try:
        at = pages.page_of(services.study_of(actor, key))
    except Refusal as refusal:
        return refused(request, refusal)
    part = request.htmx  # type: ignore[attr-defined]
    return render(request, "web/study_state.html" if part else "web/study.html", {"at": at})


@require_GET
def result(request: HttpRequest, key: int, name: str) -> HttpResponseBase:
    """A result: the report to read, under a policy of its own; the tables to take away."""
    actor = actor_of(request)
    try:
        found = services.study_of(actor, key)
    except Refusal as refusal:
        return refused(request, refusal)
    file = pages.result_of(found, name)
    if file is None:
        return trouble(request, NOWHERE, 404)
    services.note_download(actor, found, name)
    if name == pages.REPORT:
        report = HttpResponse(file.read_bytes())
        report["Content-Security-Policy"] = REPORT_POLICY
        return report
    return FileResponse(file.open("rb"), as_attachment=True, filename=f"{key}-{name}")


@require_POST
def cancel(request: HttpRequest, key: int) -> HttpResponse:
    """Stop a running study."""
    try:
        services.cancel(actor_of(request), key)
    except Refusal as refusal:
        return refused(request, refusal)
    return redirect("web:study", key=key)


@require_POST
def remove(request: HttpRequest, key: int) -> HttpResponse:
    """Remove a study with its files."""
    try:
        services.remove(actor_of(request), key)
    except Refusal as refusal:
        return refused(request, refusal)
    request.session["done"] = f"已删除编号 {key} 的测算及其文件。"
    return redirect("web:studies")
