"""Whether a stay needs a referral (Q35): outside the city always, in it above the level of first contact."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sanchong.rules.referral import referral_needed


@pytest.mark.parametrize(
    ("level", "in_city", "first_contact", "needed", "said"),
    [
        (3, False, 3, True, "在户籍所在市以外住院：须先办理转诊或异地备案"),
        (0, False, 0, True, "在户籍所在市以外住院：须先办理转诊或异地备案"),
        (3, True, 3, False, "3 级机构，首诊机构最高 3 级：可以首诊，不须转诊"),
        (2, True, 1, True, "2 级机构，首诊机构最高 1 级：须经首诊机构转诊"),
        (0, True, 0, False, "未定级机构，首诊机构最高 0 级：可以首诊，不须转诊"),
    ],
)
def test_whether_and_why(level: int, in_city: bool, first_contact: int, needed: bool, said: str) -> None:
    assert referral_needed(level, in_city, first_contact) is needed
    assert callable(referral_needed.says)
    inputs = SimpleNamespace(level=level, in_city=in_city, first_contact_level=first_contact, result=needed)
    assert referral_needed.says(inputs) == said
    assert referral_needed.clause == "yangquan.b119"
