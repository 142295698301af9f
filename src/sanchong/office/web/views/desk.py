"""The settlement desk of one visit: its page, and each thing done there by one command; then back to the page.

A form that was refused is shown again with what was typed; nothing else of the page changes. Each form carries a key of
its own, so that sending it twice does it once.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanchong.dates import today
from sanchong.money import plain_yuan
from sanchong.office.actor import Actor
from sanchong.office.catalogue.models import Edition
from sanchong.office.catalogue.queries import edition_on
from sanchong.office.claims import services
from sanchong.office.claims.models import Payout, Visit
from sanchong.office.claims.services import visits as commands
from sanchong.office.claims.services.ahead import Draft
from sanchong.office.imports.cells import Misread
from sanchong.office.lawbook.services import active_bundle, diseases_in_law, engine_of
from sanchong.office.powers import powers_over
from sanchong.office.web import desk
from sanchong.office.web.bill import FIELDS, ShownRefusal
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.fault import Problem, diagnoses_typed, field_at, problem_of
from sanchong.office.web.forms import day
from sanchong.office.web.typed import Unclear, fen_typed, line_typed, offered, rows_pasted
from sanchong.office.web.views.errors import NOT_YOURS, NOWHERE, refused, trouble
from sanchong.settlement.refusal import Refusal

Form = dict[str, str]

AMENDED: Final = (
    "admitted",
    "disease",
    "practitioner",
    "department",
    "department_code",
    "given_pooled",
    "given_catastrophic",
)
"""The fields of the form that amends what was registered."""


# ── the page ─────────────────────────────────────────────────────────────────────────────────


@require_GET
def visit(request: HttpRequest, number: str) -> HttpResponse:
    """The desk of a visit."""
    actor = actor_of(request)
    found = desk.find(actor, number)
    if found is None or actor.person is not None:
        return trouble(request, NOWHERE, 404)
    return _page(request, actor, found)


def _page(request: HttpRequest, actor: Actor, found: Visit, status: int = 200, **more: Any) -> HttpResponse:
    try:
        at = desk.desk(actor, found)
    except Refusal as refusal:
        return refused(request, refusal)
    problem: Problem | None = more.get("problem")
    facts: dict[str, Any] = {
        "desk": at,
        "at": at.glance,
        "visit": found,
        "person": at.glance.rights.person,
        "bill": at.quoted.bill if at.quoted else None,
        "quoted": at.quoted,
        "key": uuid.uuid4().hex,
        "next_number": next_number(found),
        "now": timezone.localtime().isoformat(timespec="seconds"),
        "today": today(),
        "payers": Payout.PAYERS,
        "form": request.POST if problem else {},
        "diseases": desk.conditions(diseases_in_law()),
        "problem_at": problem.act if problem else "",
        **_typed(at, found, problem.act if problem else "", request.POST),
    }
    return render(request, "web/desk/visit.html", facts | more, status=status)


def _typed(at: desk.Desk, visit: Visit, refused_at: str, form: Mapping[str, str]) -> dict[str, Any]:
    """What stands in the forms of a visit: what is recorded, in the one that was refused what was typed."""
    rows = [(code, name) for code, name, _ in at.diagnoses]
    if refused_at == "diagnoses":
        rows = diagnoses_typed(form)
    rows += [("", "")] * (1 if rows else 2)
    registered = {name: getattr(visit, name) for name in AMENDED}
    for name in ("given_pooled", "given_catastrophic"):
        registered[name] = "" if registered[name] is None else plain_yuan(registered[name])
    return {
        "diagnosis_rows": [(f"code-{i}", code, f"name-{i}", name) for i, (code, name) in enumerate(rows)],
        "discharge_day": form.get("day", visit.discharged) if refused_at == "discharge" else visit.discharged,
        "registered": {name: form.get(name, "") for name in AMENDED} if refused_at == "amend" else registered,
    }


def next_number(visit: Visit) -> int:
    """The number of the visit's next line: above every one used, withdrawn lines included."""
    numbers = visit.lines.values_list("number", flat=True)
    return max((int(n) for n in numbers if n.isascii() and n.isdigit()), default=0) + 1


# ── while typing ─────────────────────────────────────────────────────────────────────────────


