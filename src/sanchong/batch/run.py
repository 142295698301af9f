"""A whole run: input streamed in parts, parts settled side by side, results written in the parts' order.

What is under way at any time is bounded: parts being settled and waiting to be written are as many as the
workers and a few. A run that is cancelled leaves its settled parts in ``.partial`` with a manifest;
the same run over the same input goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, Final, Protocol

from sanchong.batch import cache
from sanchong.batch.law_rows import LawRows
from sanchong.batch.part import Setting, SettledPart, settle_part
from sanchong.batch.partition import bucket_parts, buckets_for, deal
from sanchong.batch.records import Part
from sanchong.batch.sources import Source, nothing, open_source
from sanchong.batch.streams import Unsorted, sorted_parts
from sanchong.batch.tables import INPUTS, LINES
from sanchong.batch.unusable import WorkersLost
from sanchong.batch.write import PARTIAL, Writer, publish, results, write_json
from sanchong.version import ENGINE

ROWS: Final = 100_000
"""Rows of the longest table in a part."""
MANIFEST: Final = "manifest.json"
_HASHED_AT_ONCE: Final = 1 << 22


class Workers(Protocol):
    """Who settles parts."""

    count: int

    def submit(self, part: Part) -> Callable[[], SettledPart]:
        """Have a part settled; the result waits for it."""


class Threads:
    """Parts settled by threads of this process."""

    def __init__(self, count: int, law: LawRows, setting: Setting) -> None:
        self.count = count
        self._law, self._setting = law, setting
        self._pool = ThreadPoolExecutor(count, "settle")

    def submit(self, part: Part) -> Callable[[], SettledPart]:
        """Have a part settled by the next free thread."""
        return self._pool.submit(settle_part, part, self._law, self._setting).result

    def __enter__(self) -> Threads:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)


class Progress(Protocol):
    """Who is told how far the run is."""

    def stage(self, name: str, total: int) -> None:
        """A stage begins: ``deal`` (rows sorted into files) or ``settle``, over so many visits."""

    def advance(self, visits: int) -> None:
        """So many more visits are done."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files of each table."""

    sources: Mapping[str, Source]
    with_lines: bool


@dataclass(slots=True)
class Counts:
    """What a run came to."""

    people: int = 0
    visits: int = 0
    settled: int = 0
    years: int = 0
    rejects: int = 0
    by_code: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Progressed:
    """How far an unfinished run is."""

    fingerprint: str
    parts: int = 0
    segments: int = 0
    buckets: int = 0
    """Into how many buckets unsorted input was dealt; 0 while it is taken for sorted."""
    names: list[str] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


class Cancelled(Exception):
    """The run was cancelled; what is settled waits in ``.partial``."""


def open_inputs(files: Mapping[str, Sequence[Path]]) -> Inputs:
    """The tables of a batch by name; Unusable where one cannot be read."""
    sources = {}
    for table in INPUTS:
        given = files.get(table.name) or ()
        sources[table.name] = open_source(table, given) if given else nothing(table)
    return Inputs(sources, bool(files.get(LINES.name)))


def run(
    inputs: Inputs,
    out: Path,
    law: LawRows,
    setting: Setting,
    workers: Workers,
    arguments: Mapping[str, Any],
    progress: Progress,
    cancel: Event,
    rows: int = ROWS,
) -> Counts:
    """Settle a batch into the folder ``out``.

    ``arguments`` is what the caller was asked: it is written down, and an unfinished run is taken up only
    under the same. Cancelled when ``cancel`` is set; WorkersLost where ``workers`` are; Unusable where the input
    cannot be read. After anything but the first two nothing unfinished is left.
    """
    partial = out / PARTIAL
    partial.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(1, "hash") as hashing:
        hashes = hashing.submit(_hashes, inputs)
        done = _taken_up(partial, inputs, setting, arguments, rows, law, hashes.result)
        try:
            _settle_all(inputs, partial, law, workers, setting, progress, cancel, rows, done)
        except (Cancelled, WorkersLost):
            done.fingerprint = _fingerprint(setting, arguments, rows, law, hashes.result())
            write_json(partial / MANIFEST, asdict(done))
            raise
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        said = _run_said(done, law, hashes.result(), arguments)
    publish(partial, out, done.segments, done.names, said)
    shutil.rmtree(partial, ignore_errors=True)
    return done.counts


