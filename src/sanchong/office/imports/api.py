"""Importing tables: a template to fill in, a preview with a digest, and the application of what was previewed.

The digest is what makes the repeat of an application harmless, so that no idempotency key is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, get_args

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Path, Query, Router, UploadedFile
from typing_extensions import TypedDict

from sanchong.office.accounts.models import Scope
from sanchong.office.api.answers import Hash
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.fields import Day, Digest, Name
from sanchong.office.api.operations import answer, expose
from sanchong.office.imports import services
from sanchong.office.imports.plan import Options
from sanchong.office.imports.services import IMPORTERS
from sanchong.office.imports.sheet import check_name

router = Router()

Kind = Literal["people", "grants", "recognitions", "providers", "catalogue"]
assert get_args(Kind) == tuple(IMPORTERS)

MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Counts(TypedDict):
    """Rows by what they come to."""

    new: int
    changed: int
    unchanged: int
    gone: int
    bad: int


class ChangeSaid(TypedDict):
    """What a row comes to; ``key`` names it without personal data."""

    row: int
    key: str
    fields: list[str]


class MistakeSaid(TypedDict):
    """A mistake in the sheet."""

    row: int
    column: str
    read: str
    zh: str
    en: str


class Samples(TypedDict):
    """The first rows of each outcome."""

    new: list[ChangeSaid]
    changed: list[ChangeSaid]
    unchanged: list[ChangeSaid]
    gone: list[ChangeSaid]


class PreviewSaid(TypedDict):
    """What applying the sheet would do; ``digest`` is null while rows are bad."""

    kind: str
    counts: Counts
    samples: Samples
    problems: list[MistakeSaid]
    digest: Hash | None


class DoneSaid(TypedDict):
    """What an import came to; ``repeated`` if it had been applied before."""

    digest: Hash
    counts: Counts
    repeated: bool


@expose(
    router,
    "GET",
    "/imports/{kind}/template",
    scope=Scope.IMPORT,
    answers=str,
    zh="导入模板",
    en="A sheet to fill in",
    media_types=[kind.split(";")[0] for kind in MEDIA_TYPES.values()],
)
def import_template(
    request: HttpRequest, kind: Path[Kind], form: Annotated[Literal["csv", "xlsx"], Query()] = "csv"
) -> HttpResponse:
    """表头与一行示例；form=xlsx 得到工作簿。

    Header and one example row; form=xlsx is a workbook.
    """
    response = HttpResponse(services.template(kind, form), content_type=MEDIA_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{kind}.{form}"'
    return response


@expose(
    router,
    "POST",
    "/imports/{kind}/preview",
    scope=Scope.IMPORT,
    answers=PreviewSaid,
    zh="导入预览",
    en="Preview an import",
    sheet=True,
)
def preview_import(
    request: HttpRequest,
    kind: Path[Kind],
    file: File[UploadedFile],
    title: Form[Name | None] = None,
    in_force_from: Form[Day | None] = None,
    known_from: Form[Day | None] = None,
    source: Form[Name | None] = None,
) -> HttpResponse:
    """会新增、更改哪些行，哪些行有错；不写入。没有错时给出 digest，用它来导入。

    What rows are new or changed, and every mistake. Nothing is written. Without mistakes there is a digest to apply it by.
    """
    options = Options(title or "", in_force_from, known_from, source or "")
    found = services.preview(actor_of(request), kind, _content(file), options)
    said: PreviewSaid = {
        "kind": kind,
        "counts": _counts(found.counts),
        "samples": {
            outcome: [{"row": c.row, "key": c.key, "fields": list(c.fields)} for c in changes]
            for outcome, changes in found.samples.items()
        },  # type: ignore[typeddict-item]
        "problems": [
            {"row": p.row, "column": p.column, "read": p.read, "zh": p.zh, "en": p.en} for p in found.problems
        ],
        "digest": found.digest or None,
    }
    return answer(said)


@expose(
    router,
    "POST",
    "/imports/{kind}/apply",
    scope=Scope.IMPORT,
    answers=DoneSaid,
    zh="导入",
    en="Apply an import",
    sheet=True,
)
def apply_import(
    request: HttpRequest,
    kind: Path[Kind],
    file: File[UploadedFile],
    digest: Form[Digest],
    title: Form[Name | None] = None,
    in_force_from: Form[Day | None] = None,
    known_from: Form[Day | None] = None,
    source: Form[Name | None] = None,
) -> HttpResponse:
    """按预览导入，全部或全不。digest 即幂等键：重复提交得到第一次的答复；预览之后有变化则拒绝。

    As previewed, all or nothing. The digest is the idempotency key; what changed since the preview is refused.
    """
    options = Options(title or "", in_force_from, known_from, source or "")
    done = services.apply(actor_of(request), kind, _content(file), digest, options)
    said: DoneSaid = {"digest": done.digest, "counts": _counts(done.counts), "repeated": done.repeated}
    return answer(said)


def _content(file: UploadedFile) -> bytes:
    data: bytes = file.read()
    check_name(file.name or "", data)
    return data


def _counts(counts: Mapping[str, int]) -> Counts:
    return {
        "new": counts["new"],
        "changed": counts["changed"],
        "unchanged": counts["unchanged"],
        "gone": counts["gone"],
        "bad": counts["bad"],
    }
