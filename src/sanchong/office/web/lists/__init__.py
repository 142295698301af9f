"""One mechanism for lists: what is declared once is paged, sorted, filtered and exported, within what the actor sees.

A family of pages declares a list and hands it to :func:`sanchong.office.web.lists.page.answer`::

    VISITS = Listed(
        name="visits",
        title="就诊",
        rows=lambda actor: visible_visits(actor, Visit.objects.select_related("person", "provider")),
        columns=(
            Column("number", "就诊号", lambda v: v.number, link=lambda v: reverse("web:visit", args=[v.number])),
            Column("person", "姓名", lambda v: v.person.name),
            Column("admitted", "日期", lambda v: v.admitted, "day", by=("admitted",)),
            Column("disease", "病种", lambda v: v.disease, may=lambda actor: fields_for(actor).clinical),
            Column("total", "总费用", lambda v: v.total, "money", by=("total",)),
        ),
        filters=(
            Filter("state", "状态", lambda found, state: found.filter(state=state), choices=lambda: STATES),
            Filter("name", "姓名", of_name, personal=True),
        ),
        order="-admitted",
        empty=Empty("还没有就诊", "登记就诊后，这里按日期列出。"),
        person=lambda v: v.person_id,
    )

    def visits(request: HttpRequest) -> HttpResponse:
        return answer(request, VISITS, actor_of(request))

``rows`` asks ``visibility.py``; ``may`` keeps a column, and a filter, from those who may not be shown it. A filter that is
``personal`` (a name, a number of a person) goes by POST and stands in no address. ``complete`` loads what a page of rows needs
besides, in bulk: the number of statements does not depend on the number of rows. Where ``person`` says whose data a row is,
each reading and each export writes one entry of the trail a person; each export writes one with the number of rows.
"""

from __future__ import annotations

from sanchong.office.web.lists.declared import Column, Empty, Filter, Listed, Tag
from sanchong.office.web.lists.page import answer

__all__ = ["Column", "Empty", "Filter", "Listed", "Tag", "answer"]