@require_POST
def quote(request: HttpRequest, number: str) -> HttpResponse:
    """The panel with the line that is being typed counted in; nothing is written but the trail."""
    actor = actor_of(request)
    found = desk.find(actor, number)
    if found is None or not powers_over(actor, found) or found.state not in desk.OPEN:
        return HttpResponse(status=404)
    try:
        line = line_typed(request.POST.dict(), *_catalogue(found))
        draft = Draft(line.item, line.name, line.quantity, line.unit_price)
    except Unclear:
        draft = None
    try:
        quoted = desk.quote(actor, found, draft)
    except Refusal as refusal:
        return refused(request, refusal)
    facts = {"quoted": quoted, "bill": quoted.bill, "visit": found, "typing": True}
    return render(request, "web/desk/quote.html", facts)


@require_POST
def items(request: HttpRequest, number: str) -> HttpResponse:
    """What the catalogue of the visit's day has for the text typed, as options of the field's list."""
    found = desk.find(actor_of(request), number)
    if found is None:
        return HttpResponse(status=404)
    edition, insurance = _catalogue(found)
    rows = offered(edition, request.POST.get("item", "").strip(), insurance)
    return render(request, "web/desk/items.html", {"items": [_choice(row) for row in rows]})


def _catalogue(visit: Visit) -> tuple[Edition | None, str]:
    day = visit.discharged or (max(today(), visit.admitted) if visit.kind == "inpatient" else visit.admitted)
    return edition_on(day, today()), desk.insurance_on(visit)


def _choice(item: Any) -> tuple[str, str]:
    """What is put into the field, and what is said of it."""
    advance = (item.advance_num, item.advance_den) if item.advance_num is not None else None
    return f"{item.code} {item.name}", desk.class_label(item.line_class, advance)


# ── what is done ─────────────────────────────────────────────────────────────────────────────


def _add_line(actor: Actor, visit: Visit, form: Form) -> str:
    line = line_typed(form, *_catalogue(visit))
    number = form.get("number", "")
    row = line.data(number, form.get("at", ""))
    if form.get("days"):
        row["days"] = _whole(form["days"], "days")
    commands.add_lines(actor, form.get("key", ""), visit.number, number, [row])
    return "item"


def _add_pasted(actor: Actor, visit: Visit, form: Form) -> str:
    rows = rows_pasted(form.get("pasted", ""), *_catalogue(visit))
    wrong = [row for row in rows if row.line is None]
    if wrong:
        raise Unclear("pasted", f"还有 {len(wrong)} 行有误，请改好后再加入")
    first, at = _whole(form.get("number", ""), "number"), form.get("at", "")
    lines = [row.line.data(str(first + i), at) for i, row in enumerate(rows) if row.line]
    commands.add_lines(actor, form.get("key", ""), visit.number, str(first), lines)
    return "lines"


def _withdraw(actor: Actor, visit: Visit, form: Form) -> str:
    commands.withdraw(actor, form.get("key", ""), visit.number, lines=[form.get("line", "")])
    return "lines"


def _diagnose(actor: Actor, visit: Visit, form: Form) -> str:
    by = form.get("practitioner", "").strip()
    said = [
        {"code": code, "name": name} | ({"practitioner": by} if by else {})
        for code, name in diagnoses_typed(form)
        if code or name
    ]
    commands.diagnose(actor, form.get("key", ""), visit.number, said)
    return "diagnoses"


def _amend(actor: Actor, visit: Visit, form: Form) -> str:
    changes: dict[str, Any] = {}
    admitted = _day(form, "admitted", "admitted")
    if admitted != visit.admitted:
        changes["admitted"] = admitted
    if visit.kind == "outpatient" and form.get("disease", "") != visit.disease:
        changes["disease"] = form.get("disease", "")
    for name in ("practitioner", "department", "department_code"):
        if form.get(name, "").strip() != getattr(visit, name):
            changes[name] = form.get(name, "").strip()
    for name in ("given_pooled", "given_catastrophic"):
        if name in form:
            typed = form[name].strip()
            given = fen_typed(typed, name) if typed else None
            if given != getattr(visit, name):
                changes[name] = given
    commands.amend(actor, form.get("key", ""), visit.number, **changes)
    return "amend"


def _discharge(actor: Actor, visit: Visit, form: Form) -> str:
    if form.get("undo"):
        commands.undo_discharge(actor, form.get("key", ""), visit.number)
        return "discharge"
    commands.discharge(actor, form.get("key", ""), visit.number, _day(form, "day", "discharged"))
    return "discharge"


