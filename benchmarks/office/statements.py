"""The very statements of one settlement, as the database logged them, made so that they can be repeated.

What differs from one settlement to the next is found by its value: the scene gives ids, numbers and turns that are like nothing
else in the statements. Each becomes a named place; the hashes, figures and texts stay as they were logged.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.office.scene import ENTRIES, FIRST_PERSON, FIRST_VISIT, Scene
from django.db import connection
from tests.office.crowd import FIRST

from sanchong.office.claims import services
from sanchong.office.claims.models import Settlement

LOGGED: Final = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)", re.DOTALL)
DETAIL: Final = re.compile(r"DETAIL:  [Pp]arameters: (.*)", re.DOTALL)
PARAMETER: Final = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with places ``{visit}`` … in its text and, where the driver sent them apart, its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


def values_of(settlement: Settlement, key: str) -> dict[str, str]:
    """What one settlement has to itself, by the name of its place."""
    visit = settlement.visit
    assert visit is not None
    values = {
        "visit_id": str(visit.pk),
        "visit": visit.number,
        "person_id": str(visit.person_id),
        "person": visit.person.number,
        "year_id": str(settlement.year_id),
        "settlement_id": str(settlement.pk),
        "settlement": settlement.number,
        "turn": str(ENTRIES + 1),
        "key": key,
    }
    assert len(set(values.values())) == len(values), "each place is found by its value"
    return values


def marked(text: str, values: Mapping[str, str]) -> str:
    """``text`` with a mark in the place of each value."""
    for name, value in values.items():
        text = re.sub(rf"(?<![0-9A-Za-z]){re.escape(value)}(?![0-9A-Za-z])", f"\x02{name}\x03", text)
    return text


def filled(text: str, values: Mapping[str, str]) -> str:
    """A marked text with other values in its places."""
    return re.sub("\x02(.*?)\x03", lambda found: values[found[1]], text)


# ── PostgreSQL's log ─────────────────────────────────────────────────────────────────────────


def logged(scene: Scene, n: int, log: Path) -> list[Statement]:
    """Settle the visit ``n`` and give the statements that PostgreSQL logged for it."""
    size = log.stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SET log_statement = 'all'")
        services.settle(scene.visit(n), scene.key(n), scene.actor)
        cursor.execute("SET log_statement = 'none'")
    return _noted(scene, n, log, size)


def logged_of_server(scene: Scene, n: int, log: Path, settle: Callable[[], object]) -> list[Statement]:
    """Let a server settle the visit ``n``, and give every statement that PostgreSQL logged meanwhile."""

    def let(level: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER SYSTEM SET log_statement = '{level}'")
            cursor.execute("SELECT pg_reload_conf()")
        time.sleep(1)  # until every process of the database has read it

    let("all")
    size = log.stat().st_size
    settle()
    end = log.stat().st_size
    let("none")
    return _noted(scene, n, log, size, end)


def _noted(scene: Scene, n: int, log: Path, first: int, last: int | None = None) -> list[Statement]:
    """The statements between two places of the log."""
    with log.open("rb") as file:
        file.seek(first)
        text = file.read(None if last is None else last - first).decode()
    settlement = Settlement.objects.select_related("visit__person").get(visit__number=scene.visit(n))
    values = values_of(settlement, scene.key(n))
    return [
        Statement(marked(sql, values)) for sql in _statements(text) if not sql.startswith("SET log_statement")
    ]


def _statements(log: str) -> Iterator[str]:
    """The statements of a log, parameters filled in; PostgreSQL indents every further line of one by a tab."""
    waiting: str | None = None
    for indented in re.split(r"\n(?!\t)", log):
        entry = indented.replace("\n\t", "\n")
        if found := LOGGED.search(entry):
            if waiting is not None:
                yield waiting
            waiting = found[1]
        elif waiting is not None and (found := DETAIL.search(entry)):
            values = dict(PARAMETER.findall(found[1]))
            waiting = re.sub(r"\$(\d+)", lambda place, v=values: v[place[1]], waiting)  # type: ignore[misc]
    if waiting is not None:
        yield waiting


def pgbench_script(statements: Sequence[Statement], clients: int) -> str:
    """A pgbench script whose every run settles another visit: client ``c`` the visits c, c + clients, …

    The ids of the year and of the new settlement are read from the answers, as the server reads them.
    """
    places = {
        "visit_id": ":visit_id",
        "visit": "V:number",
        "person_id": ":person_id",
        "person": "P:number",
        "year_id": ":year_id",
        "settlement_id": ":settlement_id",
        "settlement": "S20260101ABC:number",
        "turn": f"{ENTRIES + 1}",
        "key": "load-:number",
    }
    lines = [
        "\\set n :again * " + f"{clients} + :client_id",
        "\\set again :again + 1",
        f"\\set number {FIRST} + :n",
        f"\\set visit_id {FIRST_VISIT} + :n",
        f"\\set person_id {FIRST_PERSON} + :n",
    ]
    for statement in statements:
        sql = filled(statement.sql, places).rstrip().rstrip(";")
        if sql.startswith("SELECT id, state, entries, closed FROM claims_personyear"):
            lines.append(sql.replace("SELECT id,", "SELECT id AS year_id,", 1) + " \\gset")
        elif sql.startswith('INSERT INTO "claims_settlement"'):
            assert sql.endswith('"id"'), "the statement gives the new id"
            lines.append(f"{sql} AS settlement_id \\gset")
        else:
            lines.append(f"{sql};")
    return "\n".join(lines) + "\n"


# ── SQLite's driver ──────────────────────────────────────────────────────────────────────────


def captured(scene: Scene, n: int) -> list[Statement]:
    """Settle the visit ``n`` on SQLite and give the statements that the driver was handed, parameters apart."""
    return _captured(scene, n, lambda: services.settle(scene.visit(n), scene.key(n), scene.actor))


def captured_of_request(scene: Scene, n: int, secret: str) -> list[Statement]:
    """The same of a request to the interface, in this process."""
    from django.test import Client

    def settle() -> None:
        told = Client().post(
            f"/api/v1/visits/{scene.visit(n)}/settle",
            {},
            "application/json",
            headers={
                "Authorization": f"Bearer {secret}",
                "Idempotency-Key": scene.key(n),
                "Host": "localhost",
            },
        )
        assert told.status_code == 200, told.content

    return _captured(scene, n, settle)


def _captured(scene: Scene, n: int, settle: Callable[[], object]) -> list[Statement]:
    seen: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        settle()
    settlement = Settlement.objects.select_related("visit__person").get(visit__number=scene.visit(n))
    values = values_of(settlement, scene.key(n))
    made = []
    for sql, params in seen:
        named = isinstance(params, Mapping)
        given = [params[name] for name in re.findall(r"%\((\w+)\)s", sql)] if named else params or ()
        text = re.sub(r"%\(\w+\)s|%s", "?", sql).replace("%%", "%") if given else sql
        made.append(Statement(marked(text, values), tuple(_marked(p, values) for p in given)))
    return [*made, Statement("COMMIT")]  # which the driver is told by a call of its own


def _marked(parameter: Any, values: Mapping[str, str]) -> Any:
    """A parameter with marks; a number that is a place is marked as text and made a number again."""
    if isinstance(parameter, str):
        return marked(parameter, values)
    if type(parameter) is int and str(parameter) in values.values():
        return Number(marked(str(parameter), values))
    return parameter


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number that differs from settlement to settlement."""

    text: str
