"""The commands of `daoban`, put together; a refusal is one line, never a traceback."""

import sys
from socket import gaierror

import typer
from asyncpg import PostgresError
from sqlalchemy.exc import SQLAlchemyError

from bot.cli import content, encoder, evaluating, flows, people, privacy, queues, system
from bot.cli.console import fail
from bot.cli.serving import CannotServe
from core.errors import BadInput, BadSettings, DaobanError
from core.telemetry import configure_logs

HELP = """
Daoban (在线导办): conversational guided help for e-tax bureaus.

Settings are read from DAOBAN_* variables or from daoban.toml in the current directory
(docs/operations.md lists them). DAOBAN_HOME is the data directory. While a server runs, the
other commands go through it; without one they open the database themselves.

Exit codes: 0 done, 1 could not be done, 2 wrong input or settings, 3 the port or the data
directory is in use.
"""

DATABASE_FAULTS = (ConnectionError, TimeoutError, gaierror, SQLAlchemyError, PostgresError)
"""What opening a database raises when it is not there, or does not let us in."""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
system.register(app)
content.register(app)
evaluating.register(content.knowledge)
encoder.register(app)
flows.register(app)
people.register(app)
queues.register(app)
privacy.register(app)


@app.callback()
def _quiet() -> None:
    configure_logs(level="WARNING")


def main() -> None:
    """Run the command line."""
    try:
        app()
    except CannotServe as error:
        fail(error.detail)
        sys.exit(3)
    except DaobanError as error:
        fail(error.detail)
        sys.exit(2 if isinstance(error, BadInput | BadSettings) else 1)
    except PermissionError as error:
        fail(f"{error.filename}: {error.strerror}; give this account the right, or set DAOBAN_HOME")
        sys.exit(1)
    except DATABASE_FAULTS as error:
        why = str(getattr(error, "orig", error)).partition("\n")[0]
        fail(f"the database cannot be opened ({why}): check DAOBAN_DATABASE_URL, and that it runs")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
