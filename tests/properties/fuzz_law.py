"""Damaged law files by the hundred thousand: `python -m tests.properties.fuzz_law --trials 100000 --seed 1`.

One file of one shipped document is damaged in each trial: half are valid YAML with one field changed, a quarter
odd YAML, a quarter wrong bytes, links or folders. The loader has to load it or to say a code, a file and a line
that is right; the published schema has to agree; three example cases have to be settled or refused by whatever
loads. The table of codes is printed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Final

from tests.properties.fuzz import STEP
from tests.properties.law_damage import changed, dumped, garbled, linked, odd

from sanchong import Options
from sanchong.law import coverage
from sanchong.law.checking import check_document, check_law
from sanchong.law.documents import Document, read_document
from sanchong.law.findings import Report
from sanchong.law.library import Law, document_folders
from sanchong.law.messages import MESSAGES
from sanchong.law.schema_check import schema_mistakes
from sanchong.law.schemas import IN_FOLDERS, kind_of
from sanchong.law.tables import tables
from sanchong.law.yamlfile import LawError, line_of, load_yaml
from sanchong.rules.registry import rules_by_clause
from sanchong.settlement.settle import Engine

EXAMPLES: Final = ("near-subsistence", "extreme-poverty", "category-change")
TODAY: Final = dt.date(2026, 6, 1)
SECONDS: Final = 10
CHECKED: Final = 0.1
"""Share of the trials that `law check` looks at too, the one document by itself."""
WHOLE: Final = 0.01
"""Share of these that it looks at with all the law, which takes half a second."""
CUT, ROWS = 0.8, 6
"""Most files of values and days are cut to so many rows before they are damaged."""
BESIDE: Final = tuple(f"{folder}/" for folder in IN_FOLDERS)
"""How the names of files begin that stand beside the law."""
LEGACY_CODES: Final = [{"code": str(n), "disease": "ckd", "clause": "jinzhong.a60"} for n in range(1, 5)]
UNCITED: Final = 4
"""Clauses kept beside those that a document's own tables cite: the trials are the quicker for it."""

BETWEEN: Final = {"document_twice", "level", "two_values", "no_diseases", "no_subtype"}
"""What only the documents together can have."""
CROSSING: Final = BETWEEN | {
    "code_twice",
    "no_part",
    "clause_twice",
    "clause_id",
    "clause_unknown",
    "assumed",
    "reason",
    "subtype_twice",
    "period",
}
"""What a schema, which sees one row or one file, cannot know."""
OF_FILES: Final = CROSSING | {"catalogue", "pairs", "rows", "nesting", "aliases"}
"""What may stand elsewhere than in the row that was changed."""
NOT_HERE: Final = {"folder", "matter", "worked_fields", "worked_title", "worked_shows", "told"}
"""Of a folder that is not there, of a value that no file can state, of the site."""


@dataclass(frozen=True)
class Shelf:
    """A shipped document's folder, copied with no more clauses than its tables cite."""

    folder: Path
    index: int
    data: dict[str, Any] = field(default_factory=dict)
    """What each file says, by its path in the folder."""
    bytes: dict[str, bytes] = field(default_factory=dict)

    def write(self, name: str) -> None:
        """Put a file back as it was."""
        (self.folder / name).write_bytes(self.bytes[name])


