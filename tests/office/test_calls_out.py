"""The office opens connections to its database and to nothing else: no module of it can, but those named here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.office.commanding import ON_POSTGRESQL

import sanchong

pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="asks nothing of the database")

SOURCE = Path(sanchong.__file__).parent
CALLERS = frozenset({
    "aiohttp", "asyncio", "ftplib", "grpc", "http", "httpx", "imaplib", "poplib", "requests", "smtplib", "socket",
    "socketserver", "ssl", "telnetlib", "urllib3", "websockets", "xmlrpc",
})  # fmt: skip
PARSING = "urllib.parse"
"""Takes addresses apart and opens nothing."""
NAMED = {
    "office/operations/serving.py": {"socket"},  # binds a port before serving, to say whether it is free
}
PROGRAMS = {
    "office/operations/postgresql.py",  # pg_dump and pg_restore, by a list of arguments
    "office/operations/programs.py",
    "office/studies/services.py",  # a study in a process of its own: this program, by a list of arguments
}


def imported(file: Path) -> set[str]:
    """The modules that a file imports, by their full names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


MARKUP = {
    "office/web/bill.py": "the bill, drawn by templates of its own, which escape",
    "office/web/templatetags/office.py": "the same bill, its clauses opened in another page",
    "office/web/templates/web/counter/slip.html": "the picture of an address of ours, drawn by segno",
}
"""Who says that markup is safe, and why."""
RUNNING = {
    "settlement/telling.py",  # makes a function of a rule's own sentence, which stands in the program
}


def files() -> dict[str, set[str]]:
    """What each file of the office, and of all that it stands on, imports."""
    rooms = [room for room in SOURCE.iterdir() if room.name not in ("batch", "simulation")]
    paths = [p for room in rooms for p in ([room] if room.suffix == ".py" else sorted(room.rglob("*.py")))]
    return {path.relative_to(SOURCE).as_posix(): imported(path) for path in paths}


def test_nothing_opens_a_connection_but_where_it_is_named() -> None:
    found = files()
    assert len(found) > 150
    for file, modules in found.items():
        calling = {m.split(".")[0] for m in modules} & CALLERS
        calling |= {
            m for m in modules if m.startswith("urllib") and not m.startswith(PARSING) and m != "urllib"
        }
        assert calling <= NAMED.get(file, set()), (
            f"{file} imports {calling}: say in docs/security.md whom it calls"
        )


def test_other_programs_are_started_where_it_is_named_and_never_by_a_shell() -> None:
    for file, modules in files().items():
        if not file.startswith("office/"):
            continue
        if modules & {"subprocess", "pty", "os.system"}:
            assert file in PROGRAMS, file
        text = (SOURCE / file).read_text(encoding="utf-8")
        assert "shell=True" not in text and "os.system(" not in text and "os.popen(" not in text, file


def test_nothing_that_was_read_is_run() -> None:
    for file in files():
        tree = ast.parse((SOURCE / file).read_text(encoding="utf-8"))
        called = {
            n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        assert not called & {"eval", "exec", "compile"} or file in RUNNING, file
        assert not called & {"mark_safe", "SafeString"} or file in MARKUP, file


def test_no_template_is_made_of_input_and_none_lets_markup_through() -> None:
    for path in (SOURCE / "office").rglob("*"):
        if path.suffix == ".html":
            text = path.read_text(encoding="utf-8")
            assert "autoescape off" not in text, path.name
            assert "|safe" not in text or path.relative_to(SOURCE).as_posix() in MARKUP, path.name
        elif path.suffix == ".py":
            text = path.read_text(encoding="utf-8")
            assert "from_string(" not in text and "import Template" not in text, path.name


def test_what_is_unpickled_comes_from_the_offices_own_processes() -> None:
    """Workers of a bulk load hand batches to each other; nothing from outside is unpickled."""
    pickling = {
        file for file, modules in files().items() if modules & {"pickle", "marshal", "shelve", "dill"}
    }
    assert pickling == {"office/operations/bulk/load.py", "office/operations/bulk/workers.py"}
