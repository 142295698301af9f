"""A fact known later, as a request writes it: an object with exactly one field."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from sanchong.office.api.fields import (
    AREA,
    AmountWritten,
    Body,
    DayWritten,
    Flag,
    InYear,
    Number,
    PaidWritten,
    ProviderCode,
    Row,
    Word,
)

Area = Annotated[str, Field(pattern=AREA)]
AnyArea = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}){0,2}$")]
Condition = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,30}(:[a-z0-9_]{1,30})?$")]
Source = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
RowKind = Literal[
    "enrolment", "member", "registration", "grant", "recognition", "waiver", "referral", "cross_area"
]


ABSENT: Any = Field(default=None)
"""Of a field that may be left out, and is never null."""


class Dated(Body):
    """From when to when (null: open), both included; on what ground."""

    start: DayWritten = Field(alias="from")
    end: DayWritten | None = Field(default=None, alias="to")
    source: Source = ""


class CategoryFact(Dated):
    """An assistance category, of a person or of a household."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["person"]}, {"required": ["household"]}]}
    )

    person: Number = ""
    household: Number = ""
    category: Word
    department: Word

    @model_validator(mode="after")
    def _of_one(self) -> CategoryFact:
        _exactly_one(self, ("person", "household"))
        return self


class RecognitionFact(Dated):
    """A recognised disease."""

    person: Number
    disease: Word
    subtype: Word = ""
    department: Word
    legacy: Flag = False


class WaiverFact(Dated):
    """Two mutually exclusive diseases that may be held together."""

    person: Number
    first: Condition
    second: Condition


class EnrolmentFact(Dated):
    """Insured in an area."""

    person: Number
    insurance: Literal["resident", "employee"]
    region: Area
    year: InYear
    contribution: AmountWritten
    subsidy: AmountWritten = ""


class MemberFact(Dated):
    """The person belongs to a household, or forms one in an area; the membership that stands ends the day before."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["household"]}, {"required": ["area"]}]}
    )

    person: Number
    household: Number = ""
    area: AnyArea = ""

    @model_validator(mode="after")
    def _of_one(self) -> MemberFact:
        _exactly_one(self, ("household", "area"))
        return self


class RegistrationFact(Dated):
    """A household's place of registration."""

    household: Number
    area: AnyArea


class ReferralFact(Dated):
    """A referral to a provider or an area."""

    person: Number
    from_provider: ProviderCode = ""
    provider_code: ProviderCode = ""
    region: Area = ""


class CrossAreaFact(Dated):
    """Registered for care in another area."""

    person: Number
    region: Area
    kind: Literal["settled", "resident", "working", "temporary"]


class RowFact(Body):
    """A row that stands, by its kind and number."""

    kind: RowKind
    row: Row


class EndFact(RowFact):
    """A row that holds up to and including a day."""

    end: DayWritten = Field(alias="to")


class Changes(Body):
    """What a corrected row says otherwise."""

    start: DayWritten = Field(default="", alias="from")
    end: DayWritten | None = Field(default=None, alias="to")
    category: Word = ""
    department: Word = ""
    disease: Word = ""
    subtype: Word = ""
    legacy: Flag = False
    first: Condition = ""
    second: Condition = ""
    insurance: Literal["resident", "employee"] = "resident"
    region: Area = ""
    area: AnyArea = ""
    household: Number = ""
    year: InYear = 2000
    contribution: AmountWritten = ""
    subsidy: AmountWritten = ""
    from_provider: ProviderCode = ""
    provider_code: ProviderCode = ""


class CorrectFact(RowFact):
    """Another row in the place of one that was wrong."""

    changes: Changes


class PayoutFact(Body):
    """What another payer paid for a visit that was settled without it."""

    visit: Number
    payer: Literal["supplementary", "commercial", "mutual_aid"]
    amount: PaidWritten
    paid_on: DayWritten


class Fact(Body):
    """A fact known later: exactly one of these."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    category: CategoryFact = ABSENT
    recognition: RecognitionFact = ABSENT
    waiver: WaiverFact = ABSENT
    enrolment: EnrolmentFact = ABSENT
    member: MemberFact = ABSENT
    registration: RegistrationFact = ABSENT
    referral: ReferralFact = ABSENT
    cross_area: CrossAreaFact = ABSENT
    correct: CorrectFact = ABSENT
    end: EndFact = ABSENT
    withdraw: RowFact = ABSENT
    recorded: RowFact = ABSENT
    payout: PayoutFact = ABSENT

    @model_validator(mode="after")
    def _one(self) -> Fact:
        _exactly_one(self, tuple(type(self).model_fields))
        return self

    def data(self) -> dict[str, Any]:
        """As the service takes it."""
        return self.model_dump(by_alias=True, exclude_unset=True, exclude_none=False)


def _exactly_one(body: Body, names: tuple[str, ...]) -> None:
    given = [name for name in names if getattr(body, name)]
    if len(given) != 1 or len(body.model_fields_set & set(names)) != 1:
        raise PydanticCustomError("exactly_one", "exactly one of {names}", {"names": ", ".join(names)})
