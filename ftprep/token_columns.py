"""Token counts of a shard's texts and rows, made when first asked for."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ftprep.formats import columns as c
from ftprep.text.token_counts import REPLY_OVERHEAD, TURN_OVERHEAD

if TYPE_CHECKING:
    from ftprep.formats.format import Format
    from ftprep.settings import Settings
    from ftprep.text.tokens import Tokenizer

Ints = NDArray[np.int64]


class TokenColumns:
    """The part of :class:`~ftprep.shard.Shard` that counts tokens, over its columns of texts."""

    settings: Settings
    format: Format | None
    _tokenizer: Tokenizer | None

    if TYPE_CHECKING:  # what the shard has

        @property
        def values(self) -> list[str]: ...
        @property
        def buffer(self) -> bytes: ...
        @property
        def turns(self) -> bytes: ...
        @property
        def codes(self) -> Ints: ...
        @property
        def firsts(self) -> Ints: ...
        @property
        def ends(self) -> Ints: ...
        @property
        def starts(self) -> Ints: ...
        @property
        def lengths(self) -> Ints: ...
        @property
        def turn_ends(self) -> Ints: ...
        def __len__(self) -> int: ...
        def sum_by_row(self, numbers: Ints) -> Ints: ...

    @property
    def tokenizer(self) -> Tokenizer:
        """The run's tokenizer, loaded at the first count: profile fast may never come here."""
        if self._tokenizer is None:
            from ftprep.text.tokens import load_tokenizer

            self._tokenizer = load_tokenizer(self.settings.model, self.settings.tokenizer)
        return self._tokenizer

    @functools.cached_property
    def tokens(self) -> Ints:
        """Tokens of each text, special-token text counted as ordinary text."""
        return self.tokenizer.count_joined(self.buffer, self.starts)

    def tokens_of(self, row: int) -> Ints:
        """Tokens of each text of one row; encodes that row alone when the run counts no others."""
        first, end = int(self.firsts[row]), int(self.ends[row])
        if self.settings.count_tokens:
            return self.tokens[first:end]
        return np.array(self.tokenizer.count(self.values[first:end]), dtype=np.int64)

    @functools.cached_property
    def token_bounds(self) -> Ints:
        """What no row's token count exceeds: a token of a byte-level vocabulary covers at least one byte.

        Some ``tokenizer.json`` files add or expand text, so that nothing is known before counting.
        """
        if self.settings.tokenizer is not None and not self.tokenizer.within_bytes:
            return np.full(len(self), np.iinfo(np.int64).max)
        return self.sum_by_row(self.lengths) + self.overhead

    @functools.cached_property
    def overhead(self) -> Ints:
        """Tokens per row that a chat template adds, by the OpenAI cookbook; 0 for formats that have none.

        3 per message, the role (one token), 1 per ``name``, 3 to prime the reply.
        """
        result = np.zeros(len(self), dtype=np.int64)
        if self.format is None or not self.format.chat_overhead or not self.turns:
            return result
        letters = np.frombuffer(self.turns, dtype=np.uint8)
        marks = np.cumsum((letters != ord("\n")) & (letters != ord(c.SEPARATOR)))[self.turn_ends]
        turns = np.diff(marks, prepend=0)
        names = self.sum_by_row(((self.codes & c.KIND_MASK) == c.NAME).astype(np.int64))
        return np.where(turns > 0, TURN_OVERHEAD * turns + names + REPLY_OVERHEAD, 0)

    @functools.cached_property
    def row_tokens(self) -> Ints:
        """All tokens of each row, overhead included."""
        return self.sum_by_row(self.tokens) + self.overhead

    @functools.cached_property
    def trained_tokens(self) -> Ints:
        """Tokens of each row that carry loss."""
        return self.sum_by_row(np.where(self.codes & c.TRAINED, self.tokens, 0))
