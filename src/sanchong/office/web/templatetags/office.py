"""Filters of the pages: money as the office writes it."""

from __future__ import annotations

from django import template

from sanchong.money import plain_yuan, yuan

register = template.Library()
register.filter("yuan", yuan)
register.filter("plain_yuan", plain_yuan)


@register.filter
def lookup(mapping: dict[str, object], key: str) -> object:
    """A mapping's value at a key."""
    return mapping.get(key, "")
