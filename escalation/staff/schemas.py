"""Accounts and sign-in, in and out."""

from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Role = Literal[
    "officer", "guide", "expert", "shift_leader", "quality", "editor", "reviewer",
    "campaign_operator", "campaign_approver", "risk_officer", "grid_worker", "administrator",
    "auditor",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)

Username = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,63}$")]


class Staff(BaseModel):
    """An account; `offices` bounds what it sees, beside what belongs to no office."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    username: str
    name: str
    roles: tuple[Role, ...]
    offices: tuple[str, ...]
    active: bool

    def has_role(self, *roles: Role) -> bool:
        """Whether it has one of the roles."""
        return not set(roles).isdisjoint(self.roles)

    def sees_office(self, office: str | None) -> bool:
        """Whether what belongs to this office is in its reach."""
        return office is None or office in self.offices


class NewStaff(BaseModel):
    """An account to be made or brought up to date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    username: Username
    name: str = Field(min_length=1, max_length=50)
    roles: tuple[Role, ...] = Field(min_length=1)
    offices: tuple[str, ...] = ()


class SignIn(BaseModel):
    """An account's name and password."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"username": "officer1", "password": "correct horse"}}
    )

    username: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=200)


class StaffOut(BaseModel):
    """Who is signed in, as the desk shows it."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "id": "st_0190",
                "username": "officer1",
                "name": "税务干部 1 号",
                "roles": ["officer"],
                "offices": [],
            }
        },
    )

    id: str
    username: str
    name: str
    roles: tuple[Role, ...]
    offices: tuple[str, ...]


class SignedIn(BaseModel):
    """A session of the desk."""

    token: str
    expires_at: datetime
    staff: StaffOut
