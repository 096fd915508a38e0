"""The null twin of the dialogue: for a process that is told to run without one."""

from bot.dialogue.client import Decision, DialogueUnavailable, State, Turn, Vector


class AbsentDialogue:
    """Never decides; the knowledge base alone answers then."""

    async def decide(self, turn: Turn) -> Decision:
        """Decide nothing.

        Raises:
            DialogueUnavailable: always.
        """
        del turn
        raise DialogueUnavailable("this process runs without a dialogue server")

    async def parse(self, text: str, vector: Vector) -> Decision:
        """Decide nothing.

        Raises:
            DialogueUnavailable: always.
        """
        del text, vector
        raise DialogueUnavailable("this process runs without a dialogue server")

    async def state(self) -> State:
        """Tell that there is none."""
        return "down"
