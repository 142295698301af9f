"""Filters of the pages: money as the office writes it."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from sanchong.money import plain_yuan, yuan
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
