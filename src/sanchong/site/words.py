"""The words of the site, in Chinese and English."""

from __future__ import annotations

from typing import Final

from sanchong.bill.words import Lang
from sanchong.law.labels import Words

AREA: Final[Words] = {
    "000000": ("全国", "nationwide"),
    "140000": ("山西省", "Shanxi"),
    "140300": ("阳泉市", "Yangquan"),
    "140700": ("晋中市", "Jinzhong"),
}
KIND: Final[dict[str, tuple[str, str, str, str]]] = {
    "computable": ("可计算", "算", "computable", "C"),
    "procedural": ("办理", "办", "procedural", "P"),
    "principle": ("原则", "原", "principle", "G"),
}
"""A clause's kind: its name and its letter, zh then en."""

CARRIER: Final[dict[str, tuple[str, str, str, str]]] = {
    "rule": ("规则", "规", "rule", "R"),
    "value": ("数值", "数", "value", "V"),
    "table": ("表", "表", "table", "T"),
    "period": ("施行期", "期", "period in force", "F"),
    "duty": ("业务", "务", "duty", "D"),
}
DUTY: Final[Words] = {
    "recognition": ("门诊慢特病资格认定", "recognition of diseases"),
    "assistance": ("医疗救助", "medical assistance"),
    "enrolment": ("参保与资助", "enrolment and subsidy"),
    "early_warning": ("因病致贫返贫预警", "early warning"),
    "supervision": ("监督管理", "supervision"),
    "funds": ("基金管理", "funds"),
    "claims": ("结算", "claims"),
    "people": ("人员与类别", "people and categories"),
    "providers": ("定点医药机构", "providers"),
    "catalogue": ("目录", "catalogue"),
    "accounts": ("机构与账户", "bodies and accounts"),
    "gateway": ("数据交换", "gateway"),
    "law": ("政策库", "the law itself"),
}
UNIT: Final[Words] = {
    "yuan": ("金额（元）", "amount, yuan"),
    "yuan_or_none": ("金额（元），可不限", "amount, yuan, or no limit"),
    "rate": ("比例", "rate"),
    "count": ("整数", "whole number"),
    "flag": ("是或否", "yes or no"),
    "mode": ("方式", "mode"),
    "date": ("日期", "date"),
    "bands": ("分段比例", "bands"),
    "matter": ("事项，不能写成数值", "a matter that no value can state"),
}
LOOKED_UP: Final[Words] = {
    "household": (
        "按户籍地查找（医疗救助、参保资助、预警随户籍）",
        "by the household's area of registration (assistance, subsidies and warnings follow it)",
    ),
    "insurance": (
        "按参保地查找（基本医保、大病保险、认定随参保）",
        "by the area of insurance (the insurers' tiers and recognition follow it)",
    ),
    "hospital": (
        "按省查找，对省内医疗机构一律适用（目录外控费）",
        "by the province: it binds every hospital there, wherever the person belongs",
    ),
}
SCHEME: Final[Words] = {
    "outpatient": ("门诊慢特病", "outpatient scheme"),
    "assistance": ("医疗救助", "assistance"),
}
SECTION: Final[Words] = {
    "pooled_fund": ("统筹基金", "Pooled fund"),
    "inpatient": ("住院", "Stays"),
    "outpatient": ("门诊慢特病", "Outpatient"),
    "catastrophic": ("大病保险", "Catastrophic insurance"),
    "assistance": ("医疗救助", "Medical assistance"),
    "special_drug": ("特药", "Special drugs"),
    "basic_insurance": ("职工医保", "Employees' insurance"),
    "catalogue_control": ("目录外控费", "Catalogue control"),
    "enrolment": ("参保缴费与资助", "Enrolment and subsidy"),
    "early_warning": ("预警", "Early warning"),
    "recognition": ("资格认定", "Recognition"),
    "prescription": ("长期处方", "Long prescriptions"),
    "special": ("特殊疾病", "special diseases"),
    "chronic": ("慢性病", "chronic diseases"),
    "chronic_special": ("慢特病", "chronic and special"),
    "stacking": ("叠加病种", "stacking"),
    "subsidy": ("资助", "subsidy"),
    "time_limit": ("办结时限", "time limit"),
    "fast_track": ("随到随办", "fast track"),
    "long": ("长期处方", "long prescriptions"),
    "referral": ("转诊", "referral"),
    "bands": ("分段比例", "bands"),
}
"""What the parts of an address that has no label of its own are called."""

