"""Asking the law: what holds, its history, near names, differences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from sanchong.law import asking
from sanchong.law.asking import Moment
from sanchong.law.documents import read_document
from sanchong.law.library import Law, load_law, shipped_policies
from sanchong.law.terms import Resolver
from sanchong.shapes import ADDRESS, ADDRESSES

CAP = "assistance.annual_cap.near_subsistence"
MakeLaw = Callable[..., Law]


@pytest.fixture(scope="module")
def shipped() -> Resolver:
    """The shipped law."""
    return Resolver(load_law())


@pytest.fixture
def made(tmp_path: Path) -> MakeLaw:
    """A law of one document of 140300 with given rows of values."""

    def make(*rows: dict[str, object]) -> Law:
        folder = tmp_path / f"d{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        words = {"zh": "某", "en": "some"}
        clause = {"id": "d.c", "place": words, "gist": words, "rows": [], "kind": ["computable"]}
        head = {
            "id": "d", "area": "140300", "title": words, "short": words, "issuer": words,
            "schemes": ["assistance"], "in_force": {"from": None, "to": None},
            "known_from": dt.date(2020, 1, 1), "governs": [], "leaves_open": [], "clauses": [clause],
        }  # fmt: skip
        (folder / "document.yaml").write_text(yaml.safe_dump(head, allow_unicode=True), encoding="utf-8")
        values = [{"address": CAP, "clause": "d.c", **row} for row in rows]
        (folder / "values.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
        outpatient = shipped_policies() / "shanxi" / "outpatient"  # for the diseases
        return Law([read_document(folder), read_document(outpatient)])

    return make


def test_the_answer_is_what_a_settlement_uses(shipped: Resolver) -> None:
    """Every address, at every area: the same value as the resolved Terms name."""
    for area in ("140300", "140700", "140000"):
        at = Moment(area, dt.date(2025, 6, 1))
        sources = shipped.resolve(area, area, at.day).sources
        for address in ADDRESSES:
            answer = asking.ask(shipped, address, at)
            assert answer.holding.value is sources[address.slot]
            if answer.holding.value is not None:
                assert answer.holding.value in answer.history


def test_both_axes_decide(made: MakeLaw) -> None:
    """In force and known are two questions; of two that hold the one known later counts."""
    law = made(
        {"value": "100", "from": dt.date(2024, 1, 1), "to": dt.date(2024, 12, 31)},
        {"value": "200", "from": dt.date(2025, 1, 1)},
        {"value": "300", "from": dt.date(2025, 1, 1), "known_from": dt.date(2025, 6, 1)},
    )
    resolver = Resolver(law)

    def said(day: tuple[int, int, int], known: tuple[int, int, int] | None = None) -> object:
        at = Moment("140300", dt.date(*day), dt.date(*known) if known else None)
        holding = asking.ask(resolver, ADDRESS[CAP], at).holding
        return holding.value.said() if holding.value else holding.status

    assert said((2023, 12, 31)) == "missing"
    assert said((2024, 1, 1)) == "100.00"
    assert said((2024, 12, 31)) == "100.00"
    assert said((2025, 1, 1), (2025, 5, 31)) == "200.00"
    assert said((2025, 1, 1), (2025, 6, 1)) == "300.00"
    assert said((2025, 1, 1)) == "300.00"
    assert said((2025, 1, 1), (2019, 12, 31)) == "missing"


def test_history_is_whole_and_ordered(made: MakeLaw) -> None:
    """Every value that reaches the area, whatever the moment asked about; the one that holds is marked."""
    law = made(
        {"value": "300", "from": dt.date(2025, 1, 1), "known_from": dt.date(2025, 6, 1)},
        {"value": "200", "from": dt.date(2025, 1, 1)},
        {"value": "100", "to": dt.date(2024, 12, 31)},
        {"value": "999", "area": "140700"},
    )
    answer = asking.ask(Resolver(law), ADDRESS[CAP], Moment("140300", dt.date(2025, 1, 1)))
    data = asking.answer_data(law, answer)
    assert [(row["value"], row["holds"]) for row in data["history"]] == [
        ("100.00", False),
        ("200.00", False),
        ("300.00", True),
    ]
    assert data["area"] == "140300"
    assert data["clause"]["id"] == "d.c"


def test_catalogue_control_is_the_provinces(shipped: Resolver) -> None:
    """Catalogue control goes by its own area, as in a settlement."""
    at = Moment("140700", dt.date(2025, 6, 1))
    answer = asking.ask(shipped, ADDRESS["catalogue_control.limit.third"], at)
    data = asking.answer_data(shipped.law, answer)
    assert (data["area"], data["reach"], data["value"]) == ("140700", "140000", "3/20")


@pytest.mark.parametrize(
    ("name", "area", "status"),
    [
        ("assistance.household_region", "140300", "stated"),
        ("assistance.household_region", "140700", "unmodelled"),
        ("basic_insurance.employee", "140300", "unmodelled"),
        ("assistance.annual_cap.monitored", "140300", "unmodelled"),
        ("catastrophic.bands.monitored", "140300", "missing"),
        ("pooled_fund.annual_cap", "140300", "assumed"),
    ],
)
def test_status(shipped: Resolver, name: str, area: str, status: str) -> None:
    """What no value states is named for what it is."""
    holding = asking.ask(shipped, ADDRESS[name], Moment(area, dt.date(2025, 6, 1))).holding
    assert holding.status == status
    assert holding.holds == (status in ("stated", "assumed"))


def test_members() -> None:
    """An address is itself, a prefix its family; half a name is neither."""
    assert [a.name for a in asking.members(CAP)] == [CAP]
    assert len(asking.members("outpatient.chronic.quarterly_limit")) == 35
    assert asking.members("assistance.annual_cap.") == asking.members("assistance.annual_cap")
    assert asking.members("assistance.annual_ca") == []
    assert asking.members("") == asking.members(".") == []


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("assistance.anual_cap", "assistance.annual_cap"),
        ("quarterly_limit.diabetes", "outpatient.chronic.quarterly_limit.diabetes"),
        ("pooled_fund.annual_cpa", "pooled_fund.annual_cap"),
        ("季度限额", "outpatient.chronic.quarterly_limit"),
        ("糖尿病", "outpatient.chronic.quarterly_limit.diabetes"),
    ],
)
def test_near_names(shipped: Resolver, typed: str, near: str) -> None:
    """A slip, a part of a name or a Chinese label finds the address."""
    assert near in asking.nearest(typed, asking.labels_of(shipped.law, "zh"))


def test_nothing_is_near_to_nonsense(shipped: Resolver) -> None:
    """No suggestion is better than a wild one."""
    assert asking.nearest("zzzzzz", asking.labels_of(shipped.law, "zh")) == []
    assert asking.nearest("", {}) == []


def test_differences(made: MakeLaw) -> None:
    """Old and new, by date, by knowledge, by area; equal moments do not differ."""
    law = made(
        {"value": "100", "to": dt.date(2024, 12, 31)},
        {"value": "200", "from": dt.date(2025, 1, 1)},
        {"value": "300", "from": dt.date(2025, 1, 1), "known_from": dt.date(2025, 6, 1)},
    )
    resolver = Resolver(law)

    def compared(before: Moment, after: Moment) -> list[tuple[str, object, object]]:
        rows = [asking.difference_data(law, d) for d in asking.differences(resolver, before, after)]
        return [(row["address"], row["old"]["value"], row["new"]["value"]) for row in rows]

    old, new = dt.date(2024, 12, 31), dt.date(2025, 1, 1)
    early, late = dt.date(2025, 5, 31), dt.date(2025, 6, 1)
    assert compared(Moment("140300", old), Moment("140300", new)) == [(CAP, "100.00", "300.00")]
    assert compared(Moment("140300", new, early), Moment("140300", new, late)) == [(CAP, "200.00", "300.00")]
    assert compared(Moment("140300", new), Moment("140300", dt.date(2025, 3, 31))) == []
    assert compared(Moment("140300", new), Moment("140700", new)) == [
        ("assistance.household_region", None, None),
        (CAP, "300.00", None),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_value_can_be_shown(shipped: Resolver, lang: str) -> None:
    """In both languages, whatever its unit."""
    for value in shipped.law.values():
        assert asking.show_value(value, lang)
    labels = asking.labels_of(shipped.law, lang)
    assert set(ADDRESS) <= set(labels)
    shown = {v.address.name: asking.show_value(v, "zh") for v in shipped.law.values()}
    assert shown[CAP] == "40,000.00 元"
    assert shown["assistance.annual_cap.extreme_poverty"] == "不限"
    assert shown["assistance.annual_cap.monitored"] == "另行规定，未收录"
    assert shown["outpatient.chronic.quota_mode"] == "各病种合用"
    assert shown["outpatient.chronic.excess_stays_in_policy"] == "是"
    assert shown["assistance.in_force_from"] == "2023-01-01"
