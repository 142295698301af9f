"""``sanchong office try``: the demonstration from nothing to the sign-in page."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from sanchong.cli.common import Lang, Language, language
from sanchong.cli.office import show
from sanchong.cli.office_common import all_or_nothing, batch_installed, in_words, office, steps, towards
from sanchong.cli.office_demo import PAGES, show_accounts, show_made

HERE = "127.0.0.1"
THREADS = 4


def try_out(
    home: Annotated[Path, typer.Option("--home", metavar="DIR", help="Where it is kept. 存放目录")] = Path(
        "build/office"
    ),
    people: Annotated[
        int, typer.Option("--people", metavar="N", min=1, max=50_000, help="How many people. 人数")
    ] = 2000,
    port: Annotated[
        int,
        typer.Option("--port", metavar="N", min=0, max=65535, help="The next free one from here. 起始端口"),
    ] = 8000,
    lang: Lang = None,
) -> None:
    """Open a demonstration and serve it on this machine until Ctrl-C. 一步试用：建演示库并在本机提供服务

    sanchong office try

    Keys, database and city are made on the first run and kept for the next; nobody in the city exists. Other settings of
    the environment are not looked at. 首次运行时建库，以后沿用；城中无一真人。
    """  # fmt: skip
    said = language(lang)
    _surroundings(home)
    with office(said, database=False), batch_installed(said):
        from sanchong.office.operations import readiness, serving

        with all_or_nothing(said):
            _open(people, said)
        found = readiness.problems()
        if found:
            show(found, said)
            raise typer.Exit(1)
        show_accounts(said)
        listening = serving.next_free(HERE, port)
        address = f"http://{HERE}:{listening}/"
        print(
            in_words(said, f"请打开 {address} ；Ctrl-C 停止", f"open {address} ; Ctrl-C stops it"), flush=True
        )
        serving.serve(HERE, listening, serving.check_workers(None), THREADS)
        print(
            in_words(said, "已停止；再次运行即可继续", "stopped; run it again to go on"),
            flush=True,
        )


def _surroundings(home: Path) -> None:
    """Have the office work in a folder of its own: keys, secret and SQLite database are kept there.

    The folder is named after the tables' make, so that a later version does not stumble over an older demonstration.
    """
    from sanchong.office import environment

    folder = (home / _make()).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "secret"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
    for name in (environment.DATABASE, environment.OWNER_DATABASE, environment.KEYS, environment.HOSTS):
        os.environ.pop(name, None)
    os.environ[environment.HOME] = str(folder)
    os.environ[environment.SECRET] = file.read_text(encoding="ascii")


def _make() -> str:
    """The make of the database's tables: eight digits of their migrations' hash."""
    import sanchong.office

    digest = hashlib.sha256()
    for file in sorted(Path(sanchong.office.__file__).parent.glob("*/migrations/*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


def _open(people: int, lang: Language) -> None:
    """Make what is not there yet: keys, database, the city with its accounts, the policy pages."""
    from django.conf import settings

    from sanchong.office.operations import keyring
    from sanchong.office.operations.demo import build
    from sanchong.office.operations.migrating import migrate
    from sanchong.office.people.models import Person
    from sanchong.office.web import policy

    if not settings.ENVIRONMENT.keys.exists():
        keyring.make(settings.ENVIRONMENT.keys)
    migrate()
    with steps(lang) as begin:
        if not Person.objects.exists():
            show_made(build.build(build.Wanted(people=people), begin), lang)
        policy.build(towards(begin, *PAGES))
