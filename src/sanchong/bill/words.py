"""The words of a bill, in Chinese and English; what the rules say stays Chinese."""

from __future__ import annotations

from typing import Final, Literal

from sanchong.law.labels import Words

Lang = Literal["zh", "en"]

STEP: Final[dict[str, tuple[str, str, str, str]]] = {
    "dual_channel": ("双通道", "另行结算，不计入本次", "Dual channel", "settled elsewhere"),
    "out_of_scope": ("范围外", "与本病种或规范不符", "Out of scope", "unrelated or not conforming"),
    "out_of_catalogue": ("目录外", "不在医保目录", "Out of catalogue", "outside the three catalogues"),
    "over_price": ("超限价", "高出限价的部分", "Over price", "above the price cap"),
    "advance": ("先行自付", "乙类先由个人负担", "Advance", "class B, the patient's first"),
    "pooled": ("基本医保", "统筹基金", "Basic insurance", "pooled fund"),
    "catastrophic": ("大病保险", "按年度累计负担", "Catastrophic", "on the year's burden"),
    "other": ("其他赔付", "补充、商业保险与互助", "Other payers", "commercial insurance, mutual aid"),
    "assistance": ("医疗救助", "托底保障", "Medical assistance", "the last tier"),
    "hospital": ("医院承担", "目录外超控费部分", "Borne by hospital", "over the catalogue limit"),
    "patient": ("个人支付", "", "I pay", ""),
}
"""A step's label and sub-label, zh then en."""

PART: Final[Words] = {
    "rest": ("政策范围内自付", "own share in policy"),
    "uncovered": ("不在支付范围", "not covered"),
}
LINE_CLASS: Final[Words] = {"A": ("甲", "A"), "B": ("乙", "B"), "C": ("丙", "C")}
ERROR: Final[dict[str, tuple[str, str, str, str]]] = {
    "invalid_input": (
        "数据有误",
        "按上面的位置更正后重新提交。",
        "Invalid input",
        "Correct it at the place named above and submit again.",
    ),
    "not_in_force": (
        "当日无施行中的规定",
        "核对就诊日期和统筹区；不在施行期内的费用按当时的规定办理。",
        "Not in force",
        "Check the date and the area; what lies outside the period goes by the rules of its day.",
    ),
    "not_recognised": (
        "病种未认定",
        "先办理门诊慢特病资格认定，或核对认定的病种和起止日期。",
        "Disease not recognised",
        "Apply for recognition first, or check its disease and period.",
    ),
    "mutually_exclusive": (
        "病种互斥",
        "由参保人选定一种并终止另一种认定，或登记豁免，再结算。",
        "Diseases exclude each other",
        "Let the person choose one and end the other, or record a waiver; then settle.",
    ),
    "missing_value": (
        "缺少政策参数",
        "查到依据后录入政策库，或在个案的 terms 中写明。",
        "Policy value missing",
        "Enter it with its document into a policy folder, or state it in the case's terms.",
    ),
    "unmodelled": (
        "另有文件规定，未收录",
        "取得该文件后在 terms 中写明，或以 withhold_unmodelled 先结算其余部分。",
        "Left to a document that is not here",
        "State it in terms once known, or settle the rest with withhold_unmodelled.",
    ),
    "assumed_value": (
        "只有示例数据",
        "仅作演示时可用 --accept-assumed 认可；正式结算须在 terms 或政策库写明有依据的数值。",
        "Only an assumed value",
        "Accept it by --accept-assumed for a demonstration; in earnest state a documented value.",
    ),
}
"""What a refusal is called and what to do next, zh then en."""

