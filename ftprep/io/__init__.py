"""From inputs of any kind to chunks of raw rows."""
