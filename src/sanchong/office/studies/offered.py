"""What a simulation can be asked for: areas with a population, reforms that ship, and whether an uploaded reform can be read.

It imports the parts of ``simulation`` that read texts, without numpy or numba, and only when asked.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sanchong.law.yamlfile import LawError
from sanchong.office.lawbook.services import active_bundle, engine_of
from sanchong.office.people.models import Area
from sanchong.settlement.refusal import Refusal

MOST_BYTES: Final = 64 * 1024
OWN: Final = "own.yaml"


@dataclass(frozen=True, slots=True)
class Offered:
    """A reform: its name, its title and why, in Chinese."""

    name: str
    title: str
    reasons: str


def reforms() -> list[Offered]:
    """The shipped reforms that the active law can be laid over."""
    from sanchong.simulation.reforms import load_reform, shipped_reforms

    law, found = engine_of(active_bundle()).law, []
    for name, file in shipped_reforms().items():
        try:
            reform = load_reform(file, law)
        except LawError:
            continue  # what it says of the law is no longer so
        found.append(Offered(name, reform.title["zh"], reform.reasons["zh"]))
    return found


def areas() -> list[tuple[str, str]]:
    """The areas for which a population can be drawn, with their names."""
    from sanchong.simulation.marginals import shipped_areas

    codes = shipped_areas()
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return [(code, names.get(code, code)) for code in codes]


def check_reform(data: bytes) -> str:
    """The title of an uploaded reform; Refusal ``reform`` with the line of whatever cannot be."""
    from sanchong.simulation.reforms import load_reform

    if len(data) > MOST_BYTES:
        raise _refuse("文件超过 64 KB", "the file exceeds 64 KB")
    with tempfile.TemporaryDirectory(prefix="sanchong-reform-") as name:
        file = Path(name) / OWN
        file.write_bytes(data)
        try:
            return load_reform(file, engine_of(active_bundle()).law).title["zh"]
        except LawError as problem:
            zh = f"第 {problem.line} 行：{problem.text('zh')}" if problem.line else problem.text("zh")
            raise _refuse(zh, re.sub(r"^.*?own\.yaml:?", "", problem.placed("en")).strip()) from None


def _refuse(zh: str, en: str) -> Refusal:
    return Refusal("reform", "own", f"改革方案有误：{zh}", f"mistake in the reform: {en}")
