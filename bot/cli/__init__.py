"""The command line `daoban`."""

from bot.cli.entry import main

__all__ = ["main"]
