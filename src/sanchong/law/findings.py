"""What a check of the law found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from sanchong.law.yamlfile import LawError

LEVELS: Final = {
    "mistake": ("错误", "Mistakes", "red"),
    "warning": ("提醒", "Warnings", "yellow"),
    "note": ("备查", "Notes", "cyan"),
}
"""How much a finding weighs: only a mistake fails. Name in both languages, and a colour."""

COUNTED: Final = {
    "documents": ("{n} 份文件", "{n} documents"),
    "clauses": ("{n} 个条款", "{n} clauses"),
    "values": ("{n} 个数值", "{n} values"),
    "cases": ("{n} 份算例", "{n} files of cases"),
    "days": ("核对了 {n} 个日子", "{n} days swept"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, in both languages, with its place where it has one (line 0: the whole file)."""

    level: str
    kind: str
    zh: str
    en: str
    file: str = ""
    line: int = 0
    code: str = ""
    """What the loader calls it (law.messages); "" where it is not the loader's."""

    def text(self, lang: str) -> str:
        """What was found, in ``lang``."""
        return self.zh if lang == "zh" else self.en

    def data(self) -> dict[str, Any]:
        """The finding as canonical data."""
        message = {"zh": self.zh, "en": self.en}
        return {
            "level": self.level,
            "kind": self.kind,
            "code": self.code or None,
            "file": self.file,
            "line": self.line,
            "message": message,
        }


def mistake_of(error: LawError, hint: tuple[str, str] = ("", "")) -> Finding:
    """What the loader refuses, as a finding, with a hint in Chinese and English."""
    zh, en = error.text("zh") + hint[0], error.text("en") + hint[1]
    return Finding("mistake", "law", zh, en, error.file, error.line, error.code)


@dataclass(slots=True)
class Report:
    """Everything found, and what was looked at."""

    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def mistakes(self) -> list[Finding]:
        """What must be corrected."""
        return [finding for finding in self.findings if finding.level == "mistake"]

    def add(self, findings: Iterable[Finding]) -> None:
        """Take in more, each once."""
        self.findings += [finding for finding in dict.fromkeys(findings) if finding not in self.findings]

    def summary(self, lang: str) -> str:
        """One line: what was looked at, and how much was found."""
        en = lang == "en"
        looked = [COUNTED[key][en].format(n=n) for key, n in self.counts.items()]
        found = Counter(finding.level for finding in self.findings)
        weighed = [f"{words[en]} {found[level]}" for level, words in LEVELS.items()]
        groups = [(", " if en else "、").join(group) for group in (looked, weighed) if group]
        return ("; " if en else "；").join(groups)

    def data(self) -> dict[str, Any]:
        """The report as canonical data."""
        return {
            "ok": not self.mistakes,
            "counts": self.counts,
            "findings": [finding.data() for finding in self.findings],
        }
