"""The dialogue of a process: one that runs elsewhere, one of its own, or none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import structlog

from bot.dialogue.absent import AbsentDialogue
from bot.dialogue.client import Dialogue, RasaDialogue
from bot.dialogue.environment import environment_python
from bot.dialogue.supervisor import RasaSupervisor, rasa_command
from bot.dialogue.training import trained_model
from core.errors import BadSettings
from core.settings import PROJECT, Settings

log = structlog.get_logger()


class Running(NamedTuple):
    """A dialogue, and the token by which its custom actions may call back (None: it has none)."""

    dialogue: Dialogue
    actions_token: str | None


@asynccontextmanager
async def running_dialogue(settings: Settings, encoder: str) -> AsyncIterator[Running]:
    """Give the dialogue that the settings ask for, for as long as the process runs.

    Args:
        encoder: fingerprint of the encoder whose vectors it will get.

    Raises:
        BadSettings: a dialogue server elsewhere is named without its token.
    """
    if settings.rasa_url:
        if settings.rasa_token is None:
            raise BadSettings("DAOBAN_RASA_URL needs DAOBAN_RASA_TOKEN, the token of that server")
        token = settings.rasa_token.get_secret_value()
        remote = RasaDialogue(settings.rasa_url, token)
        try:
            yield Running(remote, token)
        finally:
            await remote.close()
        return
    supervisor = own_server(settings, encoder) if settings.dialogue else None
    if supervisor is None:
        yield Running(AbsentDialogue(), None)
        return
    await supervisor.start()
    try:
        yield Running(supervisor, supervisor.actions_token)
    finally:
        await supervisor.stop()


def own_server(settings: Settings, encoder: str) -> RasaSupervisor | None:
    """Return the server to supervise, or None when the set-up has not made it yet."""
    python = environment_python(PROJECT)
    model = trained_model(PROJECT, settings.home, encoder)
    if python is None or model is None:
        log.warning("dialogue_not_set_up", do="daoban setup --only dialogue")
        return None
    return RasaSupervisor(
        rasa_command(python, model),
        PROJECT,
        settings.home / "logs" / "rasa.log",
        f"http://127.0.0.1:{settings.port}/actions/webhook",
    )
