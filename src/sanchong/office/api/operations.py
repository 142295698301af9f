"""Declaring an operation: its address, whom it admits, what it answers. Everything else is the same for all.

A view takes the actor and the request's fields, calls one service, and gives data; :func:`answer` writes it. What it answers is
declared as a TypedDict, so that mypy holds the view to it and the OpenAPI document tells it, and nothing is validated once
more at run time.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Router

from sanchong.office.accounts.models import Scope
from sanchong.office.api.authentication import Bearer
from sanchong.settlement.refusal import Refusal

View = Callable[..., HttpResponse]


def expose(
    router: Router,
    method: str,
    path: str,
    *,
    scope: Scope | None,
    answers: Any,
    zh: str,
    en: str,
    example: Any = None,
    media_types: Sequence[str] = (),
    sheet: bool = False,
) -> Callable[[View], View]:
    """Make a view an operation: for tokens with ``scope`` (None: any), answering ``answers``.

    ``zh`` and ``en`` name it on the page; ``example`` is a body that could be sent. ``media_types`` are those of an answer
    which is not JSON; ``sheet`` marks a body that is a file in a form.
    """

    def declare(view: View) -> View:
        @functools.wraps(view)
        def only_known(request: HttpRequest, *args: Any, **fields: Any) -> HttpResponse:
            for name in request.GET:
                if name not in known:
                    raise _unknown(name)
            return view(request, *args, **fields)

        router.add_api_operation(
            path,
            [method],
            view,
            auth=Bearer(scope, "multipart/form-data" if sheet else ""),
            response=answers,
            operation_id=view.__name__,
            summary=zh,
            description=(view.__doc__ or "").strip() or None,
            openapi_extra={
                "x-summary-en": en,
                "x-scope": scope.value if scope else "",
                **({"x-example": example} if example is not None else {}),
                **({"x-media-types": media_types} if media_types else {}),
            },
        )
        operation = router.path_operations[path].operations[-1]
        known = {
            name
            for model in operation.models
            if model.__ninja_param_source__ == "query"
            for name in getattr(model, "__ninja_flatten_map__", model.model_fields)
        }
        operation.view_func = only_known
        return view

    return declare


def answer(data: Any, status: int = 200) -> HttpResponse:
    """Data as JSON. It may be personal: nobody on the way keeps it."""
    response = HttpResponse(orjson.dumps(data), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def _unknown(name: str) -> Refusal:
    shown = name[:50]
    return Refusal(
        "unknown_parameter",
        shown,
        f"没有参数 {shown!r}，请核对拼写",
        f"no parameter {shown!r}: check its spelling",
    )
