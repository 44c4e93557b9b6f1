"""Counting tokens: what a tokenizer offers, and how to get the one for a model, a vocabulary or a tokenizer.json.

Counts are those of ordinary text. OpenAI's vocabularies read ``<|endoftext|>`` inside a text as seven ordinary
tokens, as ``encode_ordinary`` of tiktoken does. A tokenizer.json names added tokens that its library finds inside
texts too; there each counts as one, and the tokens that would be put around a text are not counted.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from ftprep.errors import UsageError, did_you_mean
from ftprep.text.models import encoding_for_model
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Engine = Literal["gigatoken", "tiktoken", "tokenizers"]

DEFAULT_ENCODING = "o200k_base"
_SAME_ORDINARY_TOKENS = {"o200k_harmony": "o200k_base"}  # they differ in special tokens only
_NOT_PACKED = ("gpt2", "r50k_base", "p50k_base", "p50k_edit")


class Tokenizer(Protocol):
    """Counts the tokens of texts.

    ``name`` is the vocabulary, or the file name of a tokenizer.json; ``engine`` is the library that counts.
    ``within_bytes`` says that no text has more tokens than UTF-8 bytes, which holds for byte-level vocabularies.
    """

    @property
    def name(self) -> str: ...

    @property
    def engine(self) -> Engine: ...

    @property
    def within_bytes(self) -> bool: ...

    def count_joined(self, buffer: bytes, starts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the tokens of each text of a joined buffer.

        The texts are UTF-8, each followed by one byte 0xFF: text i is ``buffer[starts[i] : starts[i + 1] - 1]``,
        so ``starts`` has one number more than there are texts. Returns one number per text.
        """
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text. Lone surrogates count as U+FFFD, as in tiktoken."""
        ...


def load_tokenizer(
    model: str | None = None,
    path: str | None = None,
    encoding: str = DEFAULT_ENCODING,
    *,
    engine: Engine | None = None,
) -> Tokenizer:
    """Return the tokenizer of a tokenizer.json at ``path``, else of ``model``, else of the vocabulary ``encoding``.

    It is loaded once per process. ``engine`` forces one of the libraries; they count alike, and by default the
    fastest that is installed is taken. Raises UsageError for an unknown model or vocabulary, for one that is not
    part of the package, and for a file that is no tokenizer.
    """
    if path is not None:
        return _from_file(path, _state_of(path), engine)
    return _from_vocabulary(_packed_encoding(model, encoding), engine)


def tokenizer_name(model: str | None = None, path: str | None = None, encoding: str = DEFAULT_ENCODING) -> str:
    """The name of the tokenizer that :func:`load_tokenizer` returns, without loading it."""
    return _packed_encoding(model, encoding) if path is None else os.path.basename(path)


def _packed_encoding(model: str | None, encoding: str) -> str:
    name = encoding if model is None else encoding_for_model(model)
    name = _SAME_ORDINARY_TOKENS.get(name, name)
    from ftprep.text.vocabulary import VOCABULARIES

    if name in VOCABULARIES:
        return name
    packed = " and ".join(VOCABULARIES)
    if name in _NOT_PACKED:
        owner = f" of {quote(model)}" if model is not None else ""
        raise UsageError(f"the vocabulary {name}{owner} is not part of ftprep, which counts with {packed}")
    hint = did_you_mean(name, (*VOCABULARIES, *_SAME_ORDINARY_TOKENS)) or f"; known are {packed}"
    raise UsageError(f"unknown vocabulary {quote(name)}{hint}")


@functools.lru_cache(maxsize=8)
def _from_vocabulary(name: str, engine: Engine | None) -> Tokenizer:
    from ftprep.text.vocabulary import load_vocabulary

    return load_vocabulary(name, engine)


def _state_of(path: str) -> tuple[int, int]:
    """What changes when a file is written anew, so that a long-lived process does not count with an old one."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return (0, 0)  # reading it gives the error its sentence
    return (status.st_mtime_ns, status.st_size)


@functools.lru_cache(maxsize=4)
def _from_file(path: str, state: tuple[int, int], engine: Engine | None) -> Tokenizer:
    from ftprep.text.tokenizer_json import load_tokenizer_json

    return load_tokenizer_json(path, engine)
