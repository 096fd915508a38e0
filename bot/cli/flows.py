"""Commands for the guided flows: check, list, try and describe their files."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bot.cli.console import err, out
from core.texts import DEFAULT
from flows.definition import schema_document
from flows.loading import DIRECTORY, load_flows
from flows.trial import differences, read_cases
from flows.wording import said

flows = typer.Typer(help="Guided flows (导办流程).", no_args_is_help=True)

Directory = Annotated[Path, typer.Argument(help="Directory of the definitions.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(flows, name="flows")


@flows.command("check")
def check(directory: Directory = DIRECTORY) -> None:
    """Check the definitions and name every fault with file and line; nothing is changed.

    A running server takes new and changed flows when it is started again.
    """
    found = load_flows(directory)
    for flow_id in found.present:
        read_cases(flow_id, directory)
    out.print(f"{len(found.present)} flows, {len(found.earlier)} earlier versions: no fault.")


@flows.command("list")
def show(directory: Directory = DIRECTORY) -> None:
    """List the flows with version, steps and cases."""
    table = Table("flow", "version", "title", "steps", "cases", "minutes")
    for flow_id, flow in sorted(load_flows(directory).present.items()):
        cases = read_cases(flow_id, directory)
        table.add_row(
            flow_id,
            str(flow.version),
            said(flow.title, DEFAULT),
            str(len(flow.steps)),
            str(len(cases.cases) if cases else 0),
            str(flow.minutes),
        )
    out.print(table)


@flows.command("run-cases")
def run_cases(
    directory: Directory = DIRECTORY,
    only: Annotated[str | None, typer.Option(help="Only this flow, e.g. F06.")] = None,
) -> None:
    """Play the scripted cases of the flows; each that ends otherwise is told with what differs."""
    played, failed = 0, 0
    for flow_id, flow in sorted(load_flows(directory).present.items()):
        cases = read_cases(flow_id, directory) if only in {None, flow_id} else None
        for case in cases.cases if cases else ():
            played += 1
            if found := differences(flow, case):
                failed += 1
                err.print(f"[bold red]{flow_id}[/] {escape(case.name)}", soft_wrap=True)
                for line in found:
                    err.print(f"  {escape(line)}", soft_wrap=True)
    out.print(f"{played} cases played, {failed} ended otherwise than expected.")
    if failed:
        raise typer.Exit(1)


@flows.command("schema")
def schema() -> None:
    """Print the JSON schema of a definition, for editors: it is kept in data/flows/schema.json."""
    out.print_json(json.dumps(schema_document(), ensure_ascii=False))
