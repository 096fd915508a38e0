"""What is known of the one who asks, and what an entry's being about somebody else weighs."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.conditions import Condition, evaluate
from core.texts import has_text, text
from knowledge_base import wording

OWN_KIND = 0.05
"""Added to the fused score of an entry whose question names the asker's kind of taxpayer."""
OTHER_KIND = -0.2
"""Added where it plainly names another sort of person (个体户, 自然人), with no case for the asker.

What is said of 公司 holds for others as well, often enough, and about general taxpayers those ask
who may become one."""

_BY_KIND: Mapping[str, Mapping[str, str]] = {
    "natural_person": {"vat_status": "small_scale", "filing_period": "each_time"},
}
"""What follows from the kind of taxpayer: a natural person is small-scale for VAT whatever it sells
(Implementing Regulation of the VAT Law, article 7) and is taxed each time, not by periods."""


def known(profile: Mapping[str, Any], stated: Mapping[str, str]) -> dict[str, Any]:
    """Return the facts of a profile and of a question, with what follows where both are silent.

    Args:
        profile: by field name.
        stated: what the question says (`wording.facts`); it goes before the profile.
    """
    facts = {**profile, **stated}
    for field, value in _BY_KIND.get(str(facts.get("entity_type")), {}).items():
        if facts.get(field) is None:
            facts[field] = value
    return facts


def leaning(question: str, cases: Sequence[Condition], facts: Mapping[str, Any]) -> float:
    """Return what an entry gets on top of its score, or loses, for the asker's kind of taxpayer.

    Args:
        question: the entry's.
        cases: the conditions of its cases.
        facts: as `known` returns them.
    """
    named = wording.named(question)
    if any(facts.get(field) not in {None, value} for field, value in named.items()):
        plainly = wording.named(question, plainly=True).get("entity_type")
        other = plainly is not None and facts.get("entity_type") not in {None, plainly}
        served = any(evaluate(each, facts).value for each in cases)
        return OTHER_KIND if other and not served else 0.0
    return OWN_KIND if any(facts.get(field) for field in named) else 0.0


def told(condition: Condition, facts: Mapping[str, Any], locale: str) -> str:
    """Name the facts that made a condition hold, in a language; "" where none has a name."""
    names: dict[str, str] = {}
    for reason in evaluate(condition, facts).explanation:
        key = f"knowledge.value.{reason['field']}.{reason['actual']}"
        if reason["field"] in facts and has_text(key):
            names[reason["field"]] = text(key, locale)
    return text("knowledge.between_facts", locale).join(names.values())
