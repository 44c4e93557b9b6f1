"""The shapes of dataset rows, one file each."""
