"""Objects of which exactly one key says what they are: Bedrock's content blocks and Gemini's parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Discriminator

ERROR = "one_of"


class _Context(dict[str, "int | str | float"]):
    """What an error tells about the union. Types are hashed in unions of their own, and their annotations with them."""

    # A dict has no hash, and mypy wants none where the parent has None.
    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))


def one_of(noun: str, *keys: str, **aliases: str) -> Discriminator:
    """Choose the branch of a union, tagged ``=key``, by the only one of ``keys`` that an object has.

    Null counts as absent: Arrow gives every object of a list the keys of all others. ``aliases`` map another spelling
    of a key to the key. ``noun`` says what the objects are; :mod:`ftprep.formats.validation` tells what is wrong with
    those that have none of the keys, or several.
    """
    tags = {key: f"={key}" for key in keys} | {alias: f"={key}" for alias, key in aliases.items()}

    def choose(value: Any) -> str | None:
        found = None
        if isinstance(value, Mapping):
            for key, inner in value.items():
                if inner is not None and key in tags:
                    if found is not None:
                        return None
                    found = tags[key]
        return found

    context = _Context(noun=noun, keys=" ".join(keys), spellings=" ".join(tags))
    return Discriminator(
        choose,
        custom_error_type=ERROR,
        custom_error_message="none or several of the keys",
        custom_error_context=context,
    )
