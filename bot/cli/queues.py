"""Commands on the queues in which taxpayers wait for people."""

from typing import Annotated

import typer
from pydantic import ValidationError
from rich.table import Table

from bot.cli.console import bad_input, out
from bot.commands.commands import ChangeQueue, ListQueues
from bot.commands.perform import perform
from core.clock import Clock
from core.errors import BadInput
from core.settings import load_settings
from escalation.queues import QueueChange
from escalation.schemas import Queue

queue = typer.Typer(help="Queues for people: their hours and promises.", no_args_is_help=True)

MIDNIGHT, LAST_MOMENT = "24:00", "23:59:59.999999"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(queue, name="queue")


@queue.command("list")
def list_all() -> None:
    """List the queues with their hours (Asia/Shanghai) and whether they are open now."""
    _show([Queue.model_validate(each) for each in perform(load_settings(), ListQueues())["items"]])


@queue.command("set")
def change(
    queue_id: Annotated[str, typer.Argument(metavar="QUEUE", help="`daoban queue list` has them.")],
    hours: Annotated[
        list[str] | None,
        typer.Option(help="A period of the day, as 08:30-12:00; once for each, in order."),
    ] = None,
    days: Annotated[
        str | None,
        typer.Option(help="With --hours: workdays of data/calendar (the default), or daily."),
    ] = None,
    wait: Annotated[
        int | None, typer.Option(help="The promise: a person within so many seconds.")
    ] = None,
    name: Annotated[str | None, typer.Option(help='Its name; "" for the usual one.')] = None,
) -> None:
    """Change a queue from now on; who waits already keeps the time that was promised.

    Example: `daoban queue set officer --days daily --hours 08:30-12:00 --hours 13:30-22:00`
    """
    if days and not hours:
        raise BadInput("--days goes with --hours: give the periods too, each as 08:30-12:00")
    given = {
        "hours": {"days": days or "workdays", "periods": [_period(each) for each in hours]}
        if hours
        else None,
        "wait_seconds": wait,
        "name": name,
    }
    try:
        wanted = QueueChange.model_validate(given)
    except ValidationError as error:
        raise bad_input(error) from error
    changed = perform(load_settings(), ChangeQueue(queue=queue_id, change=wanted))
    _show([Queue.model_validate(changed)])


def _period(text: str) -> list[str]:
    opens, dash, closes = text.partition("-")
    if not dash:
        raise BadInput(f"--hours {text}: write a period as 08:30-12:00")
    return [opens.strip(), LAST_MOMENT if closes.strip() == MIDNIGHT else closes.strip()]


def _show(found: list[Queue]) -> None:
    now = Clock().now()
    table = Table("queue", "name", "days", "hours", "waits at most", "now", box=None)
    for each in found:
        periods = (
            f"{opens:%H:%M}-{MIDNIGHT if closes.microsecond else format(closes, '%H:%M')}"
            for opens, closes in each.hours.periods
        )
        table.add_row(
            each.id,
            each.name or "",
            each.hours.days,
            " ".join(periods),
            f"{each.wait_seconds} s",
            "open" if each.hours.open_at(now) else "closed",
        )
    out.print(table)
