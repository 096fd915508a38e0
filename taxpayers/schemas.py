"""Profile, person and taxpayer as they come in and go out."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

EntityType = Literal["company", "individual_business", "natural_person"]
VatStatus = Literal["small_scale", "general"]
FilingPeriod = Literal["month", "quarter"]
CreditGrade = Literal["A", "B", "M", "C", "D"]
Assurance = Literal["anonymous", "account", "real_name"]


class Profile(BaseModel):
    """What is known of a taxpayer; every field may be unknown, unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    entity_type: EntityType | None = None
    vat_status: VatStatus | None = None
    filing_period: FilingPeriod | None = None
    industry: str | None = Field(None, max_length=100)
    region: str | None = Field(None, max_length=50)
    employees: int | None = Field(None, ge=0)
    annual_taxable_income: Decimal | None = Field(None, description="yuan")
    total_assets: Decimal | None = Field(None, description="yuan")
    credit_grade: CreditGrade | None = None
    registered_on: date | None = None
    tags: tuple[str, ...] = Field((), max_length=50)

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

    id: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=200)
    uscc: str | None = Field(None, description="unified social credit code (GB 32100-2015)")
    profile: Profile = Profile()


class Person(BaseModel):
    """A person who acts for a taxpayer, as the host bureau's token tells."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=100)


class Party(BaseModel):
    """A person acting for a taxpayer, how surely known, in which role."""

    model_config = ConfigDict(frozen=True)

    person: Person
    taxpayer: Taxpayer
    role: str = Field("self", max_length=32)
    assurance: Assurance = "account"
