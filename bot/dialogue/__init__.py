"""Understanding what a free text wants: the `Dialogue` interface, and Rasa behind it."""
