"""Token counts: gigatoken against tiktoken, the packed vocabularies, models and their limits.

What is counted with a tokenizer.json is tested in test_tokenizer_json.py.
"""

from __future__ import annotations

import gzip
import json
import lzma
import multiprocessing
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep.errors import InputError, UsageError
from ftprep.text import encoders, vocabulary
from ftprep.text.encoders import BatchEncoder, join_texts
from ftprep.text.models import context_limit, encoding_for_model, known_limits, model_limits
from ftprep.text.tokens import Tokenizer, load_tokenizer
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

FRAGMENTS = (
    "<|endoftext|>",
    "<|endofprompt|>",
    "<|fim_prefix|>",
    "<|start|>",
    "<|im_end|>",
    "\u0000",
    "\u001f",
    "\u007f",
    "\u0085",
    "\r\n",
    "\n\n",
    "   ",
    "\t ",
    "\u00a0",
    "\u2028",
    "\u3000",
    "'s",
    "'LL",
    "\u2019re",
    "'\u017f",
    "e\u0301",
    "\u0301",
    "\u0344",
    "\u0e33",
    "\u05d0\u05b8",
    "\u0627\u0644\u0639",
    "\u202e",
    "\u200d",
    "\ufeff",
    "\u0939\u093f\u0928",
    "\u6f22\u5b57",
    "\ud55c",
    "\u1112\u1161",
    "\U0001f468\u200d\U0001f469",
    "\U0001f1e9\U0001f1ea",
    "\u01c5",
    "\u02b0",
    "\u216b",
    "\u0663",
    "\U00010330",
    "\U000323b0",
    "\U00016d63\U00016d67",
    "aB",
    "HTTPServer",
    "12345",
    "0x1F",
    "//",
    '{"a":',
    "\\n",
)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=60),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text("aAzZ01 .'\n", max_size=4)), max_size=25).map("".join),
    st.tuples(st.sampled_from((*FRAGMENTS, "a", " ", "=", "\n", "ab ")), st.integers(1, 700), st.text(max_size=3)).map(
        lambda run: run[0] * run[1] + run[2].encode(errors="replace").decode()
    ),
)


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


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that has loaded no tokenizer yet."""
    from ftprep.text import tokens

    tokens._from_vocabulary.cache_clear()
    yield
    tokens._from_vocabulary.cache_clear()


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


def every_character() -> list[str]:
    """Each code point below U+20000, and some of the planes above, in places where it matters what it is."""
    near = {code + step for pair in NEW_CHARACTERS for code in pair for step in (-1, 0, 1)}
    codes = sorted({*range(0x20000), *range(0x20000, 0x110000, 97), *near} - set(range(0xD800, 0xE000)))
    return [f"a{c}b A{c}B  {c}1{c}'s !{c}\n {c} \n{c}{c}'LL" for c in map(chr, codes)]


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


# --- packed vocabularies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_hashes_are_those_that_tiktoken_expects(encoding: str) -> None:
    """The definition of tiktoken passes its own hash to the loader, which compares: a wrong one raises."""
    assert vocabulary.tiktoken_encoding(encoding).n_vocab > 100_000
    with pytest.MonkeyPatch.context() as patch:
        wrong = vocabulary.VOCABULARIES[encoding]._replace(sha256="0" * 64)
        patch.setitem(vocabulary.VOCABULARIES, encoding, wrong)
        with pytest.raises(InputError, match=f"another vocabulary {encoding}"):
            vocabulary.tiktoken_encoding(encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_probe_is_counted_by_tiktoken(encoding: str) -> None:
    reference = load_tokenizer(encoding=encoding, engine="tiktoken")
    assert reference.count([vocabulary.PROBE]) == [vocabulary.VOCABULARIES[encoding].probe]


@pytest.mark.parametrize("damage", ["flipped", "cut", "garbage", "missing"])
def test_damaged_vocabulary(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    packed = vocabulary._DATA / "o200k_base.tiktoken.xz"
    target = tmp_path / packed.name
    if damage == "flipped":
        ranks = bytearray(lzma.decompress(packed.read_bytes()))
        ranks[1000] ^= 1
        target.write_bytes(lzma.compress(bytes(ranks), preset=0))
    elif damage == "cut":
        target.write_bytes(packed.read_bytes()[:-1000])
    elif damage == "garbage":
        target.write_bytes(b"not xz")
    monkeypatch.setattr(vocabulary, "_DATA", tmp_path)
    with pytest.raises(InputError, match="the packed vocabulary o200k_base is damaged"):
        load_tokenizer()


def test_licence_of_the_vocabularies_is_packed() -> None:
    notice = (vocabulary._DATA / "tiktoken-LICENSE.txt").read_text()
    assert "Copyright (c) 2022 OpenAI, Shantanu Jain" in notice
    assert notice.startswith("MIT License")


def test_no_network(monkeypatch: pytest.MonkeyPatch, fresh: None, tmp_path: Path) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    for encoding in ENCODINGS:
        fast, reference = both(encoding)
        assert fast.count(["hello world"]) == reference.count(["hello world"]) == [2]
    assert list(tmp_path.iterdir()) == []


def _count_in_worker(folder: str) -> tuple[str, list[int]]:
    tempfile.tempdir = folder
    tokenizer = load_tokenizer()
    return tokenizer.engine, tokenizer.count(["hello world", "", "\u6f22\u5b57"])


def test_several_processes_load_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        counts = list(pool.map(_count_in_worker, [str(tmp_path)] * 3))
    assert counts == [("gigatoken", [2, 0, 2])] * 3
    assert list(tmp_path.iterdir()) == []  # unpacked files are gone


# --- which engine -----------------------------------------------------------------------------------------------


def test_tiktoken_where_gigatoken_is_not_installed(monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    monkeypatch.setitem(sys.modules, "gigatoken", None)
    assert load_tokenizer().engine == "tiktoken"
    assert load_tokenizer().count(["hello world"]) == [2]
    with pytest.raises(UsageError, match="gigatoken cannot be used here"):
        load_tokenizer(engine="gigatoken")


def test_tiktoken_where_nothing_can_be_unpacked(monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    assert load_tokenizer().engine == "tiktoken"


def test_tiktoken_where_gigatoken_counts_otherwise(monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    """A build that recognises special tokens inside texts fails the probe."""

    def with_specials(name: str) -> Any:
        from gigatoken import Tokenizer

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{name}.tiktoken"
            path.write_bytes(vocabulary.unpack(name))
            return Tokenizer.from_tiktoken(path).backend

    monkeypatch.setattr(vocabulary, "gigatoken_encoder", with_specials)
    assert load_tokenizer().engine == "tiktoken"


def test_loaded_once_per_process() -> None:
    assert load_tokenizer() is load_tokenizer(encoding="o200k_base") is load_tokenizer("gpt-4o")
    assert load_tokenizer() is load_tokenizer("gpt-oss-20b")
    assert load_tokenizer("gpt-4") is load_tokenizer(encoding="cl100k_base")


def test_tokenizers_does_not_count_a_vocabulary() -> None:
    with pytest.raises(UsageError, match="not by tokenizers"):
        load_tokenizer(engine="tokenizers")


def _modules_after(statements: str) -> set[str]:
    script = f"import sys\n{statements}\nprint(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_imports_wait_until_they_are_needed() -> None:
    heavy = {"numpy", "tiktoken", "gigatoken", "awkward", "tokenizers"}
    assert not heavy & _modules_after("import ftprep.text.tokens, ftprep.text.models")
    counted = _modules_after("from ftprep.text.tokens import load_tokenizer\nload_tokenizer().count(['a b'])")
    assert heavy & counted == {"numpy", "gigatoken"}


# --- models -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4o", "o200k_base"),
        ("gpt-4o-mini-2024-07-18", "o200k_base"),
        ("gpt-4.1-nano", "o200k_base"),
        ("o4-mini-2025-04-16", "o200k_base"),
        ("gpt-5-mini", "o200k_base"),
        ("gpt-oss-120b", "o200k_harmony"),
        ("gpt-4", "cl100k_base"),
        ("gpt-3.5-turbo-0125", "cl100k_base"),
        ("gpt-35-turbo", "cl100k_base"),
        ("babbage-002", "cl100k_base"),
        ("ft:gpt-4o-2024-08-06:team::abc", "o200k_base"),
        ("ft:gpt-4.1-mini-2025-04-14:team::abc", "o200k_base"),
        ("ft:gpt-4-0613:team::abc", "cl100k_base"),
        ("ft:gpt-3.5-turbo", "cl100k_base"),
    ],
)
def test_encoding_of_models(model: str, encoding: str) -> None:
    assert encoding_for_model(model) == encoding


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("gpt-4.1", 65_536),
        ("gpt-4.1-mini-2025-04-14", 65_536),
        ("gpt-4o", 65_536),
        ("gpt-4o-2024-08-06", 65_536),
        ("ft:gpt-4o-mini-2024-07-18:team::abc", 65_536),
        ("gpt-3.5-turbo", 16_385),
        ("gpt-4o-2024-05-13", None),
        ("o4-mini", None),
        ("gpt-4", None),
        ("some-other-model", None),
    ],
)
def test_limits_of_models(model: str, tokens: int | None) -> None:
    assert context_limit(model) == tokens


def test_every_limit_is_dated_and_of_a_known_model() -> None:
    for name, limits in known_limits().items():
        assert limits.source
        assert isinstance(limits.date, date)
        assert limits.model == name
        assert limits.training_context > 0
        assert encoding_for_model(name) in ENCODINGS
    assert model_limits("gpt-4.1") == known_limits()["gpt-4.1"]


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("gpt4o", "unknown model `gpt4o`; did you mean `gpt-4o`?"),
        ("GPT-4.1-MINI", "unknown model `GPT-4.1-MINI`; did you mean `gpt-4.1-mini`?"),
        ("qwen\x1b[31m", "unknown model `qwen\\u001b[31m`; a model that is not OpenAI's is counted with "),
        (
            "text-davinci-003",
            "the vocabulary p50k_base of `text-davinci-003` is not part of ftprep, which counts with ",
        ),
        ("gpt-2", "the vocabulary gpt2 of `gpt-2` is not part of ftprep, which counts with o200k_base and cl100k_base"),
    ],
)
def test_models_that_cannot_be_counted(model: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_tokenizer(model)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [
        ("r50k_base", "the vocabulary r50k_base is not part of ftprep"),
        ("o200k", "unknown vocabulary `o200k`; did you mean `o200k_base`?"),
        ("zzz", "unknown vocabulary `zzz`; known are o200k_base and cl100k_base"),
    ],
)
def test_vocabularies_that_cannot_be_counted(encoding: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_tokenizer(encoding=encoding)
    assert str(caught.value).startswith(sentence)
