"""Rasa in the foreground."""

import os

from bot.dialogue.environment import environment_python, rasa_variables
from bot.dialogue.supervisor import rasa_command
from bot.dialogue.training import trained_model
from core.errors import Unavailable
from core.settings import PROJECT, Settings
from knowledge_base.encoder.loading import load_encoder


def become_rasa(settings: Settings, token: str, port: int, actions_url: str) -> None:
    """Turn this process into Rasa, so that signals reach it.

    Raises:
        EncoderMissing: the set-up did not build the encoder yet.
        Unavailable: the set-up did not make the environment or the model yet.
    """
    encoder = load_encoder(settings.encoder_directory)
    python = environment_python(PROJECT)
    model = trained_model(PROJECT, settings.home, encoder.fingerprint)
    if python is None or model is None:
        raise Unavailable("there is no trained dialogue: run `daoban setup --only dialogue`")
    command = rasa_command(python, model)(port)
    variables = rasa_variables(
        DAOBAN_RASA_TOKEN=token, DAOBAN_ACTIONS_URL=actions_url, DAOBAN_ACTIONS_TOKEN=token
    )
    os.chdir(PROJECT)
    os.execve(command[0], command, variables)  # noqa: S606 no shell is wanted
