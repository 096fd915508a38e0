"""Commands that run processes and prepare the machine."""

import asyncio
from contextlib import suppress
from typing import Annotated

import typer
import uvloop
from fastapi import FastAPI

from bot.cli.console import out, step
from bot.cli.dialogue import become_rasa
from bot.cli.serving import serve as serve_until_stopped
from bot.cli.working import work as work_until_stopped
from bot.commands.commands import LoadDemo, Migrate
from bot.commands.perform import perform
from bot.dialogue.absent import AbsentDialogue
from bot.services import Services
from bot.setup.demo import Demo
from bot.setup.steps import STEPS
from core.errors import BadInput, BadSettings
from core.settings import load_settings
from core.telemetry import configure_logs

database = typer.Typer(help="The database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(serve)
    app.command()(dialogue)
    app.command()(work)
    app.command()(setup)
    app.command()(demo)
    app.add_typer(database, name="db")


def serve() -> None:
    """Serve chat, desk and machine API until Ctrl-C.

    On DAOBAN_HOST and DAOBAN_PORT (127.0.0.1:8000). Starts and supervises Rasa unless
    DAOBAN_RASA_URL names one or DAOBAN_DIALOGUE=0; the chat answers from the knowledge base
    while Rasa loads (about 25 seconds). With DAOBAN_DEMO=1 the demo is loaded first. The worker
    runs inside unless DAOBAN_WORKER=0. Logs go to standard error, one JSON object a line.

    Example: `DAOBAN_DEMO=1 daoban serve`
    """
    configure_logs()
    try:
        uvloop.run(serve_until_stopped(load_settings(), _ready))
    except asyncio.CancelledError:
        raise typer.Exit(130) from None
    with suppress(OSError):  # nobody reads it any more, or the disk of the log is full
        out.print("Stopped.")


async def _ready(app: FastAPI, url: str, demo: Demo | None) -> None:
    services: Services = app.state.services
    surfaces = services.settings.surfaces
    out.print(f"\n[bold green]Daoban is ready[/] at [bold]{url}[/]")
    if "chat" in surfaces:
        out.print(f"  chat   {url}/chat/   for taxpayers")
    if "desk" in surfaces:
        out.print(f"  desk   {url}/desk/   for officers and experts")
    out.print(f"  API    {url}/openapi.json   state: {url}/health/ready", soft_wrap=True)
    if demo is not None:
        _show_demo(services, demo)
    out.print("Ctrl-C stops everything.\n")
    await _tell_dialogue(services)


def _show_demo(services: Services, demo: Demo) -> None:
    names = ", ".join(account.username for account in demo.staff)
    out.print(f"\n  Demo accounts of the desk, all with the password [bold]{demo.password}[/]:")
    out.print(f"  {names}", soft_wrap=True)
    out.print(
        f"  {len(demo.taxpayers)} taxpayers with host tokens: "
        f"{services.settings.home / 'demo.json'}\n",
        soft_wrap=True,
    )


async def _tell_dialogue(services: Services) -> None:
    """Say when the dialogue is there too; without one there is nothing to wait for."""
    if isinstance(services.dialogue, AbsentDialogue):
        why = "`daoban setup` makes it" if services.settings.dialogue else "DAOBAN_DIALOGUE=0"
        out.print(f"No dialogue server ({why}): the knowledge base answers alone.")
        return
    if await services.dialogue.state() != "up":
        out.print("Rasa is loading; the chat answers from the knowledge base meanwhile.")
        while await services.dialogue.state() != "up":  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.5)
    out.print("Rasa is ready.")


def dialogue(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 5005,
    actions_url: Annotated[
        str, typer.Option(help="Where the application takes custom actions.")
    ] = "http://127.0.0.1:8000/actions/webhook",
) -> None:
    """Run Rasa alone, in the foreground, for servers with DAOBAN_RASA_URL.

    It listens on 127.0.0.1 only. DAOBAN_RASA_TOKEN is the token that it asks of those servers.

    Example: `DAOBAN_RASA_TOKEN=... daoban dialogue`, and for the server
    `DAOBAN_RASA_URL=http://127.0.0.1:5005 DAOBAN_RASA_TOKEN=... daoban serve`
    """
    settings = load_settings()
    if settings.rasa_token is None:
        raise BadSettings("set DAOBAN_RASA_TOKEN to a random text, here and for the server")
    become_rasa(settings, settings.rasa_token.get_secret_value(), port, actions_url)


def work() -> None:
    """Run the worker alone: outbox, deadlines, deliveries, until Ctrl-C.

    For PostgreSQL, beside servers that run with DAOBAN_WORKER=0; several may run. On SQLite the
    worker is part of `daoban serve`, because only one process writes there.
    """
    configure_logs()
    asyncio.run(work_until_stopped(load_settings()))


def setup(
    only: Annotated[
        str | None,
        typer.Option(help=f"Steps, separated by commas: {', '.join(s.name for s in STEPS)}."),
    ] = None,
) -> None:
    """Prepare this machine; run again at any time, what is done is not done again.

    Builds the encoder (5 s, 180 MB), the web pages (needs Node.js 20.19 or newer, fetched when
    missing), Rasa's Python 3.10 environment (2.6 GB, a minute or more) and its training (about a
    minute), brings the database to this version, loads the demo (with DAOBAN_DEMO=1) and indexes
    the knowledge. An interrupted set-up goes on where it was.

    Example: `daoban setup --only encoder,web`
    """
    settings = load_settings()
    names = [name.strip() for name in only.split(",")] if only else [s.name for s in STEPS]
    if unknown := set(names) - {each.name for each in STEPS}:
        known = ", ".join(each.name for each in STEPS)
        raise BadInput(f"no step {', '.join(sorted(unknown))}; there are {known}")
    chosen = [each for each in STEPS if each.name in names]
    for number, each in enumerate(chosen, 1):
        with step(each.title, f"{number}/{len(chosen)}") as tell:
            each.run(settings, tell)


def demo() -> None:
    """Load the demo: desk accounts, 20 invented taxpayers, the knowledge files.

    What is there is brought up to date; the password stays. `demo.json` in DAOBAN_HOME holds the
    password and the taxpayers' tokens.
    """
    settings = load_settings(demo=True)
    found = perform(settings, LoadDemo())
    out.print(
        f"{found['staff']} accounts and {found['taxpayers']} taxpayers are there; "
        f"{settings.home / 'demo.json'} has the password and the tokens.",
        soft_wrap=True,
    )


@database.command("upgrade")
def upgrade() -> None:
    """Bring the database to this version's schema; `daoban serve` does so too at its start."""
    found = perform(load_settings(), Migrate())
    out.print(f"The database is at revision {found['revision']}.")
