"""The kinds of dated row that providers and practitioners have, and what may stand in each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import models

from sanchong.office.accounts.services import real_agency_only
from sanchong.office.actor import Actor
from sanchong.office.checking import check_area, refused
from sanchong.office.keeping import Kind
from sanchong.office.providers.models import Agreement, Post, Provider, Role, Standing, Suspension
from sanchong.settlement.refusal import invalid


def guard(actor: Actor, _: Sequence[models.Model]) -> None:
    """Providers are the same in every realm: the agency writes them, in the real one."""
    real_agency_only(actor)


def _check_standing(row: Standing) -> None:
    check_area(row.region, "region")
    if row.level not in (0, 1, 2, 3):
        raise refused("level", "等级应为 0 至 3（0 为未定级）", "expected a level from 0 to 3 (0: unrated)")
    if row.fee_class not in (1, 2, 3):
        raise refused("fee_class", "收费类别应为 1 至 3", "expected a fee class from 1 to 3")
    if row.fee_class == 2 and row.administrative_level == "township":
        raise invalid("fee_class", "township")


def _check_suspension(row: Suspension) -> None:
    if not row.source.strip():
        raise refused("source", "请写明暂停的理由", "say why it is suspended")


def _check_post(row: Post) -> None:
    if not Provider.objects.filter(pk=row.provider_id).exists():
        raise refused("provider", "没有这家医药机构", "no such provider")


PROVIDER: Final = ("provider",)

STANDING: Final = Kind(
    "standing",
    "机构属性",
    Standing,
    PROVIDER,
    guard,
    says=lambda r: f"{r.region} {r.level} {r.fee_class} {r.administrative_level}",
    check=_check_standing,
)
AGREEMENT: Final = Kind("agreement", "协议", Agreement, PROVIDER, guard, ("kind",), lambda r: r.kind)
ROLE: Final = Kind("role", "机构职责", Role, PROVIDER, guard, ("kind",), lambda r: r.kind)
SUSPENSION: Final = Kind(
    "suspension", "暂停结算", Suspension, PROVIDER, guard, says=lambda r: r.source, check=_check_suspension
)
POST: Final = Kind(
    "post",
    "执业",
    Post,
    ("practitioner",),
    guard,
    ("provider_id", "role"),
    lambda r: f"{r.provider.code} {r.role} {r.status}",
    _check_post,
)

KINDS: Final = {kind.name: kind for kind in (STANDING, AGREEMENT, ROLE, SUSPENSION, POST)}
"""By their one word."""
