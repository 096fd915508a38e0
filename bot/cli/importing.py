"""Commands that import documents and questions into collections beside the knowledge base."""

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from bot.cli.console import block, err, out
from bot.commands.commands import FindPassages, KeepSource, ListCollections, RemoveCollection
from bot.commands.perform import perform
from core.errors import BadInput
from core.settings import PROJECT, load_settings
from knowledge_base.content import load_content
from knowledge_base.importing.reading import find_files, read
from knowledge_base.importing.schemas import About, BadFile, Name, Source

Collection = Annotated[
    str, typer.Option(help="Its name: lower-case letters, digits, - and _; made if it is new.")
]


def register(knowledge: typer.Typer) -> None:
    """Add these commands to those of `daoban kb`."""
    knowledge.command("import")(import_files)
    knowledge.command("collections")(collections)


def import_files(
    paths: Annotated[
        list[Path], typer.Argument(help="Files or directories: md html docx pdf txt, jsonl.")
    ],
    collection: Collection = "documents",
    apply: Annotated[bool, typer.Option("--apply", help="Keep it; else only show it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all that was read.")] = False,
) -> None:
    """Read documents and questions with answers, show what was found, and keep it with --apply.

    A document is split by articles, sections or headings; title, number, issuers and dates are
    detected, and what is doubtful is told. A collection is for editors: it never answers a
    taxpayer. The same import again changes nothing; a file that changed replaces what was kept.
    Bad files are told, the others taken; the exit code is then 1.

    Example: `daoban kb import laws/ --collection laws --apply`
    """
    _named(collection)
    documents = load_content(PROJECT / "data").documents.values()
    clauses = [(each, clause) for each in documents for clause in each.batch_repeals]
    files = find_files(paths)
    if not files:
        raise BadInput("there is no file to read: name files or directories that hold some")
    found = [
        read(name, path, clauses)
        for name, path in track(files, description="Reading", console=err, transient=True)
    ]
    good = [each for each in found if isinstance(each, Source)]
    bad = [each for each in found if isinstance(each, BadFile)]
    if as_json:
        shown = json.dumps([each.model_dump(mode="json") for each in found], ensure_ascii=False)
        out.print_json(shown)
    else:
        _show(good)
    for each in bad:
        err.print(f"[bold red]{escape(each.name)}[/]: {escape(each.reason)}", soft_wrap=True)
    if apply:
        _keep(collection, good)
    elif not as_json:
        out.print("Nothing was kept: --apply keeps it.")
    if bad:
        raise typer.Exit(1)


def _named(collection: str) -> None:
    try:
        TypeAdapter(Name).validate_python(collection)
    except ValidationError:
        raise BadInput(
            f"--collection {collection}: a name has lower-case letters, digits, - and _"
        ) from None


def _show(good: list[Source]) -> None:
    for each in good:
        out.print(f"[bold]{escape(each.name)}[/] {len(each.passages)} parts", soft_wrap=True)
        if told := _told(each.about):
            out.print(f"  {escape(told)}", soft_wrap=True)
        for warning in each.warnings[:WARNED]:
            out.print(f"  [yellow]look:[/] {escape(warning)}", soft_wrap=True)
        if more := len(each.warnings[WARNED:]):
            out.print(f"  [yellow]look:[/] and {more} more, see --json")
    parts = sum(len(each.passages) for each in good)
    warned = sum(bool(each.warnings) for each in good)
    out.print(f"{len(good)} files, {parts} parts; {warned} files to look at.")


WARNED = 5
"""Warnings of one file that are shown."""


def _told(said: About) -> str:
    """What a document says of itself, in one line."""
    parts = [
        said.title,
        said.number and _number(said),
        " ".join(said.issuers),
        said.issued_on and f"issued {said.issued_on}",
        said.amended_on and f"amended {said.amended_on}",
        said.effective_from and f"in force from {said.effective_from}",
        said.effective_to and f"to {said.effective_to}",
        said.repeals and f"ends {len(said.repeals)} others",
    ]
    return " · ".join(part for part in parts if part)


def _number(said: About) -> str:
    """As it is cited: 公告2025年第1号, 令第1号, 财税〔2025〕1号."""
    if said.series in {"公告", "令"}:
        return f"{said.series}{f'{said.year}年' if said.year else ''}第{said.number}号"
    return f"{said.series}〔{said.year}〕{said.number}号"


def _keep(collection: str, good: list[Source]) -> None:
    settings = load_settings()
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for each in track(good, description="Keeping", console=err, transient=True):
        kept = perform(settings, KeepSource(collection=collection, source=each))
        counts[kept["outcome"]] += 1
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    out.print(f"Collection {collection}: {told}.")


def collections(
    name: Annotated[str | None, typer.Argument(help="A collection to look into.")] = None,
    find: Annotated[
        str | None, typer.Option(help="Words that a passage holds, all of them.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Let go of the collection.")] = False,
) -> None:
    """List the collections, look for words in one of them, or let go of it.

    Example: `daoban kb collections laws --find "滞纳金 万分之五"`
    """
    settings = load_settings()
    if name is not None:
        _named(name)
    if name is None:
        table = Table("collection", "files", "passages")
        for each in perform(settings, ListCollections())["collections"]:
            table.add_row(each["collection"], str(each["files"]), str(each["passages"]))
        out.print(table)
        return
    if remove:
        gone = perform(settings, RemoveCollection(collection=name))
        out.print(f"{gone['files']} files let go.")
        return
    if not (find or "").strip():
        raise BadInput("say what to look for: --find WORDS; or --remove")
    for each in perform(settings, FindPassages(collection=name, words=find or ""))["found"]:
        passage = each["passage"]
        out.print(
            f"[bold]{escape(passage['label'])}[/] {escape(passage['heading'])} "
            f"[dim]{escape(each['name'])}[/]"
        )
        out.print(block(passage["text"]))
