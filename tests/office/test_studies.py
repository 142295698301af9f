"""Studies: started by who may, one at a time, in a process of its own; cancelled, interrupted, read."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.office import staffed
from tests.office.master import refused
from tests.office.pages import column, enter, text_of
from tests.office.staffed import Staffed

from sanchong.office.studies import folders, services
from sanchong.office.studies.models import State, Study
from sanchong.office.studies.services import Batch, Simulation
from sanchong.office.trail.models import Entry
from sanchong.office.web.studies import lasting

pytestmark = pytest.mark.django_db
SMALL = Simulation("140300", 300, 1, 2026, ("stacking-70",))
ALLOWED = ("agency_city", "analyst")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staffed:
    monkeypatch.setattr(services, "_home", lambda: tmp_path / "studies")
    return staffed.opened()


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Studies are not started but seem to run, each by a lock that the test holds; giving it up is their end."""
    held: list[int] = []
    monkeypatch.setattr(services, "_launch", lambda folder, lock: held.append(os.dup(lock)))
    return held


def wait(study: Study, seconds: float = 240) -> Study:
    end = time.monotonic() + seconds
    while services.refreshed(study).state == State.RUNNING:
        assert time.monotonic() < end, (services.folder_of(study) / folders.LOG).read_text()
        time.sleep(0.2)
    return study


def form(**more: str) -> dict[str, Any]:
    return {
        "area": "140300", "people": "300", "seed": "1", "year": "2026", "assumed": "all", "withhold": "refuse", **more,
    }  # fmt: skip


# ── without a process ────────────────────────────────────────────────────────────────────────


def test_one_runs_at_a_time_and_is_interrupted_when_its_process_is_gone(
    office: Staffed, idle: list[int]
) -> None:
    analyst = office.actor("analyst")
    study = services.start_simulation(analyst, SMALL)
    assert services.refreshed(study).state == State.RUNNING
    with refused("study_running"):
        services.start_simulation(office.actor("agency_city"), SMALL)
    assert Entry.objects.filter(act="study.start").count() == 1
    os.close(idle.pop())
    assert services.refreshed(study).state == State.INTERRUPTED and study.slot is None
    services.start_simulation(analyst, SMALL)
    os.close(idle.pop())


def test_the_study_is_told_nothing_of_the_database_and_its_keys(
    office: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}

    class Started:
        def __init__(self, command: list[str], **how: Any) -> None:
            told.update(how, command=command)

        def poll(self) -> int:
            return 0

    monkeypatch.setattr(subprocess, "Popen", Started)
    study = services.start_simulation(office.actor("analyst"), SMALL)
    assert told["command"][:3] == [sys.executable, "-m", "sanchong.office.studies.work"]
    assert not [name for name in told["env"] if name.startswith("SANCHONG_") and name != "SANCHONG_COMPILED"]
    assert services.refreshed(study).state == State.INTERRUPTED


def test_how_far_it_is_is_shown_and_it_is_cancelled(office: Staffed, idle: list[int]) -> None:
    client = enter(office, "analyst")
    path = client.post("/studies/simulation/", form(reform="stacking-70")).headers["Location"]
    assert "首次运行要先编译规则" in text_of(client.get(path))
    study = Study.objects.get()
    folder = services.folder_of(study)
    now = time.time()
    said = {"stage": "结算", "done": 3000, "total": 12000, "since": now - 60, "at": now}
    folders.write_json(folder / folders.PROGRESS, said)
    part = client.get(path, headers={"HX-Request": "true"}).content.decode()
    # 3,000 in 60 s are 50 a second; the 9,000 that are left take 180 s.
    assert "3,000 / 12,000，每秒 50，约剩 3 分 0 秒" in part and 'width="25"' in part
    assert "<html" not in part and "every 1s" in part
    assert enter(office, "agency_city").post(f"{path}cancel/").status_code == 302
    assert (folder / folders.CANCEL).exists()
    folders.write_json(folder / folders.ENDED, {"state": "cancelled", "said": {}})
    os.close(idle.pop())
    done = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "已取消" in done and "every 1s" not in done


def test_a_page_that_asks_by_itself_keeps_no_session_alive(office: Staffed, idle: list[int]) -> None:
    client = enter(office, "analyst")
    path = client.post("/studies/simulation/", form()).headers["Location"]
    session = client.session
    session["seen"] = before = int(time.time()) - 1700  # of the 1,800 s after which it ends
    session.save()
    assert client.get(path, headers={"HX-Request": "true", "X-Polled": "1"}).status_code == 200
    assert client.session["seen"] == before
    assert 'hx-headers=\'{"X-Polled": "1"}\'' in client.get(path).content.decode()
    assert client.session["seen"] > before
    os.close(idle.pop())


def test_what_is_out_of_bounds_is_told_at_its_field(office: Staffed, idle: list[int]) -> None:
    client = enter(office, "analyst")
    for name, value in (
        ("people", "99"),
        ("people", "200001"),
        ("year", "1999"),
        ("seed", "x"),
        ("area", "140700"),
    ):
        said = client.post("/studies/simulation/", form(**{name: value}))
        assert said.status_code == 422 and "mistake" in said.content.decode(), (name, value)
    bad = SimpleUploadedFile("mine.yaml", "title: {zh: 一, en: one}\nvalues: []\n".encode())
    said = client.post("/studies/simulation/", {**form(), "own": bad})
    assert said.status_code == 422 and "改革方案有误" in text_of(said)
    assert str(Path.cwd().anchor + "tmp") not in text_of(said), "where files lie is not told"
    said = client.post("/studies/batch/", {"assumed": "all", "withhold": "refuse"})
    assert said.status_code == 422 and "缺少参保人表" in text_of(said)
    assert not Study.objects.exists()


