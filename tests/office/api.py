"""What the tests of the interface stand on: a city with a token, and a client that calls as a program does."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from tests.office.world import City

from sanchong.office.accounts import services as accounts
from sanchong.office.accounts.models import Scope
from sanchong.office.api.application import document

BASE = "/api/v1"


@cache
def openapi() -> dict[str, Any]:
    """The interface's own description."""
    said: dict[str, Any] = json.loads(document())
    return said


@dataclass
class Program:
    """A program with its token. Every answer is held to the OpenAPI document."""

    secret: str
    keys: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **query: object) -> Any:
        return self.call("GET", path, query=query)

    def post(self, path: str, body: object = None, key: str = "") -> Any:
        return self.call("POST", path, body, key=key)

    def put(self, path: str, body: object = None, key: str = "") -> Any:
        return self.call("PUT", path, body, key=key)

    def raw(
        self,
        method: str,
        path: str,
        body: bytes,
        kind: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        said = {
            "Authorization": f"Bearer {self.secret}",
            "Idempotency-Key": self.new_key(),
            **(headers or {}),
        }
        return checked(
            method,
            path,
            self.client.generic(
                method, BASE + path, body, kind, headers={k: v for k, v in said.items() if v}
            ),  # type: ignore[arg-type]
        )

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, object] | None = None,
        key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        said = {
            "Authorization": f"Bearer {self.secret}",
            "Idempotency-Key": key or self.new_key(),
            **(headers or {}),
        }
        data = b"" if body is None else json.dumps(body).encode()
        response = self.client.generic(
            method,
            BASE + path,
            data,
            "application/json",
            headers={k: v for k, v in said.items() if v},
            query_params={k: v for k, v in (query or {}).items() if v is not None} or None,
        )
        return checked(method, path, response)  # type: ignore[arg-type]

    def upload(self, path: str, data: bytes, **fields: str) -> Any:
        from django.core.files.uploadedfile import SimpleUploadedFile

        response = self.client.post(
            BASE + path,
            {
                "file": SimpleUploadedFile("sheet.xlsx" if data.startswith(b"PK") else "sheet.csv", data),
                **fields,
            },
            headers={"Authorization": f"Bearer {self.secret}"},
        )
        return checked("POST", path, response)  # type: ignore[arg-type]

    def new_key(self) -> str:
        return f"key-{id(self)}-{next(self.keys)}"


def program(city: City, provider: str | None = None, *scopes: str, **terms: Any) -> Program:
    """A program of the city's hospital, or of the provider named ("" is the agency)."""
    code = city.hospital.code if provider is None else provider
    issued = accounts.issue(
        city.actor, "测试程序", city.realm, scopes or list(Scope.values), provider_code=code, **terms
    )
    return Program(issued.secret)


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The operation that an address belongs to; None where there is none."""
    parts = f"{BASE}{path}".split("?")[0].split("/")
    fits = [
        operations[method.lower()]
        for template, operations in openapi()["paths"].items()
        if method.lower() in operations
        and len(template.split("/")) == len(parts)
        and all(t == p or t.startswith("{") for t, p in zip(template.split("/"), parts, strict=True))
    ]
    return min(fits, key=lambda o: len(o["parameters"]), default=None)


def checked(method: str, path: str, response: HttpResponse) -> Any:
    """The response, which is as the document says."""
    operation = operation_of(method, path)
    if operation is None:
        return response
    said = operation["responses"].get(str(response.status_code))
    assert said is not None, (response.status_code, response.content)
    kind = response["Content-Type"].split(";")[0]
    content = said["content"][kind]
    if kind.endswith("json"):
        schema = {**content["schema"], "components": openapi()["components"]}
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(json.loads(response.content))
    return response
