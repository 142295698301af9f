"""How long a recognition may take (办结时限): the fast track, the working days, the last day."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sanchong.dates import Calendar
from sanchong.rules.diseases import Condition, disease_of
from sanchong.rules.rule import rule
from sanchong.shapes import CANCER, DISEASES, TRANSPLANT

_DIALYSIS: Final = DISEASES.index("dialysis")


@rule("jinzhong.a81", says=lambda v: "诊断明确、易于鉴定：随时受理、及时办结" if v.result else "按批次受理")
def on_fast_track(condition: Condition) -> bool:
    """Whether a recognition is taken in at any time: cancer, transplant, dialysis, of any sub-type (Q20)."""
    return disease_of(condition) in (CANCER, TRANSPLANT, _DIALYSIS)


@rule("jinzhong.a80", says="自受理次日起 {result} 个工作日内办结")
def working_days_allowed(fast_track: bool, limit: int, fast_track_limit: int) -> int:
    """The limit in working days; the fast track's own number, which the limit bounds (Q20)."""
    return min(fast_track_limit, limit) if fast_track else limit


@rule("calendar.days", says="")
def last_day(accepted: dt.date, working_days: int, calendar: Calendar) -> dt.date:
    """The last day in time: the n-th working day after acceptance, which itself is day 0 (Q19).

    NoCalendar if it lies in a year without notice of working days.
    """
    return calendar.working_day_after(accepted, working_days)


def is_in_time(completed: dt.date, last: dt.date) -> bool:
    """Whether a decision, taken and notified on ``completed``, is in time; on the last day it is (Q19)."""
    return completed <= last
