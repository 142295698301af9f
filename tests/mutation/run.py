"""Mutation testing of rules/ and settlement/: python -m tests.mutation.run [part of a path ...]

Three steps, none of which imports the program into this process:

1. The tests run once under coverage, each line noting the tests that reach it.
2. A process imports the program and collects the tests; for each mutant of a function's body it forks,
   gives the mutant's code to the function, and runs the tests that reach its statement, the quickest
   first, until one fails.
3. What is settled while the program is imported (a table, a constant, a rule's clause) is imported anew,
   with the mutant in it, and then tested likewise.

A mutant is killed by a failing test or by taking far longer than the tests do without it.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import inspect
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.score import (
    BY_TIME,
    KILLED,
    SURVIVED,
    Ends,
    explained,
    is_dead,
    judged,
    names_of,
    reaches_aim,
    table,
)
from tests.mutation.swap import SOURCE, functions_of_program, import_mutated, swap

ROOT = SOURCE.parent
OUT = ROOT / "build" / "mutation"
ROOMS = ("rules", "settlement")
TESTS = (
    "tests/test_worked_cases.py",
    "tests/rules",
    "tests/settlement",
    "--ignore=tests/settlement/test_contract_law_errors.py",
    "tests/test_questions.py",
    "tests/test_indicators.py",
    "tests/bill/test_model.py",
    "tests/cli/test_settle.py",
    "tests/cli/test_questions.py",
    "tests/cli/test_indicators.py",
    "tests/cli/test_unreadable_input.py",
    "tests/mutation/short_auditor.py",
)
"""Tests that are quick and reach these rooms. What needs a browser, a wheel, a compiler or a process is none."""
QUIET = (
    *("-q", "-p", "no:cacheprovider", "-s", "--assert=plain", "--tb=native", "--no-header", "--no-summary"),
    *("-o", "DJANGO_SETTINGS_MODULE="),  # none of them needs the office
)
AT_IMPORT = ""
"""The name under which coverage notes what runs outside of tests."""
CLAUSES = "tests/rules/test_registry.py"
"""Which kills most of what is imported for a rule: a clause that no document has."""
OTHERS = ("hypothesis", "jinja2", "orjson", "rich", "typer", "yaml")
"""What the tests and the program import besides: imported once, before any mutant."""
PATIENCE, LEAST = 10, 3
"""A test of a mutant may take so many times its own time of the processor, and so many seconds."""
MEMORY = 4 << 30
MADE_ONCE = ("Engine", "Law", "Checker")
"""What tests keep that no mutant has a part in, before it is used."""

UNMOVED, BROKEN = "unmoved", "broken"
"""Ends that are none: the mutant's code could not be put in place, so it has to be imported; the tool failed."""
STATUSES = {0: SURVIVED, 1: KILLED, 9: UNMOVED}
"""By the exit status of the mutant's process."""
STATUS = {end: status for status, end in STATUSES.items()}


@dataclass
class Reached:
    """Which tests reach which line of the program, and how long each takes (seconds)."""

    lines: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def by(self, file: Path, first: int, last: int) -> set[str]:
        of = self.lines.get(str(file), {})
        return {test for line in range(first, last + 1) for test in of.get(line, ())}

    def order(self, tests: set[str]) -> list[str]:
        """File by file, so that a file's fixtures are made once; the file with the quickest tests first."""
        kept = tests - {AT_IMPORT}
        files: dict[str, list[float]] = defaultdict(list)
        for test in kept:
            files[test.partition("::")[0]].append(self.seconds[test])
        mean = {file: sum(seconds) / len(seconds) for file, seconds in files.items()}

        def place(test: str) -> tuple[float, str, float, str]:
            file = test.partition("::")[0]
            return mean[file], file, self.seconds[test], test

        return sorted(kept, key=place)


def in_a_fork(task: Callable[[], int], silent: tuple[int, ...] = (0, 1, 2)) -> int:
    """Start a task in a process of its own, some of whose streams say nothing; its number."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in silent:
            os.dup2(nothing, stream)
        code = task()
    except BaseException:
        traceback.print_exc()
    os._exit(code)


def allow(seconds: float) -> None:
    """End this process when it has used so many more seconds of the processor."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


# 1. which tests reach what


