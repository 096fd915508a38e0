"""Commands on the knowledge files as a whole: what is wrong, what ends, what hangs on what."""

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bot.cli.console import day, out
from core.calendar import tax_calendar
from core.clock import Clock
from core.settings import PROJECT
from flows.impact import impact as flow_impact
from flows.loading import DIRECTORY as FLOWS
from flows.loading import DOMAIN, load_flows
from knowledge_base.content import load_content
from knowledge_base.impact import Dependent, find_document, impact, names_of
from knowledge_base.schemas import Content, Document
from knowledge_base.watch import (
    AHEAD,
    ALIKE,
    alike,
    ending,
    without_article,
    without_first_day,
)

Directory = Annotated[
    Path, typer.Argument(help="Directory with policies/*.yml and knowledge/*.yml.")
]
DATA = PROJECT / "data"


def register(knowledge: typer.Typer) -> None:
    """Add these commands to those of `daoban kb`."""
    knowledge.command("check")(check)
    knowledge.command("impact")(show_impact)


def check(
    directory: Directory = DATA,
    as_of: Annotated[
        str | None, typer.Option(help="The day to count from, YYYY-MM-DD; today.")
    ] = None,
    within: Annotated[
        int, typer.Option(min=0, help="Days ahead in which entries that end are listed.")
    ] = AHEAD,
    similar: Annotated[
        float, typer.Option(min=50, max=100, help="How alike two wordings are told, of 100.")
    ] = ALIKE,
    flows: Annotated[Path, typer.Option(help="Directory of the flows.")] = FLOWS,
) -> None:
    """Check the knowledge files and name every fault with file and line; nothing is changed.

    Without a fault it also lists what needs an eye: the entries that end soon or name such a last
    day, wordings of two entries that say nearly the same, loose references, and flows that entries
    name which have no definition yet, so that nothing is offered.
    """
    shipped = load_flows(flows).present.keys()
    content = load_content(directory, DOMAIN | shipped)
    today = Clock().today() if as_of is None else day(as_of)
    soon = ending(content, today, within)
    if soon:
        table = Table("last day", "of", "entry", "question", title=f"end within {within} days")
        for each in soon:
            what = "what it tells" if each.named else "the entry"
            table.add_row(str(each.last_day), what, each.entry.id, escape(each.entry.question))
        out.print(table)
    if near := alike(content, similar):
        table = Table("alike", "entry", "says", "entry", "says", title="say nearly the same")
        for pair in near:
            row = (*pair.one, *pair.other)
            table.add_row(f"{pair.score:.0f}", *(escape(words) for words in row))
        out.print(table)
    for note in _notes(content, shipped):
        out.print(note, soft_wrap=True)
    out.print(_counts(content), soft_wrap=True)


def _notes(content: Content, shipped: Collection[str]) -> Iterator[str]:
    whole, cited = without_article(content), sum(len(e.sources) for e in content.entries.values())
    if whole:
        yield f"{len(whole)} of {cited} references cite a whole document: name the article."
    if undated := without_first_day(content):
        yield f"Without effective_from: {', '.join(each.id for each in undated)}."
    named: dict[str, list[str]] = {}
    for entry in content.entries.values():
        if entry.flow is not None and entry.flow not in shipped:
            named.setdefault(entry.flow, []).append(entry.id)
    if named:
        waiting = "; ".join(f"{flow} ({', '.join(named[flow])})" for flow in sorted(named))
        yield f"No definition yet, so not offered: {waiting}."


def _counts(content: Content) -> str:
    drafts = sum(entry.state == "draft" for entry in content.entries.values())
    levels = Counter(entry.check for entry in content.entries.values())
    told = ", ".join(f"{levels[level]} {level}" for level in sorted(levels))
    aliases = sum(len(entry.aliases) for entry in content.entries.values())
    return (
        f"{len(content.entries)} entries ({drafts} drafts; {told}; {aliases} aliases) "
        f"on {len(content.documents)} documents: no fault."
    )


def show_impact(
    document: Annotated[
        str, typer.Argument(help="Its id, or its number as written, issuers in full.")
    ],
    directory: Annotated[
        Path, typer.Option(help="Directory with policies/*.yml and knowledge/*.yml.")
    ] = DATA,
    flows: Annotated[Path, typer.Option(help="Directory of the flows.")] = FLOWS,
) -> None:
    """List what hangs on a document: entries, flows, rules of flows, documents, the calendar.

    Example: `daoban kb impact "财政部 税务总局公告2026年第10号"`
    """
    content = load_content(directory)
    found = find_document(content, document)
    hanging = [
        *impact(content, found),
        *flow_impact(load_flows(flows).present, found),
        *_calendar(found),
    ]
    out.print(f"[bold]{found.id}[/] {escape(found.cite)}", soft_wrap=True)
    table = Table("what", "which", "title", "how")
    for each in hanging:
        table.add_row(each.kind, escape(each.id), escape(each.title), escape(each.how))
    if hanging:
        out.print(table)
    counts = Counter(each.kind for each in hanging)
    told = ", ".join(f"{number} x {kind}" for kind, number in counts.items())
    out.print(f"Hangs on it: {told or 'nothing'}.", soft_wrap=True)


def _calendar(document: Document) -> list[Dependent]:
    return [
        Dependent("calendar", str(year), source, "announced by it")
        for year, source in tax_calendar().sources.items()
        if any(name in source for name in names_of(document))
    ]
