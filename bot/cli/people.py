"""Commands on the accounts of the desk and on machine clients."""

import secrets
import sys
from typing import Annotated, get_args

import typer
from pydantic import ValidationError
from rich.table import Table

from bot.cli.console import bad_input, out
from bot.commands.commands import AddStaff, ListStaff, PutClient, ResetPassword
from bot.commands.perform import perform
from core.settings import load_settings
from escalation.staff.schemas import NewStaff, Role

staff = typer.Typer(help="Accounts of the desk.", no_args_is_help=True)

client = typer.Typer(help="Machines that call the API.", no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="Lower-case letters, digits, dot, dash.")]
FromInput = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help="Read the password (8 characters or more) from standard input; else one is made.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(staff, name="staff")
    app.add_typer(client, name="client")


@staff.command()
def add(
    username: Username,
    name: Annotated[str, typer.Option(help="As taxpayers see it.")],
    role: Annotated[list[str], typer.Option(help=f"One or more of {', '.join(get_args(Role))}.")],
    office: Annotated[list[str] | None, typer.Option(help="Offices whose queues it sees.")] = None,
    password_stdin: FromInput = False,
) -> None:
    """Make an account; the password is printed once when it was made here.

    Example: `daoban staff add wangfang --name 王老师 --role officer --role expert`
    """
    try:
        new = NewStaff.model_validate(
            {"username": username, "name": name, "roles": role, "offices": office or []}
        )
    except ValidationError as error:
        raise bad_input(error) from error
    password = _password(password_stdin)
    perform(load_settings(), AddStaff(new=new, password=password))
    out.print(f"Account {username} is there.")
    _show(password, password_stdin)


@staff.command("list")
def list_all() -> None:
    """List the accounts with their roles."""
    found = perform(load_settings(), ListStaff())["items"]
    table = Table("username", "name", "roles", "offices", "active", box=None)
    for each in found:
        roles, offices = ", ".join(each["roles"]), ", ".join(each["offices"])
        table.add_row(
            each["username"], each["name"], roles, offices, "yes" if each["active"] else "no"
        )
    out.print(table)


@staff.command("reset-password")
def reset_password(username: Username, password_stdin: FromInput = False) -> None:
    """Give an account another password and end its sessions."""
    password = _password(password_stdin)
    perform(load_settings(), ResetPassword(username=username, password=password))
    out.print(f"Account {username} has another password; it is signed out everywhere.")
    _show(password, password_stdin)


def _password(from_input: bool) -> str:
    if not from_input:
        return secrets.token_urlsafe(12)
    return sys.stdin.readline().rstrip("\r\n")


def _show(password: str, from_input: bool) -> None:
    if not from_input:
        out.print(f"Its password, shown only now: [bold]{password}[/]")


@client.command("add")
def add_client(
    name: Annotated[str, typer.Argument(help="Its client_id.")],
    scope: Annotated[
        list[str],
        typer.Option(
            help="ask: one-shot questions; entries: the knowledge; metrics: /metrics anywhere."
        ),
    ],
) -> None:
    """Make a client or give it another secret; the secret is printed once.

    Example: `daoban client add portal --scope ask`
    """
    secret = secrets.token_urlsafe(32)
    scopes = frozenset(scope)
    perform(load_settings(), PutClient(client=name, secret=secret, scopes=scopes))
    out.print(f"Client {name} is there. Its secret, shown only now: {secret}")