def _settle_all(
    inputs: Inputs,
    partial: Path,
    law: LawRows,
    workers: Workers,
    setting: Setting,
    progress: Progress,
    cancel: Event,
    rows: int,
    done: _Progressed,
) -> None:
    """Settle as sorted input or, as soon as that proves wrong, dealt into buckets."""
    total = inputs.sources["visits"].rows()
    if not done.buckets:
        progress.stage("settle", total)
        try:
            parts = sorted_parts(inputs.sources, inputs.with_lines, rows)
            _settle(parts, partial, workers, progress, cancel, done)
            return
        except Unsorted:
            for leftover in partial.iterdir():
                leftover.unlink()
            done.parts, done.segments, done.names, done.counts = 0, 0, [], Counts()
        progress.stage("deal", total)
        buckets = buckets_for(inputs.sources, rows)

        def dealt(visits: int) -> None:
            progress.advance(visits)
            if cancel.is_set():
                raise Cancelled

        deal(inputs.sources, partial, buckets, rows, dealt)
        done.buckets = buckets
    progress.stage("settle", total)
    parts = bucket_parts(inputs.sources, partial, done.buckets, inputs.with_lines)
    _settle(parts, partial, workers, progress, cancel, done)


def _settle(
    parts: Iterator[Part],
    partial: Path,
    workers: Workers,
    progress: Progress,
    cancel: Event,
    done: _Progressed,
) -> None:
    """Settle the parts that are not done, in a segment of its own."""
    writer = Writer(partial, done.segments)
    under_way: deque[tuple[int, int, Callable[[], SettledPart]]] = deque()

    def write_first() -> None:
        people, visits, result = under_way.popleft()
        settled = result()
        writer.write(settled)
        _count(done, people, visits, settled)
        progress.advance(visits)

    try:
        for number, part in enumerate(parts):
            if cancel.is_set():
                raise Cancelled
            if number < done.parts:
                progress.advance(len(part.visits))
                continue
            under_way.append((len(part.people), len(part.visits), workers.submit(part)))
            if len(under_way) > workers.count + 1:
                write_first()
        while under_way:
            if cancel.is_set():
                raise Cancelled
            write_first()
    except Unsorted:
        writer.abandon()
        raise
    finally:
        writer.close()
        done.segments += 1


def _count(done: _Progressed, people: int, visits: int, settled: SettledPart) -> None:
    counts = done.counts
    done.parts += 1
    done.names = [*results(settled)]
    counts.people += people
    counts.visits += visits
    counts.settled += len(settled.statements)
    counts.years += len(settled.years)
    counts.rejects += len(settled.rejects)
    for row in settled.rejects["code"].value_counts().to_pylist() if len(settled.rejects) else ():
        counts.by_code[row["values"]] = counts.by_code.get(row["values"], 0) + row["counts"]


# ── what a run is known by ───────────────────────────────────────────────────────────────────


def _hashes(inputs: Inputs) -> dict[str, list[dict[str, str]]]:
    """SHA-256 of every input file, by table."""
    found: dict[str, list[dict[str, str]]] = {}
    for name, source in inputs.sources.items():
        for file in source.files:
            found.setdefault(name, []).append({"file": file.name, "sha256": _hash_of(file)})
    return found


def _hash_of(file: Path) -> str:
    hashed = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(_HASHED_AT_ONCE):
            hashed.update(piece)
    return hashed.hexdigest()


def _law_said(law: LawRows) -> dict[str, str]:
    return {name: law.law.digest(name, law.known_on) for name in sorted(law.law.by_id)}


def _fingerprint(
    setting: Setting, arguments: Mapping[str, Any], rows: int, law: LawRows, hashes: Mapping[str, Any]
) -> str:
    """What must be the same for an unfinished run to be taken up."""
    said = [cache.digest(), asdict(setting), dict(arguments), rows, _law_said(law), hashes]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _taken_up(
    partial: Path,
    inputs: Inputs,
    setting: Setting,
    arguments: Mapping[str, Any],
    rows: int,
    law: LawRows,
    hashes: Callable[[], Mapping[str, Any]],
) -> _Progressed:
    """The unfinished run that this one goes on with; of any other nothing is kept."""
    try:
        said = json.loads((partial / MANIFEST).read_text(encoding="utf-8"))
        found = _Progressed(**said | {"counts": Counts(**said["counts"])})
    except (OSError, ValueError, TypeError, KeyError):
        found = None
    if found is not None and found.fingerprint == _fingerprint(setting, arguments, rows, law, hashes()):
        (partial / MANIFEST).unlink()
        return found
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    return _Progressed("")


def _run_said(
    done: _Progressed, law: LawRows, hashes: Mapping[str, Any], arguments: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "counts": asdict(done.counts),
        "receipt": {
            "engine": ENGINE,
            "known_on": law.known_on.isoformat(),
            "law": _law_said(law),
            "inputs": hashes,
            "arguments": dict(arguments),
        },
    }
