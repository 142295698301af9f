"""Whose assistance standard applies (救助标准) when treatment is elsewhere."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

from sanchong.rules.rule import rule

Area = int
"""A pooling area's admdvs code as a number: 140300 is Yangquan."""
NO_AREA: Final[Area] = 0


def _area_says(v: SimpleNamespace) -> str:
    if v.result == NO_AREA:
        return "未按规定转诊：不纳入医疗救助"
    said = f"按户籍地 {v.household_area} 的救助标准"
    return said if v.treatment_area == v.household_area else f"{said}，不按就医地 {v.treatment_area}"


@rule("yangquan.b118", says=_area_says)
def standard_area(household_area: Area, treatment_area: Area, referred: bool) -> Area:
    """The household's area wherever the treatment, NO_AREA for a referral that was needed and not made.

    ``referred`` holds also where no referral is needed or an exception is on record (Q34, Q35).
    """
    return household_area if referred else NO_AREA
