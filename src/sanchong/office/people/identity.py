"""What identifies a person: types of document, and the resident identity number with what it says by itself."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from sanchong.dates import today
from sanchong.office.checking import refused

RESIDENT_CARD: Final = "01"

IDENTITY_TYPES: Final = {
    "01": "居民身份证",
    "02": "军官证",
    "03": "武警警官证",
    "04": "港澳居民来往内地通行证（香港）",
    "05": "港澳居民来往内地通行证（澳门）",
    "06": "台湾居民来往大陆通行证",
    "07": "外国人永久居留证",
    "08": "外国人护照",
    "09": "残疾人证",
    "10": "军烈属证明",
    "16": "中国护照",
    "17": "港澳台居民居住证",
    "90": "社会保障卡",
    "91": "保密",
    "99": "其他",
}
"""psn_cert_type."""

_FORM: Final = re.compile(r"\d{17}[\dX]", re.ASCII)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10X98765432"
_WHERE: Final = "identity_number"


@dataclass(frozen=True, slots=True)
class Resident:
    """What a resident identity number (公民身份号码, GB 11643) says: the day of birth, the sex (1 male, 2 female)."""

    born: dt.date
    sex: str


def plain_number(number: str) -> str:
    """A document's number in the one form in which it is kept: half width, upper case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


def check_digit(first_seventeen: str) -> str:
    """The 18th character of a resident identity number."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECK[total % 11]


def read_resident(number: str) -> Resident:
    """What ``number`` says of its holder; Refusal if it has not 18 characters, a wrong check digit, or no day of birth."""
    if len(number) == 15 and number.isdigit():
        raise refused(_WHERE, "15 位旧号码，请登记 18 位号码", "a number of 15 digits: record the one of 18")
    if _FORM.fullmatch(number) is None:
        raise refused(_WHERE, "居民身份证号码应为 18 位", "a resident identity number has 18 characters")
    if check_digit(number[:17]) != number[17]:
        raise refused(_WHERE, "校验码不符，请核对号码", "the check digit does not fit: check the number")
    try:
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise refused(_WHERE, "号码中的出生日期不存在", "no such day of birth as in the number") from None
    if born > today():
        raise refused(_WHERE, "号码中的出生日期晚于今天", "the day of birth in the number is yet to come")
    return Resident(born, "1" if int(number[16]) % 2 else "2")


def masked(number: str) -> str:
    """A document's number as it may be shown: the first six and the last four characters, of a short one none."""
    if len(number) <= 10:
        return "*" * len(number)
    return number[:6] + "*" * (len(number) - 10) + number[-4:]
