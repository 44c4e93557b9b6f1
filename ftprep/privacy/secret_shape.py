"""What the table of keys is made of: :class:`Shape`, the form of the keys of one provider."""

from __future__ import annotations

from typing import NamedTuple


class Shape(NamedTuple):
    """Keys of one kind of one provider.

    ``anchors`` are literals, one of which stands in every key: a text without any is not looked at. ``pattern`` is a
    regular expression of the whole key, or of a key in its surroundings whose group 1 is the key. ``proof`` names the
    test of :mod:`ftprep.privacy.secret_proofs` that tells a key from what only looks like one; a number is the least
    entropy of the random part in bits per character. ``source`` is where prefix or length are documented, or "in use"
    where the provider documents only the prefix and the length is that of keys in public code. ``test`` keys open
    nothing but a sandbox.
    """

    name: str
    anchors: tuple[str, ...]
    pattern: str
    proof: str | float
    source: str
    test: bool = False


WORD = "[A-Za-z0-9]"
URL = "[A-Za-z0-9_-]"
HEX = "[0-9a-f]"
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
