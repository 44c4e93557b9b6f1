"""Prose: damaged characters, residue of other formats, answers that went wrong."""
