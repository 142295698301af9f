"""What the interface says when it cannot do something: problem+json (RFC 9457), by one table of codes.

The codes are the engine's and the services' own. Whatever goes wrong, a program reads the same members: ``code`` to act on,
``where`` to point at, ``detail`` to show to a person, ``clause`` to look up.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final, NotRequired

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation.trans_real import parse_accept_lang_header
from typing_extensions import TypedDict

from sanchong.settlement import refusal as engine
from sanchong.settlement.refusal import Refusal

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[Mapping[str, tuple[int, str, str]]] = {
    # what cannot be read
    "malformed": (400, "请求无法读取", "The request cannot be read"),
    "unknown_parameter": (400, "没有这个参数", "Unknown parameter"),
    # who asks
    "token_missing": (401, "缺少令牌", "No token"),
    "token_unknown": (401, "令牌无效", "Unknown token"),
    "token_revoked": (401, "令牌已吊销", "Token revoked"),
    "token_expired": (401, "令牌已到期", "Token expired"),
    "scope": (403, "权限不足", "Not within the token's scopes"),
    "agency_only": (403, "仅限经办机构", "For the agency only"),
    "other_post": (403, "非本岗位事项", "Another post's matter"),
    "administrators_only": (403, "仅限系统管理员", "For administrators only"),
    "clinical": (403, "无权查看医疗信息", "Medical data are not shown"),
    "amounts": (403, "无权查看金额", "Amounts are not shown"),
    "beyond_area": (403, "涉及辖区之外", "Reaches beyond the area"),
    "not_authorised": (403, "未获授权", "Not authorised"),
    "tls_only": (403, "须经 TLS", "Over TLS only"),
    "sandbox_only": (403, "仅限沙箱", "For a sandbox only"),
    # what is not there
    "no_path": (404, "没有这个地址", "No such address"),
    "not_found": (404, "没有找到", "Not found"),
    "no_visit": (404, "没有这次就诊", "No such visit"),
    "no_settlement": (404, "没有这笔结算", "No such settlement"),
    "no_correction": (404, "没有这件更正申请", "No such request for correction"),
    "no_address": (404, "没有这个政策参数", "No such policy value"),
    # how it was sent
    "method": (405, "方法不适用", "Method not allowed"),
    "file_large": (413, "文件过大", "The file is too large"),
    "too_large": (413, "请求过大", "Too large"),
    "media_type": (415, "内容类型不适用", "Unsupported media type"),
    "too_many": (429, "请求过于频繁", "Too many calls"),
    # what stands in it
    "invalid_input": (422, "填写有误", "Not as expected"),
    "required": (422, "缺少必填项", "A required field is missing"),
    "repeated": (422, "编号重复", "Stands twice"),
    "idempotency_key": (422, "幂等键不合要求", "Not an idempotency key"),
    "reform": (422, "改革方案有误", "Mistake in a reform"),
    "file_empty": (422, "文件是空的", "An empty file"),
    "file_type": (422, "文件类型不适用", "Unsupported file"),
    "file_damaged": (422, "文件已损坏", "The file is damaged"),
    "file_bomb": (422, "文件展开过大", "The file unpacks to too much"),
    "file_rows": (422, "行数过多", "Too many rows"),
    "file_columns": (422, "列数过多", "Too many columns"),
    "file_csv": (422, "CSV 格式有误", "Not a CSV table"),
    "file_encoding": (422, "文字编码不适用", "Unsupported encoding"),
    "file_entities": (422, "文件含 XML 实体", "The file declares XML entities"),
    "file_merged": (422, "文件含合并单元格", "The file has merged cells"),
    "file_sheets": (422, "工作表不明", "Which sheet is not clear"),
    "file_macros": (422, "文件含宏", "The file holds macros"),
    "file_links": (422, "文件含外部链接", "The file holds links"),
    "file_objects": (422, "文件含嵌入对象", "The file holds objects"),
    # what the law says to it
    "not_in_force": (409, "规定未施行", "Not in force"),
    "not_recognised": (409, "病种未认定", "Disease not recognised"),
    "mutually_exclusive": (409, "病种互斥", "Mutually exclusive diseases"),
    "missing_value": (409, "缺少政策数值", "A policy value is missing"),
    "unmodelled": (409, "规定未收录", "Left to another document"),
    "assumed_value": (409, "示例数据未获认可", "An assumed value is not accepted"),
    # what the state of things says to it
    "key_reused": (409, "幂等键已用于另一请求", "The key belongs to another request"),
    "visit_state": (409, "就诊状态不允许", "Not in this state of the visit"),
    "no_lines": (409, "没有费用明细", "No fee lines"),
    "not_in_catalogue": (409, "不在目录内", "Not in the catalogue"),
    "no_disease": (409, "未写病种", "No disease named"),
    "not_discharged": (409, "尚未出院", "Not discharged"),
    "lines_stand": (409, "还有费用明细", "Fee lines stand"),
    "line_repeated": (409, "明细流水号已用", "The line's number is in use"),
    "no_line": (409, "没有这条明细", "No such line"),
    "no_payout": (409, "没有这笔赔付", "No such payout"),
    "amount_differs": (409, "金额与数量单价不符", "Not quantity × unit price"),
    "prescription_length": (409, "处方过长", "The prescription is too long"),
    "prescriber": (409, "未写处方医师", "No prescriber named"),
    "patient_differs": (409, "个人支付已不同", "The person pays another amount"),
    "total_differs": (409, "总额不符", "Another total"),
    "not_settled": (409, "没有有效的结算", "Not settled"),
    "not_insured": (409, "当日未参保", "Not insured"),
    "not_designated": (409, "不是定点机构", "Not designated"),
    "other_provider": (409, "不是本机构的", "Another provider's"),
    "provider_number": (409, "院内编号已用", "The provider's number is in use"),
    "provider_suspended": (409, "机构暂停结算", "Provider suspended"),
    "practitioner_unknown": (409, "医师不在本机构执业", "Practitioner has no post here"),
    "practitioner_suspended": (409, "医师已暂停", "Practitioner suspended"),
    "not_on_record": (409, "没有记录", "Not on record"),
    "ambiguous": (409, "多条同时有效", "Several hold at once"),
    "overlap": (409, "与已有记录重叠", "Overlaps what stands"),
    "superseded": (409, "记录已被取代", "Superseded meanwhile"),
    "changed_since": (409, "预览之后有变化", "Changed since the preview"),
    "bad_rows": (409, "有行需要改正", "Rows to be put right"),
    "settled": (409, "就诊已结算", "The visit is settled"),
    "not_edited": (409, "已结算的不更改", "What is settled is not edited"),
    "cannot_settle_again": (409, "无法重新结算", "Could not be settled again"),
    "other_years": (409, "还更改其他年度", "Changes other years too"),
    "confirmed": (409, "已经确认", "Confirmed already"),
    "not_confirmed": (409, "尚未确认", "Not confirmed"),
    "nothing_open": (409, "没有未结款项", "Nothing is open"),
    "more_than_open": (409, "超过未结金额", "More than is open"),
    "other_direction": (409, "收付方向不符", "The other direction"),
    "law_differs": (409, "政策已不同", "The law differs"),
    "edition_differs": (409, "目录版本已不同", "The edition differs"),
    "receipt_differs": (409, "重算与凭据不符", "Differs from its receipt"),
    "closed": (409, "年度已结清", "The year is closed"),
    "no_entries": (409, "年度没有结算", "Nothing settled in the year"),
    "no_account": (409, "还没有账号", "No account yet"),
    "no_agent": (409, "没有代办人的账号", "The agent has no account"),
    "own_account": (409, "不能停用自己的账号", "One's own account"),
    "correction_closed": (409, "申请已答复", "The request is answered"),
    "account_taken": (409, "账号已存在", "The account exists"),
    "roles_apart": (409, "岗位须分开担任", "Roles to be held apart"),
    "code_unknown": (409, "开通码无效", "Not an activation code"),
    "second_factor_there": (409, "已绑定验证器", "A second factor is set up"),
    "identity_taken": (409, "证件已登记", "Document registered already"),
    "card_taken": (409, "社保卡已登记", "Card registered already"),
    "area_taken": (409, "区划已登记", "Area registered already"),
    "household_taken": (409, "户已登记", "Household registered already"),
    "provider_taken": (409, "机构已登记", "Provider registered already"),
    "practitioner_taken": (409, "人员已登记", "Practitioner registered already"),
    "same_edition": (409, "目录版本已登记", "Edition registered already"),
    "unknown_area": (409, "没有这个行政区划", "No such area"),
    "study_running": (409, "已有测算在进行", "A study is running"),
    "not_suspended": (409, "没有暂停结算", "Not suspended"),
    # what is ours to mend
    "internal": (500, "系统错误", "A fault of ours"),
    "no_law": (503, "尚未启用政策", "No law is active"),
    "no_ledger": (503, "尚未建账", "No ledger yet"),
    "unavailable": (503, "暂时无法服务", "Unavailable for the moment"),
}
"""Every code with its HTTP status and title. A refusal whose code is not here is a conflict (409); a test finds it."""

OTHER: Final = (409, "无法办理", "Cannot be done")

EXPECTED: Final = {
    **{key: engine.EXPECTED[key] for key in ("amount", "too_large", "date", "whole", "required", "unknown", "mapping", "list")},
    "places": ("金额至多两位小数", "an amount has at most two places"),
    "decimal": (
        "应为不小于零、整数至多 {whole} 位、小数至多 {places} 位的数",
        "expected a decimal, not negative, of at most {whole} digits and {places} places",
    ),
    "positive": ("应大于零", "expected more than 0"),
    "far": ("日期应在 1900 至 2199 年之间", "expected a date between 1900 and 2199"),
    "instant": (
        "应为时间，如 2026-03-10T09:30:00+08:00（不写时区为北京时间）",
        "expected a time such as 2026-03-10T09:30:00+08:00 (Shanghai's without an offset)",
    ),
    "exactly_one": ("须恰写一项：{names}", "give exactly one of {names}"),
}  # fmt: skip
"""What a field expected, by the kind of its error, in Chinese and English."""

_PYDANTIC: Final = {
    "missing": EXPECTED["required"],
    "extra_forbidden": EXPECTED["unknown"],
    "model_type": EXPECTED["mapping"],
    "model_attributes_type": EXPECTED["mapping"],
    "dict_type": EXPECTED["mapping"],
    "list_type": EXPECTED["list"],
    "int_parsing": EXPECTED["whole"],
    "int_type": EXPECTED["whole"],
    "int_from_float": EXPECTED["whole"],
    "int_parsing_size": EXPECTED["whole"],
    "string_type": ("应为文字", "expected a text"),
    "string_unicode": ("不是完整的文字（残缺的 UTF-16 代理对）", "not a whole text: half of a surrogate pair"),
    "string_too_short": ("至少 {min_length} 个字符", "at least {min_length} characters"),
    "string_too_long": ("至多 {max_length} 个字符", "at most {max_length} characters"),
    "string_pattern_mismatch": ("格式不符，应符合 {pattern}", "expected to match {pattern}"),
    "literal_error": ("应为下列之一：{expected}", "expected one of {expected}"),
    "bool_type": ("应为 true 或 false", "expected true or false"),
    "bool_parsing": ("应为 true 或 false", "expected true or false"),
    "greater_than_equal": ("不小于 {ge}", "at least {ge}"),
    "less_than_equal": ("不大于 {le}", "at most {le}"),
    "too_short": ("至少 {min_length} 项", "at least {min_length} items"),
    "too_long": ("至多 {max_length} 项", "at most {max_length} items"),
    "union_tag_not_found": ("缺少 {discriminator}", "{discriminator} is missing"),
    "union_tag_invalid": ("{discriminator} 应为下列之一：{expected_tags}", "{discriminator}: expected one of {expected_tags}"),
}  # fmt: skip


class Mistake(TypedDict):
    """One of several mistakes in a request."""

    where: str
    detail: str


class Problem(TypedDict):
    """Why something was not done (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    where: str
    clause: NotRequired[str]
    errors: NotRequired[list[Mistake]]


def status_of(code: str) -> int:
    """The HTTP status of a refusal's code."""
    return STATUS.get(code, OTHER)[0]


def language_of(request: HttpRequest) -> str:
    """``en`` if the reader prefers English to Chinese, else ``zh``."""
    for name, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500].lower()):
        if name[:2] in ("zh", "en"):
            return name[:2]
    return "zh"


