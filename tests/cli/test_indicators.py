"""``sanchong indicator``: lists from a file or standard input, as text and as JSON; what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.running import run

RECIPIENTS = [{"id": f"p-{n}", "insured": {"2025": n != 2}} for n in (1, 2, 3)]
PROVIDERS = [
    {"id": "h-1", "region": "140302", "designated": True, "one_stop": [{"from": "2025-01-01", "to": None}]}
]
ITEMS = [{"id": "stays", "budget": "10", "executed": "2.50"}]
UNITS = [
    {"id": level, "level": level, "service_point": True}
    for level in ("city", "county", "township", "village")
]
DAY = ("--on", "2025-06-30")


def test_from_a_file(tmp_path: Path) -> None:
    """2 of 3 insured, p-2 is not."""
    file = tmp_path / "recipients.json"
    file.write_text(json.dumps(RECIPIENTS), encoding="utf-8")
    done = run("indicator", "enrolment", file, *DAY, status=0)
    assert "2/3（66.66%）" in done.out and "未参保 1：p-2" in done.out and "阳泉细则" in done.out
    answer = run("indicator", "enrolment", file, *DAY, "--format", "json", status=0).json
    assert (answer["clause"], answer["rate"], answer["missing"]) == ("yangquan.b43", "2/3", ["p-2"])
    assert [node["clause"] for node in answer["explanation"]] == ["yangquan.b43"]


@pytest.mark.parametrize(
    ("name", "rows", "rate"),
    [
        ("enrolment", RECIPIENTS, "2/3"),
        ("one-stop", PROVIDERS, "1"),
        ("execution", ITEMS, "1/4"),
        ("service-points", UNITS, "1"),
    ],
)
def test_from_standard_input_as_lines(name: str, rows: list[dict[str, object]], rate: str) -> None:
    lines = "\n".join(map(json.dumps, rows)).encode()
    answer = run("indicator", name, "-", *DAY, "--format", "json", stdin=lines, status=0).json
    assert answer["rate"] == rate


def test_refused() -> None:
    """Nothing to measure is exit status 1; an unusable list or file is 2."""
    nobody = run("indicator", "enrolment", "-", *DAY, "--lang", "en", stdin=b"[]", status=1)
    assert nobody.err.startswith("sanchong: missing_value: recipients: ") and nobody.err.count("\n") == 1
    broken = run("indicator", "enrolment", "-", *DAY, "--lang", "en", stdin=b'[{"id": "p-1",', status=2)
    assert broken.err.startswith("sanchong: invalid_input: line 1: ")
    twice = run(
        "indicator", "enrolment", "-", *DAY, "--lang", "en", stdin=b'[{"id": "p-1", "id": "p-2"}]', status=2
    )
    assert twice.err.startswith("sanchong: invalid_input: id: ")
    assert run("indicator", "enrolment", "no-such-file.json", status=2).out == ""
