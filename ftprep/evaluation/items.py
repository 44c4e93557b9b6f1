"""The questions of evaluation files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from ftprep.errors import InputError, UsageError
from ftprep.evaluation.question_columns import question_column, question_shards
from ftprep.formats import columns as c
from ftprep.inputs import open_input
from ftprep.io.discover import discover, open_path, open_sources
from ftprep.record import State
from ftprep.settings import Settings
from ftprep.shard import Shard
from ftprep.text.answers import PROSE_KINDS
from ftprep.text.ngrams import Hashes, fold, folded, without_marks, words_of
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.inputs import Input
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
    """One question, and the first row that asks it. Fields of one row are parts of one question.

    Where marks of punctuation stand inside of words, it comes a second time without them (``tight``), under the same
    ``number``.
    """

    file: str
    line: int
    number: int
    parts: tuple[Part, ...]
    tight: bool = False


def read_items(paths: Sequence[str]) -> tuple[list[Item], list[str]]:
    """The questions in all evaluation files, each once, in reading order, and the paths of the files.

    Raises ``UsageError`` for a file that cannot be read or in which no questions are found.
    """
    items: dict[tuple[bytes, ...], Item] = {}
    number = 0
    files: list[str] = []
    for source in named_sources(paths):
        try:
            one = open_input(source)
            any_question = False
            for shard, lines in _shards(one):
                for row, *spellings in _questions(shard):
                    any_question = True
                    number += 1
                    for tight, parts in enumerate(spellings):
                        item = Item(source.name, lines[row], number, parts, bool(tight))
                        items.setdefault(tuple(part.text for part in parts), item)
            if not any_question:
                raise UsageError(f"{quote(source.name, 200)} holds no questions")
        except InputError as error:
            raise UsageError(str(error)) from None
        finally:
            source.close()
        files.append(source.name)
    return list(items.values()), files


def _shards(one: Input) -> Iterator[tuple[Shard, Sequence[int]]]:
    """The rows of an evaluation file with their lines; of a file in no known format the questions alone.

    Raises ``UsageError`` where nothing tells which column holds them.
    """
    if one.format is None:
        column = question_column(one.sample)
        if column is None:
            keys = ", ".join(map(quote, one.detection.keys[:6]))
            raise UsageError(
                f"{quote(one.name, 200)} holds no questions: its format is not known, and no column is called "
                f"`question` or the like" + (f" (it has {keys})" if keys else "")
            )
        yield from question_shards(one.source, column)
        return
    for chunk in one.source.chunks():
        yield Shard(chunk, one.format, Settings()), chunk.lines.tolist()


def named_sources(paths: Sequence[str]) -> Iterator[Source]:
    """The files that ``paths`` name, and then the rows that are written out among them; to be closed by the caller.

    Raises ``UsageError`` for what cannot be read.
    """
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


def _questions(shard: Shard) -> Iterator[tuple[int, *tuple[tuple[Part, ...], ...]]]:
    """The row of each question, and the question in one or two spellings.

    Of several questions in one row only those that are long enough to be told apart count.
    """
    codes = shard.codes
    prose = np.isin(codes & c.KIND_MASK, PROSE_KINDS) & np.isin(codes & c.SIDE_MASK, (c.PROMPT, c.CHOSEN))
    roles = codes & c.ROLE_MASK
    asked, other = prose & (roles == c.USER), prose & (roles == c.OTHER)
    spelt = _parts(folded(shard.buffer, shard.values, shard.ascii))
    tight = _parts([fold(without_marks(text)) if ask else b"" for text, ask in zip(shard.values, prose, strict=True)])
    for row in range(len(shard)):
        if shard.state[row] > State.FAULTY:
            continue
        texts = range(int(shard.firsts[row]), int(shard.ends[row]))
        questions = _turns(texts, asked) or _turns(texts, other)
        for question in questions:
            parts = tuple(spelt[text] for text in question if len(spelt[text].hashes))
            if parts and (len(questions) == 1 or max(len(part.hashes) for part in parts) >= LONG):
                yield row, parts, tuple(tight[text] for text in question if len(tight[text].hashes))


def _parts(pieces: Sequence[bytes]) -> list[Part]:
    words = words_of(pieces)
    bounds = words.firsts.tolist()
    return [
        Part(b" ".join(piece.split()), words.hashes[start:end])
        for piece, start, end in zip(pieces, bounds[:-1], bounds[1:], strict=True)
    ]


def _turns(texts: range, wanted: NDArray[np.bool_]) -> list[list[int]]:
    """The wanted ones of some texts; those that no other text parts stand together."""
    found: list[list[int]] = []
    for text in texts:
        if wanted[text]:
            if found and found[-1][-1] == text - 1:
                found[-1].append(text)
            else:
                found.append([text])
    return found
