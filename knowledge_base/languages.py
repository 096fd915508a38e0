"""An entry in the language of whom it is shown to: Chinese in either script, English if written."""

from core.script import shown
from core.texts import text
from knowledge_base.schemas import Entry


def question_of(entry: Entry, locale: str) -> str:
    """Return an entry's question; in Chinese where nobody wrote it in English."""
    if locale == "en" and entry.en is not None:
        return entry.en.question
    return shown(entry.question, locale)


def answer_of(entry: Entry, locale: str, case: int | None = None) -> str:
    """Return an entry's answer, or that of one of its cases.

    Where nobody wrote it in English the Chinese answer is given, with a plain note that says so.
    """
    written = entry.answer if case is None else entry.cases[case].answer
    if locale != "en":
        return shown(written, locale)
    if entry.en is None:
        return f"{text('knowledge.reply.chinese_only', locale)}\n\n{written}"
    return entry.en.answer if case is None else entry.en.cases[case]
