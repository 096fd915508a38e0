"""Machines that call the API: their clients and tokens (OAuth 2, client credentials)."""
