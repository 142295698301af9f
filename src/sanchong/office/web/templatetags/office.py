"""Filters and tags of the pages: money as the office writes it, the field of a form that is at fault."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from sanchong.money import plain_yuan, yuan
from sanchong.office.web.fault import Problem
from sanchong.office.web.timeline import signed

register = template.Library()
register.filter("yuan", yuan)
register.filter("plain_yuan", plain_yuan)
register.filter("signed", signed)


@register.filter
def lookup(mapping: dict[str, object], key: str) -> object:
    """A mapping's value at a key."""
    return mapping.get(key, "")


@register.filter
def beside(bill: SafeString) -> SafeString:
    """A drawn bill whose clauses open in another page: on this one stands what somebody typed, and it is kept nowhere."""
    return mark_safe(bill.replace('<a class="sb-tag"', '<a class="sb-tag" target="_blank" rel="noopener"'))


@register.simple_tag(takes_context=True)
def marked(context: Context, name: str) -> SafeString:
    """The attributes of the field that the page's ``problem`` is about: marked, described by its ``mistake``, with the cursor."""
    if not _is_at(context, name):
        return SafeString("")
    return format_html(' aria-invalid="true" aria-describedby="x-{}" autofocus', name)


@register.inclusion_tag("web/mistake.html", takes_context=True)
def mistake(context: Context, name: str) -> dict[str, Any]:
    """What is wrong with the field, beside it."""
    return {"name": name, "refused": context["problem"].refusal if _is_at(context, name) else None}


def _is_at(context: Context, name: str) -> bool:
    problem = context.get("problem")
    return isinstance(problem, Problem) and problem.field == name
