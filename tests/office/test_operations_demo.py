"""The demonstration and the bulk load: what is made, that it adds up, that nobody in it could exist."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Sum
from django.test import Client
from tests.office.api import Program
from tests.office.master import refused

from sanchong.money import Rate
from sanchong.office.accounts import demonstration
from sanchong.office.accounts.acting import actor_in, posts_of
from sanchong.office.accounts.models import Account
from sanchong.office.accounts.services import open_ledger
from sanchong.office.citizens import services as citizens
from sanchong.office.claims.models import FeeLine, PersonYear, Posting, Settlement, Visit
from sanchong.office.lawbook import services as lawbook
from sanchong.office.lawbook.models import Acceptance
from sanchong.office.operations.bulk.load import load
from sanchong.office.operations.demo import bills, folk
from sanchong.office.operations.demo.bills import Line, Parts
from sanchong.office.operations.demo.build import Made, Wanted, build
from sanchong.office.people.identity import check_digit
from sanchong.office.people.models import Person
from sanchong.office.providers.models import Provider
from sanchong.office.visibility import visible_people
from sanchong.settlement.entry import settle_entry
from sanchong.settlement.options import Options

pytestmark = [pytest.mark.django_db, pytest.mark.batch]
CITY = Wanted(people=60, providers=8, seed=3)


def quiet(zh: str, en: str, total: int) -> object:
    return lambda more: None


def made() -> Made:
    return build(CITY, quiet)  # type: ignore[arg-type]


def ledger_is_balanced() -> None:
    for row in Posting.objects.values("settlement").annotate(sum=Sum("amount")):
        assert row["sum"] == 0


def test_a_city_is_settled_through_the_services() -> None:
    told = made().visits
    assert Person.objects.filter(realm__sandbox=False).count() == 60
    assert Provider.objects.count() == 8
    assert told.settled > 10
    assert Settlement.objects.filter(kind="settle").count() == told.settled
    assert Settlement.objects.filter(kind="reverse").count() == told.reversed
    assert Visit.objects.count() == told.settled + told.open + told.refused.total()
    ledger_is_balanced()


def test_nobody_in_it_could_exist() -> None:
    """No real identity number begins with 00, or with 99 as the sandbox's do; the check digits are right, else the office
    would refuse them.
    """
    made()
    for person in Person.objects.select_related("realm"):
        number = person.identity_number
        assert number.startswith("99" if person.realm.sandbox else "00") and number[17] == check_digit(
            number[:17]
        )
        assert not person.phone and not person.bank_account


def test_its_token_opens_a_sandbox_with_people_to_try() -> None:
    program = Program(made().token)
    assert program.get("/me").json()["sandbox"] is True
    [someone, *_] = program.get("/sandbox/people").json()["people"]
    found = program.post("/people/lookup", {"identity_number": someone["identity_number"]}).json()
    assert [one["number"] for one in found["people"]] == [someone["person"]["number"]]


def test_every_illustration_is_accepted_by_name() -> None:
    made()
    assert Acceptance.objects.exists()
    assert all(row.accepted_by and row.reason and row.at for row in Acceptance.objects.all())


def test_each_post_sees_somebody_and_citizens_sign_in_by_telephone() -> None:
    """Of the sixty there are families: somebody has an account, and somebody acts for a parent in every matter."""
    made()
    for role in ("agency_county", "agency_township", "agency_village", "contracted", "civil_affairs"):
        post = posts_of(Account.objects.get(username=role))[0]
        assert visible_people(actor_in(post), Person.objects.all()).exists(), role
    told = {account.username: (account.role, account.unit) for account in demonstration.shown()}
    assert told[demonstration.CITIZEN] == ("参保人", "办理本人的事")
    agent = Account.objects.get(username=Account.name_of_phone(demonstration.AGENT))
    own = citizens.holder_of(agent)
    (held,) = citizens.authorisations_of(agent)
    assert own is not None and held.person != own.person
    assert held.person.born and own.person.born and own.person.born.year - held.person.born.year >= 18
    assert PersonYear.objects.filter(person=held.person).exists()  # there is something to be seen
    client = Client()
    entered = client.post("/sign-in/", {"username": demonstration.AGENT, "password": demonstration.PASSWORD})
    assert entered.status_code == 302
    assert held.person.name in client.get("/", follow=True).content.decode()
    assert demonstration.AGENT in Client().get("/sign-in/").content.decode()


def test_the_same_seed_gives_the_same_amounts() -> None:
    columns = ("day", "total", "pooled", "catastrophic", "assistance", "patient")
    amounts = []
    for _ in range(2):
        with transaction.atomic():
            made()
            amounts.append(list(Settlement.objects.order_by("pk").values_list(*columns)))
            transaction.set_rollback(True)
    assert amounts[0] and amounts[0] == amounts[1]


def test_it_is_for_an_empty_office() -> None:
    made()
    with refused("not_empty", "database"):
        made()


def test_a_sandbox_has_people_of_its_own() -> None:
    made()
    sandboxed = Person.objects.filter(realm__sandbox=True)
    assert (
        sandboxed.values("realm").distinct().count() == 1
    )  # of the hospital whose address the demonstration prints
    assert not Visit.objects.filter(person__in=sandboxed).exists()


def test_numbers_of_one_birthday_differ() -> None:
    day = folk.born(0, 40, 2026)
    numbers = {folk.identity_number(n, day, male) for n in range(1500) for male in (True, False)}
    assert len(numbers) == 3000


# ── bills ────────────────────────────────────────────────────────────────────────────────────


def split(line: Line) -> dict[str, int]:
    """Where a line's amount belongs, by the catalogue, worked out as rules.scope says it in words."""
    item = {row.code: row for row in bills.items()}.get(line.item)
    if not line.conforming:
        return {"out_of_scope": line.amount}
    if item is None:
        return {"out_of_catalogue": line.amount}
    if item.dual_channel:
        return {"dual_channel": line.amount}
    cap = line.amount if item.price_cap is None else item.price_cap * line.quantity
    over = max(line.amount - cap, 0)
    rate = item.advance or Rate(0, 1)
    advance = (line.amount - over) * rate.num // rate.den
    return {"over_price": over, "advance": advance, "in_policy": line.amount - over - advance}


