"""The dialogue server gets masked words only: its trackers can hold no number."""

from bot.chat.ask import Asker
from bot.chat.schemas import Ask
from tests.support.numbers import CARDS, IDENTITY_NUMBERS, PHONES

NUMBERS = (IDENTITY_NUMBERS[0], PHONES[0], CARDS[0])


async def test_what_the_dialogue_is_asked(talk) -> None:
    words = "怎么申报 " + " ".join(NUMBERS)
    await talk.send(words)
    await Asker(talk.chat.services).ask(Ask(text=words))
    assert len(talk.dialogue.asked) == 2
    for asked in talk.dialogue.asked:
        assert "怎么申报" in asked
        assert not any(number in asked for number in NUMBERS)
