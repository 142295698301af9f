"""What the law's files can get wrong, by code, in Chinese and English."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

Lang: TypeAlias = Literal["zh", "en"]
Fact: TypeAlias = object
"""What a message names: anything with a text, or a pair of texts, Chinese and English."""

LONGEST: Final = 80
"""Characters that a message repeats of what a file says."""

TOLD: Final = "told"
"""The code of a mistake in a file that is none of the law's (a reform, marginals): its reader says it in full."""
MESSAGES: Final[dict[str, tuple[str, str]]] = {
    TOLD: ("{zh}", "{en}"),
    # a folder, a file
    "folder": ("应为政策目录", "expected a folder of policies"),
    "unreadable": ("应为可读取的文件：{reason}", "expected a readable file: {reason}"),
    "encoding": ("应为 UTF-8 编码的 YAML", "expected YAML in UTF-8"),
    "control": ("有文字中不能出现的控制字符", "expected text without control characters"),
    "yaml": ("不是有效的 YAML：{problem}", "expected YAML: {problem}"),
    "impossible": ("这个值不能成立：{problem}", "expected YAML: {problem}"),
    "repeated": ("'{key}' 写了两次", "expected YAML: '{key}' stands twice"),
    "field_name": (
        "字段名应为文字；数字和 on、off、yes、no 须加引号",
        "expected a field's name as text, in quotes where it is digits, on, off, yes or no",
    ),
    "merge": ("政策文件不用合并键 <<，请逐行写全", "expected each row written out, not merged by <<"),
    "nesting": ("嵌套不得超过 {most} 层", "expected at most {most} levels of nesting"),
    "aliases": (
        "别名（*）不得指向自身，展开后不得超过 {most} 项",
        "expected no alias that contains itself, and at most {most} items with all aliases written out",
    ),
    # a field
    "mapping": ("应为“字段: 值”的对应", "expected a mapping"),
    "rows": ("应为逐行的列表", "expected a list of rows"),
    "missing_field": ("缺少字段 '{key}'", "expected the field '{key}'"),
    "unknown_field": ("没有字段 '{key}'；可用 {known}", "unknown field '{key}'; expected some of {known}"),
    "text": ("应为文字（数字须加引号）", "expected a text (in quotes where it is digits)"),
    "choice": ("应为下列之一：{choices}", "expected one of {choices}"),
    "area": ("应为六位代码，如 \"140300\"", "expected six digits such as \"140300\""),
    "texts": ("应为文字的列表", "expected a list of texts"),
    "members": ("各项应出自 {choices}", "expected members of {choices}"),
    "flag": ("应为 true 或 false", "expected true or false"),
    "date": ("应为日期 YYYY-MM-DD", "expected a date YYYY-MM-DD"),
    "open_date": ("应为日期 YYYY-MM-DD，不限则写 null", "expected a date YYYY-MM-DD or null"),
    "dates": ("应为日期 YYYY-MM-DD 的列表", "expected a list of dates YYYY-MM-DD"),
    "whole_range": ("应为 {low} 到 {high} 的整数", "expected a whole number from {low} to {high}"),
    "list": ("应为列表", "expected a list"),
    "period": ("结束日不得早于开始日", "expected an end that does not precede its start"),
    "open_end": ("不限期的写 null，不写最末一日", "expected null for an open end, not the last day there is"),
    # a document
    "clause_twice": ("条款 '{clause}' 出现两次，应只有一个", "clause '{clause}' stands twice; expected one"),
    "clause_id": ("编号应以 '{document}.' 开头", "expected an id that begins with '{document}.'"),
    "clause_unknown": ("本文件没有条款 '{clause}'", "clause '{clause}' is not in this document"),
    "catalogue": ("应为按目录次序的 {n} 个病种", "expected the {n} diseases in catalogue order"),
    "disease_kind": ("'{disease}' 应为 {kind}", "expected '{disease}' to be {kind}"),
    "no_part": ("by：本文件没有 {part}", "by: the document has no {part}"),
    "code_twice": ("编码 '{legacy}' 出现两次，应只有一行", "code '{legacy}' stands twice; expected one row"),
    "subtype_twice": ("亚型 '{subtype}' 出现两次，应只有一个", "sub-type '{subtype}' stands twice; expected one"),
    "pairs": ("互斥病种至多 {most} 对", "expected at most {most} pairs"),
    "notice_day": ("{day} 不是 {year} 年的日子", "{day} is not a day of {year}"),
    # a value
    "address": ("没有政策参数 '{address}'", "unknown address '{address}'"),
    "assumed": (
        "'assumed' 应写在示例文件里，也只能写在那里",
        "expected 'assumed' in the illustrative document and nowhere else",
    ),
    "reason": ("示例数据须写明理由 'reason'", "expected a 'reason' for an assumed value"),
    "amount": ("应为以元计的金额，如 \"1234.50\"", "expected an amount in yuan such as \"1234.50\""),
    "places": (
        "应为以元计、至多两位小数的金额，如 \"1234.50\"",
        "expected an amount in yuan with at most two places such as \"1234.50\"",
    ),
    "amount_range": ("应为 0 到 10,000,000,000.00 的金额", "expected an amount from 0 to 10,000,000,000.00"),
    "rate": (
        "应为 0 到 1 之间的比例，如 \"70%\"、\"7/10\"、\"0\"、\"1\"，须加引号",
        "expected a rate from 0 to 1 such as \"70%\", \"7/10\", \"0\" or \"1\", in quotes",
    ),
    "mode": ("应为下列之一：{choices}", "expected one of {choices}"),
    "bands": ("应为至多 {most} 段的列表", "expected a list of at most {most} bands"),
    "band": (
        "各段应如 {{\"above\": \"50000\", \"rate\": \"70%\"}}",
        "expected bands such as {{\"above\": \"50000\", \"rate\": \"70%\"}}",
    ),
    "rising": ("各段应逐段升高", "expected bands that rise"),
    "common": (
        "各段比例分母的公倍数不得超过 1,000,000",
        "expected rates whose denominators have a common multiple of at most 1,000,000",
    ),
    "matter": ("这一项不能写成数值", "expected an address that can be set"),
    # the law as a whole
    "no_diseases": ("没有任何文件带有 diseases.yaml", "expected a document with diseases.yaml"),
    "document_twice": ("文件 '{document}' 出现两次", "document '{document}' stands twice"),
    "level": (
        "'{address}' 已由 {upper_area} 的 '{upper}' 规定，未留给 {area} 另定",
        "'{address}' is set by '{upper}' of {upper_area} and not left open to {area}",
    ),
    "two_values": (
        "'{address}' 同一天有两个值有效，应只有一个",
        "two values of '{address}' are in force on one day; expected one",
    ),
    "no_subtype": (
        "diseases.yaml 没有列出 {disease} 的亚型 {subtype}",
        "diseases.yaml names no sub-type {subtype} of {disease}",
    ),
    # a worked case
    "worked_fields": ("第 {n} 个算例应有 {fields}", "worked case {n}: expected {fields}"),
    "worked_shows": ("第 {n} 个算例的 shows 应为条款的列表", "worked case {n}: expected 'shows' to be a list of clauses"),
    "worked_title": ("第 {n} 个算例的标题应有 zh 和 en", "worked case {n}: expected a title in zh and en"),
    # what only a schema says
    "odd_field": ("没有字段 '{key}'；应为{near}", "unknown field '{key}'; expected {near}"),
    "missing_fields": ("缺少字段 {keys}", "expected the field {keys}"),
    "near": ("应为{near}", "expected {near}"),
    "type": ("类型应为 {types}", "expected {types}"),
    "most": ("至多 {most} 项", "expected at most {most} items"),
    "least": ("至少 {least} 项", "expected at least {least} items"),
    "schema": ("应为：{about}", "expected {about}"),
}  # fmt: skip
"""By code. A message about a field is preceded by the field's name, where the fact ``name`` gives it."""

