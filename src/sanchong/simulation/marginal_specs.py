"""What the marginals of a population have to look like: their names, forms, keys and bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from sanchong.shapes import DISEASES

Form: TypeAlias = Literal["value", "shares", "values", "rows"]

BROAD_AGES: Final = ("0-14", "15-59", "60-64", "65+")
AGE_GROUPS: Final = (
    "0-4", "5-9", "10-14", "15-19", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50-54", "55-59",
    "60-64", "65-69", "70-74", "75-79", "80-84", "85-94",
)  # fmt: skip
AGE_BANDS: Final = ("0-14", "15-29", "30-44", "45-59", "60-74", "75+")
RESIDENCES: Final = ("urban", "rural")
HOUSEHOLD_CATEGORIES: Final = (
    "subsistence_allowance", "near_subsistence", "monitored", "returned_to_poverty",
)  # fmt: skip
OCCUPATIONS: Final = ("farming", "casual", "self_employed", "not_working")
PSYCHOSES: Final = ("schizophrenia", "bipolar", "delusional", "schizoaffective", "epileptic", "retardation")
BILL_PARTS: Final = ("out_of_catalogue", "advance", "over_price", "out_of_scope", "dual_channel")
ADMINISTRATIVE_LEVELS: Final = ("province", "city", "county", "township")
PROVIDER_SHARES: Final = ("resident_stays", "employee_stays", "chronic", "special")

WITHOUT_BOUND: Final = 1e12


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds: a number between bounds, or else one of some words, an area or any text."""

    least: float = 0
    most: float = 1
    kind: Literal["number", "whole", "word", "area", "text"] = "number"
    words: tuple[str, ...] = ()
    """Those of the kinds word and area; an area may be six digits, too."""


SHARE: Final = Cell()
LEVEL: Final = Cell(0, WITHOUT_BOUND)


@dataclass(frozen=True, slots=True)
class Spec:
    """What a marginal has to look like."""

    form: Form
    keys: tuple[str, ...] = ()
    """The keys of shares, values or rows, all of them; () leaves them to the file."""
    number: Cell = SHARE
    columns: Mapping[str, Cell] = field(default_factory=dict)


def _column_of_parts() -> dict[str, Cell]:
    return {f"{kind}{what}": SHARE for kind in ("chronic", "special", "stay") for what in ("_chance", "")}