@pytest.mark.parametrize(
    "parts",
    [
        Parts(in_policy=500_000, advance=20_001, over_price=333, out_of_catalogue=7, out_of_scope=9),
        Parts(in_policy=1, advance=1),  # no rate but the whole leaves one fen in policy, or a half
        Parts(in_policy=0, advance=50_000),
        Parts(in_policy=50, over_price=3, dual_channel=12_345),
        Parts(in_policy=0, out_of_catalogue=1),
    ],
)
@pytest.mark.parametrize("kind", ["inpatient", "outpatient"])
def test_lines_come_to_the_parts_of_the_bill(parts: Parts, kind: str) -> None:
    sums = dict.fromkeys(Parts.__slots__, 0)
    for line in bills.lines(kind, parts, days=7):
        assert line.quantity * line.unit_price * 100 == line.amount
        for name, amount in split(line).items():
            sums[name] += amount
    assert sums == {name: getattr(parts, name) for name in Parts.__slots__}


# ── in bulk ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("population") / "people"
    arguments = ["population", "--area", "140300", "--people", "120", "--seed", "3", "--out", str(folder)]
    subprocess.run([sys.executable, "-m", "sanchong", *arguments], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("workers", [1, 2])
def test_a_population_is_loaded_settled(population: Path, workers: int) -> None:
    """Each settlement comes out again by the engine; each year is the fold of its settlements."""
    open_ledger()
    lawbook.activate(lawbook.keep(), "启用")
    report = load(population, quiet, accept=True, workers=workers)  # type: ignore[arg-type]
    assert report.people == 120 == Person.objects.count()
    assert report.visits == Visit.objects.count()
    assert report.settled == Settlement.objects.count() > 20
    ledger_is_balanced()
    for year in PersonYear.objects.all():
        state: object = {}
        for kept in year.settlements.order_by("turn"):
            assert kept.inputs and kept.before and kept.result
            options = Options(accept_assumed=tuple(kept.accepted))
            before, inputs = read(kept.before), read(kept.inputs)
            entry = settle_entry(lawbook.engine_of(kept.bundle_id), inputs, before, options)
            assert before == state
            assert entry.result["receipt"] == read(kept.result)["receipt"]
            state = entry.after.data()
            lines = FeeLine.objects.filter(visit=kept.visit).aggregate(Sum("amount"))
            assert lines["amount__sum"] == kept.total
        assert read(year.state) == state
        assert year.entries == year.settlements.count()


def test_it_goes_on_after_a_load(population: Path) -> None:
    """The next rows get ids that nobody has."""
    open_ledger()
    lawbook.activate(lawbook.keep(), "启用")
    load(population, quiet, accept=True, workers=1)  # type: ignore[arg-type]
    last = Person.objects.order_by("-pk")[0]
    again = Person(realm=last.realm, number="P-next", identity_index=b"x", name_index=b"x", sex="1")
    again.save()
    assert again.pk > last.pk


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    open_ledger()
    with refused("no_table"):
        load(tmp_path, quiet, accept=False, workers=1)  # type: ignore[arg-type]


def read(text: str) -> dict[str, object]:
    import orjson

    return dict(orjson.loads(text))
