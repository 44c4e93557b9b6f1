"""Runs rules over shards: map_shards and group_by."""
