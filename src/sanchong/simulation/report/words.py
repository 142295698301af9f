"""The words of a simulation's report and tables, in Chinese and English."""

from __future__ import annotations

from typing import Final

from sanchong.bill.words import Lang
from sanchong.law.documents import Disease
from sanchong.law.labels import CATEGORY, INPATIENT_CLASS, INSURANCE, KIND, Words

PAYER: Final[Words] = {
    "pooled": ("基本医保", "basic insurance"),
    "catastrophic": ("大病保险", "catastrophic insurance"),
    "assistance": ("医疗救助", "medical assistance"),
    "other": ("其他赔付", "other payers"),
    "hospital": ("医院承担", "borne by hospitals"),
    "patient": ("个人负担", "borne by patients"),
}
LIMIT: Final[Words] = {
    "inpatient_deductible": ("住院起付标准", "deductible of a stay"),
    "quarterly_limit": ("门诊慢性病季度限额", "quarterly limit of chronic diseases"),
    "pooled_annual_cap": ("统筹基金年度限额", "annual cap of the pooled fund"),
    "catastrophic_deductible": ("大病保险起付标准", "catastrophic deductible"),
    "catastrophic_annual_cap": ("大病保险年度限额", "catastrophic annual cap"),
    "assistance_deductible": ("救助年度起付标准", "yearly deductible of assistance"),
    "assistance_annual_cap": ("救助年度限额", "annual cap of assistance"),
}
CURVE: Final[Words] = {
    "income": ("人均收入", "income per head"),
    "income_after": ("扣除自付后的收入", "income after own payments"),
    "cost": ("医疗总费用", "cost of care"),
    "benefit": ("三重保障支付", "paid by the three tiers"),
    "own": ("个人负担", "borne by patients"),
}
FIGURE: Final[Words] = {
    "pooled": ("基本医保支出", "outlay of basic insurance"),
    "catastrophic": ("大病保险支出", "outlay of catastrophic insurance"),
    "assistance": ("医疗救助支出", "outlay of medical assistance"),
    "patient": ("个人负担合计", "borne by patients, all"),
    "mean_own": ("患者人均负担", "own payments of a patient, mean"),
    "own_share": ("个人负担占费用", "patients' part of the cost"),
    "over_10_of_income": ("负担超过收入 10% 的家庭", "households above 10% of income"),
    "over_25_of_income": ("负担超过收入 25% 的家庭", "households above 25% of income"),
    "at_40_of_capacity": ("负担达到支付能力 40% 的家庭", "households at 40% of capacity to pay"),
}
DIMENSION: Final[Words] = {
    "all": ("合计", "all"),
    "kind": ("就诊类型", "kind of visit"),
    "category": ("救助对象类别", "assistance category"),
    "disease": ("病种", "disease"),
    "hospital": ("医院收费类别", "hospital class"),
    "insurance": ("险种", "insurance"),
    "month": ("月份", "month"),
    "fifth": ("人均收入五等分", "fifth of income per head"),
}
NONE_OF: Final[Words] = {
    "category": ("非救助对象", "no category"),
    "disease": ("其他住院", "other stays"),
    "hospital": ("特药，无医院", "special drug, no hospital"),
}
FIFTH: Final[Words] = {
    "1": ("最低收入五分之一", "poorest fifth"),
    "2": ("较低收入五分之一", "second fifth"),
    "3": ("中间收入五分之一", "middle fifth"),
    "4": ("较高收入五分之一", "fourth fifth"),
    "5": ("最高收入五分之一", "richest fifth"),
}
CODE: Final[Words] = {
    "invalid_input": ("数据有误", "invalid input"),
    "not_in_force": ("当日无施行中的规定", "not in force"),
    "not_recognised": ("病种未认定", "disease not recognised"),
    "mutually_exclusive": ("病种互斥", "diseases exclude each other"),
    "missing_value": ("缺少政策参数", "policy value missing"),
    "unmodelled": ("另有文件规定，未收录", "left to a document that is not here"),
    "assumed_value": ("只有示例数据，未获认可", "only an assumed value, not accepted"),
    "same_year": ("同一人同年的其他就诊", "other visits of the same person's year"),
}
BASELINE: Final = ("现行政策", "law as it stands")

