"""Token counts of the packed vocabularies: gigatoken against tiktoken on real and on fuzzed text."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from token_texts import TEXTS, every_character

from ftprep.text import encoders, vocabulary
from ftprep.text.encoders import BatchEncoder, join_texts
from ftprep.text.tokens import Tokenizer, load_tokenizer, tokenizer_name
from ftprep.text.unicode_versions import NEW_CHARACTERS, texts_with_new_characters

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
ENCODINGS = tuple(vocabulary.VOCABULARIES)
REAL_FILES = {
    "perf/mixed_100k.jsonl.gz": 25,
    "sft/stock_toolcall_86.jsonl": 1,
    "sft/retail_agent_tools_55.jsonl": 5,
    "sft/nova_tooluse_120.jsonl": 3,
    "preference/openai_dpo_284.jsonl": 2,
    "rft/bbh_1000.jsonl": 5,
}


def strings(value: Any) -> Iterator[str]:
    """Every string of a JSON value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, dict):
        yield from strings(list(value.values()))


@pytest.fixture(params=["text by text", "batch"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways in which gigatoken is called."""
    if request.param == "batch":
        monkeypatch.setattr(encoders, "BATCH_AFTER", -1)
    else:
        monkeypatch.delitem(sys.modules, "awkward", raising=False)
    return str(request.param)


def both(encoding: str) -> tuple[Tokenizer, Tokenizer]:
    fast, reference = load_tokenizer(encoding=encoding), load_tokenizer(encoding=encoding, engine="tiktoken")
    assert (fast.engine, reference.engine) == ("gigatoken", "tiktoken")
    assert fast.name == reference.name == encoding
    return fast, reference


# --- gigatoken counts as tiktoken does --------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("file", REAL_FILES)
def test_real_data(encoding: str, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = SHARED / file
    if not path.exists():
        pytest.skip("the real data is not here")
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()
    texts = [text for line in lines[:: REAL_FILES[file]] for text in strings(json.loads(line))]
    assert len(texts) > 50
    fast, reference = both(encoding)
    expected = reference.count(texts)
    assert fast.count(texts) == expected
    monkeypatch.setattr(encoders, "BATCH_AFTER", -1)
    assert fast.count(texts) == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(texts=st.lists(TEXTS, max_size=6))
def test_fuzzed_texts(encoding: str, texts: list[str]) -> None:
    fast, reference = both(encoding)
    expected = reference.count(texts)
    assert fast.count(texts) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoders, "BATCH_AFTER", -1)
        assert fast.count(texts) == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_character(encoding: str) -> None:
    fast, reference = both(encoding)
    texts = every_character()
    expected = reference.count(texts)
    assert [text for text, one, other in zip(texts, fast.count(texts), expected, strict=True) if one != other] == []


def test_new_characters_are_left_to_the_reference() -> None:
    """The guard is not idle: without it some of these texts are counted otherwise, and it passes plain text by."""
    fast, reference = both("o200k_base")
    assert isinstance(fast, BatchEncoder)
    texts = [f"x{chr(first)}'s {chr(last)}1" for first, last in NEW_CHARACTERS]
    texts += ["plain", "na\u00efve \u6f22\u5b57 \u0c5d \U0001f600 \u1ace"]
    buffer, starts = join_texts(texts)
    assert texts_with_new_characters(buffer, starts).tolist() == list(range(len(NEW_CHARACTERS)))
    unguarded = [len(fast._encoder.encode(text.encode())) for text in texts]
    assert unguarded != reference.count(texts) == fast.count(texts)


@pytest.mark.parametrize("engine", ["gigatoken", "tiktoken"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_special_tokens_are_ordinary_text(encoding: str, engine: Any) -> None:
    expected = vocabulary.tiktoken_encoding(encoding).encode("<|endoftext|>", disallowed_special=())
    assert len(expected) == 7
    assert load_tokenizer(encoding=encoding, engine=engine).count(["<|endoftext|>"]) == [7]


@pytest.mark.parametrize("engine", ["gigatoken", "tiktoken"])
def test_empty_texts(engine: Any, way: str) -> None:
    tokenizer = load_tokenizer(engine=engine)
    assert tokenizer.count([]) == []
    assert tokenizer.count([""]) == [0]
    assert tokenizer.count(["", "", ""]) == [0, 0, 0]
    assert tokenizer.count(["", "hello world", "", "", "a", ""]) == [0, 2, 0, 0, 1, 0]


@pytest.mark.parametrize("engine", ["gigatoken", "tiktoken"])
def test_joined_buffer(engine: Any, way: str) -> None:
    buffer = b"hello world\xff\xffna\xc3\xafve\xff"
    counts = load_tokenizer(engine=engine).count_joined(buffer, np.array([0, 12, 13, 20]))
    assert counts.dtype == np.int64
    assert counts.tolist() == [2, 0, 3]


def test_stray_separator_is_no_silent_shift(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "BATCH_AFTER", -1)
    with pytest.raises(ValueError, match="counted 3 texts instead of 2"):
        load_tokenizer(engine="gigatoken").count_joined(b"a\xffb\xffc\xff", np.array([0, 4, 6]))


@pytest.mark.parametrize("engine", ["gigatoken", "tiktoken"])
def test_lone_surrogates_count_as_replacement(engine: Any) -> None:
    counts = load_tokenizer(engine=engine).count(["a\ud800b", "a\ufffdb", "\ud83d\ude00", "\U0001f600"])
    assert counts[0] == counts[1]
    assert counts[2] == counts[3]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_long_runs(encoding: str) -> None:
    """A million blanks, which exhausts the stack of tiktoken's own splitting, and other runs."""
    fast, reference = both(encoding)
    texts = [
        " " * 1_100_000 + "x's",
        "word\n\n" + "\u3000" * 600_000 + "\n" + " " * 600_000,
        "a" * 100_000,
        "=" * 60_000 + "\n" * 60_000 + "/" * 10,
        "e\u0301" * 50_000,
    ]
    assert fast.count(texts) == reference.count(texts)


def test_memory_of_gigatoken_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = vocabulary.load_vocabulary("cl100k_base", "gigatoken")
    assert isinstance(tokenizer, BatchEncoder)
    before, tokenizer._grown = tokenizer._encoder, 0
    held = iter((100, 100 + encoders.MEMORY_LIMIT, 100, 101 + encoders.MEMORY_LIMIT, 5, 5))
    monkeypatch.setattr(encoders, "resident_bytes", lambda: next(held))
    assert tokenizer.count(["hello world"]) == [2]
    assert tokenizer._encoder is before
    assert tokenizer.count(["hello world"]) == [2]
    rebuilt = tokenizer._encoder
    assert rebuilt is not before
    assert tokenizer.count(["hello world"]) == [2]
    assert tokenizer._encoder is rebuilt


def test_resident_bytes_is_plausible() -> None:
    held = encoders.resident_bytes()
    assert held == 0 or 10 * 2**20 < held < 2**40


@pytest.mark.parametrize("model", [None, "gpt-4.1-mini", "gpt-4-turbo", "gpt-oss-20b"])
def test_the_name_of_a_tokenizer_is_known_without_loading_it(model: str | None) -> None:
    assert tokenizer_name(model) == load_tokenizer(model).name
