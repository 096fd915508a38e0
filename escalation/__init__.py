"""Queues, desks and the people who serve a conversation."""
