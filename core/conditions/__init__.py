"""One condition language for knowledge cases, flows, audiences and rules.

A mapping is the AND of its keys: `field: value` equality, `field: [a, b]` one of,
`field: {gte: 1, lt: 9}` comparisons, and `all: [..]`, `any: [..]`, `not: {..}`. A fact that is not
known makes a test neither true nor false (Kleene's three values), and the verdict names the one
fact to ask for first.

>>> condition = parse({"vat_status": "small_scale", "employees": {"lte": 300}})
>>> evaluate(condition, {"vat_status": "small_scale"}).missing
'employees'
>>> evaluate(condition, {"vat_status": "general"}).value
False
"""

from core.conditions.evaluation import Reason, Verdict, evaluate
from core.conditions.fields import PROFILE, Field, Kind
from core.conditions.parsing import ConditionError, ConditionRule, parse
from core.conditions.sql import json_fields, to_sql
from core.conditions.tree import All, AnyOf, Comparison, Condition, Not

__all__ = [
    "PROFILE",
    "All",
    "AnyOf",
    "Comparison",
    "Condition",
    "ConditionError",
    "ConditionRule",
    "Field",
    "Kind",
    "Not",
    "Reason",
    "Verdict",
    "evaluate",
    "json_fields",
    "parse",
    "to_sql",
]