class Timed:
    """Tells coverage which test runs, and notes its time."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.measured = measured
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.measured.switch_context(item.nodeid)
        started = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - started
            self.measured.switch_context(AT_IMPORT)


def measure(into: Path) -> int:
    measured = coverage.Coverage(data_file=None, config_file=False, include=[f"{SOURCE}/sanchong/*"])
    timed = Timed(measured)
    measured.start()
    failed = pytest.main([*QUIET, *TESTS], plugins=[timed])
    measured.stop()
    data = measured.get_data()
    lines = {file: data.contexts_by_lineno(file) for file in sorted(data.measured_files())}
    into.write_text(json.dumps({"lines": lines, "seconds": timed.seconds}))
    return int(failed)


def reached() -> Reached:
    into = OUT / "reached.json"
    _, status = os.waitpid(in_a_fork(lambda: measure(into), (0, 1)), 0)
    if status:
        raise SystemExit("the tests fail without any mutant: run them first")
    found = json.loads(into.read_text())
    lines = {
        file: {int(line): tests for line, tests in by_line.items()}
        for file, by_line in found["lines"].items()
    }
    return Reached(lines, found["seconds"])


# 2. mutants of what is imported already


@dataclass
class Course:
    """A number of mutants on their way, so many at a time."""

    mutants: list[Mutant]
    names: list[str]
    ends: Ends
    workers: int
    running: dict[int, int] = field(default_factory=dict)
    done: int = 0
    alive: int = 0
    started: float = field(default_factory=time.monotonic)

    def start(self, at: int, task: Callable[[], int]) -> None:
        while len(self.running) >= self.workers:
            self.wait()
        self.running[in_a_fork(task)] = at

    def wait(self) -> None:
        process, status = os.wait()
        at = self.running.pop(process)
        end = _end(status)
        self.ends.note(self.mutants[at], self.names[at], end)
        self.done += 1
        self.alive += end == SURVIVED
        seconds = time.monotonic() - self.started
        said = f"\r{self.done:,} of {len(self.mutants):,}, {self.alive} alive, {seconds:.0f} s "
        print(said, end="", file=sys.stderr, flush=True)

    def finish(self) -> None:
        while self.running:
            self.wait()
        print(file=sys.stderr)


def _end(status: int) -> str:
    if os.WIFSIGNALED(status):
        return BY_TIME if os.WTERMSIG(status) == signal.SIGPROF else KILLED
    return STATUSES.get(os.WEXITSTATUS(status), BROKEN)


def make_engines() -> None:
    """Make once what the tests keep for themselves: engines and the law, before anything is settled.

    Nothing else that they keep: what a test has worked out without the mutant says nothing of it. The shipped
    law, in which no mutant lies, is read once for all.
    """
    library = importlib.import_module("sanchong.law.library")
    read, shipped = library.load_law, library.load_law()

    def load_law(*folders: Any) -> Any:
        return read(*folders) if folders else shipped

    for module in [module for name, module in sys.modules.items() if name.startswith("tests.")]:
        if vars(module).get("load_law") is read:
            vars(module)["load_law"] = load_law
        for kept in list(vars(module).values()):
            if hasattr(kept, "cache_info") and inspect.signature(kept).return_annotation in MADE_ONCE:
                kept()


class Forking:
    """In place of running the tests that pytest has collected: one fork a mutant, its tests there."""

    def __init__(self, course: Course, of: Reached) -> None:
        self.course = course
        self.of = of

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        functions = functions_of_program()
        make_engines()
        gc.freeze()
        for at, mutant in enumerate(self.course.mutants):

            def task(mutant: Mutant = mutant) -> int:
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
                allow(LEAST)
                if not swap(mutant, functions):
                    return STATUS[UNMOVED]
                tests = self.of.order(self.of.by(mutant.file, *mutant.lines))
                return STATUS[self.end([items[test] for test in tests])]

            self.course.start(at, task)
        self.course.finish()
        return True

    def end(self, chosen: list[pytest.Item]) -> str:
        for item, following in zip(chosen, [*chosen[1:], None], strict=False):
            allow(LEAST + PATIENCE * self.of.seconds[item.nodeid])
            reports = runtestprotocol(item, log=False, nextitem=following)
            if any(report.failed for report in reports):
                return KILLED
        return SURVIVED


def in_place(course: Course, of: Reached) -> None:
    """Run mutants whose code can be put in place."""

    def task() -> int:
        return int(pytest.main([*QUIET, *TESTS], plugins=[Forking(course, of)]))

    os.waitpid(in_a_fork(task, (0, 1)), 0)


# 3. mutants of what happens at import


class Chosen:
    """Keeps of the collected tests those that can kill the mutant, the quickest first."""

    def __init__(self, tests: list[str]) -> None:
        self.place = {test: at for at, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self.place), key=lambda item: self.place[item.nodeid]
        )


def imported(course: Course, of: Reached) -> None:
    """Run mutants that are imported anew; a rule's first beside the rules' own tests, which are at hand at once.

    A file none of whose lines a test runs, of records alone, is met by all tests.
    """
    for name in OTHERS:
        importlib.import_module(name)
    for at, mutant in enumerate(course.mutants):
        tests = of.order(of.by(mutant.file, 1, len(mutant.whole))) or of.order(set(of.seconds))
        files = sorted({test.partition("::")[0] for test in tests})

        def task(mutant: Mutant = mutant, tests: list[str] = tests, files: list[str] = files) -> int:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            allow(PATIENCE * LEAST + PATIENCE * sum(of.seconds[test] for test in tests))
            import_mutated(mutant)
            try:
                if "rules" in mutant.file.parts and pytest.main(["-x", *QUIET, CLAUSES, "tests/rules"]):
                    return STATUS[KILLED]
                failed = files and pytest.main(["-x", *QUIET, *files], plugins=[Chosen(tests)])
            except Exception as problem:
                if not comes_from_program(problem):
                    raise
                failed = True
            return STATUS[KILLED if failed else SURVIVED]

        course.start(at, task)
    course.finish()


def comes_from_program(problem: BaseException) -> bool:
    """Whether the program itself failed, while it was imported with the mutant in it, and not what runs the tests."""
    frames = traceback.extract_tb(problem.__traceback__)
    return any(Path(frame.filename).is_relative_to(SOURCE / "sanchong") for frame in frames)


# the whole


def mutants_in(parts: list[str]) -> list[Mutant]:
    files = [file for room in ROOMS for file in sorted((SOURCE / "sanchong" / room).glob("*.py"))]
    wanted = [file for file in files if not parts or any(part in str(file) for part in parts)]
    return [mutant for file in wanted for mutant in mutants_of(file)]


def is_put_in_place(mutant: Mutant, of: Reached) -> bool:
    """Whether nothing of the mutated statement runs before the tests do."""
    return bool(mutant.function) and AT_IMPORT not in of.by(mutant.file, *mutant.lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", help="only files whose path holds one of these")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--again", action="store_true", help="only what is new, or survived the last time")
    wanted = parser.parse_args()
    os.chdir(ROOT)
    OUT.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    log = OUT / "ends.jsonl"
    if not wanted.again:
        log.unlink(missing_ok=True)
    mutants = mutants_in(wanted.parts)
    names = names_of(mutants)
    known = Ends(log)
    done = [
        is_dead(end) or (end == SURVIVED and name in explained())
        for end, name in zip(known.all(mutants, names), names, strict=True)
    ]
    left = [at for at, is_done in enumerate(done) if not is_done]

    def course(these: list[int]) -> Course:
        return Course([mutants[at] for at in these], [names[at] for at in these], Ends(log), wanted.workers)

    if left:
        of = reached()
        placed = {at for at in left if is_put_in_place(mutants[at], of)}
        in_place(course(sorted(placed)), of)
        tried = Ends(log).all(mutants, names)
        imported(course([at for at in left if at not in placed or tried[at] == UNMOVED]), of)
    ends = [end or BROKEN for end in Ends(log).all(mutants, names)]
    open_ones, stale = judged(names, ends)
    print(table(mutants, ends))
    print(f"\n{time.monotonic() - started:.0f} s, {wanted.workers} at a time")
    for title, those in (("survive without a reason in the list", open_ones), ("listed, yet killed", stale)):
        if those:
            print(f"\n{len(those)} {title}:", *those, sep="\n")
    return 0 if reaches_aim(ends) and not open_ones and not stale else 1


if __name__ == "__main__":
    sys.exit(main())