def _cited(data: Any) -> Iterator[str]:
    """The clauses that some tables cite, at any depth."""
    if isinstance(data, list):
        for item in data:
            yield from _cited(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in ("clause", "subtype_clause"):
                yield value
            else:
                yield from _cited(value)


@dataclass
class Trial:
    """One damaged file: where, what was done, and the row it was done to."""

    shelf: Shelf
    name: str
    what: str
    row: int | None = None

    @property
    def file(self) -> Path:
        return self.shelf.folder / self.name


class Fuzz:
    """The shipped law, copied into ``home`` to be damaged."""

    def __init__(self, home: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.found: Counter[str] = Counter()
        folders = document_folders()
        self.documents = [read_document(folder) for folder in folders]
        self.shelves = [self._copied(folder, home, at) for at, folder in enumerate(folders)]
        self.by_kind: dict[str, list[tuple[Shelf, str]]] = {}
        for shelf in self.shelves:
            for name in shelf.data:
                kind = str(kind_of(shelf.folder / name))
                self.by_kind.setdefault(kind, []).append((shelf, name))
        examples = Path(__file__).parents[2] / "examples"
        self.cases = [json.loads((examples / f"{name}.json").read_text("utf-8")) for name in EXAMPLES]

    def _copied(self, folder: Path, home: Path, at: int) -> Shelf:
        shelf = Shelf(home / str(at), at)
        for beside in IN_FOLDERS:
            (shelf.folder / beside).mkdir(parents=True)
        for file in sorted(folder.rglob("*.yaml")):
            name = file.relative_to(folder).as_posix()
            shelf.data[name] = load_yaml(file, merging=kind_of(file) in IN_FOLDERS)
        if "legacy_codes.yaml" in shelf.data:  # the shipped table is empty
            shelf.data["legacy_codes.yaml"] = LEGACY_CODES
        tables = [name for name in shelf.data if not name.startswith(BESIDE) and name != "document.yaml"]
        cited = set(_cited([shelf.data[name] for name in tables]))
        clauses = shelf.data["document.yaml"]["clauses"]
        more = [clause["id"] for clause in clauses if clause["id"] not in cited][:UNCITED]
        shelf.data["document.yaml"]["clauses"] = [c for c in clauses if c["id"] in cited or c["id"] in more]
        for name in shelf.data:
            if not name.startswith(BESIDE):
                shelf.bytes[name] = dumped(shelf.data[name])
                shelf.write(name)
        return shelf

    # ── one trial ────────────────────────────────────────────────────────────────────────────

    def trial(self) -> None:
        """Damage a file, look at it in every way, put it back; raises what is not as it has to be."""
        shelf, name = self.rng.choice(self.by_kind[self.rng.choice(sorted(self.by_kind))])
        trial = self._damaged(shelf, name)
        try:
            with in_time():
                self._look(trial)
        except Exception as error:
            kept = trial.file.read_bytes()[-3000:] if trial.file.is_file() else b""
            raise AssertionError(
                f"{trial.name}: {trial.what}\n{kept.decode('utf-8', 'backslashreplace')}"
            ) from error
        finally:
            if trial.file.is_dir():
                trial.file.rmdir()
            else:
                trial.file.unlink()
            if not name.startswith(BESIDE):
                shelf.write(name)

    def _damaged(self, shelf: Shelf, name: str) -> Trial:
        rng, trial = self.rng, Trial(shelf, name, "")
        data = shelf.data[name]
        kind = str(kind_of(trial.file))
        if kind in IN_FOLDERS:
            data = json.loads(json.dumps(rng.sample(data, min(len(data), 2))))
        elif kind in ("values", "days") and rng.random() < CUT:
            data = rng.sample(data, min(len(data), ROWS))
        how = rng.random()
        if how < 0.5:
            made, path = changed(data, kind, rng)
            trial.file.write_bytes(dumped(made))
            trial.what = f"changed at {path}"
            trial.row = path[0] if path and isinstance(path[0], int) else None
        elif how < 0.75:
            trial.what = "odd"
            trial.file.write_bytes(odd(dumped(data).decode(), rng))
        elif how < 0.98:
            trial.what = "garbled"
            trial.file.write_bytes(garbled(dumped(data), rng))
        else:
            trial.what = "linked"
            trial.file.touch()
            linked(trial.file, rng)
        return trial

    def _look(self, trial: Trial) -> None:
        schema = schema_mistakes(trial.file)
        for mistake in schema:
            self._count(trial, mistake)
        if kind_of(trial.file) in IN_FOLDERS:
            if self.rng.random() < CHECKED:
                self._check(trial)
            return
        document, refused = None, None
        try:
            document = read_document(trial.shelf.folder)
        except LawError as error:
            refused = error
            self._count(trial, error)
            if error.file == str(trial.file) and error.code not in CROSSING:
                assert schema, f"the schema takes what the loader refuses: {error}"
            assert error.file == str(trial.file) or error.code in CROSSING or trial.what == "linked", error
        if schema:
            assert refused, f"the loader takes what the schema refuses: {schema[0]}"
        if document is not None:
            self._settle(trial, document)
        if self.rng.random() < CHECKED:
            self._check(trial)

    def _settle(self, trial: Trial, document: Document) -> None:
        documents = list(self.documents)
        documents[trial.shelf.index] = document
        try:
            law = Law(documents)
        except LawError as error:
            assert error.code in BETWEEN, error
            self._count(trial, error)
            return
        self.found["loaded"] += 1
        engine = Engine(law)
        options = Options(accept_assumed=True, explain=self.rng.random() < 0.2)
        for case in self.cases:
            result = engine.settle(case, options)
            json.dumps(result, ensure_ascii=False)
            self.found["settled" if result["ok"] else f"refused {result['error']['code']}"] += 1
        if self.rng.random() < CHECKED:
            report = Report()
            report.add(tables(documents, TODAY))
            report.add(coverage.gaps(documents))
            self._count_report(report)

    def _check(self, trial: Trial) -> None:
        """As `law check` does."""
        if self.rng.random() < WHOLE:
            report = check_law([trial.shelf.folder], rules_by_clause(), TODAY)
        else:
            report = Report()
            check_document(trial.shelf.folder, report)
        self._count_report(report)
        if kind_of(trial.file) in IN_FOLDERS:
            for finding in report.mistakes:
                assert finding.file == str(trial.file) or finding.code in BETWEEN, finding

    def _count_report(self, report: Report) -> None:
        for finding in report.findings:
            assert finding.zh and finding.en
            assert finding.code in MESSAGES or finding.kind != "law"
            if finding.kind != "law":
                self.found[f"{finding.level}: {finding.kind}"] += 1

    def _count(self, trial: Trial, error: LawError) -> None:
        """Count a mistake, which has its words in both languages, and a line that is right."""
        self.found[error.code] += 1
        for text in (error.text("zh"), error.text("en")):
            assert text and text.isprintable(), error
        if error.file != str(trial.file):
            return
        whole = trial.file.read_bytes() if trial.file.is_file() else b""
        assert 0 <= error.line <= len(whole.splitlines()) + 2, error
        if trial.row is not None and error.code not in OF_FILES:
            start = line_of(trial.file, (trial.row,))
            after = line_of(trial.file, (trial.row + 1,))
            assert start <= error.line and (after <= start or error.line < after), (error, start, after)


@contextmanager
def in_time() -> Iterator[None]:
    """TimeoutError after SECONDS."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def fuzz(trials: int, seed: int) -> Counter[str]:
    """How often each code came up among ``trials`` damaged files; raises what they raise."""
    home = Path(tempfile.mkdtemp(prefix="sanchong-fuzz-"))
    try:
        made = Fuzz(home, seed)
        for i in range(trials):
            made.trial()
            if (i + 1) % STEP == 0:
                print(f"\r{i + 1:,} of {trials:,}", end="", file=sys.stderr, flush=True)
        return made.found
    finally:
        shutil.rmtree(home)


def main() -> None:
    """Run from the command line; exit status 1 if a code did not occur."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = fuzz(given.trials, given.seed)
    print(file=sys.stderr)
    for code, count in found.most_common():
        print(f"{code:<24}{count:>9,}")
    missing = set(MESSAGES) - NOT_HERE - set(found)
    if missing:
        sys.exit(f"never seen: {', '.join(sorted(missing))}")


if __name__ == "__main__":
    main()
