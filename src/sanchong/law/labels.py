"""Names that people read: of addresses, categories, kinds, gates, providers, in Chinese and English."""

from __future__ import annotations

from typing import Final

from sanchong.law.documents import Disease
from sanchong.shapes import CONDITIONS

Words = dict[str, tuple[str, str]]

CATEGORY: Final[Words] = {
    "extreme_poverty": ("特困人员", "extreme poverty"),
    "subsistence_allowance": ("低保对象", "subsistence allowance"),
    "returned_to_poverty": ("返贫致贫人口", "returned to poverty"),
    "monitored": ("监测对象", "monitored"),
    "near_subsistence": ("低保边缘家庭成员", "near subsistence"),
    "impoverished_by_illness": ("因病致贫重病患者", "impoverished by illness"),
    "orphan": ("孤儿", "orphan"),
    "unsupported_child": ("事实无人抚养儿童", "unsupported child"),
}
KIND: Final[Words] = {
    "outpatient": ("门诊慢特病", "outpatient"),
    "inpatient": ("住院", "inpatient stay"),
    "special_drug": ("特药", "special drug"),
}
INSURANCE: Final[Words] = {"resident": ("城乡居民", "resident"), "employee": ("职工", "employee")}
ADMINISTRATIVE_LEVEL: Final[Words] = {
    "province": ("省级", "province"),
    "city": ("市级", "city"),
    "county": ("县级", "county"),
    "township": ("乡级", "township"),
}
INPATIENT_CLASS: Final[Words] = {
    "first": ("一类", "fee class 1"),
    "second_city": ("省市级二类", "fee class 2, province or city"),
    "second_county": ("县级二类", "fee class 2, county"),
    "third": ("三类", "fee class 3"),
}
GATE: Final[Words] = {
    "not_designated": ("非定点医药机构", "provider not designated"),
    "provider_level": ("医疗机构级别不够", "provider below the level required"),
    "not_referred": ("未按规定转诊", "not referred"),
    "no_category": ("非救助对象", "no assistance category"),
    "not_entitled": ("该类对象不享受此项救助", "category not reached by this assistance"),
    "exclusion_pending": ("互斥病种待选定", "choice between excluded diseases pending"),
    "assistance_unmodelled": ("救助标准未收录", "assistance left to a document that is not here"),
}
STATUS: Final[Words] = {
    "stated": ("文件载明", "stated"),
    "found": ("另有文件", "found in another document"),
    "reading": ("解释口径", "chosen reading"),
    "assumed": ("示例，无文件依据", "assumed, no document"),
    "unmodelled": ("另行规定，未收录", "left to another document"),
    "overlay": ("个案设定", "set by the case"),
    "missing": ("无", "none"),
}
_ADDRESS: Final[Words] = {
    "outpatient.chronic_special.pooled_rate": ("门诊慢特病支付比例", "outpatient rate"),
    "outpatient.chronic.quarterly_limit": ("季度限额", "quarterly limit"),
    "outpatient.chronic.stacking.rate": ("叠加病种比例", "stacking rate"),
    "outpatient.chronic.stacking.max_others": ("最多叠加病种数", "diseases stacked at most"),
    "outpatient.chronic.quota_mode": ("限额共用方式", "how the quarterly limit is shared"),
    "outpatient.chronic.excess_stays_in_policy": ("超季度限额部分仍属政策范围内", "excess stays in policy"),
    "outpatient.special.minimum_provider_level": ("特殊疾病最低机构级别", "least provider level"),
    "pooled_fund.annual_cap": ("统筹基金年度最高支付限额", "pooled fund's annual cap"),
    "special_drug.counts_to_annual_cap": ("特药计入统筹限额", "special drugs count to the cap"),
    "inpatient.deductible": ("住院起付标准", "deductible of a stay"),
    "inpatient.pooled_rate": ("住院支付比例", "rate of a stay"),
    "catastrophic.deductible": ("大病保险起付标准", "catastrophic deductible"),
    "catastrophic.bands": ("大病保险分段比例", "catastrophic bands"),
    "catastrophic.annual_cap": ("大病保险年度限额", "catastrophic annual cap"),
    "assistance.in_force_from": ("医疗救助施行日期", "assistance in force from"),
    "assistance.disposable_income_per_capita": ("上年居民人均可支配收入", "last year's income per head"),
    "assistance.inpatient.deductible_income_share": (
        "住院救助起付占收入比例",
        "assistance deductible, share of income",
    ),
    "assistance.inpatient.rate": ("住院救助比例", "assistance rate of a stay"),
    "assistance.annual_cap": ("年度救助限额", "assistance annual cap"),
    "assistance.outpatient.rate": ("门诊救助比例", "outpatient assistance rate"),
    "assistance.special_drug.rate": ("特药救助比例", "special-drug assistance rate"),
    "assistance.household_region": ("户籍地医疗救助规定", "assistance rules of the household's area"),
    "basic_insurance.employee": ("职工医保待遇", "employees' insurance"),
    "catalogue_control.limit": ("目录外控费比例", "catalogue control limit"),
    "enrolment.contribution": ("居民个人缴费标准", "individual contribution"),
    "enrolment.subsidy.rate": ("参保资助比例", "subsidy rate"),
    "enrolment.subsidy.floor": ("参保资助最低额", "least subsidy"),
    "enrolment.subsidy.amount": ("参保定额资助", "subsidy amount"),
    "early_warning.threshold": ("预警线", "warning threshold"),
    "recognition.time_limit.working_days": ("认定办结时限（工作日）", "recognition time limit, working days"),
    "recognition.fast_track.working_days": ("随到随办时限（工作日）", "fast-track time limit, working days"),
    "prescription.long.min_weeks": ("长期处方最短周数", "long prescription, least weeks"),
    "prescription.long.max_weeks": ("长期处方最长周数", "long prescription, most weeks"),
    "assistance.referral.first_contact_level": ("首诊机构最高级别", "highest level of first contact"),
}
_MEMBER: Final[Words] = {
    **CATEGORY,
    **INPATIENT_CLASS,
    "standard": ("普通人员", "standard"),
    "falling_into": ("因病致贫", "falling into poverty"),
    "falling_back": ("因病返贫", "falling back"),
}


def word(words: Words, key: str, lang: str = "zh") -> str:
    """The name of a code in ``lang`` (zh or en)."""
    return words[key][lang == "en"]


def address_label(address: str, diseases: tuple[Disease, ...], lang: str = "zh") -> str:
    """An address as people read it: "住院救助比例（低保对象）"."""
    if address in _ADDRESS:
        return word(_ADDRESS, address, lang)
    family, _, member = address.rpartition(".")
    if family not in _ADDRESS:
        return address
    names = {d.code: (d.short, d.en) for d in diseases}
    name = names[member][lang == "en"] if member in names else word(_MEMBER, member, lang)
    return (
        f"{word(_ADDRESS, family, lang)}（{name}）"
        if lang == "zh"
        else f"{word(_ADDRESS, family, lang)} ({name})"
    )


def condition_label(condition: int, diseases: tuple[Disease, ...]) -> str:
    """A condition as people read it: "糖尿病", "器官移植（肾移植）"."""
    code, _, subtype = CONDITIONS[condition].partition(":")
    disease = next(d for d in diseases if d.code == code)
    return f"{disease.short}（{disease.subtype_names[subtype]}）" if subtype else disease.short
