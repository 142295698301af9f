"""``sanchong office law``: a document that reaches back, from its folder to the years that it changed."""

from __future__ import annotations

import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from tests.office.commanding import Office, demonstration

from sanchong.law.library import shipped_policies

pytestmark = pytest.mark.batch

ADDRESS = "outpatient.chronic_special.pooled_rate"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return demonstration(tmp_path_factory.mktemp("city") / "home")[0]


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped policies and a document that raises a rate, published only now."""
    folder = tmp_path_factory.mktemp("law") / "policies"
    shutil.copytree(shipped_policies(), folder)
    (folder / "raised").mkdir()
    (folder / "raised" / "document.yaml").write_text(
        "id: raised\narea: '140000'\ntitle: {zh: 提高比例, en: raised}\nshort: {zh: 提高, en: raised}\n"
        "issuer: {zh: 市, en: city}\nschemes: []\nin_force: {from: 2026-01-01, to: null}\nknown_from: 2999-01-01\n"
        "governs: []\nleaves_open: []\nclauses:\n- {id: raised.rate, place: {zh: 一, en: I}, "
        "gist: {zh: 统筹比例, en: rate}, rows: [], kind: [computable]}\n",
        encoding="utf-8",
    )
    (folder / "raised" / "values.yaml").write_text(
        f"- {{address: {ADDRESS}, value: '80%', clause: raised.rate}}\n", encoding="utf-8"
    )
    return folder


def test_a_document_is_added_activated_previewed_and_confirmed(city: Office, policies: Path) -> None:
    said = city.run("law", "add", policies)
    assert "new documents: raised\n" in said and "say otherwise" not in said
    [name] = re.findall(r"kept as (\w+);", said)
    assert "preview raised" in city.run("law", "activate", name, "--reason", "批准")

    shown = city.run("law", "preview", "raised")
    [(many, net)] = re.findall(r"^(\d+) years change, .* in all (.*)$", shown, re.MULTILINE)
    assert int(many) > 0
    parts = [Decimal(amount) for amount in re.findall(r"-?\d+\.\d\d", net)]
    assert net.startswith("pooled fund ") and sum(parts) == 0, "what one bears more, others bear less"
    assert len(re.findall(r"^P\S+  2026  pooled fund ", shown, re.MULTILINE)) == int(many)
    [digest] = re.findall(r"--digest (\w{64})", shown)

    confirm = ("law", "confirm", "raised", "--reason", "文件", "--digest")
    assert "changed_since" in city.run(*confirm, "0" * 64, status=1)
    done = city.run(*confirm, digest)
    assert f"{many} of {many} years; in all {net}" in done
    assert city.run(*confirm, digest) == done, "said again, nothing more is posted"
    assert "0 years change" in city.run("law", "preview", "raised")
    assert "nothing wrong" in city.run("audit")


def test_what_cannot_be_done_with_law_is_refused(city: Office, policies: Path, tmp_path: Path) -> None:
    assert "not_found" in city.run("law", "activate", "ffffff", "--reason", "x", status=1)
    assert "say why" in city.run("law", "activate", "ffffff", "--reason", " ", status=2)
    assert "invalid_input" in city.run("law", "preview", "nowhere", status=2)
    assert "no_address" in city.run(
        "law", "accept", "assistance.nothing", "--by", "局", "--reason", "x", status=1
    )
    assert f"accepted {ADDRESS}\n" in city.run("law", "accept", ADDRESS, "--by", "局", "--reason", "x")
    broken = tmp_path / "broken"
    shutil.copytree(policies, broken)
    (broken / "raised" / "values.yaml").write_text("- {address: nothing}\n", encoding="utf-8")
    assert "mistake in the law" in city.run("law", "add", broken, status=2)