YAML_PROBLEMS: Final = {
    "did not find expected ',' or '}'": "此处应为 ',' 或 '}'",
    "did not find expected ',' or ']'": "此处应为 ',' 或 ']'",
    "did not find expected key": "此处应为字段名，请核对缩进",
    "did not find expected '-' indicator": "此处应为 '-'，请核对缩进",
    "did not find expected node content": "此处应有内容",
    "did not find expected <document start>": "一个文件只能有一份内容",
    "but found another document": "一个文件只能有一份内容",
    "found character that cannot start any token": "有不能用在开头的字符，如制表符、@ 或 `",
    "found a tab character that violates indentation": "缩进用了制表符，请改用空格",
    "found a tab character where an indentation space is expected": "缩进用了制表符，请改用空格",
    "could not find expected ':'": "字段名后缺少 ':'",
    "mapping values are not allowed in this context": "此处不能再有 ':'",
    "block sequence entries are not allowed in this context": "此处不能有 '-'",
    "block mapping entries are not allowed in this context": "此处不能有字段",
    "mapping keys are not allowed in this context": "此处不能有字段名",
    "found unexpected end of stream": "引号没有结束",
    "found unexpected document indicator": "引号之内出现了文件分隔符",
    "found unknown escape character": "双引号之内有不能识别的转义",
    "found invalid Unicode character escape code": "双引号之内的转义不是字符",
    "did not find expected hexdecimal number": "双引号之内的转义应为十六进制数",
    "found undefined alias": "别名（*）没有对应的锚（&）",
    "did not find expected alphabetic or numeric character": "& 或 * 之后应为字母或数字",
    "did not find expected alphanumeric character": "& 或 * 之后应为字母或数字",
    "found unhashable key": "字段名应为文字",
    "day is out of range for month": "当月没有这一天",
    "not a whole number": "不是整数，或位数太多",
    "month must be in 1..12": "月份应为 1 到 12",
    "found extra content after a document": "一个文件只能有一份内容",
    "did not find expected comment or line break": "| 或 > 之后应换行",
    "did not find URI escaped octet": "标签写法有误",
    "did not find expected tag URI": "标签写法有误",
    "did not find expected whitespace or line break": "标签之后应有空格",
    "could not determine a constructor for the tag": "政策文件不用这种标签",
    "found duplicate %YAML directive": "%YAML 写了两次",
    "found unknown directive name": "不能识别的 % 指令",
    "could not find expected directive name": "% 之后缺少指令名",
    "found incompatible YAML document": "YAML 版本应为 1.1",
    "found undefined tag handle": "没有声明过的标签前缀",
}
"""What the YAML library says and its Chinese; what is not here is shown as the library says it."""


