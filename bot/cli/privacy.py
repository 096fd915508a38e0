"""Commands on the protection of what people said."""

from typing import Annotated

import typer
from pydantic import ValidationError

from bot.cli.console import bad_input, out
from bot.commands.commands import Erase
from bot.commands.perform import perform
from conversations.erasure.schemas import ErasureOrder
from core.settings import load_settings
from core.texts import text


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(erase)


def erase(
    *,
    reason: Annotated[str, typer.Option(help="Why, e.g. the number of the request.")],
    actor: Annotated[str, typer.Option(help="Who orders it, for the audit trail.")],
    taxpayer: Annotated[str | None, typer.Option(help="All conversations for it.")] = None,
    person: Annotated[str | None, typer.Option(help="All conversations of this person.")] = None,
    conversation: Annotated[str | None, typer.Option(help="This conversation.")] = None,
    basis: Annotated[
        str | None, typer.Option(help="The law; Personal Information Protection Law, article 47.")
    ] = None,
) -> None:
    """Erase what was said and kept in conversations, for ever.

    Texts, files, summaries and protected values are emptied; the places in the log stay with a
    note. Conversations that are with people are left, named, and to be erased after their close.
    Interrupted, the same command goes on. Exit code 1 when some were left.

    Example: `daoban erase --person p-1027 --reason "request 2026-118" --actor "data officer Li"`
    """
    try:
        order = ErasureOrder(
            conversation=conversation,
            person=person,
            taxpayer=taxpayer,
            reason=reason,
            basis=basis or text("erasure.basis"),
            actor=actor,
        )
    except ValidationError as error:
        raise bad_input(error) from error
    found = perform(load_settings(), Erase(order=order))
    out.print(
        f"{found['conversations']} conversations found, {found['erased']} erased, "
        f"{found['messages']} messages emptied.",
        soft_wrap=True,
    )
    if found["with_people"]:
        out.print(f"With people, not erased: {', '.join(found['with_people'])}", soft_wrap=True)
        raise typer.Exit(1)
