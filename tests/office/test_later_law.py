"""A law document known later: the years that it changes, confirmed one by one. Figures as in test_later.py."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.office.knowing import WHY, city, confirmed, everything_adds_up, key, settled
from tests.office.world import City

from sanchong.law.library import shipped_policies
from sanchong.office.claims import services
from sanchong.office.claims.models import (
    Settlement,
)
from sanchong.office.claims.services import later
from sanchong.office.lawbook import services as lawbook
from sanchong.office.people.models import Grant, Person
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db
__all__ = ["city"]


def raised(tmp_path: Path, rate: str = "80%") -> None:
    """A bundle with a document that raises the assistance rate of allowances from May on, known in a distant future."""
    folder = tmp_path / f"policies-{rate[:-1]}"
    shutil.copytree(shipped_policies(), folder)
    (folder / "raised").mkdir()
    (folder / "raised" / "document.yaml").write_text(
        "id: raised\narea: '140300'\ntitle: {zh: 提高比例, en: raised}\nshort: {zh: 提高, en: raised}\n"
        "issuer: {zh: 市, en: city}\nschemes: []\nin_force: {from: 2026-05-01, to: null}\nknown_from: 2999-01-01\n"
        "governs: []\nleaves_open: []\nclauses:\n- {id: raised.rate, place: {zh: 一, en: I}, "
        "gist: {zh: 低保比例, en: rate}, rows: [], kind: [computable]}\n",
        encoding="utf-8",
    )
    (folder / "raised" / "values.yaml").write_text(
        f"- {{address: assistance.inpatient.rate.subsistence_allowance, value: '{rate}', clause: raised.rate}}\n",
        encoding="utf-8",
    )
    lawbook.activate(lawbook.keep(folder), "新文件")


LAW = {"law": {"document": "raised"}}


@pytest.fixture
def people_of_law(city: City) -> list[Person]:
    """Three whom the document changes, one whose stay was before it, one without a category."""
    changed = [city.person() for _ in range(3)]
    for person in changed:
        settled(city, person, ("2026-03-10", "12000"), ("2026-05-10", "12000"))
    settled(city, city.person(), ("2026-04-10", "12000"))
    settled(city, city.person(None), ("2026-05-10", "12000"))
    return changed


def test_a_law_lists_the_exact_years_that_it_changes_and_their_sum(
    city: City, people_of_law: list[Person], tmp_path: Path
) -> None:
    """Of 1,885 ten points more: 188.50 a person, for the stay in May only."""
    raised(tmp_path)
    steps: list[tuple[int, int]] = []
    shown = later.preview(city.actor, LAW, progress=lambda done, of: steps.append((done, of)))
    assert [y["person"] for y in shown["years"]] == [p.number for p in people_of_law]
    assert (shown["count"], shown["unchanged"], shown["refused"]) == (3, 2, 0)
    assert shown["net"] == {"assistance": "565.50", "patient": "-565.50"}
    assert [e["change"] for e in shown["years"][0]["entries"]] == [
        {"assistance": "188.50", "patient": "-188.50"}
    ]
    assert steps == [(5, 5)] and not Settlement.objects.filter(kind="adjust").exists()


def test_a_law_is_confirmed_year_by_year_and_its_repeat_changes_nothing(
    city: City, people_of_law: list[Person], tmp_path: Path
) -> None:
    raised(tmp_path)
    shown, name = later.preview(city.actor, LAW), key()
    done = later.confirm(city.actor, name, LAW, shown["digest"], WHY)
    assert (done["count"], done["done"], done["left"], done["net"]) == (3, 3, [], shown["net"])
    kept = Settlement.objects.filter(kind="adjust")
    assert kept.count() == 3 and all(s.also_known == ["raised"] for s in kept)
    everything_adds_up()
    assert later.confirm(city.actor, name, LAW, shown["digest"], WHY) == done
    assert kept.count() == 3
    again = later.preview(city.actor, LAW)
    assert (again["count"], again["net"], again["digest"]) == (0, {}, "")


def test_a_broken_run_is_taken_up_by_repeating_it(
    city: City, people_of_law: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chunks of one year; the run breaks after the first."""
    from sanchong.office.claims.services import laws

    monkeypatch.setattr(laws, "CHUNK", 1)
    raised(tmp_path)
    shown, name = later.preview(city.actor, LAW), key()

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        later.confirm(city.actor, name, LAW, shown["digest"], WHY, progress=stop)
    assert Settlement.objects.filter(kind="adjust").count() == 1
    done = later.confirm(city.actor, name, LAW, shown["digest"], WHY)
    assert (done["done"], done["net"]) == (3, shown["net"])
    assert Settlement.objects.filter(kind="adjust").count() == 3
    everything_adds_up()


