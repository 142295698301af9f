"""Commands on studies: start one in a process of its own, cancel it, remove it. One runs at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from sanchong.dates import today
from sanchong.office.accounts.roles import ROLES
from sanchong.office.actor import Actor
from sanchong.office.lawbook.models import Acceptance
from sanchong.office.lawbook.services import accepted, active_bundle, unpacked
from sanchong.office.studies import folders, offered
from sanchong.office.studies.models import Kind, State, Study
from sanchong.office.trail.services import record
from sanchong.office.visibility import may_study, visible_studies
from sanchong.settlement.refusal import Refusal

LEAST_PEOPLE, MOST_PEOPLE = 100, 200_000
"""Of a simulation from a page: 200,000 people with one reform take some 650 MB."""
FIRST_YEAR, LAST_YEAR = 2025, 2100
MOST_TABLE: Final = 512 * 2**20
TABLES: Final[Mapping[str, str]] = {
    "people": "参保人",
    "visits": "就诊",
    "categories": "救助对象类别",
    "recognitions": "门诊慢特病认定",
    "waivers": "互斥豁免",
    "lines": "费用明细",
}
"""The tables of a batch; the first two are needed."""
NEEDED: Final = ("people", "visits")
PARQUET: Final = b"PAR1"


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulation: a population's area, size, seed and year, and the reforms."""

    area: str
    people: int
    seed: int
    year: int
    reforms: tuple[str, ...] = ()
    """Names of shipped ones."""
    own: bytes = b""
    """A reform's file; b"" is none."""
    all_assumed: bool = True
    """Accept every illustration; else those alone that the office has accepted."""
    withhold: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch: tables that were uploaded (name to file, which is taken), or those of a simulation's population."""

    files: Mapping[str, Path] = field(default_factory=dict)
    population_of: int | None = None
    year: int | None = None
    all_assumed: bool = True
    withhold: bool = False


def study_of(actor: Actor, key: int) -> Study:
    """A study that the actor sees, as it stands now; Refusal ``not_found``."""
    found: Study | None = (
        visible_studies(actor, Study.objects.all()).select_related("by").filter(pk=key).first()
    )
    if found is None:
        raise Refusal("not_found", "study", "没有这次测算", "no such study")
    return refreshed(found)


def folder_of(study: Study) -> Path:
    """Where a study's files lie."""
    return _home() / study.folder


# ── starting ─────────────────────────────────────────────────────────────────────────────────


def start_simulation(actor: Actor, asked: Simulation) -> Study:
    """Start a simulation. Refusal ``study_running`` while one runs; what is out of bounds, at its field."""
    _check_may(actor)
    _between("people", asked.people, LEAST_PEOPLE, MOST_PEOPLE)
    _between("seed", asked.seed, 0, 10**9)
    _between("year", asked.year, FIRST_YEAR, LAST_YEAR)
    names = {code: name for code, name in offered.areas()}
    if asked.area not in names:
        raise Refusal("invalid_input", "area", "没有这个地区的人口", "no population of this area")
    titles = {reform.name: reform.title for reform in offered.reforms()}
    unknown = [name for name in asked.reforms if name not in titles]
    if unknown:
        raise Refusal("invalid_input", "reforms", "没有这个改革方案", f"no reform {unknown[0]}")
    called = [titles[name] for name in asked.reforms]
    if asked.own:
        called.append(offered.check_reform(asked.own))
    said = {
        "area": asked.area, "people": asked.people, "seed": asked.seed, "year": asked.year,
        "reforms": [*asked.reforms, *([offered.OWN] if asked.own else [])], "withhold": asked.withhold,
        "called": called,
    }  # fmt: skip

    def fill(folder: Path) -> None:
        if asked.own:
            (folder / folders.REFORMS).mkdir()
            (folder / folders.REFORMS / offered.OWN).write_bytes(asked.own)

    title = f"{names[asked.area]} {asked.people:,} 人，{asked.year} 年度"
    return _start(actor, Kind.SIMULATION, title, said, asked.all_assumed, fill)


def start_batch(actor: Actor, asked: Batch) -> Study:
    """Start a batch. Refusal as for a simulation, or ``required`` where a table is missing."""
    _check_may(actor)
    if asked.year is not None:
        _between("year", asked.year, FIRST_YEAR, LAST_YEAR)
    if asked.population_of is not None:
        of = study_of(actor, asked.population_of)
        tables = folder_of(of) / folders.POPULATION
        files = {name: f"{name}.parquet" for name in TABLES if (tables / f"{name}.parquet").is_file()}
        if of.state != State.DONE or not files:
            raise Refusal("not_found", "population", "这次模拟没有可用的人口", "no population of that study")
        title = f"{of.title}（模拟人口）"
        return _start(
            actor,
            Kind.BATCH,
            title,
            _batch_said(asked, files, str(tables)),
            asked.all_assumed,
            lambda folder: None,
        )
    for name in NEEDED:
        if name not in asked.files:
            raise Refusal("required", name, f"缺少{TABLES[name]}表", f"the table {name} is missing")
    kept = {name: name + _suffix(name, file) for name, file in asked.files.items()}

    def fill(folder: Path) -> None:
        (folder / folders.TABLES).mkdir()
        for name, file in asked.files.items():
            shutil.move(file, folder / folders.TABLES / kept[name])

    title = f"上传的 {len(kept)} 张表"
    return _start(actor, Kind.BATCH, title, _batch_said(asked, kept, ""), asked.all_assumed, fill)


def _batch_said(asked: Batch, files: Mapping[str, str], tables: str) -> dict[str, Any]:
    return {"files": dict(files), "tables": tables, "year": asked.year, "withhold": asked.withhold}


