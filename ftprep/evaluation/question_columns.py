"""Where the rows of a benchmark hold their questions, when they are in no format for training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

from ftprep.formats.format import format_named
from ftprep.settings import Settings
from ftprep.shard import Shard

if TYPE_CHECKING:
    from ftprep.io.source import Source

NAMES = (
    "question", "questions", "question_text", "problem", "problem_statement", "prompt", "query", "input", "inputs",
    "instruction", "turns", "goal", "ctx", "sentence", "text", "task", "frage", "pregunta", "вопрос", "问题", "質問",
)  # fmt: skip
"""Columns that benchmarks keep their questions in; of several in one file the first of these."""
_SHARE = 0.5  # of the rows that have such a column, or whose texts in a column end in a question mark
_MARKS = ("?", "？", "؟")
_BATCH = 2_000  # rows of a file that stand in memory at a time


def question_column(rows: Sequence[dict[str, Any]]) -> str | None:
    """The column of some rows that holds what is asked; None where nothing tells it."""
    present = Counter(key for row in rows for key, value in row.items() if _texts(value))
    common = [key for key, count in present.items() if count >= _SHARE * len(rows)]
    named = [key for key in common if key.casefold() in NAMES]
    if named:
        return min(named, key=lambda key: NAMES.index(key.casefold()))
    asking = Counter(key for row in rows for key in common for text in _texts(row.get(key))[:1] if _asks(text))
    best = max(common, key=lambda key: asking[key], default=None)
    return best if best is not None and asking[best] >= _SHARE * len(rows) else None


def question_shards(source: Source, column: str) -> Iterator[tuple[Shard, list[int]]]:
    """The questions of a file as rows that hold nothing else, with the line of each."""
    from ftprep.io.discover import open_sources

    prompts = format_named("trl-prompt-only")
    found = _questions(source, column)
    while batch := list(islice(found, _BATCH)):
        lines = [line for line, _ in batch]
        with_text = open_sources([{"prompt": text} for _, text in batch]).sources[0]
        try:
            first = 0
            for chunk in with_text.chunks():
                shard = Shard(chunk, prompts, Settings())
                yield shard, lines[first : first + len(shard)]
                first += len(shard)
        finally:
            with_text.close()


def _questions(source: Source, column: str) -> Iterator[tuple[int, str]]:
    for chunk in source.chunks():
        for line, raw in zip(chunk.lines.tolist(), chunk.rows(), strict=True):
            try:
                row = orjson.loads(raw)
            except ValueError:
                continue
            for text in _texts(row.get(column)) if type(row) is dict else ():
                yield line, text


def _texts(value: Any) -> list[str]:
    """The text that a value is, or the texts that it lists."""
    texts = value if isinstance(value, list) else [value]
    return [one for one in texts if one.strip()] if all(isinstance(one, str) for one in texts) else []


def _asks(text: str) -> bool:
    return text.rstrip(" \n\"'”").endswith(_MARKS)
