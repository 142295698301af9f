"""Seeds policies/national/calendar from the days that the package chinesecalendar publishes.

For developers: run it when a new year's notice is out and the package has it, add the notice to NOTICES,
and read the difference before you commit it.

    .venv/bin/python scripts/seed_calendar.py
"""

from __future__ import annotations

import datetime as dt
import textwrap
from pathlib import Path

from chinese_calendar.constants import holidays, workdays

FOLDER = Path(__file__).resolve().parent.parent / "policies" / "national" / "calendar"
FIRST_YEAR = 2019
SATURDAY = 5

# By year: the day of publication of the notice that made the year's list what it is here, and its number.
NOTICES = {
    2019: ("2019-03-22", "国办发明电〔2018〕15号 as amended by 国办发明电〔2019〕3号 (Labour Day)"),
    2020: ("2020-01-27", "国办发明电〔2019〕16号 as amended by 国办发明电〔2020〕1号 (Spring Festival)"),
    2021: ("2020-11-25", "国办发明电〔2020〕27号"),
    2022: ("2021-10-25", "国办发明电〔2021〕11号"),
    2023: ("2022-12-08", "国办发明电〔2022〕16号"),
    2024: ("2023-10-25", "国办发明电〔2023〕7号"),
    2025: ("2024-11-12", "国办发明电〔2024〕12号"),
    2026: ("2025-11-04", "国办发明电〔2025〕7号"),
}

DOCUMENT = """\
# Made by scripts/seed_calendar.py.
id: calendar
area: "000000"
title:
  zh: 国务院办公厅关于历年部分节假日安排的通知
  en: Notices of the General Office of the State Council on each year's public holidays
short:
  zh: 节假日安排
  en: Working days
issuer:
  zh: 国务院办公厅
  en: General Office of the State Council
schemes: []
in_force: {from: 2019-01-01, to: null}
known_from: 2019-01-01
governs: []
leaves_open: []
clauses:
  - id: calendar.days
    place:
      zh: 各年通知
      en: each year's notice
    gist:
      zh: 周一至周五为工作日；每年的通知另行列明改为放假的平日和改为上班的周末，没有通知的年份不作推算。
      en: >-
        Monday to Friday are worked; each year's notice names the weekdays that are days off and the weekend
        days that are worked. A year without a notice is not guessed.
    rows: []
    kind: [computable]
"""

HEAD = """\
# Made by scripts/seed_calendar.py from the package chinesecalendar. Only the days that differ from the
# ordinary week, Monday to Friday, are listed: "off" are weekdays that are days off (quoted, since a bare off
# is a boolean in YAML), working are weekend days that are worked. known_from is the day on which the notice
# was published. Where a later notice amended a year, the list is the amended one and counts as known from
# that notice on: before it, the year has no list rather than a wrong one.
"""


def days(name: str, dates: list[dt.date]) -> str:
    """One list of dates as YAML, wrapped."""
    return textwrap.fill(
        f"{name}: [{', '.join(day.isoformat() for day in sorted(dates))}]",
        width=100,
        initial_indent="  ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )


def entry(year: int) -> str:
    """One year as YAML; a year whose notice is not named above is known from its own first day."""
    known_from, notice = NOTICES.get(year, (f"{year}-01-01", "day of publication not established"))
    off = [day for day in holidays if day.year == year and day.weekday() < SATURDAY]
    working = [day for day in workdays if day.year == year and day.weekday() >= SATURDAY]
    return "\n".join(
        (
            f"- year: {year}",
            f"  known_from: {known_from}  # {notice}",
            days('"off"', off),
            days("working", working),
        )
    )


def main() -> None:
    """Writes both files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    years = range(FIRST_YEAR, max(holidays).year + 1)
    (FOLDER / "document.yaml").write_text(DOCUMENT, encoding="utf-8")
    (FOLDER / "days.yaml").write_text(
        HEAD + "\n" + "\n".join(entry(year) for year in years) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