def _start(
    actor: Actor, kind: Kind, title: str, said: Mapping[str, Any], all_assumed: bool, fill: Any
) -> Study:
    """Fill a folder, take its lock, write the row, and start the process when that is committed."""
    free_slot()
    name = uuid.uuid4().hex
    folder = _home() / name
    folder.mkdir(parents=True, mode=0o700)
    lock = folders.take_lock(folder)
    try:
        bundle = active_bundle()
        with unpacked(bundle) as law:
            shutil.copytree(law, folder / folders.LAW)
        fill(folder)
        latest = Acceptance.objects.order_by("-id").values_list("id", flat=True).first() or 0
        asked = {
            **said,
            "kind": str(kind),
            "tables": said.get("tables") or str(folder / folders.TABLES),
            "accepted": True if all_assumed else list(accepted(latest)),
            "known_on": today().isoformat(),
        }
        folders.write_json(folder / folders.ASKED, asked)
        kept = {key: value for key, value in asked.items() if key != "tables"}
        with transaction.atomic():
            assert actor.account is not None
            study = Study.objects.create(
                realm_id=actor.realm,
                kind=kind,
                title=title,
                folder=name,
                asked=kept,
                bundle=bundle,
                by_id=actor.account,
            )
            record(actor, "study.start", "study", str(study.pk), of=str(kind))
        _launch(folder, lock)
    except IntegrityError:
        folders.remove(folder)
        raise _running() from None
    except BaseException:
        folders.remove(folder)
        raise
    finally:
        os.close(lock)
    return study


def _launch(folder: Path, lock: int) -> None:
    """The study's process: in a session of its own, without the office's secrets, with the lock in its hands."""
    surroundings = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SANCHONG_", "DJANGO_")) or name == "SANCHONG_COMPILED"
    }
    command = [sys.executable, "-m", "sanchong.office.studies.work", str(folder)]
    with (folder / folders.LOG).open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=surroundings,
            pass_fds=[lock],
            start_new_session=True,
        )
    _started.append(process)


_started: Final[list[subprocess.Popen[bytes]]] = []
"""The processes that this one started: asked now and then how they are, or they would stay behind as defunct."""


def _check_may(actor: Actor) -> None:
    if not may_study(actor):
        raise Refusal(
            "agency_only", "actor", "只有统计分析和市级经办可以测算", "for analysts and the city's agency"
        )


def _between(where: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise Refusal(
            "invalid_input",
            where,
            f"应为 {least:,} 至 {most:,} 之间的整数",
            f"a number from {least:,} to {most:,}",
        )


def _suffix(name: str, file: Path) -> str:
    """How a table's file is read, by what it begins with, not by its name."""
    if file.stat().st_size > MOST_TABLE:
        raise Refusal("file_large", name, f"{TABLES[name]}表超过 512 MB", f"the table {name} exceeds 512 MB")
    with file.open("rb") as stream:
        return ".parquet" if stream.read(4) == PARQUET else ".csv"


def _running() -> Refusal:
    return Refusal(
        "study_running",
        "study",
        "另一项测算正在进行，一次只能算一项；请等它完成，或先取消它",
        "another study is running, and one runs at a time: wait for it, or cancel it",
    )


# ── while it runs ────────────────────────────────────────────────────────────────────────────


def free_slot() -> None:
    """Refusal ``study_running`` if a study runs, as far as can be seen now."""
    running = Study.objects.filter(slot=1).first()
    if running is not None and refreshed(running).state == State.RUNNING:
        raise _running()


def refreshed(study: Study) -> Study:
    """The study with what has become of it since: ended, or interrupted where its process is gone."""
    for process in list(_started):
        if process.poll() is not None:
            with contextlib.suppress(ValueError):
                _started.remove(process)
    if study.state != State.RUNNING:
        return study
    folder = folder_of(study)
    running = folders.runs(folder)
    ended = folders.read_json(folder / folders.ENDED)
    if running and ended is None:
        return study
    with transaction.atomic():
        held = Study.objects.select_for_update(no_key=True).get(pk=study.pk)
        if held.state == State.RUNNING:
            held.state = State(ended["state"]) if ended is not None else State.INTERRUPTED
            held.said = ended["said"] if ended is not None else {}
            held.slot, held.ended_at = None, timezone.now()
            held.save(update_fields=["state", "said", "slot", "ended_at"])
    study.refresh_from_db()
    return study


@transaction.atomic
def cancel(actor: Actor, key: int) -> Study:
    """Ask a running study to stop; it does within a second or two. Its starter, or who keeps the office, may."""
    study = study_of(actor, key)
    _own(actor, study)
    if study.state == State.RUNNING:
        (folder_of(study) / folders.CANCEL).touch()
        record(actor, "study.cancel", "study", str(key))
    return study


def remove(actor: Actor, key: int) -> None:
    """Remove a study that does not run, with all its files."""
    study = study_of(actor, key)
    _own(actor, study)
    if study.state == State.RUNNING:
        raise Refusal("study_running", "study", "正在计算，请先取消", "it is running: cancel it first")
    with transaction.atomic():
        record(actor, "study.remove", "study", str(key), of=study.kind)
        study.delete()
    folders.remove(folder_of(study))


def note_download(actor: Actor, study: Study, name: str) -> None:
    """A result was taken away."""
    record(actor, "study.download", "study", str(study.pk), file=name)


def _own(actor: Actor, study: Study) -> None:
    role = ROLES.get(actor.role)
    if study.by_id != actor.account and not (role is not None and role.keeps):
        raise Refusal("agency_only", "study", "只有发起人可以取消或删除", "only who started it may")


def _home() -> Path:
    home: Path = settings.ENVIRONMENT.home
    return home / "studies"
