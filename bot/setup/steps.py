"""The steps of the set-up, in order; each looks first whether there is anything to do."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.commands.commands import BuildIndex, LoadDemo, Migrate
from bot.commands.perform import perform
from bot.dialogue.environment import Progress, ensure_environment
from bot.dialogue.training import ensure_trained
from bot.setup.web import ensure_web
from core.settings import PROJECT, Settings
from knowledge_base.encoder.build import build_encoder
from knowledge_base.encoder.loading import load_encoder


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        name: how `--only` calls it.
        title: what is shown while it runs.
        run: does it, telling its progress sentence by sentence.
    """

    name: str
    title: str
    run: Callable[[Settings, Progress], None]


def _encoder(settings: Settings, progress: Progress) -> None:
    if settings.encoder:
        named = load_encoder(settings.encoder)
        progress(f"DAOBAN_ENCODER names {settings.encoder}: {named.described}.")
    else:
        build_encoder(settings.encoder_directory, progress)


def _web(settings: Settings, progress: Progress) -> None:
    del settings
    ensure_web(PROJECT, progress)


def _dialogue(settings: Settings, progress: Progress) -> None:
    if settings.rasa_url or not settings.dialogue:
        progress("This process starts no dialogue server of its own.")
        return
    ensure_environment(PROJECT, progress)
    encoder = load_encoder(settings.encoder_directory)
    model = ensure_trained(PROJECT, settings.home, encoder, progress)
    progress(f"The model {model.name.partition('.')[0]} is trained.")


def _database(settings: Settings, progress: Progress) -> None:
    found = perform(settings, Migrate())
    progress(f"The database is at revision {found['revision']}.")


def _demo(settings: Settings, progress: Progress) -> None:
    if not settings.demo:
        progress("No demo is wanted: DAOBAN_DEMO is not 1.")
        return
    progress("Loading accounts, invented taxpayers and knowledge.")
    found = perform(settings, LoadDemo())
    progress(f"{found['staff']} accounts and {found['taxpayers']} taxpayers are there.")


def _index(settings: Settings, progress: Progress) -> None:
    progress("Indexing what the store holds: at first some minutes, 10 ms for each wording.")
    found = perform(settings, BuildIndex(), tell=progress)
    progress(f"{found['entries']} entries are indexed.")


STEPS = (
    Step("encoder", "Encoder", _encoder),
    Step("web", "Web pages", _web),
    Step("dialogue", "Dialogue (Rasa)", _dialogue),
    Step("database", "Database", _database),
    Step("demo", "Demo", _demo),
    Step("index", "Search index", _index),
)
