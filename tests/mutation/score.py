"""How the mutants ended: kept from run to run, counted, and held against the list of those that change nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml
from tests.mutation.mutants import Mutant
from tests.mutation.swap import SOURCE

EQUIVALENT = Path(__file__).with_name("equivalent.yaml")
KILLED, BY_TIME, SURVIVED = "killed", "time", "survived"
AIM = 95


def path_of(mutant: Mutant) -> str:
    """The mutant's file, from the room on."""
    return str(mutant.file.relative_to(SOURCE / "sanchong"))


def names_of(mutants: Iterable[Mutant]) -> list[str]:
    """A name for each mutant: its place and its change, numbered where two would be the same."""
    seen: Counter[str] = Counter()
    names = []
    for mutant in mutants:
        before, after = mutant.change()
        name = f"{path_of(mutant)} {mutant.function or '(import)'}: {before} => {after}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return names


class Ends:
    """The end of each mutant, written down as it comes: a run that is broken off loses nothing."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.known: dict[tuple[str, str], str] = {}
        if log.exists():
            for line in log.read_text("utf-8").splitlines():
                text, name, end = json.loads(line)
                self.known[text, name] = end

    def note(self, mutant: Mutant, name: str, end: str) -> None:
        """Write down an end, of a mutant of this very text of its file."""
        key = _text(mutant), name
        self.known[key] = end
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps([*key, end], ensure_ascii=False) + "\n")

    def all(self, mutants: list[Mutant], names: list[str]) -> list[str | None]:
        """The end of each, None where no run has met it in its file as it stands."""
        return [self.known.get((_text(m), name)) for m, name in zip(mutants, names, strict=True)]


def _text(mutant: Mutant) -> str:
    return hashlib.sha256(mutant.whole).hexdigest()


def is_dead(end: str | None) -> bool:
    return end in (KILLED, BY_TIME)


def table(mutants: list[Mutant], ends: list[str]) -> str:
    """Killed of all, file by file and room by room."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant, end in zip(mutants, ends, strict=True):
        path = path_of(mutant)
        for name in (path, path.partition("/")[0] + "/", "all"):
            counts[name][end] += 1
    lines = [
        "| | mutants | killed | of them by time | survived | score |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, count in counts.items():
        dead, total = count[KILLED] + count[BY_TIME], count.total()
        lines.append(
            f"| {name} | {total} | {dead} | {count[BY_TIME]} | {total - dead} | {100 * dead / total:.1f} % |"
        )
    return "\n".join(lines)


@cache
def explained() -> frozenset[str]:
    """The mutants of which the list says why they change nothing."""
    rows = yaml.safe_load(EQUIVALENT.read_text("utf-8")) or []
    return frozenset(row["mutant"] for row in rows)


def judged(names: list[str], ends: list[str]) -> tuple[list[str], list[str]]:
    """Survivors that the list does not explain, and what it explains although it is killed."""
    alive = {name for name, end in zip(names, ends, strict=True) if not is_dead(end)}
    return [name for name in names if name in alive - explained()], sorted(explained() & (set(names) - alive))


def reaches_aim(ends: list[str]) -> bool:
    return 100 * sum(map(is_dead, ends)) >= AIM * len(ends)
