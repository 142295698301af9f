"""Schemathesis against the served office, all its checks on, as a provider in its sandbox and as the agency.

    python -m tests.office.fuzz_api --examples 100                                     on SQLite
    python -m tests.office.server python -m tests.office.fuzz_api --examples 100       on PostgreSQL

The document that it reads is the one that the office serves. Half of the numbers that it puts into addresses are those of people,
visits and settlements that are there; the rest it makes up.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.office.server import VARIABLE
from tests.office.standalone import found, sqlite

if TYPE_CHECKING:
    from tests.office.served import Served
    from tests.office.world import City

CONFIGURATION: Final = """
[dictionaries]
numbers = {{ values = [{numbers}] }}

[parameters]
"path.number" = {{ dictionary = "numbers", probability = 0.5 }}
"body.person" = {{ dictionary = "people", probability = 0.5 }}

[dictionaries.people]
values = [{people}]

# A schema says nothing of what a file holds: one that is no table is refused (422).
[[operations]]
include-path-regex = "^/api/v1/imports/.*/(preview|apply)$"
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "422"]

# Nor of what two fields say together, or one with the visit that is there: a discharge before the admission, or of a visit that
# is no stay; a right that ends before it begins; a day outside the year that is asked for (422).
[[operations]]
include-operation-id = [
    "register_visit", "amend_visit", "add_lines", "discharge_visit", "preview_facts", "confirm_facts", "person_year"
]
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "422"]
"""


def furnish(city: City) -> tuple[list[str], list[str]]:
    """People, with visits to settle, settled and reversed: the numbers of people, and of everything."""
    from sanchong.office.claims import services

    people, others = [], []
    for category in ("subsistence_allowance", "extreme_poverty", None):
        person = city.person(category, "diabetes")
        people.append(person.number)
        for day in range(2, 7):
            visit = city.visit(
                person, "outpatient", f"2026-03-{day:02}", ("A1", "300.00"), ("", "20.00"), disease="diabetes"
            )
            others.append(visit.number)
            if day % 2:
                settled = services.settle(visit.number, f"furnish-{visit.number}", city.actor)
                others.append(settled["settlement"])
    services.reverse(others[1], "furnish-reversed", city.actor, "重复结算")
    return people, [*people, *others]


def fuzz(office: Served, people: Sequence[str], numbers: Sequence[str], arguments: Sequence[str]) -> int:
    """Run Schemathesis against a server; its exit status."""
    with tempfile.TemporaryDirectory(prefix="sanchong-fuzz-") as folder:
        file = Path(folder) / "schemathesis.toml"
        said = {"people": people, "numbers": numbers}
        file.write_text(
            CONFIGURATION.format(
                **{name: ", ".join(f'"{v}"' for v in values) for name, values in said.items()}
            ),
            encoding="utf-8",
        )
        command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(file)]
        command += ["run", f"http://127.0.0.1:{office.port}/api/v1/openapi.json"]
        command += [
            "--header",
            f"Authorization: Bearer {office.secret}",
            "--checks",
            "all",
            "--warnings",
            "off",
            "--continue-on-failure",
        ]
        command += [*arguments, "--report-dir", folder]
        return subprocess.run(command, cwd=folder, check=False).returncode


def both(url: str, arguments: Sequence[str]) -> int:
    """Fuzz as the agency in the real ledger, then as a provider in its sandbox; the worse exit status."""
    found(url)
    from tests.office import served
    from tests.office.world import build

    from sanchong.office.accounts import services as accounts
    from sanchong.office.actor import Actor
    from sanchong.office.people import sandbox

    city = build()
    people, numbers = furnish(city)
    realm = accounts.sandbox_of(city.hospital.code)
    sandbox.fill(city.actor, realm)
    own = [shown.number for _, shown in sandbox.test_people(Actor(realm.pk))]
    agency = served.token(city.realm.pk, "")
    hospital = served.token(realm.pk, city.hospital.code)
    office = served.Served(served.as_role(url), agency, workers=2 if url.startswith("postgresql") else 1)
    office.start()
    try:
        print("as the agency, in the ledger:", flush=True)
        one = fuzz(office, people, numbers, arguments)
        print("as a provider, in its sandbox:", flush=True)
        office.secret = hospital
        return max(one, fuzz(office, own, own, arguments))
    finally:
        office.stop()


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--examples", type=int, default=50, help="cases an operation, each way")
    parser.add_argument("--seed", type=int, default=5)
    asked, others = parser.parse_known_args()
    own = os.environ.get(VARIABLE, "")
    arguments = ["--max-examples", str(asked.examples), "--seed", str(asked.seed), *others]
    with nullcontext(own) if own.startswith("postgres") else sqlite() as url:
        return both(url, arguments)


if __name__ == "__main__":
    sys.exit(main())
