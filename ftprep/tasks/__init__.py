"""Tasks: rows that ask for the same thing, and the kind of answer that each of them wants."""
