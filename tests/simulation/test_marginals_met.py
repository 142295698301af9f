"""What is drawn meets the marginals: within five standard errors of the count that each implies."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.simulation.drawn import PEOPLE, column, drawn, marginals, place_of, setting

from sanchong.shapes import DISEASES
from sanchong.simulation.conditions import (
    comorbidities,
    draw_conditions,
    prevalence_with_comorbidity,
)
from sanchong.simulation.marginal_specs import AGE_GROUPS, BROAD_AGES
from sanchong.simulation.people import BLOCK, draw_people, employee_chance
from sanchong.simulation.streams import draws
from sanchong.simulation.visits import stay_rates

pytestmark = pytest.mark.batch

ERRORS = 5
"""A seed in two million misses a bound."""
LARGEST_HOUSEHOLD = 6


def near_share(count: float, share: float, of: int) -> None:
    """A binomial count: variance n p (1 − p)."""
    assert abs(count - of * share) <= ERRORS * np.sqrt(of * share * (1 - share)) + 1


def near_mean(values: Any, mean: float) -> None:
    """A mean of independent values: its standard error is theirs over the root of their number."""
    assert abs(values.mean() - mean) <= ERRORS * values.std() / np.sqrt(len(values))


def people(name: str) -> Any:
    return column(drawn(), "people", name)


def of_each(table: str, rows: Any, weights: Any = None) -> Any:
    """By person, how many of a table's rows (or the sum of their weights)."""
    person = place_of(column(drawn(), table, "person")[rows])
    return np.bincount(person, weights, minlength=PEOPLE)


def test_ages() -> None:
    age = people("age")
    for group, share in marginals().values("age.broad").items():
        low, high = (65, 200) if group == "65+" else map(int, group.split("-"))
        near_share(((low <= age) & (age <= high)).sum(), share, PEOPLE)
    broad = dict(zip(BROAD_AGES, (3, 9, 1, 5), strict=True))
    within = marginals().values("age.within")
    starts = np.cumsum([0, *broad.values()])
    for (first, last), share in zip(pairwise(starts), marginals().values("age.broad").values(), strict=True):
        for group in AGE_GROUPS[first:last]:
            low, high = map(int, group.split("-"))
            near_share(((low <= age) & (age <= high)).sum(), share * within[group], PEOPLE)


def test_sexes() -> None:
    near_share((people("sex") == "male").sum(), marginals().value("sex.male"), PEOPLE)


def household_rows() -> Any:
    """The first row of each household whose members are all there."""
    _, first, members = np.unique(people("household"), return_index=True, return_counts=True)
    return first[members == people("household_size")[first]]


def test_households() -> None:
    first = household_rows()
    size = people("household_size")[first]
    for number, share in marginals().values("household.size").items():
        near_share((size == int(number)).sum(), share, len(first))
    assert abs(sum(int(n) * s for n, s in marginals().values("household.size").items()) - 2.52) < 1e-9


def test_every_household_has_an_adult() -> None:
    _, home = np.unique(people("household"), return_inverse=True)
    eldest = np.zeros(home.max() + 1)
    np.maximum.at(eldest, home, people("age"))
    assert eldest[:-1].min() >= 20  # but for the last, which the end of the population may cut


def test_counties_and_towns() -> None:
    first = household_rows()
    county, urban = people("household_region")[first], people("urban")[first].astype(bool)
    residents = marginals().values("county.residents")
    for code, number in residents.items():
        here = county == code
        near_share(here.sum(), number / sum(residents.values()), len(first))
        near_share(urban[here].sum(), marginals().values("county.urban_share")[code], int(here.sum()))


def test_insurance() -> None:
    employee = people("insurance") == "employee"
    chance = employee_chance(marginals(), people("age"), people("urban").astype(bool))
    bound = ERRORS * np.sqrt((chance * (1 - chance)).sum())
    assert abs(employee.sum() - chance.sum()) <= bound
    near_share(
        employee.sum()
        / LARGEST_HOUSEHOLD,  # members share their residence: at worst all of a household alike
        marginals().value("insurance.employee_share"),
        PEOPLE // LARGEST_HOUSEHOLD,
    )
    assert not employee[people("age") < 20].any()


@pytest.mark.parametrize("residence", ["urban", "rural"])
def test_income_per_head(residence: str) -> None:
    first = household_rows()
    first = first[people("urban")[first].astype(bool) == (residence == "urban")]
    per_head = people("household_income")[first] / people("household_size")[first] / 100
    near_mean(per_head, marginals().values("income.per_head")[residence])


