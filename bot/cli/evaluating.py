"""`daoban kb evaluate`: how well the knowledge answers a file of questions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from bot.cli.console import day, err, out
from core.clock import Clock
from core.errors import BadInput
from core.settings import PROJECT, load_settings
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.evaluation.figures import Group
from knowledge_base.evaluation.files import EvaluationFile, read_file
from knowledge_base.evaluation.report import (
    Change,
    Changes,
    Report,
    Tick,
    compare,
    evaluate,
    evaluate_articles,
    read_report,
)

SHOWN = 40
"""Changed questions that are printed of each kind; --json has all."""


def register(knowledge: typer.Typer) -> None:
    """Add this command to those of `daoban kb`."""
    knowledge.command("evaluate")(evaluate_file)


def evaluate_file(
    file: Annotated[Path, typer.Argument(help="Questions (JSONL), see docs/retrieval.md.")],
    *,
    knowledge: Annotated[
        Path, typer.Option(help="Directory with policies/*.yml and knowledge/*.yml.")
    ] = PROJECT / "data",
    as_of: Annotated[
        str | None, typer.Option(help="Day for questions that name none, YYYY-MM-DD; today.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="A report kept with --save; what changed is told.")
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Keep the report here (JSON).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Ask every question of a file and tell how the first replies end; nothing is kept in a chat.

    The knowledge files are asked, without Rasa, in an index of their own. A file of articles (id,
    title, answer, question) is asked as a collection of its own, in memory: ranking only.

    Example: `daoban kb evaluate data/evaluation/questions_tune.jsonl --save before.json`
    """
    before = read_report(baseline) if baseline else None
    report = _report(file, knowledge, as_of)
    changes = compare(before, report) if before else None
    if save is not None:
        try:
            save.write_text(report.model_dump_json(indent=1), encoding="utf-8")
        except OSError as error:
            raise BadInput(f"{save} cannot be written: {error.strerror}") from error
    if as_json:
        told = {"report": report.model_dump(mode="json"), "changes": None}
        if changes is not None:
            told["changes"] = changes.model_dump(mode="json")
        out.print_json(data=told)
        return
    _show(report)
    if changes is not None:
        _show_changes(changes)


def _report(path: Path, knowledge: Path, as_of: str | None) -> Report:
    settings = load_settings()
    today = Clock().today() if as_of is None else day(as_of)
    content = load_content(knowledge)
    file = read_file(path, content.entries)
    encoder = load_encoder(settings.encoder_directory)
    with _progress(file) as tick:
        if file.articles:
            return evaluate_articles(file, encoder, today, tick)
        asked = KnowledgeBase.open(settings.home / "evaluation", encoder, content)
        return evaluate(file, asked, today, tick)


@contextmanager
def _progress(file: EvaluationFile) -> Iterator[Tick]:
    count = len(file.questions) + len(file.articles)
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task(file.name, total=count)
        yield lambda: progress.advance(task)


def _show(report: Report) -> None:
    out.print(f"[bold]{escape(report.file)}[/] as of {report.today}, {report.collection}")
    if report.ranking:
        _table("ranking", {"all": report.ranking} | report.by_overlap)
    if report.replies:
        _table("first replies, where the collection has the answer", {"all": report.replies})
    if report.refusals:
        _table("first replies, where nothing answers", {"all": report.refusals})
    if report.pairs:
        out.print(
            f"\nprofile pairs: {_shown(report.pairs.all_right)} % of {report.pairs.pairs} right"
        )
    _show_groups("style", report.by_style)
    _show_groups("topic", report.by_topic)
    if report.curve:
        _table("answered from a confidence on", {_shown(p.threshold): p for p in report.curve})
        _table("confidence against what was right", {_shown(b.low): b for b in report.reliability})


def _show_groups(name: str, groups: Mapping[str, Group]) -> None:
    answerable = {key: each.replies for key, each in groups.items() if each.replies}
    if len(answerable) > 1:
        _table(f"by {name}", answerable)
    refused = {key: each.refusals for key, each in groups.items() if each.refusals}
    if len(refused) > 1:
        _table(f"by {name}, where nothing answers", refused)


def _table(title: str, rows: Mapping[str, BaseModel]) -> None:
    table = Table(title=f"\n{title}, %", title_justify="left", title_style="bold", box=None)
    table.add_column("", no_wrap=True)
    for row in list(rows.values())[:1]:
        for column in row.model_dump():
            table.add_column(column.replace("_", " "), justify="right")
    for name, row in rows.items():
        cells = row.model_dump().values()
        table.add_row(name, *(_shown(each) for each in cells))
    out.print(table, soft_wrap=True)


def _shown(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{100 * value:.1f}"


def _show_changes(changes: Changes) -> None:
    out.print("[bold]against the baseline[/]")
    for name, (was, now) in changes.shares.items():
        out.print(f"  {name}: {_shown(was)} -> {_shown(now)}")
    for kind, found in (
        ("better", changes.better),
        ("worse", changes.worse),
        ("otherwise", changes.other),
    ):
        _show_kind(kind, found)
    if changes.only_before or changes.only_now:
        out.print(f"  asked before only: {changes.only_before}, now only: {changes.only_now}")


def _show_kind(kind: str, found: list[Change]) -> None:
    out.print(f"  {kind}: {len(found)}")
    for each in found[:SHOWN]:
        out.print(f"    {escape(each.query)}: {each.before} -> {each.now}", soft_wrap=True)
    if len(found) > SHOWN:
        out.print(f"    and {len(found) - SHOWN} more (--json)")