SAID: Final[Words] = {
    "title": ("政策模拟报告", "Policy simulation"),
    "subtitle": (
        "{year} 年 · {people} 人 · {households} 户 · {visits} 次就诊",
        "{year} · {people} people · {households} households · {visits} visits",
    ),
    "synthetic_title": ("模拟人口，并非真实数据", "A synthetic population, not real data"),
    "synthetic": (
        "本报告所用人口由公布的总数和假定随机生成（种子 {seed}），与任何真实的人、家庭、医院无关。它用来比较同一人口下的"
        "不同规则，不能用来编制预算、确定限额或筹资标准，也不能据以推断有多少人贫困或患病。改革只改变由谁付费，不改变谁去"
        "就医：因报销提高而多看病的部分没有计算。",
        "The people of this report are drawn at random from published totals and assumptions (seed {seed}); no real "
        "person, household or hospital is among them. They serve to compare rules on one and the same population, not to "
        "set a budget, a limit or a premium, nor to say how many people are poor or ill. A reform changes who pays, not "
        "who is treated: care sought because it has become cheaper is not counted.",
    ),
    "given": (
        "本报告按使用者提供的人口数据计算。改革只改变由谁付费，不改变谁去就医。",
        "This report is computed on the data its user gave. A reform changes who pays, not who is treated.",
    ),
    "assumed_title": (
        "示例数据：以下 {count} 项参数没有文件依据，仅作演示",
        "Assumed figures: {count} values used here rest on no document",
    ),
    "assumed_none": ("所用参数都有文件依据。", "Every value used rests on a document."),
    "overview": ("一览", "At a glance"),
    "scenario": ("方案", "scenario"),
    "funds": ("三重保障支出", "paid by the three tiers"),
    "patients_own": ("个人负担", "borne by patients"),
    "catastrophic_households": ("灾难性支出家庭", "catastrophic households"),
    "winners": ("负担减轻", "pay less"),
    "losers": ("负担加重", "pay more"),
    "people_unit": ("{n} 人", "{n} people"),
    "yuan_unit": ("{n} 元", "{n} yuan"),
    "households_unit": ("{n} 户", "{n} households"),
    "against": (
        "小字是与现行政策相比的变化，仅计两种规则下都已结算的人。灾难性支出家庭：一年的自付达到家庭支付能力的 40%，算法见文末。",
        "In small type, the change against the law as it stands, over people settled under both. A catastrophic household bears "
        "40% of its capacity to pay or more in the year; how that is computed stands at the end.",
    ),
    "reforms": ("比较的改革", "The reforms"),
    "reason": ("理由", "reasons"),
    "author": ("提出", "proposed by"),
    "from": ("自 {day} 起", "from {day}"),
    "value": ("参数", "value"),
    "now": ("现行", "now"),
    "then": ("改为", "becomes"),
    "not_yet": (
        "本改革自 {day} 起施行，晚于模拟的 {year} 年，因此本年没有变化。",
        "It starts on {day}, after the year {year} of this run: nothing changes.",
    ),
    "on_assumed": ("现行值本身是示例数据", "the present figure is itself assumed"),
    "who_pays": ("谁在付钱", "Who pays"),
    "who_pays_chart": (
        "现行政策下，全部医疗费用由谁承担",
        "Who bears the cost of care under the law as it stands",
    ),
    "delta_chart": (
        "{name}：各方多付（右）或少付（左）多少",
        "{name}: how much more (right) or less (left) each pays",
    ),
    "of_hundred": (
        "现行政策下，每百元费用由谁承担：按{by}",
        "Of a hundred yuan, who bears how much: by {by}",
    ),
    "of_hundred_axis": (
        "横轴：占费用的百分比；右侧：费用合计（{unit}）",
        "axis: per cent of the cost; right: cost, {unit}",
    ),
    "axis_money": ("单位：{unit}", "unit: {unit}"),
    "axis_people": ("单位：人", "unit: people"),
    "axis_share": ("占家庭的百分比", "per cent of households"),
    "burden": ("患者负担", "What patients bear"),
    "burden_chart": ("负担沉重的家庭有多少", "How many households bear heavy costs"),
    "percentiles": ("有就诊者一年的个人负担（元）", "Own payments of people with a visit, yuan a year"),
    "mean": ("平均", "mean"),
    "percentile": ("第 {p} 百分位", "percentile {p}"),
    "most": ("最高", "most"),
    "patients": ("有就诊的人", "patients"),
    "inequality": ("穷人与富人", "Poor and rich"),
    "lorenz_chart": ("按人均收入从低到高排列，各占多大份额", "Shares by rank of income per head"),
    "lorenz_x": ("人口累计占比，从最穷到最富（%）", "people, from poorest to richest, %"),
    "lorenz_y": ("累计占比（%）", "cumulative share, %"),
    "equal": ("完全平均", "equality"),
    "index": ("指数", "index"),
    "gini": ("基尼系数", "Gini coefficient"),
    "concentration": ("集中指数", "concentration index"),
    "winners_title": ("谁得益，谁受损", "Winners and losers"),
    "steps_chart": (
        "{name}：按一年少付的金额分，有多少人",
        "{name}: people by how much less they pay in the year",
    ),
    "losses_chart": (
        "{name}：按一年多付的金额分，有多少人",
        "{name}: people by how much more they pay in the year",
    ),
    "step_last": ("{a} 元以上", "over {a} yuan"),
    "step": ("{a}–{b} 元", "{a}–{b} yuan"),
    "fifth_chart": ("{name}：减轻的负担归于谁", "{name}: to whom the relief goes"),
    "counted": ("计入", "counted"),
    "gained": ("合计少付（元）", "less in all, yuan"),
    "lost": ("合计多付（元）", "more in all, yuan"),
    "gained_mean": ("人均少付（元）", "less on average, yuan"),
    "gained_most": ("最多少付（元）", "least paid less, yuan"),
    "persons": ("人", "people"),
    "households": ("户", "households"),
    "unit": ("对象", "counted as"),
    "apart": ("另列：只在一种规则下结算的人", "Told apart: settled under one of the two only"),
    "newly": (
        "现行政策下被拒、改革后才能结算：{n} 人。其费用由{paid}承担。他们不在上面的比较之内，因为改革前的负担无从计算。",
        "Refused under the law as it stands, settled under the reform: {n} people. Their cost is borne by {paid}. They "
        "are not in the comparisons above: what they bore before cannot be computed.",
    ),
    "no_longer": (
        "现行政策下可结算、改革后被拒：{n} 人。其原有费用由{paid}承担。",
        "Settled under the law as it stands, refused under the reform: {n} people. Their cost was borne by {paid}.",
    ),
    "all_same": ("没有只在一种规则下结算的人。", "Nobody is settled under one of the two only."),
    "binding": ("限额与起付标准挡住了多少", "What caps, quotas and deductibles hold back"),
    "binding_chart": (
        "现行政策下，各项限制影响的金额",
        "What each limit holds back under the law as it stands",
    ),
    "limit": ("限制", "limit"),
    "visits": ("就诊次数", "visits"),
    "amount": ("金额（元）", "amount, yuan"),
    "binding_note": (
        "起付标准（住院、救助）的金额是落在起付以下的费用；季度限额的金额是被扣下的支付。其余各项结算单没有专列，以取消该"
        "项限制后重新结算、该层多付的数额计；取消一项会牵动其他各项，各行不能相加。",
        "Of the deductibles of stays and of assistance, the amount is what lay below them; of the quarterly limit, the "
        "payment withheld. The others have no column in a statement: people they can touch are settled once more without "
        "that one limit, and what the tier then pays more is shown. Lifting one limit moves the others, so the rows do "
        "not add up.",
    ),
    "refused": ("未能结算的", "What could not be settled"),
    "refused_note": (
        "被拒的人全年不计入任何合计。按原因列出拒绝的行数：",
        "People refused are in no sum. Rows refused, by reason:",
    ),
    "code": ("原因", "reason"),
    "rows": ("行数", "rows"),
    "refused_people": ("被拒 {n} 人，占 {share}", "{n} people refused, {share} of all"),
    "spread": ("换一批模拟人口，结果差多少", "Another draw, how different a result"),
    "spread_none": (
        "本次只用一个种子，看不出抽样的波动；运行时指定其他种子，可重新生成人口再算。小的差异可能只是偶然。",
        "One seed only, so chance cannot be told from effect; --seeds draws other populations. Small differences may be "
        "chance.",
    ),
    "spread_note": (
        "用 {n} 个种子各生成一批同样大小的人口，按同样的规则结算。改革带来的变化若小于各种子之间的波动，就不要当真。",
        "{n} populations of the same size, drawn with different seeds and settled by the same rules. A change that is "
        "smaller than the range between seeds should not be believed.",
    ),
    "figure": ("指标", "figure"),
    "this": ("本人口", "this population"),
    "average": ("平均", "mean"),
    "average_range": ("平均（最低至最高）", "mean (least to most)"),
    "change_range": ("变化：平均（最低至最高）", "change: mean (least to most)"),
    "read": ("怎样读，不能怎样用", "How to read it, and what it is not for"),
    "definition_ctp": (
        "支付能力按世界卫生组织 2005 年的方法：家庭总消费（含医疗自付）减去基本生存所需；后者由食物支出占比处在第 45 至 "
        "55 百分位的家庭求得，本人口为每个等价人口每年 {line} 元，人口折算指数 0.56；食物支出低于该数的家庭减去其食物支出。"
        "自付达到支付能力的 40% 即为灾难性支出。",
        "Capacity to pay is that of the WHO (2005): total consumption, own payments for health included, less "
        "subsistence. Subsistence is the food of the households between the 45th and 55th percentile of the food share, "
        "here {line} yuan a year and equivalent person, with household size to the power of 0.56; where a household's "
        "own food is less, that is subtracted. Own payments of 40% of it or more are catastrophic.",
    ),
    "definition_curve": (
        "集中指数小于零，说明该项更多地落在低收入者身上；大于零则更多落在高收入者身上。基尼系数越大，收入越不均。指数为近"
        "似值，金额一律精确到分。",
        "A concentration index below 0 says that the poorer have more than their share, above 0 the richer. The larger "
        "the Gini coefficient, the less equal. Indices are approximate; amounts are exact to the fen.",
    ),
    "not_for": (
        "不得用于：编制预算、确定限额和筹资标准；评价某家医院或某个人；推断实际的贫困和患病人数。需要的话，请用本地真实数"
        "据重新计算。",
        "Not for: budgets, limits, premiums; judging a hospital or a person; saying how many are in fact poor or ill. "
        "Where that is wanted, run it on the area's own records.",
    ),
    "exact": (
        "所附表格（表格软件、文本、列存三种格式）含全部数字，金额与结算单逐分相符。",
        "The tables beside this page (Excel, CSV, Parquet) have every figure; amounts agree with the statements to the "
        "fen.",
    ),
    "foot": ("引擎", "engine"),
    "few": (" · 次数太少，不足为凭", " · too few to tell"),
    "newly_short": ("另有 {n} 人新能结算", "{n} people newly settled"),
    "no_change": (
        "没有变化：两种规则下都已结算的 {n} 人，每个人的结算都相同。要么没有人用到所改的参数，要么用到了，但没有碰到它改动的界限。"
        "人数少时常见，请用更多的人再算。",
        "Nothing changes: every one of the {n} people settled under both is settled alike. Nobody's care came to the values that "
        "are changed, or nobody reached the bound that they move. That is common with few people: run it with more.",
    ),
    "even": (
        "各方合计没有变化：有人少付，有人多付，正好相抵，见下文。",
        "No payer's sum changes: some pay less and some more, which is told below.",
    ),
    "only_newly": (
        "两种规则下都已结算的 {n} 人没有变化；作用全在新能结算的人身上，见下。",
        "Nothing changes for the {n} people settled under both; the reform acts on people newly settled, below.",
    ),
    "percentiles_note": (
        "把有就诊的人按一年的个人负担从低到高排成 100 份，第 90 百分位就是排在第 90 份的人的负担：九成的人不超过它。",
        "Line up everybody with a visit by own payments, from least to most, in 100 parts: the 90th percentile is what the 90th "
        "part bears, and nine in ten bear no more.",
    ),
    "both": ("两种规则下都已结算：{n} 人", "settled under both: {n} people"),
    "language": ("语言", "language"),
}


def said(key: str, lang: Lang, **facts: object) -> str:
    """A sentence or a label of :data:`SAID`."""
    text = SAID[key][lang == "en"]
    return text.format(**facts) if facts else text


def group_label(by: str, group: str, diseases: tuple[Disease, ...], lang: Lang) -> str:
    """A group of an outlay table, or of a table of changes, as people read it."""
    en = lang == "en"
    if group == "year_end":
        return "year-end assistance" if en else "年底一次性救助"
    if group == "all":
        return DIMENSION["all"][en]
    if group == "none":
        return NONE_OF[by][en]
    match by:
        case "kind":
            return KIND[group][en]
        case "category":
            return CATEGORY[group][en]
        case "hospital":
            return INPATIENT_CLASS[group][en]
        case "insurance":
            return INSURANCE[group][en]
        case "fifth":
            return FIFTH[group][en]
        case "disease":
            return next(d.en if en else d.short for d in diseases if d.code == group)
        case "month":
            return group if en else f"{int(group)}月"
    return group


def payer(name: str, lang: Lang) -> str:
    """A payer's name."""
    return PAYER[name][lang == "en"]
