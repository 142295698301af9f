"""The areas of administration, which all realms share."""

from __future__ import annotations

from django.db import transaction

from sanchong.office.accounts.services import real_agency_only
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns, refused
from sanchong.office.people.models import Area
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal


@transaction.atomic
def register_area(actor: Actor, code: str, name: str) -> Area:
    """An area under the one that its code names; the same again changes nothing. 6 digits to county, 9 township, 12 village."""
    real_agency_only(actor)
    level, above = _place_of(code)
    found = Area.objects.filter(pk=code).first()
    if found is not None:
        if found.name != name:
            raise Refusal(
                "area_taken", "code", f"{code} 已登记为 {found.name}", f"{code} is registered as {found.name}"
            )
        return found
    if above and not Area.objects.filter(pk=above).exists():
        raise Refusal("unknown_area", "code", f"请先登记上级区划 {above}", f"register its area {above} first")
    area = Area(code=code, name=name, level=level, parent_id=above or None)
    check_columns(area)
    area.save(force_insert=True)
    record(actor, "area.register", "area", code)
    return area


def _place_of(code: str) -> tuple[str, str]:
    """The level of an area code, and the code of the area above ("" for a province)."""
    if not (code.isascii() and code.isdigit()) or len(code) not in (6, 9, 12):
        raise refused("code", "区划代码应为 6、9 或 12 位数字", "an area code has 6, 9 or 12 digits")
    if len(code) == 12:
        return "village", code[:9]
    if len(code) == 9:
        return "township", code[:6]
    if code.endswith("0000"):
        return "province", ""
    if code.endswith("00"):
        return "city", f"{code[:2]}0000"
    return "county", f"{code[:4]}00"
