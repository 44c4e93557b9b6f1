"""Rows of one format as rows of another: readers into a neutral form, writers out of it, and what is lost between."""
