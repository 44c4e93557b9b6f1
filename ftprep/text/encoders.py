"""The two ways of counting: a whole buffer at a time with gigatoken, or text by text with a reference library."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ftprep.text.unicode_versions import texts_to_normalize, texts_with_new_characters

if TYPE_CHECKING:
    from ftprep.text.tokens import Engine

Ints = NDArray[np.int64]
CountOne = Callable[[str], int]

SEPARATOR = b"\xff"

# The batch call returns an awkward array, and importing awkward costs as much as encoding some 100 MB text by text
# costs extra. So a process counts this much text by text first: most files end before it.
BATCH_AFTER = 32 * 2**20

# gigatoken remembers every distinct piece of text that it has seen and never forgets one: 10 MB for ordinary text,
# but seven bytes for each byte of random letters.
MEMORY_LIMIT = 128 * 2**20


def join_texts(texts: Sequence[str]) -> tuple[bytes, Ints]:
    """Return the joined buffer of ``texts`` and the start of each text, with the buffer's length at the end."""
    pieces = [_utf8(text) for text in texts]
    starts = np.zeros(len(pieces) + 1, dtype=np.int64)
    np.cumsum([len(piece) + 1 for piece in pieces], out=starts[1:])
    return b"".join(piece + SEPARATOR for piece in pieces), starts


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # surrogate pairs become their character, lone surrogates U+FFFD
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


class SingleEncoder:
    """Counts text by text with a function of a reference library."""

    def __init__(self, name: str, engine: Engine, count_one: CountOne, *, within_bytes: bool) -> None:
        self.name = name
        self.engine = engine
        self.within_bytes = within_bytes
        self._count_one = count_one

    def count_joined(self, buffer: bytes, starts: Ints) -> Ints:
        """Count the tokens of each text of a joined buffer; see :class:`ftprep.text.tokens.Tokenizer`."""
        counts = np.zeros(len(starts) - 1, dtype=np.int64)
        for index in np.flatnonzero(np.diff(starts) > 1).tolist():
            counts[index] = self._count_one(_text(buffer, starts, index))
        return counts

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text."""
        counts: list[int] = self.count_joined(*join_texts(texts)).tolist()
        return counts


class BatchEncoder:
    """Counts a joined buffer at a time with gigatoken.

    ``build`` makes its encoder. ``reference`` returns how a reference library counts one text, or None where that
    library is not installed; texts that gigatoken may read differently are counted by it. ``composes`` says that
    the tokenizer brings text into NFC first, which the built encoder leaves out.
    """

    engine: Engine = "gigatoken"
    within_bytes = True

    def __init__(
        self,
        name: str,
        build: Callable[[], Any],
        reference: Callable[[], CountOne | None],
        *,
        composes: bool = False,
    ) -> None:
        self.name = name
        self.within_bytes = not composes  # NFC makes some characters longer: U+0958 becomes two
        self._build = build
        self._encoder = build()
        self._reference = reference
        self._composes = composes
        self._encoded = 0
        self._grown = 0

    def count_joined(self, buffer: bytes, starts: Ints) -> Ints:
        """Count the tokens of each text of a joined buffer; see :class:`ftprep.text.tokens.Tokenizer`."""
        counts = np.zeros(len(starts) - 1, dtype=np.int64)
        filled = np.flatnonzero(np.diff(starts) > 1)
        if not filled.size:
            return counts
        before = resident_bytes()
        if self._encoded > BATCH_AFTER or "awkward" in sys.modules:
            counts[filled] = self._encode_batch(buffer, len(filled))
        else:
            encode = self._encoder.encode
            ends = (starts[1:] - 1)[filled].tolist()
            pairs = zip(starts[filled].tolist(), ends, strict=True)
            counts[filled] = [len(encode(buffer[start:end])) for start, end in pairs]
        self._encoded += len(buffer)
        self._grown += resident_bytes() - before
        if self._grown > MEMORY_LIMIT:
            self._encoder, self._grown = self._build(), 0
        self._recount(buffer, starts, counts)
        return counts

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text."""
        counts: list[int] = self.count_joined(*join_texts(texts)).tolist()
        return counts

    def _encode_batch(self, buffer: bytes, texts: int) -> Ints:
        from gigatoken import BytesSource

        result = self._encoder.encode_batch(BytesSource(buffer, separator=SEPARATOR), parallel=False)
        counts: Ints = np.diff(np.asarray(result.layout.offsets.data))
        if len(counts) != texts:  # empty pieces are left out, so a shift would go unnoticed
            raise ValueError(f"gigatoken counted {len(counts)} texts instead of {texts}")
        return counts

    def _recount(self, buffer: bytes, starts: Ints, counts: Ints) -> None:
        doubtful = texts_with_new_characters(buffer, starts)
        if self._composes:
            doubtful = np.union1d(doubtful, texts_to_normalize(buffer, starts))
        if not doubtful.size:
            return
        count_one = self._reference()
        if count_one is None:
            return
        for index in doubtful.tolist():
            counts[index] = count_one(_text(buffer, starts, index))


def _text(buffer: bytes, starts: Ints, index: int) -> str:
    return buffer[starts[index] : starts[index + 1] - 1].decode("utf-8", "replace")


def resident_bytes() -> int:
    """Return the memory that this process holds; its peak where the system tells no more, 0 where it tells nothing."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        pass
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS
