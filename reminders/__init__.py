"""Campaigns, their delivery into conversations and the feedback."""