def said(code: str, facts: dict[str, Fact], lang: Lang) -> str:
    """The message of ``code`` in ``lang``; texts that it repeats from a file are cut short and kept on one line."""
    if code == TOLD:
        return str(facts[lang])
    en = lang == "en"
    told = {key: shown(fact[en] if isinstance(fact, tuple) else fact) for key, fact in facts.items()}
    text = MESSAGES[code][en].format(**told)
    name = told.get("name")
    return text if name is None else f"'{name}': {text}" if en else f"'{name}'：{text}"


def shown(fact: Fact) -> str:
    """A fact on one line: control characters as escapes, long texts cut in the middle."""
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(fact)[: 100 * LONGEST])
    return text if len(text) <= 2 * LONGEST else f"{text[:LONGEST]}…{text[-LONGEST // 4 :]}"


def yaml_problem(problem: str) -> tuple[str, str]:
    """What the YAML library found, in both languages."""
    zh = next((zh for en, zh in YAML_PROBLEMS.items() if problem.startswith(en)), problem)
    return zh, problem


class Mismatch(ValueError):
    """Something that a law file cannot say: a code of MESSAGES and what its message names."""

    def __init__(self, code: str, **facts: Fact) -> None:
        super().__init__(said(code, facts, "en"))
        self.code = code
        self.facts = facts
