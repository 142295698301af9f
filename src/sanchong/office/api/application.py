"""The interface /api/v1 as a whole: its routers, its OpenAPI document, and what it answers when something goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import orjson
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from pydantic import TypeAdapter

from sanchong.office.accounts.models import Token
from sanchong.office.actor import Actor
from sanchong.office.api import problems
from sanchong.office.api.authentication import MISSING, wrong_type
from sanchong.office.api.numbers import read_json
from sanchong.office.api.problems import Problem, problem
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal
from sanchong.version import VERSION

log = logging.getLogger(__name__)

MOST_BYTES: Final = 8 * 2**20
"""Of a JSON body."""
SHEET_BYTES: Final = 33 * 2**20
"""Of a form with a file: the file's own limit (imports.sheet) and the form around it."""

DESCRIPTION: Final = "三重医保结算接口。金额以元计、至多两位小数，写作文字；数字按十进制读入。错误一律为 application/problem+json。"


class Decimals(Parser):
    """Bodies by :func:`read_json`, if they say that they are JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The data of a JSON body; Refusal if it is none."""
        if request.content_type != "application/json":
            raise wrong_type("application/json")
        return read_json(request.body)


class Interface(NinjaAPI):
    """The API with its document completed: what every operation has in common is said of each."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """The OpenAPI document."""
        document = super().get_openapi_schema(**where)
        problem_said = TypeAdapter(Problem).json_schema(ref_template="#/components/schemas/{model}")
        document["components"]["schemas"] |= {**problem_said.pop("$defs"), "Problem": problem_said}
        for operation in _operations(document):
            _complete(operation)
        document["x-problems"] = {
            code: {"status": status, "zh": zh, "en": en} for code, (status, zh, en) in problems.STATUS.items()
        }
        return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _complete(operation: dict[str, Any]) -> None:
    media_types = operation.pop("x-media-types", ())
    operation["responses"] = {str(status): said for status, said in operation["responses"].items()}
    for response in operation["responses"].values():
        response["description"] = "OK"
        if media_types:
            response["content"] = {kind: {"schema": {"type": "string"}} for kind in media_types}
    example = operation.pop("x-example", None)
    if example is not None:
        for content in operation["requestBody"]["content"].values():
            content["example"] = example
    for status, title in _STATUSES.items():
        operation["responses"][status] = {
            "description": title,
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    for parameter in operation["parameters"]:
        parameter["schema"] = _said(parameter["schema"])
    form = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
    if form:
        fields = form["schema"]["properties"]
        form["schema"]["properties"] = {name: _said(schema) for name, schema in fields.items()}


def _said(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter or a form's field, which is left out or holds a text: there is no null."""
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    return {name: value for name, value in kinds[0].items() if name != "title"}


_STATUSES: Final = {
    "400": "无法读取 · unreadable",
    "401": "令牌无效 · no valid token",
    "403": "权限不足 · not allowed",
    "404": "没有找到 · not found",
    "409": "不能办理：规定或状态不允许 · refused by law or state",
    "413": "请求过大 · too large",
    "415": "内容类型不适用 · unsupported media type",
    "422": "填写有误 · invalid",
    "429": "请求过于频繁 · too many calls",
    "500": "系统错误 · a fault of ours",
    "503": "暂时无法服务 · unavailable",
}

api = Interface(
    title="三重 Sanchong",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    parser=Decimals(),
    openapi_extra={"info": {"x-engine": VERSION}},
)
for prefix, router, tag in (
    ("", "sanchong.office.api.reader.router", "令牌与沙箱"),
    ("", "sanchong.office.people.api.people.router", "参保人"),
    ("", "sanchong.office.people.api.history.router", "参保人"),
    ("", "sanchong.office.providers.api.router", "医药机构与目录"),
    ("", "sanchong.office.catalogue.api.router", "医药机构与目录"),
    ("", "sanchong.office.claims.api.visit_records.router", "就诊"),
    ("", "sanchong.office.claims.api.charges.router", "就诊"),
    ("", "sanchong.office.claims.api.settlements.router", "结算"),
    ("", "sanchong.office.claims.api.records.router", "结算单与台账"),
    ("", "sanchong.office.claims.api.later.router", "事后更正"),
    ("", "sanchong.office.claims.api.recoveries.router", "事后更正"),
    ("", "sanchong.office.lawbook.api.router", "政策"),
    ("", "sanchong.office.imports.api.router", "批量导入"),
):
    api.add_router(prefix, router, tags=[tag])


@lru_cache(maxsize=1)
def document() -> bytes:
    """The OpenAPI document as JSON, made once a process."""
    return orjson.dumps(api.get_openapi_schema(path_prefix="/api/v1/"))


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, exc: Refusal) -> HttpResponse:
    token: Token | None = getattr(request, "token", None)
    if token is not None and problems.status_of(exc.code) == 403:
        address = request.META.get("REMOTE_ADDR", "")
        caller = Actor(token.realm_id, token=token.pk, provider_code=token.provider_code, address=address)
        match = request.resolver_match
        record(caller, "api.refused", "operation", match.view_name[:64] if match else "", code=exc.code)
    return problem(request, exc)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    mistakes = problems.mistakes_of(exc.errors)
    return problem(request, mistakes[0], mistakes)


@api.exception_handler(AuthenticationError)
def _unauthenticated(request: HttpRequest, exc: AuthenticationError) -> HttpResponse:
    return problem(request, MISSING)


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, exc: HttpError) -> HttpResponse:
    """Ninja's own error about a body; the reason that our parser gave is its cause."""
    cause = exc.__cause__
    return problem(request, cause if isinstance(cause, Refusal) else problems.UNREADABLE)


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, exc: RequestDataTooBig) -> HttpResponse:
    return problem(request, problems.too_large(MOST_BYTES))


@api.exception_handler(Http404)
def _nowhere(request: HttpRequest, exc: Http404) -> HttpResponse:
    return problem(request, problems.NO_PATH)


def _cannot_read(request: HttpRequest, exc: Exception | type[Exception]) -> HttpResponse:
    return problem(request, problems.UNREADABLE)


for kind in (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
    api.add_exception_handler(kind, _cannot_read)


def _unavailable(request: HttpRequest, exc: Exception | type[Exception]) -> HttpResponse:
    log.error("the database cannot be used", exc_info=True)
    return problem(request, problems.UNAVAILABLE)


api.add_exception_handler(OperationalError, _unavailable)
api.add_exception_handler(InterfaceError, _unavailable)


@api.exception_handler(Exception)
def _failed(request: HttpRequest, exc: Exception) -> HttpResponse:
    log.error("an operation failed", exc_info=exc)
    return problem(request, problems.INTERNAL)