def problem(request: HttpRequest, refusal: Refusal, mistakes: Sequence[Refusal] = ()) -> HttpResponse:
    """The answer that says why; ``mistakes`` are all of several, of which ``refusal`` is the first."""
    lang = language_of(request)
    status, zh, en = STATUS.get(refusal.code, OTHER)
    said: Problem = {
        "type": f"/api/v1/#problem-{refusal.code}",
        "title": zh if lang == "zh" else en,
        "status": status,
        "code": refusal.code,
        "detail": refusal.messages[lang],
        "where": refusal.where,
    }
    if refusal.clause:
        said["clause"] = refusal.clause
    if mistakes:
        said["errors"] = [{"where": one.where, "detail": one.messages[lang]} for one in mistakes]
    response = HttpResponse(orjson.dumps(said), status=status, content_type=MEDIA_TYPE)
    response["Content-Language"] = lang
    response["Vary"] = "Accept-Language"
    response["Cache-Control"] = "no-store"
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="sanchong"'
    if status in (429, 503):
        response["Retry-After"] = "60" if status == 429 else "5"
    return response


def mistakes_of(errors: Sequence[Mapping[str, Any]]) -> list[Refusal]:
    """What a request's validation found, as refusals with the fields' paths."""
    return [_mistake(error) for error in errors]


