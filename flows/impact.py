"""Which flows, and which of their calculations, hang on a document."""

from collections.abc import Iterator, Mapping

from core.texts import DEFAULT
from flows.definition import Definition, FlowField, Rule
from flows.rules import calculators, validators
from flows.wording import said
from knowledge_base.impact import Dependent, cited
from knowledge_base.schemas import Document, SourceRef


def impact(flows: Mapping[str, Definition], document: Document) -> list[Dependent]:
    """Return what cites a document: flows by their steps and results, rules by the flows' use."""
    return [
        found
        for flow_id, flow in sorted(flows.items())
        for found in (*_flow(flow_id, flow, document), *_rules(flow_id, flow, document))
    ]


def _flow(flow_id: str, flow: Definition, document: Document) -> Iterator[Dependent]:
    places = [(flow_id, flow.legal_refs)]
    places += [(f"{flow_id} step {step.id}", step.legal_refs) for step in flow.steps]
    places += [(f"{flow_id} hand-over {rule.reason}", rule.legal_refs) for rule in flow.handoffs]
    places += [(f"{flow_id} result {result.id}", result.legal_refs) for result in flow.results]
    for place, refs in places:
        if how := cited(document, refs):
            yield Dependent("flow", place, said(flow.title, DEFAULT), how)


def _rules(flow_id: str, flow: Definition, document: Document) -> Iterator[Dependent]:
    for name, basis in _bases(flow):
        if how := cited(document, basis):
            yield Dependent("rule", name, f"{flow_id} {said(flow.title, DEFAULT)}", how)


def _bases(flow: Definition) -> Iterator[tuple[str, tuple[SourceRef, ...]]]:
    for each in flow.compute:
        yield each.calculator, calculators()[each.calculator].basis
    checks = [rule for step in flow.steps for rule in (*step.rules, *_inside(step.field))]
    for name in sorted({each if isinstance(each, str) else each.rule for each in checks}):
        yield name, validators()[name].basis


def _inside(field: FlowField) -> list[str | Rule]:
    return [rule for column in field.fields for rule in column.rules]