SPECS: Final[Mapping[str, Spec]] = {
    "county.residents": Spec("values", (), Cell(1, WITHOUT_BOUND, "whole")),
    "county.urban_share": Spec("values"),
    "county.townships": Spec("values", (), Cell(1, 99, "whole")),
    "age.broad": Spec("shares", BROAD_AGES),
    "age.within": Spec("values", AGE_GROUPS),
    "sex.male": Spec("value"),
    "household.size": Spec("shares", ("1", "2", "3", "4", "5", "6")),
    "insurance.employee_share": Spec("value"),
    "insurance.employee_by_age": Spec("values", ("0-19", "20-59", "60+"), LEVEL),
    "insurance.employee_by_residence": Spec("values", RESIDENCES, LEVEL),
    "employment.resident": Spec("shares", OCCUPATIONS),
    "income.per_head": Spec("values", RESIDENCES, Cell(1, WITHOUT_BOUND)),
    "income.sigma": Spec("value", number=Cell(0, 3)),
    "consumption.share_of_income": Spec("value"),
    "consumption.elasticity": Spec("value", number=Cell(0, 2)),
    "consumption.food_share": Spec("value"),
    "consumption.food_elasticity": Spec("value", number=Cell(-2, 2)),
    "consumption.sigma": Spec("value", number=Cell(0, 3)),
    "category.households": Spec(
        "rows", HOUSEHOLD_CATEGORIES, columns={residence: SHARE for residence in RESIDENCES}
    ),
    "category.by_income_decile": Spec("values", tuple(str(n) for n in range(1, 11)), Cell(0, 10)),
    "category.extreme_poverty": Spec("values", RESIDENCES),
    "category.children": Spec("values", ("orphan", "unsupported_child")),
    "category.impoverished_by_illness": Spec("values", ("threshold", "share"), LEVEL),
    "category.periods": Spec("values", ("begins", "ends")),
    "frailty.sigma": Spec("value", number=Cell(0, 3)),
    "frailty.cost": Spec("value", number=Cell(-2, 2)),
    "age_profiles": Spec("rows", (), columns={band: LEVEL for band in AGE_BANDS}),
    "diseases": Spec(
        "rows",
        DISEASES,
        columns={
            "per_mille": Cell(0, 100),
            "profile": Cell(kind="text"),
            "visits": Cell(1, 365),
            "yuan": Cell(1, WITHOUT_BOUND),
            "stays": Cell(0, 50),
            "stay_cost": Cell(0, 50),
            "special_drug": SHARE,
        },
    ),
    "comorbidity": Spec("rows", columns={"other": Cell(kind="word", words=DISEASES), "share": SHARE}),
    "subtypes.cancer": Spec("shares"),
    "subtypes.transplant": Spec("shares"),
    "subtypes.psychosis": Spec("shares", PSYCHOSES),
    "recognition.periods": Spec("values", ("years", "begins", "renewed", "open"), Cell(0, 20)),
    "exclusions.kept": Spec("values", ("waived", "pending", "error")),
    "outpatient.cost_sigma": Spec("value", number=Cell(0, 3)),
    "outpatient.loyalty": Spec("value"),
    "outpatient.level_exception": Spec("value"),
    "stays.rate": Spec("values", ("resident", "employee"), Cell(0, 50)),
    "stays.mean_yuan": Spec("values", ("resident", "employee"), LEVEL),
    "stays.cost_sigma": Spec("value", number=Cell(0, 3)),
    "stays.by_age": Spec("values", AGE_BANDS, LEVEL),
    "stays.days": Spec("value", number=Cell(1, 90)),
    "stays.month_share": Spec("shares", tuple(str(n) for n in range(1, 13))),
    "providers": Spec(
        "rows",
        columns={
            "region": Cell(kind="area", words=("county",)),
            "level": Cell(0, 3, "whole"),
            "fee_class": Cell(1, 3, "whole"),
            "administrative_level": Cell(kind="word", words=ADMINISTRATIVE_LEVELS),
            "number": Cell(1, 999, "whole"),
            **{name: SHARE for name in PROVIDER_SHARES},
            "cost": Cell(0, 100),
            "out_of_catalogue": SHARE,
            "designated": SHARE,
            "referred": SHARE,
        },
    ),
    "bill.parts": Spec("rows", BILL_PARTS, columns=_column_of_parts()),
    "bill.concentration": Spec("value", number=Cell(0.1, 10_000)),
    "bill.bounds": Spec("values", ("least", "most"), Cell(0.01, 10_000_000)),
    "employee.stay_share": Spec("values", ("3", "2", "1", "0")),
    "employee.outpatient_share": Spec("value"),
    "special_drug": Spec(
        "values", ("visits", "yuan", "sigma", "pooled", "catastrophic_chance", "catastrophic"), LEVEL
    ),
    "other_payers": Spec(
        "values",
        (
            "commercial_people", "commercial_deductible", "commercial", "supplementary_people",
            "supplementary", "mutual_aid_people", "mutual_aid",
        ),
        LEVEL,
    ),
    "errors": Spec("values", ("outside_recognition", "late", "late_days"), Cell(0, 365)),
}  # fmt: skip
"""Every marginal, by name. A file has all of them and no other."""

SHARES_AMONG: Final = {
    "category.impoverished_by_illness": ("share",),
    "recognition.periods": ("begins", "renewed", "open"),
    "special_drug": ("pooled", "catastrophic_chance", "catastrophic"),
    "other_payers": (
        "commercial_people", "commercial", "supplementary_people", "supplementary", "mutual_aid_people",
        "mutual_aid",
    ),
    "errors": ("outside_recognition", "late"),
}  # fmt: skip
"""Keys that are shares, from 0 to 1, in marginals whose other keys are not."""
ABSENT_CELLS: Final = {("bill.parts", "out_of_catalogue"): ("stay",)}
"""On a stay, out of catalogue goes by the class of provider."""