def _mistake(error: Mapping[str, Any]) -> Refusal:
    where, kind, details = _path(error["loc"]), error["type"], dict(error.get("ctx", {}))
    zh, en = EXPECTED.get(kind) or _PYDANTIC.get(kind) or ("不是有效的值", str(error["msg"]))
    code = "idempotency_key" if where == "Idempotency-Key" else "invalid_input"
    zh, en = (_filled(text, details) for text in (zh, en))
    return Refusal(code, where, f"{where}：{zh}", f"{where}: {en}")


def _filled(text: str, details: Mapping[str, Any]) -> str:
    """The sentence with its facts; a sentence of another's making may hold braces of its own."""
    for name, value in details.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def _path(loc: Sequence[str | int]) -> str:
    """A field's path as the settle contract writes it: ``lines[0].amount``; a parameter or a header by its name."""
    source, *names = loc
    if source == "body":
        names = names[1:]
    path = ""
    for name in names:
        path += f"[{name}]" if isinstance(name, int) else f".{name}" if path else str(name)
    return path or ("body" if source == "body" else str(source))


INTERNAL: Final = Refusal(
    "internal",
    "server",
    "系统出错，已记录；请求未生效，可用同一幂等键重试",
    "an error of ours, and logged; repeat the request with the same idempotency key",
)
UNAVAILABLE: Final = Refusal(
    "unavailable",
    "server",
    "数据库暂时不可用；请用同一幂等键重试",
    "the database is unavailable for the moment; repeat the request with the same idempotency key",
)
NO_PATH: Final = Refusal("no_path", "path", "没有这个接口地址；见 /api/v1/", "no such address; see /api/v1/")
METHOD: Final = Refusal(
    "method",
    "method",
    "此地址不支持这个方法；可用的见 Allow",
    "not with this method; see Allow for those there are",
)
PLAIN: Final = Refusal(
    "tls_only",
    "scheme",
    "须用 https 调用；令牌若已随此请求发出，应视为泄露，请轮换",
    "call over https; if a token went with this request, take it for known to others and rotate it",
)
UNREADABLE: Final = Refusal("malformed", "body", "请求无法读取", "the request cannot be read")


def too_large(most: int) -> Refusal:
    """A body of more bytes than are read."""
    return Refusal(
        "too_large",
        "body",
        f"请求超过 {most >> 20} MB；请分批上传",
        f"the request exceeds {most >> 20} MB: send it in parts",
    )
