"""What is shown when a page cannot be: what happened, and what to do next."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from sanchong.office.accounts import knocking
from sanchong.settlement.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Trouble:
    """A page that cannot be shown."""

    title: str
    what: str
    then: str


BAD: Final = Trouble(
    "请求无法识别",
    "浏览器发来的内容不完整或不合规范。",
    "请返回上一页重新操作；从书签打开的页面请从工作台进入。",
)
NOT_YOURS: Final = Trouble(
    "当前岗位不能打开这个页面",
    "您的岗位没有这项权限，或登录后切换了岗位。",
    "如有多个岗位，请在右上角（手机上在“菜单”里）切换；如确需办理，请联系系统管理员。",
)
NOWHERE: Final = Trouble(
    "没有这个页面",
    "网址可能输入有误，或内容不在您可以查看的范围内。",
    "请返回首页，从菜单重新进入；查人请按证件号码重新查询。",
)
FAILED: Final = Trouble(
    "系统出错了",
    "这一步没有完成，已办结的业务不受影响。",
    "请稍后再试；如仍然出错，请把发生的时间告诉系统管理员。",
)
TOO_LARGE: Final = Trouble(
    "文件太大",
    "提交的内容超过 32 MB，没有读取。",
    "请把表格拆成几个文件，或另存为 CSV 后再提交。",
)
TOO_MANY: Final = Trouble(
    "查询过于频繁",
    "15 分钟内查询的人数超过了上限，已记录。",
    "如需成批核对，请用批量导入或接口。",
)
TOO_COSTLY: Final = Trouble(
    "操作过于频繁",
    "15 分钟内导出、测算、导入和预览的次数超过了上限，已记录。已经办结的不受影响。",
    "成批的数据请加筛选条件一次导出，或用接口。",
)
TOO_OFTEN: Final = Trouble(
    "测算过于频繁",
    "您所在的网络 15 分钟内测算的次数超过了上限。填写的内容没有保存。",
    "几个人共用网络时会一起计数；急用请到经办窗口咨询。",
)
STALE: Final = Trouble(
    "页面已失效",
    "页面打开的时间过长，或在另一窗口退出过登录，为安全起见没有提交。",
    "请返回上一页，刷新后重新提交。",
)


def trouble(request: HttpRequest, said: Trouble, status: int) -> HttpResponse:
    """A page that says what happened and what next."""
    return render(request, "web/trouble.html", {"said": said, "title": said.title}, status=status)


def come_again(request: HttpRequest, said: Trouble, template: str = "web/trouble.html") -> HttpResponse:
    """429: what was too much, and the minute from which it may be asked for again, for people and in a header."""
    at = knocking.opens_at()
    said = replace(said, then=f"请在 {at:%H:%M} 以后再来。{said.then}")
    response = render(request, template, {"said": said, "title": said.title}, status=429)
    response.headers["Retry-After"] = str(max(1, int(at.timestamp() - time.time())))
    return response


def refused(request: HttpRequest, refusal: Refusal, status: int = 403) -> HttpResponse:
    """The page of a refusal, in its own words."""
    said = Trouble("未能办理", refusal.messages["zh"], "请核对后重试，或返回首页重新进入。")
    return trouble(request, said, 404 if refusal.code == "not_found" else status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return trouble(request, BAD, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return trouble(request, NOT_YOURS, 403)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form that was not ours, or is too old."""
    return trouble(request, STALE, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return trouble(request, NOWHERE, 404)


def failed(request: HttpRequest, *_: Any) -> HttpResponse:
    """500: drawn without asking the database, which may be what failed."""
    return HttpResponse(render_to_string("web/failed.html", {"said": FAILED}), status=500)
