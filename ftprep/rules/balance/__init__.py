"""How many rows there are of what."""
