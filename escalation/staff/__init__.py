"""Accounts of officers, experts and the rest: sign-in, roles, offices."""
