"""Whether a stay needs a referral (转诊). No document here says when: the level of first contact is a value (Q35)."""

from __future__ import annotations

from types import SimpleNamespace

from sanchong.rules.rule import rule


def _referral_says(v: SimpleNamespace) -> str:
    if not v.in_city:
        return "在户籍所在市以外住院：须先办理转诊或异地备案"
    grade = f"{v.level} 级机构" if v.level else "未定级机构"
    bound = f"首诊机构最高 {v.first_contact_level} 级"
    return f"{grade}，{bound}：" + ("须经首诊机构转诊" if v.result else "可以首诊，不须转诊")


@rule("yangquan.b119", says=_referral_says)
def referral_needed(level: int, in_city: bool, first_contact_level: int) -> bool:
    """Whether a stay at a provider of ``level`` (0: unrated) needs a referral: outside the city of household
    registration always, in it above the level at which care may begin (Q35).
    """
    return not in_city or level > first_contact_level
