"""What a condition is once it is read: a small frozen tree."""

from dataclasses import dataclass
from typing import Literal

from core.conditions.fields import Field, Scalar

Operator = Literal["eq", "in", "ne", "lt", "lte", "gt", "gte"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact compared with one value, or with several for `in`."""

    field: Field
    op: Operator
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; true when there is none."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when at least one part is."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when its part is false."""

    part: "Condition"


Condition = Comparison | All | AnyOf | Not
