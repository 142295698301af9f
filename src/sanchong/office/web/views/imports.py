"""Imports: a table chosen, its preview read, confirmed as it was previewed."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from sanchong.office.actor import Actor
from sanchong.office.imports import held, services
from sanchong.office.imports.api import MEDIA_TYPES
from sanchong.office.imports.export import xlsx_bytes
from sanchong.office.imports.plan import Importer, Options
from sanchong.office.imports.sheet import MOST_BYTES, check_name, read_sheet
from sanchong.office.web import imports as pages
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.forms import Filled, ask, fill
from sanchong.office.web.lists import answer
from sanchong.office.web.providers.plain import plain
from sanchong.office.web.views.errors import NOT_YOURS, refused, trouble
from sanchong.settlement.refusal import Refusal


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """What can be imported, and what was."""
    actor = actor_of(request)
    kinds = pages.kinds_for(actor)
    if not kinds:
        return trouble(request, NOT_YOURS, 403)
    about = [(kind, pages.ABOUT[kind.name]) for kind in kinds]
    more = {"kinds": about, "done": request.session.pop("done", "")}
    return answer(request, pages.APPLIED, actor, "web/imports.html", more)


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, kind: str) -> HttpResponse:
    """A kind with its columns and an example; a file is chosen, and kept until it is confirmed."""
    actor = actor_of(request)
    importer = _importer(actor, kind)
    if importer is None:
        return trouble(request, NOT_YOURS, 403)
    fields = pages.fields_for(kind)
    facts: dict[str, Any] = {"importer": importer, "about": pages.ABOUT[kind], "most": MOST_BYTES >> 20}
    facts |= {"columns": pages.columns_of(importer), "asked": ask(fields)}
    if request.method == "GET":
        return render(request, "web/import.html", facts)
    filled = fill(fields, request.POST)
    facts["asked"] = filled.asked
    file = request.FILES.get("file")
    try:
        if filled.wrong:
            return render(request, "web/import.html", facts, status=422)
        data = _data(file)
        read_sheet(data, importer.zh)
    except Refusal as refusal:
        return render(request, "web/import.html", facts | {"wrong": plain(refusal)}, status=422)
    assert file is not None
    key = held.hold(actor, kind, file.name or "", data, _options(filled))
    return redirect("web:import_preview", kind=kind, key=key)


@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """What the file would do, with every mistake in its place; confirmed, dropped, or its mistakes downloaded."""
    actor = actor_of(request)
    importer = _importer(actor, kind)
    if importer is None:
        return trouble(request, NOT_YOURS, 403)
    try:
        waiting = held.held(actor, kind, key)
    except Refusal as refusal:
        return refused(request, refusal)
    wrong = ""
    if "drop" in request.POST:
        held.drop(key)
        return redirect("web:import", kind=kind)
    if "digest" in request.POST:
        try:
            done = services.apply(actor, kind, waiting.data, request.POST["digest"], waiting.options)
        except Refusal as refusal:
            wrong = plain(refusal)
        else:
            held.drop(key)
            said = "这份文件已导入过，没有再次写入" if done.repeated else "已导入"
            request.session["done"] = f"{importer.zh}：{said}（{pages.counts_said(done.counts)}）。"
            return redirect("web:imports")
    try:
        found = services.preview(actor, kind, waiting.data, waiting.options)
    except Refusal as refusal:
        return render(
            request,
            "web/import_preview.html",
            {"importer": importer, "held": waiting, "wrong": plain(refusal)},
        )
    if "problems" in request.POST:
        return _problems(importer, [pages.in_chinese(problem) for problem in found.problems])
    facts = {"importer": importer, "held": waiting, "at": pages.shown(actor, importer, found), "wrong": wrong}
    return render(request, "web/import_preview.html", facts)


@require_GET
def example(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """A sheet to fill in: the header and one example row."""
    if _importer(actor_of(request), kind) is None or form not in MEDIA_TYPES:
        return trouble(request, NOT_YOURS, 403)
    response = HttpResponse(services.template(kind, form), content_type=MEDIA_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{kind}-example.{form}"'
    return response


def _importer(actor: Actor, kind: str) -> Importer | None:
    return next((importer for importer in pages.kinds_for(actor) if importer.name == kind), None)


def _options(filled: Filled) -> Options:
    said = filled.values
    return Options(
        said.get("title") or "", said.get("in_force_from"), said.get("known_from"), said.get("source") or ""
    )


def _data(file: UploadedFile[Any] | None) -> bytes:
    if file is None:
        raise Refusal("file_empty", "file", "请选择文件", "choose a file")
    if (file.size or 0) > MOST_BYTES:
        most = MOST_BYTES >> 20
        raise Refusal(
            "file_large",
            "file",
            f"文件超过 {most} MB；请分成几个文件",
            f"the file exceeds {most} MB: split it",
        )
    data: bytes = file.read()
    check_name(file.name or "", data)
    return data


def _problems(importer: Importer, problems: list[Any]) -> HttpResponse:
    rows = [["行", "列", "读到的内容", "问题"], *([str(p.row), p.column, p.read, p.zh] for p in problems)]
    response = HttpResponse(xlsx_bytes("需要改正", rows), content_type=MEDIA_TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{importer.name}-mistakes.xlsx"'
    return response
