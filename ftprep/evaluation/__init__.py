"""Evaluation files: their questions, and which rows of other files hold them."""
