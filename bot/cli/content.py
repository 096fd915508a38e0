"""Commands on what the bot knows and sends: questions, knowledge, campaigns."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.table import Table

from bot.chat.schemas import Ask
from bot.cli import importing, registry
from bot.cli.console import block, day, err, out
from bot.commands.commands import AskOnce, ExportKnowledge, LoadKnowledge, Push
from bot.commands.perform import perform
from core.conditions import PROFILE
from core.errors import BadInput, DaobanError
from core.settings import PROJECT, load_settings
from knowledge_base.content import load_content
from reminders.service import load_spec

knowledge = typer.Typer(help="The knowledge files.", no_args_is_help=True)

DATA = PROJECT / "data"
Directory = Annotated[
    Path, typer.Argument(help="Directory with policies/*.yml and knowledge/*.yml.")
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(ask)
    app.command()(push)
    registry.register(knowledge)
    importing.register(knowledge)
    app.add_typer(knowledge, name="kb")


def ask(
    text: Annotated[str, typer.Argument(help="The question, in the taxpayer's words.")],
    as_of: Annotated[
        str | None, typer.Option(help="The day whose rules are asked for, YYYY-MM-DD; today.")
    ] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(help=f"What is known of the asker, NAME=VALUE: {', '.join(PROFILE)}."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Ask one question and print the answer with its legal basis.

    Without a running server the knowledge base decides alone, without Rasa.

    Example: `daoban ask 小规模季度销售额多少免增值税 --profile vat_status=small_scale`
    """
    body: dict[str, Any] = {"text": text, "profile": _profile(profile or [])}
    if as_of is not None:
        body["as_of"] = day(as_of)
    try:
        asked = Ask.model_validate(body)
    except ValidationError as error:
        raise BadInput("; ".join(_told(fault) for fault in error.errors())) from error
    answer = perform(load_settings(), AskOnce(asked=asked))
    if as_json:
        out.print_json(json.dumps(answer, ensure_ascii=False))
    else:
        _show_answer(answer)


def _profile(pairs: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if name not in PROFILE or not mark:
            raise BadInput(f"--profile {pair}: write NAME=VALUE with one of {', '.join(PROFILE)}")
        found[name] = value.split(",") if PROFILE[name].kind == "tags" else value
    return found


def _told(fault: Any) -> str:
    return f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"


def _show_answer(answer: dict[str, Any]) -> None:
    out.print(f"[dim]{answer['decision']}, confidence {answer['confidence']:.2f}[/]")
    out.print(block(answer["text"]))
    for source in answer["sources"]:
        parts = (source.get("document"), source.get("number"), source.get("article"))
        out.print(block("依据：" + " ".join(part for part in parts if part)), style="dim")
    for choice in answer["choices"]:
        out.print(block(f"· {choice['label']}"))


@knowledge.command("load")
def load(directory: Directory = DATA) -> None:
    """Merge the knowledge files into the store; a running chat answers from them at once.

    An entry that was edited here is never overwritten. Broken files change nothing: every fault
    is named with file and line.
    """
    settings = load_settings()
    load_content(directory)  # told here, with all its lines, before a server is bothered
    report = perform(settings, LoadKnowledge(directory=directory.resolve()))
    counts = ", ".join(f"{len(ids)} {name.replace('_', ' ')}" for name, ids in report.items())
    out.print(f"{counts}.")
    for each in report["kept_local"]:
        out.print(f"  kept as edited here: {each}")


@knowledge.command("export")
def export(
    directory: Annotated[
        Path, typer.Argument(help="Directory that gets policies/*.yml and knowledge/*.yml.")
    ],
) -> None:
    """Write the store into knowledge files: what is live, signed or not, and what was withdrawn.

    Files that are there keep their order, comments and all that is as in the store; what differs
    is written anew in its place. `kb load` of the result changes nothing. Drafts that nobody
    published are not written.

    Example: `daoban kb export data` in a checkout, then look at `git diff`.
    """
    directory.mkdir(parents=True, exist_ok=True)
    report = perform(load_settings(), ExportKnowledge(directory=directory.resolve()))
    counts = ", ".join(f"{len(report[name])} {name}" for name in ("added", "changed", "dropped"))
    out.print(f"{len(report['files'])} files written: {counts}, {report['unchanged']} unchanged.")
    for name in report["files"]:
        out.print(f"  {name}")


def push(
    file: Annotated[Path, typer.Argument(help="Campaign file (YAML), see data/outreach/.")],
    list_file: Annotated[
        Path | None,
        typer.Option("--list", help="CSV of taxpayers with columns uscc, name and the profile's."),
    ] = None,
) -> None:
    """Start a campaign: a card for each taxpayer of its audience, exactly once.

    With --list only the taxpayers of the list get one; bad rows are named, the good ones taken.
    The same command again, after an interruption, completes what is missing. The cards are given
    out by the worker: at once into open chats, else at the next visit.

    Example: `daoban push data/outreach/filing-2026-12.yml --list taxpayers.csv`
    """
    spec = load_spec(file)
    data = None
    if list_file is not None:
        try:
            data = list_file.read_bytes()
        except OSError as error:
            raise BadInput(f"{list_file} cannot be read: {error.strerror}") from error
    try:
        found = perform(load_settings(), Push.of(spec, data))
    except DaobanError as error:
        if report := error.extra.get("report"):
            _show_rows(report)
        raise
    if found["list"]:
        _show_rows(found["list"])
    campaign = found["campaign"]
    out.print(f"Campaign [bold]{campaign['key']}[/] is {campaign['state']}.")


def _show_rows(report: dict[str, Any]) -> None:
    out.print(f"{report['good']} of {report['rows']} rows taken.")
    if not report["bad"]:
        return
    table = Table("row", "column", "value", "reason", title="rows not taken", title_justify="left")
    for row in report["bad"]:
        table.add_row(str(row["row"]), row["column"], row["value"], row["reason"])
    err.print(table)
