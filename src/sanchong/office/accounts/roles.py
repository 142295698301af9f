"""What people of the office act as, where each role holds, and what it may see.

Medical data (diagnoses, recognised diseases, items) is for medical security, for those who treat, and for the person;
no other department sees it. Whoever only keeps the system or counts sees no person at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

APART: Final = frozenset({"administrator", "auditor"})
"""Roles of which nobody holds two at a time: who keeps the system is watched by somebody else."""

Place = Literal["area", "provider", "none"]


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its name, where it holds, what it may do and see."""

    code: str
    zh: str
    group: str
    place: Place
    level: str = ""
    """The level of area for which it is granted; "" is any."""
    serves: bool = False
    """Handles people's matters for the agency."""
    keeps: bool = False
    """Keeps what everybody shares: areas, providers, the catalogue, tokens."""
    sees_people: bool = False
    sees_visits: bool = False
    clinical: bool = False
    """Sees diagnoses, recognised diseases and items."""
    counts: bool = False
    """Knows sums over its area without seeing anybody."""
    audits: bool = False
    """Reads the trail: who did what to whose data, and nothing of the data."""


_AGENCY, _PROVIDER, _REVIEW = "医保经办", "医药机构", "认定与审核"
_DEPARTMENT, _OTHER = "协同部门", "分析与系统"


def _agency(code: str, zh: str, level: str = "", keeps: bool = False) -> Role:
    return Role(code, zh, _AGENCY, "area", level, True, keeps, True, True, True)


def _provider(code: str, zh: str) -> Role:
    return Role(code, zh, _PROVIDER, "provider", sees_people=True, sees_visits=True, clinical=True)


def _department(code: str, zh: str, sees_visits: bool = False) -> Role:
    return Role(code, zh, _DEPARTMENT, "area", sees_people=True, sees_visits=sees_visits)


ROLES: Final = {
    role.code: role
    for role in (
        _agency("agency_city", "市级经办", "city", keeps=True),
        _agency("agency_county", "县级经办", "county"),
        _agency("agency_township", "乡镇经办", "township"),
        _agency("agency_village", "村级经办", "village"),
        _agency("contracted", "受托机构经办"),
        _provider("provider_operator", "医保窗口"),
        _provider("physician", "医保医师"),
        _provider("pharmacist", "医保药师"),
        Role("expert", "认定专家", _REVIEW, "area", sees_people=True, clinical=True),
        Role("reviewer", "审核稽核", _REVIEW, "area", sees_people=True, sees_visits=True, clinical=True),
        _department("civil_affairs", "民政"),
        _department("rural_revitalisation", "乡村振兴"),
        _department("finance", "财政", sees_visits=True),
        _department("health", "卫生健康"),
        _department("taxation", "税务"),
        _department("union", "工会"),
        _department("insurer", "承保商业保险", sees_visits=True),
        Role("analyst", "统计分析", _OTHER, "area", counts=True),
        Role("administrator", "系统管理", _OTHER, "none", keeps=True),
        Role("auditor", "安全审计", _OTHER, "none", audits=True),
    )
}
