"""The command line `daoban`."""

from bot.cli.main import main

__all__ = ["main"]