def test_the_poor_consume_a_larger_share_and_more_of_it_as_food() -> None:
    first = household_rows()
    income, consumption, food = (
        people(f"household_{name}")[first] for name in ("income", "consumption", "food")
    )
    per_head = income / people("household_size")[first]
    order = np.argsort(per_head)
    poor, rich = order[: len(order) // 5], order[-len(order) // 5 :]
    for part, whole in ((consumption, income), (food, consumption)):
        assert (part / whole)[poor].mean() > (part / whole)[rich].mean()
    assert (food <= consumption).all() and (consumption > 0).all()


def test_categories_of_households() -> None:
    """Expected over all households of a residence: the share, since the weights of the deciles have a mean of 1."""
    first = household_rows()
    home = place_of(people("household"))  # of each person
    homes, urban = home[first], people("urban")[first].astype(bool)
    category = column(drawn(), "categories", "category")
    holder = home[place_of(column(drawn(), "categories", "person"))]
    for name, shares in marginals().rows("category.households").items():
        granted = np.isin(homes, holder[category == name])
        near_share(granted[urban].sum(), shares["urban"], int(urban.sum()))
        near_share(granted[~urban].sum(), shares["rural"], int((~urban).sum()))


def test_diseases() -> None:
    """One block's diseases before exclusions: each person holds each by its own chance."""
    homes, wealth, cover = (draws(7, 0, topic) for topic in ("households", "income", "insurance"))
    block = draw_people(marginals(), homes, wealth, cover, draws(7, 0, "illness"))
    held = draw_conditions(marginals(), setting(), block, draws(7, 0, "recognition"))
    brought = {other for _, other, _ in comorbidities(marginals())}
    for code, row in enumerate(marginals().rows("diseases").values()):
        if code not in brought:
            near_share((held.disease == code).sum(), row["per_mille"] / 1000, BLOCK)
    for cause, other, share in comorbidities(marginals()):
        with_cause = held.person[held.disease == cause]
        both = np.isin(with_cause, held.person[held.disease == other]).sum()
        assert both >= len(with_cause) * share - ERRORS * np.sqrt(len(with_cause) * share)
    assert prevalence_with_comorbidity(marginals()).shape == (len(DISEASES), 6)


@pytest.mark.parametrize("insurance", ["resident", "employee"])
def test_stays(insurance: str) -> None:
    stay = column(drawn(), "visits", "kind") == "inpatient"
    insured = people("insurance") == insurance
    rate = marginals().values("stays.rate")[insurance]
    near_mean(of_each("visits", stay)[insured], rate)
    cost = of_each("visits", stay, column(drawn(), "visits", "total")[stay] / 100)[insured]
    near_mean(cost, rate * marginals().values("stays.mean_yuan")[insurance])


def test_the_rates_of_stays_solve_to_what_the_marginals_state() -> None:
    """Residents make fewer stays without a disease than all stays, and none is negative."""
    for insurance in ("resident", "employee"):
        rates = stay_rates(marginals(), insurance)
        assert (rates.by_band > 0).all() and rates.base_cost > 0


def test_providers() -> None:
    """Stays choose their class of provider one by one."""
    kind, where = (column(drawn(), "visits", name) for name in ("kind", "provider_class"))
    insurance = people("insurance")[place_of(column(drawn(), "visits", "person"))]
    for insured in ("resident", "employee"):
        rows = (kind == "inpatient") & (insurance == insured)
        for name, row in marginals().rows("providers").items():
            near_share((where[rows] == name).sum(), row[f"{insured}_stays"], int(rows.sum()))


def test_months_of_discharge() -> None:
    stay = column(drawn(), "visits", "kind") == "inpatient"
    days = column(drawn(), "visits", "date")[stay].astype("datetime64[D]")
    month = days.astype("datetime64[M]").astype(int) % 12 + 1
    for number, share in marginals().values("stays.month_share").items():
        near_share((month == int(number)).sum(), share, int(stay.sum()))


def test_chronic_visits_recur_in_every_quarter() -> None:
    """Of those with five visits a year on average, recognised all year, most quarters have a visit."""
    visits = drawn()["visits"]
    for_it = column(drawn(), "visits", "disease") == "hypertension"
    person = place_of(column(drawn(), "visits", "person"))[for_it]
    month = visits["date"].to_numpy().astype("datetime64[M]").astype(int)[for_it] % 12
    counts = np.zeros((PEOPLE, 4), dtype=int)
    np.add.at(counts, (person, month // 3), 1)
    regular = counts[counts.sum(axis=1) >= 6]
    assert len(regular) > 100
    assert (regular > 0).all(
        axis=1
    ).mean() > 0.95  # six or more turns at equal intervals leave no quarter empty


def test_illness_comes_together_and_with_age_and_cost() -> None:
    stays = of_each("visits", column(drawn(), "visits", "kind") == "inpatient")
    recognised = of_each("recognitions", slice(None))
    assert stays[recognised >= 2].mean() > 2 * stays[recognised == 0].mean()
    assert stays[people("age") >= 75].mean() > 2 * stays[people("age") < 30].mean()
    assert people("age")[recognised > 0].mean() > people("age").mean() + 15
