"""The trail's acts and objects in Chinese words: an act is a subject and a verb, ``recognition.correct`` is 更正病种认定."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sanchong.office.trail.models import Entry

SUBJECTS: Final = {
    "account": "账号",
    "agreement": "定点协议",
    "api": "接口",
    "area": "区划",
    "assignment": "岗位",
    "authorisation": "代办授权",
    "bulk": "批量装载",
    "catalogue": "医保目录",
    "citizen": "参保人账号",
    "claims": "结算",
    "correction": "更正申请",
    "cross_area": "异地就医备案",
    "enrolment": "参保",
    "grant": "救助对象类别",
    "household": "户",
    "import": "批量导入",
    "keys": "密钥",
    "law": "政策",
    "list": "列表",
    "member": "户成员",
    "page": "页面",
    "person": "参保人",
    "post": "执业",
    "practitioner": "医护人员",
    "provider": "医药机构",
    "recognition": "病种认定",
    "referral": "转诊备案",
    "registration": "户籍地",
    "role": "机构职责",
    "settlement": "结算单",
    "standing": "机构属性",
    "study": "测算",
    "suspension": "暂停结算",
    "token": "接口令牌",
    "trail": "审计记录",
    "visit": "就诊",
    "waiver": "互斥豁免",
}
KINDS: Final = {
    **SUBJECTS,
    "address": "示例数据",
    "edition": "医保目录版本",
    "fact": "事后获知的事实",
    "operation": "接口操作",
    "payment": "个人收付",
    "population": "人口数据",
}
"""Kinds of object: those of the acts, and some more."""
VERBS: Final = {
    "accept": "采用示例数据",
    "activate": "启用",
    "add": "添加",
    "apply": "写入",
    "correct": "更正",
    "edition": "导入",
    "end": "终止",
    "export": "导出",
    "find": "查询",
    "form": "建立",
    "history": "查看历史",
    "issue": "发放",
    "list": "查看列表",
    "load": "写入",
    "open": "开通",
    "preview": "预览",
    "read": "查看",
    "record": "登记",
    "refused": "被拒绝",
    "register": "登记",
    "rename": "更名",
    "revoke": "吊销",
    "rotate": "更换",
    "start": "发起",
    "too_many": "过于频繁，被拒绝",
    "withdraw": "撤回",
}
WHOLE: Final = {
    "account.capacity": "切换岗位",
    "account.close": "停用账号",
    "account.demonstration": "开通演示账号",
    "account.end_sessions": "退出别处的登录",
    "account.password": "改密码",
    "account.prove": "再次确认身份",
    "account.prove_failed": "再次确认身份，没有通过",
    "account.refused": "登录，密码不对或账号已锁定",
    "account.release_lock": "解除锁定",
    "account.reset_password": "重置密码",
    "account.reset_second_factor": "解除验证器",
    "account.second_factor": "绑定验证器",
    "account.sign_in": "登录",
    "account.sign_out": "退出",
    "account.wrong_code": "登录，验证码不对",
    "citizen.access": "查看参保人的账号和代办人",
    "citizen.activate": "参保人激活账号",
    "citizen.activate_failed": "激活账号，没有通过",
    "citizen.code": "打印激活码",
    "citizen.reset_password": "重置参保人的密码",
    "claims.close_year": "年终结算",
    "claims.confirm_due": "确认追回或退付",
    "claims.confirm_later": "事后更正结算",
    "claims.confirm_law": "按事后公布的政策更正结算",
    "claims.due": "查看追回或退付",
    "claims.dues": "查看追回与退付列表",
    "claims.eligibility": "试算待遇",
    "claims.open_of": "查看未结的追回与退付",
    "claims.pay": "登记个人收付",
    "claims.preview_later": "预览事后更正",
    "claims.preview_law": "预览政策追溯",
    "claims.preview_reversal": "预览撤销结算",
    "claims.quote": "预结算",
    "claims.reverse": "撤销结算",
    "claims.settle": "结算",
    "claims.what_followed": "查看撤销的后果",
    "correction.answer": "答复更正申请",
    "correction.ask": "提出更正申请",
    "keys.reencrypt": "重新加密",
    "person.account": "查看年度账户",
    "person.household": "查看户",
    "person.insurance": "查看参保",
    "person.register_read": "查看登记与更正",
    "person.rights": "查看待遇",
    "person.timeline": "查看年度时间轴",
    "settlement.page": "查看结算单列表",
    "settlement.statement": "查看结算单",
    "study.cancel": "取消测算",
    "study.download": "下载测算结果",
    "study.remove": "删除测算",
    "visit.add_lines": "录入费用",
    "visit.amend": "更改就诊登记",
    "visit.cancel": "取消就诊",
    "visit.diagnose": "录入诊断",
    "visit.discharge": "办理出院",
    "visit.record_payout": "登记其他赔付",
    "visit.undo_discharge": "撤销出院",
    "visit.withdraw": "撤销费用",
    "visit.withdraw_payout": "撤回其他赔付",
}
"""Acts that people call otherwise than by verb and subject."""

BEFORE_SIGNING_IN: Final = frozenset({"account.refused", "citizen.activate_failed"})
FAILED: Final = ("account.refused", "account.wrong_code", "account.prove_failed", "citizen.activate_failed")
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "failed": FAILED,
    "refused": ("page.refused", "page.too_many", "api.refused"),
    "taken": ("list.export", "study.download"),
}
"""What is asked for by one word though it has several subjects."""
OF_GROUPS: Final = {"failed": "登录失败", "refused": "被拒绝的访问", "taken": "导出和下载"}

PAGES: Final = {
    "web:corrections": "更正申请",
    "web:dues": "追回与退付",
    "web:imports": "批量导入",
    "web:people": "参保人查询",
    "web:person": "参保人",
    "web:recognitions": "病种认定",
    "web:staff": "账号与岗位",
    "web:studies": "测算与仿真",
    "web:trail": "审计记录",
    "web:visits": "就诊结算",
}
"""Pages that are named where they were refused; others are just pages."""


def act(name: str) -> str:
    """An act in words; never its code."""
    subject, _, verb = name.partition(".")
    return WHOLE.get(name) or f"{VERBS.get(verb, '办理')}{SUBJECTS.get(subject, '其他事项')}"


def thing(entry: Entry) -> str:
    """The object of an act: what kind of thing, and its number where people use one."""
    if entry.kind == "page":
        return PAGES.get(entry.object_id, "页面")
    kind = KINDS.get(entry.kind, "")
    number = entry.object_id if any(c.isdigit() for c in entry.object_id) else ""
    return f"{kind} {number}".strip()


def choices() -> Sequence[tuple[str, str]]:
    """What one may ask for: some groups, then every subject."""
    return [*OF_GROUPS.items(), *SUBJECTS.items()]
