"""The taxpayer's chat: sessions, messages, socket, and the one-shot question."""
