"""The wheel: built, installed beside nothing of the repository, and settling by the law inside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, at: Path, **env: str) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=at,
        env={k: v for k, v in os.environ.items() if k != "SANCHONG_POLICIES"} | env,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built without network."""
    made = tmp_path_factory.mktemp("wheel")
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", made, ROOT, at=made)
    (found,) = made.glob("*.whl")
    return found


def test_what_it_holds(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in (("policies", "sanchong/policies"), ("src/sanchong", "sanchong")):
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                assert f"{inside}/{file.relative_to(ROOT / folder).as_posix()}" in names
    tops = {name.split("/")[0] for name in names}
    assert tops == {"sanchong", next(top for top in tops if top.endswith(".dist-info"))}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_it_settles_by_the_law_inside_it(wheel: Path, tmp_path: Path) -> None:
    """From an empty folder, with nothing but the wheel on the path: not the repository's editable installation."""
    place, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    pip = ("-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps", "--no-index")
    run(*pip, "--target", place, wheel, at=empty)
    path = {"PYTHONPATH": str(place)}
    where = "import sanchong.law.library as l; print(l.__file__); print(l.shipped_policies())"
    assert run("-c", where, at=empty, **path).split() == [
        str(place / "sanchong/law/library.py"),
        str(place / "sanchong/policies"),
    ]
    example = ROOT / "examples" / "extreme-poverty.json"
    settle = ("-m", "sanchong", "settle", example, "--accept-assumed")
    result: Any = json.loads(run(*settle, "--format", "json", at=empty, **path))
    assert result["ok"] and [v["id"] for v in result["visits"]] == ["住院-0425", "门诊-0606", "门诊-0709"]
    assert "<html" in run(*settle, "--format", "html", at=empty, **path)  # its templates are inside, too
    assert result == json.loads(run(*settle, "--format", "json", at=ROOT))
    assert list(empty.iterdir()) == []