def _payout(actor: Actor, visit: Visit, form: Form) -> str:
    key = form.get("key", "")
    if form.get("withdraw"):
        commands.withdraw_payout(actor, key, visit.number, _whole(form["withdraw"], "payout"))
        return "payouts"
    paid_on = _day(form, "paid_on", "paid_on")
    payer, amount = form.get("payer", ""), fen_typed(form.get("amount", ""), "amount")
    commands.record_payout(actor, key, visit.number, payer, amount, paid_on)
    return "payouts"


def _cancel(actor: Actor, visit: Visit, form: Form) -> str:
    commands.cancel(actor, form.get("key", ""), visit.number)
    return ""


def _settle(actor: Actor, visit: Visit, form: Form) -> str:
    total, patient = fen_typed(form.get("total", ""), "amount"), fen_typed(form.get("patient", ""), "amount")
    answer = services.settle(
        visit.number, form.get("key", ""), actor, expected_total=total, expected_patient=patient
    )
    return reverse("web:statement", kwargs={"number": answer["settlement"]})


def _day(form: Form, name: str, where: str) -> dt.date:
    """The day in a field, ``where`` to the commands; Unclear if it is none."""
    try:
        return day(form.get(name, ""))
    except Misread as problem:
        raise Unclear(where, problem.zh) from None


def _whole(text: str, where: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Unclear(where, f"“{text}”应为整数")
    return int(text)


Done = Callable[[Actor, Visit, Form], str]

ACTS: Final[dict[str, tuple[str, Done]]] = {
    "line": ("lines", _add_line),
    "paste": ("lines", _add_pasted),
    "withdraw": ("lines", _withdraw),
    "diagnoses": ("diagnose", _diagnose),
    "amend": ("amend", _amend),
    "discharge": ("discharge", _discharge),
    "payouts": ("payouts", _payout),
    "cancel": ("cancel", _cancel),
    "settle": ("settle", _settle),
}
"""What may be sent to a visit: which power it takes, and what does it; it returns an anchor of the page, or another page."""


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """One thing done at the desk; refused, the page again with what was typed. Opened anew, it is the desk."""
    if request.method == "GET":
        return redirect("web:visit", number=number)
    actor = actor_of(request)
    found = desk.find(actor, number)
    if found is None or act not in ACTS:
        return trouble(request, NOWHERE, 404)
    power, do = ACTS[act]
    if power not in powers_over(actor, found):
        return trouble(request, NOT_YOURS, 403)
    form = request.POST.dict()
    if act == "paste" and not form.get("confirm"):
        return _preview(request, actor, found, form)
    try:
        to = do(actor, found, form)
    except Unclear as unclear:
        return _again(request, actor, found, _unclear(act, unclear, form))
    except Refusal as refusal:
        law = engine_of(active_bundle()).law
        problem = problem_of(act, refusal, law, form)
        if refusal.code == "line_repeated":
            said = "另一个窗口刚为本次就诊录入过费用；请核对下面的明细，确需录入请再点一次"
            problem = replace(problem, refusal=ShownRefusal(said, "", None, ""))
        return _again(request, actor, found, problem)
    if to.startswith("/"):
        return redirect(to)
    page = reverse("web:visit", kwargs={"number": number})
    return redirect(f"{page}#{to}" if to else page)


def _again(request: HttpRequest, actor: Actor, found: Visit, problem: Problem) -> HttpResponse:
    found.refresh_from_db()
    return _page(request, actor, found, 400, problem=problem)


def _unclear(act: str, unclear: Unclear, form: Form) -> Problem:
    field, named = field_at(act, unclear.where, form), FIELDS.get(unclear.where, "")
    what = f"{named}：{unclear.why}" if named else unclear.why
    said = ShownRefusal(what, unclear.where, None, "")
    return Problem(act, said, unclear.where, [_choice(item) for item in unclear.offered], field)


def _preview(request: HttpRequest, actor: Actor, found: Visit, form: Form) -> HttpResponse:
    """What was pasted, row by row, before any of it is added."""
    try:
        rows = rows_pasted(form.get("pasted", ""), *_catalogue(found))
    except Unclear as unclear:
        return _again(request, actor, found, _unclear("paste", unclear, form))
    wrong = sum(row.line is None for row in rows)
    sum_of = sum(row.line.amount for row in rows if row.line)
    preview = {"rows": rows, "wrong": wrong, "right": len(rows) - wrong, "sum": sum_of}
    return _page(request, actor, found, preview=preview, form=request.POST)