def test_a_year_in_which_something_happened_meanwhile_is_left_and_named(
    city: City, people_of_law: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sanchong.office.claims.services import laws

    monkeypatch.setattr(laws, "CHUNK", 1)
    raised(tmp_path)
    shown = later.preview(city.actor, LAW)
    last = people_of_law[-1]

    def meanwhile(done: int, of: int) -> None:
        if done == 1:
            settled(city, last, ("2026-06-10", "500"))

    done = later.confirm(city.actor, key(), LAW, shown["digest"], WHY, progress=meanwhile)
    assert (done["done"], done["left"]) == (
        2,
        [{"person": last.number, "year": 2026, "code": "changed_since"}],
    )
    everything_adds_up()
    assert [y["person"] for y in later.preview(city.actor, LAW)["years"]] == [last.number]


def test_a_law_may_be_applied_to_one_persons_year(
    city: City, people_of_law: list[Person], tmp_path: Path
) -> None:
    raised(tmp_path)
    only = (people_of_law[1].number, 2026)
    shown = later.preview(city.actor, LAW, only)
    done = services.adjust(city.actor, key(), *only, LAW, shown["digest"], WHY)
    assert done["net"] == {"assistance": "188.50", "patient": "-188.50"}
    assert later.preview(city.actor, LAW)["count"] == 2


def test_a_fact_after_a_law_keeps_the_law(city: City, tmp_path: Path) -> None:
    """Withdrawn after the raise, the category takes back 80 % of 1,885 = 1,508."""
    person = city.person()
    settled(city, person, ("2026-05-10", "12000"))
    raised(tmp_path)
    later.confirm(city.actor, key(), LAW, later.preview(city.actor, LAW)["digest"], WHY)
    done = confirmed(city, {"withdraw": {"kind": "grant", "row": Grant.objects.get().pk}})
    assert done["net"] == {"assistance": "-1508.00", "patient": "1508.00"}
    everything_adds_up()


def test_a_bundle_that_says_otherwise_elsewhere_is_not_slipped_in(
    city: City, people_of_law: list[Person], tmp_path: Path
) -> None:
    """Another document of the bundle was changed for dates already known: the years are listed as refused, and left."""
    raised(tmp_path)
    values = tmp_path / "policies-80" / "yangquan" / "assistance" / "values.yaml"
    text = values.read_text(encoding="utf-8")
    old = 'rate.subsistence_allowance, value: "70%"'
    assert old in text
    values.write_text(text.replace(old, 'rate.subsistence_allowance, value: "75%"'), encoding="utf-8")
    lawbook.activate(lawbook.keep(tmp_path / "policies-80"), "改动")
    shown = later.preview(city.actor, LAW)
    assert shown["count"] == 0 and shown["refused"] > 0
    assert {r["code"] for y in shown["years"] for r in y["refused"]} == {"law_differs"}


def test_a_law_that_is_not_in_the_active_bundle_is_refused(city: City) -> None:
    with pytest.raises(Refusal) as caught:
        later.preview(city.actor, LAW)
    assert (caught.value.code, caught.value.where) == ("invalid_input", "fact.law.document")