FIELD: Final[Words] = {
    "total": ("总费用", "total"),
    "in_policy": ("政策范围内", "in policy"),
    "advance": ("先行自付", "advance"),
    "over_price": ("超限价", "over price"),
    "out_of_catalogue": ("目录外", "out of catalogue"),
    "out_of_scope": ("范围外", "out of scope"),
    "dual_channel": ("双通道", "dual channel"),
    "deductible": ("起付标准", "deductible"),
    "pooled": ("基本医保支付", "pooled fund"),
    "quota_excess": ("超季度限额", "over the quarterly limit"),
    "catastrophic": ("大病保险支付", "catastrophic insurance"),
    "catastrophic_burden": ("大病累计负担", "catastrophic burden"),
    "other": ("其他赔付", "other payers"),
    "assistance": ("医疗救助", "assistance"),
    "assistance_base": ("救助基数", "assistance base"),
    "assistance_deductible": ("已计救助起付", "assistance deductible filled"),
    "deferred_base": ("计入年底基数", "deferred to the year's end"),
    "hospital": ("医院承担", "borne by the hospital"),
    "patient": ("个人支付", "patient"),
    "category": ("救助对象类别", "category"),
    "gates": ("未予支付的原因", "gates"),
    "assumed": ("用到的示例数据", "assumed values"),
    "unmodelled": ("未收录", "unmodelled"),
    "by_category": ("分类别", "by category"),
    "ok": ("结算成功", "settled"),
    "answer": ("回答", "answer"),
    "code": ("拒付代码", "error code"),
    "where": ("位置", "where"),
    "clause": ("条款", "clause"),
    "lines": ("费用明细", "lines"),
    "year": ("全年", "the year"),
    "close_year": ("年底", "year's end"),
    "error": ("拒付", "refusal"),
    "visits": ("就诊", "visit"),
}
SAID: Final[Words] = {
    "site": ("三重政策库", "Sanchong: the law"),
    "brand": ("三重", "Sanchong"),
    "brand_sub": ("政策库", "the law"),
    "home": ("首页", "Start"),
    "documents": ("文件", "Documents"),
    "document": ("文件", "Document"),
    "clauses": ("条款", "Clauses"),
    "clause": ("条款", "Clause"),
    "values": ("数值", "Values"),
    "value": ("数值", "Value"),
    "rules": ("规则", "Rules"),
    "rule": ("规则", "Rule"),
    "cases": ("算例", "Worked cases"),
    "case": ("算例", "Worked case"),
    "az": ("索引", "Index"),
    "switch": ("English", "中文"),
    "switch_label": ("This page in English", "本页中文版"),
    "skip": ("跳到正文", "Skip to the text"),
    "nav": ("主导航", "Main"),
    "crumbs": ("所在位置", "You are here"),
    "search": ("查条款、数值、规则、算例", "Search clauses, values, rules, cases"),
    "search_hint": ("按 / 开始查找，用上下键选择", "Press / to search, arrow keys to choose"),
    "found": ("{n} 项", "{n} found"),
    "found_none": ("没有找到，可换一个词或查看索引", "Nothing found; try another word or the index"),
    "lead": (
        "医保、大病、救助三重保障的规定，逐条拆开：每一条讲什么、用哪些数、由哪条规则执行、哪个算例验证。",
        "The rules of basic insurance, catastrophic insurance and medical assistance, taken "
        "apart: what each clause says, which figures it states, which rule carries it out, which "
        "worked case proves it.",
    ),
    "own_words": (
        "条款均为自拟大意，不是原文；以原文件为准。",
        "Clauses are gists in our own words, not the text; the documents themselves prevail.",
    ),
    "coverage": ("两份规定的落实情况", "Coverage of the two texts"),
    "coverage_says": (
        "每格一条要求，底色和首字是性质，其余各字是由什么落实（– 为尚无）；右上圆点表示有算例用到。点开即是条款。",
        "One cell a requirement: shade and first letter give its kind, the other letters what "
        "carries it out (– nothing yet); a dot means a worked case meets it. Each opens its "
        "clause.",
    ),
    "rows_of": ("{letter} · {title}", "{letter} · {title}"),
    "row_count": ("{n} 项要求", "{n} requirements"),
    "row_missing": ("没有条款", "no clause"),
    "met": ("有算例用到", "met by a worked case"),
    "met_n": ("{n} 条有算例用到", "{n} met by a worked case"),
    "bare": ("尚无直接落实", "nothing directly"),
    "name": ("参数", "Parameter"),
    "key": ("图例", "Key"),
    "kind": ("性质", "Kind"),
    "carried": ("落实", "Carried out by"),
    "rows": ("要求编号", "Rows"),
    "place": ("位置", "Place"),
    "gist": ("大意", "Gist"),
    "duty": ("业务环节", "Duty"),
    "duty_says": ("由“{duty}”环节办理。", "Handled by the duty “{duty}”."),
    "issuer": ("发文机关", "Issuer"),
    "area": ("统筹区", "Area"),
    "in_force": ("施行期", "In force"),
    "known_from": ("公布", "Known from"),
    "from": ("自", "From"),
    "to": ("至", "To"),
    "known": ("何时起已知", "Known from"),
    "status": ("依据状态", "Status"),
    "figure": ("数值", "Figure"),
    "reason": ("说明", "Reason"),
    "unit": ("单位", "Unit"),
    "address": ("地址", "Address"),
    "governs": ("规定的参数", "Governs"),
    "schemes": ("制度", "Schemes"),
    "always": ("未写明", "not said"),
    "open_start": ("起始未写明", "no first day"),
    "open_end": ("未定终止", "open"),
    "illustrative": ("示例，无文件依据", "assumed, no document"),
    "illustrative_says": (
        "这里的数字没有文件依据，只为演示；正式结算不予采用。",
        "No document states these figures. They only demonstrate; a settlement in earnest refuses them.",
    ),
    "n_clauses": ("{n} 条", "{n} clauses"),
    "n_values": ("{n} 个数值", "{n} values"),
    "n_tables": ("{n} 行表", "{n} table rows"),
    "n_cases": ("{n} 个算例", "{n} worked cases"),
    "n_rules": ("{n} 条规则", "{n} rules"),
    "states": ("写明的数值", "Values it states"),
    "tables": ("列出的表", "Tables it brings"),
    "carried_by": ("由规则执行", "Rules that carry it out"),
    "proved_by": ("用到它的算例", "Worked cases that meet it"),
    "proof_says": (
        "本条以此例为证，拿掉落实它的规则、数值或表，此例即不成立：",
        "Proved by this case, which no longer comes out without the rule, value or table that carries the clause:",
    ),
    "also": ("兼落实", "Also carries out"),
    "answered": ("回答", "Answer"),
    "proved_none": ("没有算例用到。", "No worked case meets it."),
    "bare_says": (
        "没有规则、数值、表或业务环节直接写着这一条。",
        "No rule, value, table or duty names this clause directly.",
    ),
    "principle_says": (
        "这一条是原则，本身不产生计算或办理。",
        "A principle: it yields nothing to compute or to handle by itself.",
    ),
    "more_cases": ("其余 {n} 个算例", "{n} more worked cases"),
    "show_bill": ("结算单", "The bill"),
    "looked_up": ("怎样查找", "How it is looked up"),
    "history": ("历次取值", "History"),
    "history_none": (
        "没有文件给出这个数值；需要时须由个案写明。",
        "No document states this value; a case that needs it must say it.",
    ),
    "picture": ("何时施行，何时起已知", "When in force, since when known"),
    "picture_says": (
        "横轴是施行日期，纵轴是已知日期（自下而上）；每格是当日按当时所知应取的数值。",
        "Across: the day in force. Upwards: the day of knowledge. Each cell holds the value for "
        "that day as then known.",
    ),
    "picture_area": ("{area}：", "{area}: "),
    "in_force_axis": ("施行日期 →", "in force →"),
    "known_axis": ("已知日期 ↑", "known ↑"),
    "nothing": ("无", "none"),
    "used_by": ("查找它的规则", "Rules that look it up"),
    "used_none": ("没有算例中的规则查找它。", "In no worked case does a rule look it up."),
    "looks_up": ("查找的数值", "Values it looks up"),
    "by_law": ("取自文件", "from the law"),
    "by_case": ("个案设定", "set by the case"),
    "members": ("成员", "Members"),
    "family": ("参数组", "Family"),
    "says": ("说明句式", "Its sentence"),
    "source_code": ("源代码", "Source"),
    "source_and_english": ("规则源码与英文说明", "Source and description"),
    "file_at": ("{file} 第 {line} 行", "{file}, line {line}"),
    "from_source": ("来源", "Source"),
    "arithmetic": ("手工演算（英文）", "Worked by hand"),
    "facts": ("案情", "The facts"),
    "expected": ("手工与程序", "By hand, and by the program"),
    "by_hand": ("手工", "By hand"),
    "by_program": ("程序", "Program"),
    "agrees": ("一致", "agrees"),
    "differs": ("不一致", "differs"),
    "meets": ("用到的条款", "Clauses it meets"),
    "meets_rules": ("用到的规则", "Rules it meets"),
    "meets_values": ("用到的数值", "Values it uses"),
    "raw": ("个案原始数据（JSON）", "The case as data (JSON)"),
    "accepts": ("本例认可使用示例数据", "This case accepts assumed values"),
    "unreadable": (
        "这份个案数据有误，不能读成案情；原始数据见下。",
        "This case's data is wrong and cannot be read as facts; see the data below.",
    ),
    "refused": ("未能结算", "not settled"),
    "total": ("总费用", "Total"),
    "i_pay": ("个人支付", "Patient"),
    "went": ("费用去向", "Where it went"),
    "title": ("题目", "Title"),
    "result": ("结果", "Result"),
    "contract": ("约定", "contract"),
    "all_values": ("全部数值，按用途分组。", "All values, by what they are for."),
    "all_rules": (
        "每条规则是一个函数，执行一条规定。",
        "Each rule is one function and carries out one clause.",
    ),
    "all_cases": (
        "手工演算过的个案；程序的结果须与手工一致。",
        "Cases worked by hand; the program must say the same.",
    ),
    "az_says": ("不用查找框也能找到每一页。", "Every page, without the search box."),
    "top": ("回到页首", "To the top"),
    "foot": ("离线政策库 · {engine}", "The law, offline · {engine}"),
    "prev": ("上一条", "Previous"),
    "next": ("下一条", "Next"),
    "code": ("代码", "Code"),
    "disease": ("病种", "Disease"),
    "national": ("国家编码", "National codes"),
    "excluded": ("互斥病种", "Mutually exclusive"),
    "days_off": (
        "{year} 年（{known} 起已知）：调休放假 {off} 天，周末上班 {working} 天",
        "{year} (known from {known}): {off} weekdays off, {working} weekend days worked",
    ),
    "special": ("门诊特殊疾病", "special"),
    "chronic": ("门诊慢性病", "chronic"),
    "scroll": ("可左右滚动", "scrolls sideways"),
}


def say(key: str, lang: Lang, **facts: object) -> str:
    """The site's word for ``key`` in ``lang``, its places filled from ``facts``."""
    said = SAID[key][lang == "en"]
    return said.format(**facts) if facts else said


def area_name(code: str, lang: Lang) -> str:
    """An area as people call it, with its code; the code alone where it has no name here."""
    return f"{AREA[code][lang == 'en']} {code}" if code in AREA else code


def section_name(prefix: str, lang: Lang) -> str:
    """A family of addresses that has no label of its own: "门诊慢特病 · 慢性病"."""
    parts = [SECTION[part][lang == "en"] if part in SECTION else part for part in prefix.split(".")]
    return " · ".join(parts)