def test_only_who_may_study_comes_in_and_a_batch_is_its_starters(
    office: Staffed, idle: list[int], tmp_path: Path
) -> None:
    for role in ("agency_county", "civil_affairs", "physician", "administrator"):
        client = enter(office, role)
        for path in ("/studies/", "/studies/simulation/", "/studies/batch/"):
            assert client.get(path).status_code == 403, (role, path)
        with refused("agency_only"):
            services.start_simulation(office.actor(role), SMALL)
    tables = {}
    for name in ("people", "visits"):
        tables[name] = tmp_path / name
        tables[name].write_text("person\n")
    analyst = office.actor("analyst")
    own = services.start_batch(analyst, Batch(tables))
    os.close(idle.pop())
    services.refreshed(own)
    shared = services.start_simulation(analyst, SMALL)
    os.close(idle.pop())
    city = enter(office, "agency_city")
    assert column(city.get("/studies/"), 0) == [shared.title]
    assert city.get(f"/studies/{own.pk}/").status_code == 404
    assert city.post(f"/studies/{own.pk}/remove/").status_code == 404
    assert len(column(enter(office, "analyst").get("/studies/"), 0)) == 2


def test_how_long_it_takes_as_people_say_it() -> None:
    assert [lasting(s) for s in (0.2, 59, 61, 3599)] == ["1 秒", "59 秒", "1 分 1 秒", "60 分"]


def test_the_server_imports_nothing_that_only_a_study_needs(tmp_path: Path) -> None:
    code = (
        "import django, sys; django.setup(); import sanchong.office.urls;"
        "import sanchong.simulation.reforms, sanchong.simulation.marginals;"  # what studies/offered.py reads texts by
        "print([n for n in ('numba', 'numpy', 'pyarrow', 'duckdb', 'dask') if n in sys.modules])"
    )
    settings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sanchong.office.settings",
        "SANCHONG_HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


# ── with one ─────────────────────────────────────────────────────────────────────────────────

needs_batch = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="needs the extra `batch`")


@needs_batch
@pytest.mark.batch
def test_a_simulation_its_report_and_a_batch_over_its_people(office: Staffed) -> None:
    client = enter(office, "analyst")
    started = client.post("/studies/simulation/", form(reform="stacking-70"))
    assert started.status_code == 302, text_of(started)
    study = wait(Study.objects.get())
    assert study.state == State.DONE, (study.said, (services.folder_of(study) / folders.LOG).read_text())
    page = text_of(client.get(f"/studies/{study.pk}/"))
    assert "人数 300" in page and "叠加病种比例由 50% 提高到 70%" in page and "打开报告" in page
    now, reform = study.said["scenarios"]
    assert now["tiers"] > 0 and reform["tiers"] == -reform["patient"], (
        "what the tiers pay more, patients pay less"
    )
    report = client.get(f"/studies/{study.pk}/result/report.html")
    assert "sandbox" in report.headers["Content-Security-Policy"] and "<main" in report.content.decode()
    assert client.get(f"/studies/{study.pk}/result/tables.xlsx").status_code == 200
    for name in ("asked.json", "log.txt", "..%2Fasked.json"):
        assert client.get(f"/studies/{study.pk}/result/{name}").status_code == 404
    assert Entry.objects.filter(act="study.download").count() == 2
    started = client.post(
        "/studies/batch/", {"population": str(study.pk), "assumed": "all", "withhold": "withhold"}
    )
    batch = wait(Study.objects.get(kind="batch"))
    assert batch.state == State.DONE, (batch.said, (services.folder_of(batch) / folders.LOG).read_text())
    assert batch.said["people"] == 300 and batch.said["visits"] == study.said["visits"]
    taken = client.get(f"/studies/{batch.pk}/result/statements.parquet")
    assert b"".join(taken.streaming_content)[:4] == b"PAR1"  # type: ignore[attr-defined]
    folder = services.folder_of(batch)
    client.post(f"/studies/{batch.pk}/remove/")
    assert not folder.exists() and not Study.objects.filter(pk=batch.pk).exists()


@needs_batch
@pytest.mark.batch
def test_tables_that_cannot_be_read_are_told_without_their_place_and_a_run_is_cancelled(
    office: Staffed, tmp_path: Path
) -> None:
    client: Client = enter(office, "analyst")
    files = {n: SimpleUploadedFile(f"{n}.csv", b"person,nothing\nA,1\n") for n in ("people", "visits")}
    client.post("/studies/batch/", {"assumed": "all", "withhold": "refuse", **files})
    study = wait(Study.objects.get())
    assert study.state == State.FAILED and "缺少列" in study.said["wrong"]
    assert str(tmp_path) not in text_of(client.get(f"/studies/{study.pk}/"))
    study = services.start_simulation(office.actor("analyst"), Simulation("140300", 200_000, 1, 2026))
    services.cancel(office.actor("analyst"), study.pk)
    assert wait(study, 60).state == State.CANCELLED
    assert not (services.folder_of(study) / folders.RESULT).exists()
