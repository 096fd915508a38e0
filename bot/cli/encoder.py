"""`daoban encoder train`: an encoder that has learned the collection's own wordings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress as Bar

from bot.cli.console import err, out
from core.settings import PROJECT, load_settings
from knowledge_base.content import load_content
from knowledge_base.encoder.training import Group, Plan, Progress, train
from knowledge_base.text import normalise

app = typer.Typer(no_args_is_help=True, help="The model that turns text into vectors.")


def register(parent: typer.Typer) -> None:
    """Add these commands to those of `daoban`."""
    parent.add_typer(app, name="encoder")
    app.command("train")(train_encoder)


@app.callback()
def _group() -> None:
    pass


def train_encoder(
    target: Annotated[Path, typer.Argument(help="New directory for the trained model.")],
    *,
    base: Annotated[
        Path | None, typer.Option(help="Model to start from; the one that is set up.")
    ] = None,
    knowledge: Annotated[
        Path, typer.Option(help="Directory with policies/*.yml and knowledge/*.yml.")
    ] = PROJECT / "data",
    epochs: Annotated[int, typer.Option(min=1, help="Times that every wording is asked.")] = 1,
    seed: Annotated[int, typer.Option(help="Order and draws; the same gives the same.")] = 1,
) -> None:
    """Fine-tune the encoder on the knowledge's wordings, with hard negatives; needs the extra ml.

    Nothing uses the new model until DAOBAN_ENCODER names it. Before that, compare: ask questions
    that it has not learned from, with either (docs/encoder.md tells how it went here).

    Example: `daoban encoder train tuned && DAOBAN_ENCODER=tuned daoban kb evaluate questions.jsonl`
    """
    start = base or load_settings().encoder_directory
    content = load_content(knowledge)
    groups = [
        Group(
            [normalise(text) for text in entry.asked], [normalise(text) for text in entry.answers]
        )
        for entry in content.entries.values()
    ]
    with _progress() as tell:
        train(start, target, groups, Plan(epochs=epochs, seed=seed), tell)
    out.print(f"The trained encoder is in {target}; DAOBAN_ENCODER={target} uses it.")


@contextmanager
def _progress() -> Iterator[Progress]:
    with Bar(console=err, transient=True) as bar:
        task = bar.add_task("Looking for hard negatives", total=None)

        def tell(step: int, steps: int, loss: float) -> None:
            bar.update(task, total=steps, completed=step, description=f"Training, loss {loss:.3f}")

        yield tell
