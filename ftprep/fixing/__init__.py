"""Applying fixes: to the text of a row, to a file, and to all inputs of a run until nothing changes."""