SAID: Final[Words] = {
    "title": ("医疗费用结算单", "Medical bill"),
    "year_title": ("年度医疗费用", "The year's medical bills"),
    "one_stop": ("一站式结算", "one-stop settlement"),
    "settled_on": ("结算", "settled"),
    "discharged": ("出院", "discharged"),
    "stay_days": ("住院 {days} 天", "{days} days in hospital"),
    "person": ("参保人", "Insured"),
    "no_category": ("非救助对象", "no assistance category"),
    "level": ("{level}级", "grade {level}"),
    "unrated": ("未定级", "unrated"),
    "fee_class": ("收费{fee_class}类", "fee class {fee_class}"),
    "undesignated": ("非定点", "not designated"),
    "total": ("总费用", "Total cost"),
    "paid": ("已为我支付", "Paid for me"),
    "i_pay": ("个人支付", "I pay"),
    "of_total": ("占总费用 {share}", "{share} of the total"),
    "deferred": ("另有 {base} 计入年底救助基数", "{base} counts for assistance at the year's end"),
    "clauses": ("依据", "Clauses"),
    "sums": ("算式", "Arithmetic"),
    "values": ("采用的数值", "Values used"),
    "gates": ("未予支付", "Not paid because"),
    "assumed": ("示例数据", "Illustrative figures"),
    "assumed_says": (
        "下列数字没有文件依据，仅作演示，不能作为支付凭据：",
        "No document states these figures; they only demonstrate and prove no claim:",
    ),
    "overlay": ("个案设定", "set by the case"),
    "unmodelled": ("未收录", "Not modelled"),
    "unmodelled_says": (
        "下列事项由另外的文件规定，本次未计算：",
        "Left to documents that are not here and not computed:",
    ),
    "lines": ("费用明细", "Fee lines"),
    "line": ("项目", "Line"),
    "class": ("类别", "Class"),
    "amount": ("金额", "Amount"),
    "in_policy": ("政策范围内", "In policy"),
    "why": ("去向", "Why"),
    "wholly": ("全部在政策范围内", "wholly in policy"),
    "visits": ("就诊", "Visits"),
    "visit": ("就诊", "Visit"),
    "year": ("{year} 年", "{year}"),
    "year_sums": ("全年合计", "The year's sums"),
    "counted": ("年度累计", "Counted in the year"),
    "date": ("日期", "Date"),
    "went": ("费用去向（细线为金额大小）", "Where it went (thin line: size)"),
    "count": ("共 {n} 次", "{n} visits"),
    "close_year": ("年底一次性救助", "Assistance at the year's end"),
    "catastrophic_burden": ("大病保险累计负担", "burden for catastrophic insurance"),
    "assistance_deductible": ("已计入救助起付", "assistance deductible filled"),
    "of_limit": ("限额 {limit}，余 {left}", "limit {limit}, left {left}"),
    "of_start": ("起付 {limit}，还差 {left}", "deductible {limit}, {left} short"),
    "over_start": ("起付 {limit}，已超过", "deductible {limit}, exceeded"),
    "receipt": ("凭据", "receipt"),
    "engine": ("引擎", "engine"),
    "known": ("依 {date} 已知政策", "law as known on {date}"),
    "open_hint": ("每一笔金额点开可见条款与算式", "open any row for its clause and arithmetic"),
    "refused": ("未能结算", "Not settled"),
    "where": ("位置", "Where"),
    "what": ("原因", "What"),
    "next": ("下一步", "What next"),
    "case": ("个案", "Case"),
    "cases": ("{n} 个个案", "{n} cases"),
    "back": ("回到年度", "back to the year"),
    "to_top": ("回到目录", "back to the list"),
    "settled": ("已结算", "settled"),
    "items": ("{n} 项", "{n} lines"),
    "class_b": ("乙类 {priced} × {rate}", "class B {priced} × {rate}"),
    "rounded": ("{n} 项乙类，逐项四舍五入", "{n} class B lines, each rounded"),
    "capped": ("{amount} − 限价 {cap}", "{amount} − cap {cap}"),
    "nothing": ("没有政策范围内的费用", "nothing in policy"),
    "short": ("未到起付 {deductible}，还差 {left}", "deductible {deductible} not reached, {left} short"),
    "no_base": ("前面各层已付清，没有可救助的负担", "the earlier tiers left nothing to assist"),
    "unfilled": (
        "计入救助年度起付 {deductible}，还差 {left}",
        "fills the yearly deductible {deductible}, {left} short",
    ),
    "cap_empty": ("{what}已用完", "{what} used up"),
    "not_counted": ("未支付，{offered} 未予计入", "{offered} not counted"),
    "none_due": ("本次无应付", "nothing due"),
    "burden": ("本次负担", "this visit's burden"),
    "base": ("救助基数", "base of assistance"),
    "excess": ("超季度限额", "over the quarterly limit"),
    "band": ("超出起付 {above} 以上的部分：", "over the deductible by {above} and more: "),
    "band_sum": ("合计", "sum"),
    "rounds": ("四舍五入到分", "half up to the fen"),
    "base_of": ("{category}全年基数", "the year's base, {category}"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "no_limit": ("不限", "no limit"),
    "pool": ("各病种合用", "one room for all"),
    "per_disease": ("各病种分算", "by disease"),
    "over": ("超出 {above} 以上 {rate}", "{rate} above {above}"),
    "place": ("位置", "place"),
}


def say(key: str, lang: Lang, **facts: object) -> str:
    """The bill's word for ``key`` in ``lang``, its places filled from ``facts``."""
    said = SAID[key][lang == "en"]
    return said.format(**facts) if facts else said


def step_words(key: str, lang: Lang) -> tuple[str, str]:
    """Label and sub-label of a step."""
    words = STEP[key]
    return (words[2], words[3]) if lang == "en" else (words[0], words[1])


def error_words(code: str, lang: Lang) -> tuple[str, str]:
    """The name of a refusal's code, and what to do next."""
    words = ERROR.get(code, (code, "", code, ""))
    return (words[2], words[3]) if lang == "en" else (words[0], words[1])
