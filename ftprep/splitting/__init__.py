"""Training, validation and test sets: which rows belong together, and which set each group of them goes to."""
