"""Alembic revisions, one chain for both databases."""
