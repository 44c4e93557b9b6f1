"""The questions of evaluation files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import orjson

from ftprep.errors import InputError, UsageError
from ftprep.formats import columns as c
from ftprep.inputs import open_input
from ftprep.io.discover import discover, open_path, open_sources
from ftprep.record import State
from ftprep.settings import Settings
from ftprep.shard import Shard
from ftprep.text.answers import PROSE_KINDS
from ftprep.text.ngrams import Hashes, folded, words_of
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.io.source import Source

ROWS_NAME = "the given rows"  # of rows that were written out in the place of a path
LONG = 8  # words from which on a text is known by its n-grams


class Part(NamedTuple):
    """One text of a question: its words, folded, with blanks between them, and the hash of each."""

    text: bytes
    hashes: Hashes

    @property
    def words(self) -> list[bytes]:
        """The words one by one."""
        return self.text.split()


class Item(NamedTuple):
    """One question, and the first row that asks it. Fields of one row are parts of one question."""

    file: str
    line: int
    parts: tuple[Part, ...]


def read_items(paths: Sequence[str]) -> tuple[list[Item], list[str]]:
    """The questions in all evaluation files, each once, in reading order, and the paths of the files.

    Raises ``UsageError`` for a file that cannot be read or that holds no question in a known format.
    """
    items: dict[tuple[bytes, ...], Item] = {}
    files: list[str] = []
    for source in _sources(paths):
        try:
            one = open_input(source)
            if one.format is None:
                raise UsageError(f"{quote(source.name, 200)} holds no questions: its format is not known")
            any_question = False
            for chunk in source.chunks():
                for item in _items_of(Shard(chunk, one.format, Settings()), source.name):
                    any_question = True
                    items.setdefault(tuple(part.text for part in item.parts), item)
            if not any_question:
                raise UsageError(f"{quote(source.name, 200)} holds no questions")
        except InputError as error:
            raise UsageError(str(error)) from None
        finally:
            source.close()
        files.append(source.name)
    return list(items.values()), files


def _sources(paths: Sequence[str]) -> Iterator[Source]:
    named = [path for path in paths if not path.lstrip().startswith("{")]
    if named:
        found, problems, _ = discover(named)
        if problems:
            raise UsageError("; ".join(problems))
        for number, one in enumerate(found):
            try:
                yield open_path(Path(one.path), number, name=one.name)
            except InputError as error:
                raise UsageError(str(error)) from None
    for text in paths:
        if text not in named:
            yield _rows_source(text)


def _rows_source(text: str) -> Source:
    """The rows that are written out in ``text``, one JSON object per line."""
    try:
        rows = [orjson.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        raise UsageError(f"the given rows are no JSON: {quote(text)}") from None
    source = open_sources(rows).sources[0]
    source.name = ROWS_NAME
    return source


def _items_of(shard: Shard, file: str) -> Iterator[Item]:
    """Each question of each row. Of several questions in one row only those long enough to be told apart count."""
    codes = shard.codes
    prose = np.isin(codes & c.KIND_MASK, PROSE_KINDS) & np.isin(codes & c.SIDE_MASK, (c.PROMPT, c.CHOSEN))
    roles = codes & c.ROLE_MASK
    asked, other = prose & (roles == c.USER), prose & (roles == c.OTHER)
    pieces = folded(shard.buffer, shard.values, shard.ascii)
    words = words_of(pieces)
    parts = [
        Part(b" ".join(piece.split()), words.hashes[start:end]) for piece, start, end in _cut(pieces, words.firsts)
    ]
    for row in range(len(shard)):
        if shard.state[row] > State.FAULTY:
            continue
        texts = range(int(shard.firsts[row]), int(shard.ends[row]))
        questions = _turns(texts, asked) or _turns(texts, other)
        for question in questions:
            held = tuple(parts[text] for text in question if len(parts[text].hashes))
            if held and (len(questions) == 1 or max(len(part.hashes) for part in held) >= LONG):
                yield Item(file, shard.ref(row).line, held)


def _cut(
    pieces: Sequence[bytes], firsts: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Iterator[tuple[bytes, int, int]]:
    bounds = firsts.tolist()
    return zip(pieces, bounds[:-1], bounds[1:], strict=True)


def _turns(texts: range, wanted: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[list[int]]:
    """The wanted ones of some texts; those that no other text parts stand together."""
    found: list[list[int]] = []
    for text in texts:
        if wanted[text]:
            if found and found[-1][-1] == text - 1:
                found[-1].append(text)
            else:
                found.append([text])
    return found
