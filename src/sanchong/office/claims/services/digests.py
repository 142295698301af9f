"""The digest of a preview: a keyed hash over all that would be kept and posted. A command does what was previewed, or nothing."""

from __future__ import annotations

from typing import Any

from sanchong.office.claims.year import Fold
from sanchong.office.crypto import office_keys
from sanchong.settlement.receipt import canonical
from sanchong.settlement.refusal import Refusal


def basis_of(year: int, turns: int, fold: Fold) -> list[Any]:
    """What folding a person's year again would keep and post; ``turns`` is how many entries the year has had."""
    return [
        year,
        turns,
        [
            [
                done.standing.settlement,
                done.change,
                done.given.bundle,
                list(done.given.also_known),
                done.entry.result["receipt"]["inputs"],
                done.entry.result["receipt"]["result"],
            ]
            for done in fold.restated
        ],
        fold.state,
    ]


def digest_of(what: str, basis: Any) -> str:
    """64 hexadecimal digits that only this office can make."""
    return office_keys().blind_index(canonical([what, basis]).decode(), "claims.preview").hex()


def changed_since() -> Refusal:
    """The refusal of a command that would do another thing than its preview said."""
    return Refusal(
        "changed_since",
        "digest",
        "预览之后数据已变化，或所给内容不同；请重新预览",
        "something has changed since the preview, or it is another request: preview it again",
    )
