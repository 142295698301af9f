"""What a provider is and has, in the words of the pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from sanchong.law.labels import ADMINISTRATIVE_LEVEL
from sanchong.office.people.models import Area
from sanchong.office.providers import kinds
from sanchong.office.providers.models import Agreement, Post, Provider, Role, Standing
from sanchong.office.providers.queries import Profile

LEVELS: Final = {"3": "三级", "2": "二级", "1": "一级", "0": "未定级"}
FEE_CLASSES: Final = {"1": "一类收费", "2": "二类收费", "3": "三类收费"}
ADMINISTRATIVE: Final = {code: zh for code, (zh, _) in ADMINISTRATIVE_LEVEL.items()}
KINDS: Final = {str(code): str(name) for code, name in Provider._meta.get_field("kind").flatchoices}
AGREEMENTS: Final[Mapping[str, str]] = dict(Agreement.KINDS)
ROLES: Final[Mapping[str, str]] = dict(Role.KINDS)
POST_ROLES: Final = {str(code): str(name) for code, name in Post._meta.get_field("role").flatchoices}
POST_STATES: Final = {str(code): str(name) for code, name in Post._meta.get_field("status").flatchoices}
SUSPENDED: Final = "暂停结算"
NOT_DESIGNATED: Final = "未定点"
SOON: Final = dt.timedelta(days=30)


def area_names(codes: set[str]) -> dict[str, str]:
    """The names of areas, by code; one that is not registered is called by its code."""
    known = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return {code: known.get(code, code) for code in codes}


def said(kind: str, row: Any, areas: Mapping[str, str]) -> str:
    """What a dated row says."""
    if kind == kinds.STANDING.name:
        exception = "，级别例外" if row.level_exception else ""
        return f"{areas.get(row.region, row.region)}，{standing_of(row)}{exception}"
    if kind == kinds.AGREEMENT.name:
        return AGREEMENTS[row.kind] + (f"（{row.number}）" if row.number else "")
    if kind == kinds.ROLE.name:
        return ROLES[row.kind]
    if kind == kinds.POST.name:
        return f"{row.practitioner.name}（{row.practitioner.code}），{POST_ROLES[row.role]}，{POST_STATES[row.status]}"
    return SUSPENDED


def standing_of(row: Standing) -> str:
    """Grade, fee class and administrative level."""
    return f"{LEVELS[str(row.level)]}，{FEE_CLASSES[str(row.fee_class)]}，{ADMINISTRATIVE[row.administrative_level]}"


def period(row: Any) -> str:
    """From when to when."""
    return f"{row.start} 至 {row.end or '未终止'}"


def states(profile: Profile) -> list[str]:
    """Whether it is designated and how, and whether its settlements are stopped, on the profile's day."""
    held = {agreement.kind for agreement in profile.agreements}
    names = [AGREEMENTS[kind] for kind in AGREEMENTS if kind in held] or [NOT_DESIGNATED]
    return [*([SUSPENDED] if profile.suspensions else []), *names]


def warnings(profile: Profile) -> list[str]:
    """What somebody should see to: settlements stopped, an agreement that ends soon, nothing said of what it is."""
    found = [
        f"自 {row.start} 起暂停结算{f'，至 {row.end}' if row.end else '，未定恢复日期'}：{row.source}"
        for row in profile.suspensions
    ]
    if not profile.standings:
        found.append("今天没有有效的机构属性，不能结算；请登记等级和收费类别")
    found += [
        f"{AGREEMENTS[row.kind]}将于 {row.end} 到期"
        for row in profile.agreements
        if row.end is not None and row.end - profile.day <= SOON
    ]
    return found
