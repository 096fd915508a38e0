"""The dialogue of a process: one that runs elsewhere, one of its own, or none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.dialogue.absent import AbsentDialogue
from bot.dialogue.client import Dialogue, RasaDialogue
from core.errors import BadSettings
from core.settings import Settings


@asynccontextmanager
async def running_dialogue(settings: Settings) -> AsyncIterator[Dialogue]:
    """Give the dialogue that the settings ask for, for as long as the process runs.

    Raises:
        BadSettings: a dialogue server elsewhere is named without its token.
    """
    if settings.rasa_url:
        if settings.rasa_token is None:
            raise BadSettings("DAOBAN_RASA_URL needs DAOBAN_RASA_TOKEN, the token of that server")
        remote = RasaDialogue(settings.rasa_url, settings.rasa_token.get_secret_value())
        try:
            yield remote
        finally:
            await remote.close()
        return
    yield AbsentDialogue()
