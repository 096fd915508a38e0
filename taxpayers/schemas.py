"""Profile, person and taxpayer as they come in and go out."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.identifiers import FreeText, is_identity_number

EntityType = Literal["company", "individual_business", "natural_person"]
VatStatus = Literal["small_scale", "general"]
FilingPeriod = Literal["month", "quarter"]
CreditGrade = Literal["A", "B", "M", "C", "D"]
Assurance = Literal["anonymous", "account", "real_name"]


def _no_identity_number(key: str) -> str:
    if is_identity_number(key):
        raise ValueError("an identity number cannot be a key: use an id of the register's own")
    return key


Key = Annotated[str, AfterValidator(_no_identity_number)]
"""The host bureau's id of somebody; it is stored, logged and audited as it is."""
CreditCode = Annotated[str | None, AfterValidator(lambda c: None if is_identity_number(c) else c)]
"""A natural person's tax number is the identity number: it is not kept as a credit code."""


class Profile(BaseModel):
    """What is known of a taxpayer; every field may be unknown, unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    entity_type: EntityType | None = None
    vat_status: VatStatus | None = None
    filing_period: FilingPeriod | None = None
    industry: FreeText | None = Field(None, max_length=100)
    region: FreeText | None = Field(None, max_length=50)
    employees: int | None = Field(None, ge=0)
    annual_taxable_income: Decimal | None = Field(None, description="yuan")
    total_assets: Decimal | None = Field(None, description="yuan")
    credit_grade: CreditGrade | None = None
    registered_on: date | None = None
    tags: tuple[FreeText, ...] = Field((), max_length=50)

    def facts(self) -> dict[str, Any]:
        """Return the known fields, as `core.conditions` reads them."""
        return {key: value for key, value in self if value is not None and value != ()}

    def document(self) -> dict[str, Any]:
        """Return the known fields as JSON."""
        return self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)


class Taxpayer(BaseModel):
    """A taxpayer of the register.

    Attributes:
        id: the host bureau's key; the credit code where there is one.
    """

    model_config = ConfigDict(frozen=True)

    id: Key = Field(min_length=1, max_length=64)
    name: FreeText = Field(min_length=1, max_length=200)
    uscc: CreditCode | None = Field(None, description="unified social credit code (GB 32100-2015)")
    profile: Profile = Profile()


class Person(BaseModel):
    """A person who acts for a taxpayer, as the host bureau's token tells."""

    model_config = ConfigDict(frozen=True)

    id: Key = Field(min_length=1, max_length=64)
    name: FreeText = Field(min_length=1, max_length=100)


class Party(BaseModel):
    """A person acting for a taxpayer, how surely known, in which role."""

    model_config = ConfigDict(frozen=True)

    person: Person
    taxpayer: Taxpayer
    role: FreeText = Field("self", max_length=32)
    assurance: Assurance = "account"
