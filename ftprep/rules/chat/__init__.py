"""Conversations: who speaks, in which order."""
