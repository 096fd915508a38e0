"""Commands for the guided flows: check, list, try and describe their files."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import out
from flows.definition import schema_document
from flows.loading import DIRECTORY, load_flows

flows = typer.Typer(help="Guided flows (导办流程).", no_args_is_help=True)

Directory = Annotated[Path, typer.Argument(help="Directory of the definitions.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(flows, name="flows")


@flows.command("check")
def check(directory: Directory = DIRECTORY) -> None:
    """Check the definitions and name every fault with file and line; nothing is changed."""
    found = load_flows(directory)
    out.print(f"{len(found.present)} flows, {len(found.earlier)} earlier versions: no fault.")


@flows.command("schema")
def schema() -> None:
    """Print the JSON schema of a definition, for editors: it is kept in data/flows/schema.json."""
    out.print_json(json.dumps(schema_document(), ensure_ascii=False))
