"""What the command line shows: results on standard output, faults and progress on the other."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from core.errors import BadInput

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def fail(words: str) -> None:
    """Show a fault: what is wrong and what to do."""
    err.print(f"[bold red]error:[/] {escape(words)}", soft_wrap=True)


@contextmanager
def step(title: str, place: str) -> Iterator[Callable[[str], None]]:
    """Show a long step while it runs: a spinner on a terminal, else a line for each sentence.

    Example: `with step("Encoder", "1/7") as tell: tell("Reading the weights.")`.
    """
    begun = time.monotonic()
    head = f"[bold]{place} {title}[/]"
    last = ""
    with err.status(f"{head} …") as status:

        def tell(words: str) -> None:
            nonlocal last
            last = words
            if err.is_terminal:
                status.update(f"{head} [dim]{escape(words)}[/]")
            else:
                err.print(f"{place} {title}: {escape(words)}", soft_wrap=True)

        yield tell
    seconds = time.monotonic() - begun
    if err.is_terminal:
        err.print(f"[green]✓[/] {head} [dim]{escape(last)} ({seconds:.1f} s)[/]", soft_wrap=True)
    else:
        err.print(f"{place} {title}: done in {seconds:.1f} s")


def block(words: str, indent: int = 2) -> Padding:
    """Return a text set in from the left, as it stands."""
    return Padding(escape(words), (0, 0, 0, indent))


def day(words: str) -> date:
    """Read the option --as-of.

    Raises:
        BadInput: it is no day.
    """
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise BadInput(f"--as-of {words}: write the day as YYYY-MM-DD") from None


def bad_input(error: ValidationError) -> BadInput:
    """Return a refusal that names each fault, to be raised from the error."""
    faults = ((".".join(map(str, each["loc"])), each["msg"]) for each in error.errors())
    return BadInput("; ".join(f"{place}: {words}" if place else words for place, words in faults))
