"""The library as other programs use it: what is public, that it is documented, light and safe in threads."""

from __future__ import annotations

import doctest
import inspect
import json
import subprocess
import sys
import typing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import sanchong
from sanchong import Engine, Options, load_law

EXAMPLES = Path(__file__).parents[1] / "examples"
PUBLIC = [name for name in sanchong.__all__ if not name.startswith("__")]


def test_the_documented_example_runs() -> None:
    result = doctest.testmod(sanchong)
    assert result.attempted >= 7 and result.failed == 0


def test_every_public_name_is_there_in_order() -> None:
    assert sanchong.__all__ == sorted(set(sanchong.__all__))
    for name in sanchong.__all__:
        assert hasattr(sanchong, name)
    assert isinstance(sanchong.__version__, str)


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_documented_and_typed(name: str) -> None:
    item = getattr(sanchong, name)
    functions = [item] if inspect.isfunction(item) else []
    if inspect.isclass(item):
        own = {n: f for n, f in vars(item).items() if not n.startswith("_")}
        functions = [f for f in own.values() if inspect.isfunction(f)]
        assert not (item.__doc__ or "").startswith(f"{name}(")  # that is what a dataclass writes by itself
    for thing in (item, *functions):
        assert inspect.getdoc(thing), thing
        assert thing.__module__.startswith("sanchong.")
    for function in functions:
        hints = typing.get_type_hints(function)
        expected = {p for p in inspect.signature(function).parameters if p != "self"} | {"return"}
        assert set(hints) == expected, function


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(sanchong.__file__).parent / "py.typed").exists()


def test_importing_it_imports_nothing_optional() -> None:
    """Nor what only a command or a page needs."""
    heavy = ("numba", "numpy", "pyarrow", "django", "jinja2", "rich", "typer")
    code = f"import sys, sanchong; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def cases() -> list[Any]:
    """Two hundred cases of various persons: settled, refused, leaning on different values and days."""
    found: list[Any] = []
    for path in sorted(EXAMPLES.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        found += data if isinstance(data, list) else [data]
    made = []
    for i in range(200):
        data = json.loads(json.dumps(found[i % len(found)]))
        data["case"] = f"case {i}"
        if i % 3 == 0:
            data["terms"] = {"pooled_fund.annual_cap": str(1000 + i)}
        if i % 7 == 0:
            data["visits"][-1]["date"] = f"2025-{1 + i % 12:02d}-15"
        if i % 11 == 0:
            data["year"] = "2025"
        made.append(data)
    return made


def test_four_threads_settle_as_one_does() -> None:
    """One engine from several threads, its caches still empty, interleaved as finely as the interpreter can."""
    given, options, law = cases(), Options(accept_assumed=True), load_law()
    alone = [Engine(law).settle(case, options) for case in given]
    assert {result["ok"] for result in alone} == {True, False}
    shared = Engine(load_law())
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            runs = [pool.submit(lambda: [shared.settle(case, options) for case in given]) for _ in range(4)]
            for run in runs:
                assert run.result() == alone
    finally:
        sys.setswitchinterval(interval)


def test_settling_changes_neither_the_case_nor_the_engine() -> None:
    engine, options = Engine(load_law()), Options(accept_assumed=True)
    for case in cases()[:20]:
        before = json.dumps(case)
        first = engine.settle(case, options)
        assert json.dumps(case) == before
        assert engine.settle(case, options) == first


def test_without_explanation_the_figures_are_the_same() -> None:
    engine = Engine(load_law())
    for case in cases()[:20]:
        full = engine.settle(case, Options(accept_assumed=True))
        bare = engine.settle(case, Options(accept_assumed=True, explain=False))
        if full["ok"]:
            assert bare["receipt"]["result"] == full["receipt"]["result"]
            assert "explanation" not in bare["receipt"]
            for visit in full["visits"]:
                del visit["explanation"]
            assert bare["visits"] == full["visits"] and bare["year"] == full["year"]
        else:
            assert bare == full


def test_a_result_is_plain_json() -> None:
    engine = Engine(load_law())
    for case in cases()[:20]:
        result = engine.settle(case, Options(accept_assumed=True))
        assert json.loads(json.dumps(result)) == result


@pytest.mark.parametrize("data", [None, 1, "x", [], {}, [{}], {"case": 1}, float("nan"), object()])
def test_what_is_no_case_is_refused(data: Any) -> None:
    result = Engine(load_law()).settle(data)
    assert result["case"] is None and result["ok"] is False
    assert result["error"]["code"] == "invalid_input"


def test_options_accept_addresses_and_prefixes() -> None:
    some = Options(accept_assumed=("inpatient", "catastrophic.bands.standard", "assistance."))
    assert some.accepts("inpatient.deductible.first")
    assert some.accepts("catastrophic.bands.standard")
    assert some.accepts("assistance.in_force_from")
    assert not some.accepts("catastrophic.bands.monitored")
    assert not some.accepts("inpatients")
    assert Options(accept_assumed=True).accepts("anything")
    assert not Options().accepts("inpatient.deductible.first")
