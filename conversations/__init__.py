"""Conversation, consultation, message, session, sequence and ownership."""
