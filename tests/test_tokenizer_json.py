"""Counting with a tokenizer.json: always as the library tokenizers does, whichever engine counts."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from token_texts import TEXTS, every_character

from ftprep.errors import UsageError
from ftprep.text import encoders
from ftprep.text.encoders import BatchEncoder
from ftprep.text.tokenizer_json import SPLITS, gigatoken_kind
from ftprep.text.tokens import load_tokenizer

pytest.importorskip("tokenizers")
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

CORPUS = [
    "The quick brown fox didn't jump over 12 lazy dogs; it's HTTPServer's 3rd request.",
    "def total(rows):\n    return sum(row.price for row in rows)  # 1,234.50\n",
    "Na\u00efve caf\u00e9s in Malm\u00f6 a\u0301re e\u0301te\u0301 \u2013 \u201cquoted\u201d \u2026",
    "\u6f22\u5b57\u304b\u306a\u4ea4\u3058\u308a \ud55c\uad6d\uc5b4 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    'https://example.org/path?x=1&y=2 {"a": [1, 2], "b": null}',
] * 20
ADDED = ("<|im_end|>", "<|endoftext|>")


def train(splitting: Any, normalizer: Any = None, model: Any = None, trainer: Any = None) -> Tokenizer:
    tokenizer = Tokenizer(model or models.BPE())
    if splitting is not None:
        tokenizer.pre_tokenizer = splitting
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.train_from_iterator(
        CORPUS,
        trainer
        or trainers.BpeTrainer(
            vocab_size=600,
            special_tokens=[*ADDED],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return tokenizer


def split(expression: str, behavior: str = "isolated") -> Any:
    whole = pre_tokenizers.Split(Regex(expression), behavior)
    return pre_tokenizers.Sequence([whole, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


BYTE_LEVEL = pre_tokenizers.ByteLevel(add_prefix_space=False)
SORTED_SPLITS = sorted(SPLITS)


def unigram() -> Tokenizer:
    trainer = trainers.UnigramTrainer(vocab_size=300, special_tokens=["<unk>"], unk_token="<unk>", show_progress=False)
    return train(pre_tokenizers.Metaspace(), normalizers.NFKC(), models.Unigram(), trainer)


def wordpiece() -> Tokenizer:
    trainer = trainers.WordPieceTrainer(vocab_size=300, special_tokens=["[UNK]"], show_progress=False)
    return train(
        pre_tokenizers.BertPreTokenizer(),
        normalizers.BertNormalizer(),
        models.WordPiece(unk_token="[UNK]"),
        trainer,
    )


def byte_fallback() -> Tokenizer:
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=["<unk>", *(f"<0x{byte:02X}>" for byte in range(256))],
        show_progress=False,
    )
    normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    return train(None, normalizer, models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True), trainer)


KINDS: dict[str, tuple[Callable[[], Tokenizer], str]] = {
    "gpt2": (lambda: train(BYTE_LEVEL), "gigatoken"),
    **{f"split {i}": (lambda s=s: train(split(s)), "gigatoken") for i, s in enumerate(SORTED_SPLITS)},
    **{
        f"split {i}, NFC": (lambda s=s: train(split(s), normalizers.NFC()), "gigatoken")
        for i, s in enumerate(SORTED_SPLITS)
    },
    "unigram": (unigram, "tokenizers"),
    "wordpiece": (wordpiece, "tokenizers"),
    "byte fallback": (byte_fallback, "tokenizers"),
    "lower case": (lambda: train(BYTE_LEVEL, normalizers.Lowercase()), "tokenizers"),
    "not split": (
        lambda: train(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)),
        "tokenizers",
    ),
    "no splitting at all": (lambda: train(None), "tokenizers"),
    "prefix space": (lambda: train(pre_tokenizers.ByteLevel(add_prefix_space=True)), "tokenizers"),
    "another split": (lambda: train(split(r"\w+|\s+|[^\w\s]+")), "tokenizers"),
    "removed": (lambda: train(split(SORTED_SPLITS[0], "removed")), "tokenizers"),
    "digits first": (
        lambda: train(pre_tokenizers.Sequence([pre_tokenizers.Digits(True), BYTE_LEVEL])),
        "tokenizers",
    ),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Tokenizer]]:
    """A trained tokenizer of each kind, in a file and as the reference."""
    folder = tmp_path_factory.mktemp("tokenizers")
    made = {}
    for number, (name, (make, _)) in enumerate(KINDS.items()):
        tokenizer = make()
        path = folder / f"{number}.json"
        tokenizer.save(str(path))
        made[name] = (path, tokenizer)
    return made


def expected(tokenizer: Tokenizer, texts: list[str]) -> list[int]:
    return [len(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts]


@pytest.mark.parametrize("kind", KINDS)
@given(texts=st.lists(TEXTS, max_size=5))
def test_counts_as_the_library_does(files: dict[str, tuple[Path, Tokenizer]], kind: str, texts: list[str]) -> None:
    path, reference = files[kind]
    tokenizer = load_tokenizer(path=str(path))
    assert (tokenizer.engine, tokenizer.name) == (KINDS[kind][1], path.name)
    texts = [*texts, "", "".join(texts), CORPUS[len(texts) % 5]]
    counts = expected(reference, texts)
    assert tokenizer.count(texts) == counts
    assert load_tokenizer(path=str(path), engine="tokenizers").count(texts) == counts
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoders, "BATCH_AFTER", -1)
        assert tokenizer.count(texts) == counts


@pytest.mark.parametrize("kind", ["split 2", "split 0, NFC"])
def test_every_character(files: dict[str, tuple[Path, Tokenizer]], kind: str) -> None:
    path, reference = files[kind]
    texts = every_character()[::7]
    counts = load_tokenizer(path=str(path)).count(texts)
    assert [
        text for text, one, other in zip(texts, counts, expected(reference, texts), strict=True) if one != other
    ] == []


def test_text_that_is_not_composed_goes_to_the_library(files: dict[str, tuple[Path, Tokenizer]]) -> None:
    """Without it gigatoken, which has no normalizer here, would count the parts of a letter apart."""
    path, reference = files["split 0, NFC"]
    tokenizer = load_tokenizer(path=str(path))
    assert isinstance(tokenizer, BatchEncoder)
    texts = ["caf\u00e9", "cafe\u0301", "\u212b", "\U00016d63\U00016d67", "\u0915\u093c", "\u6f22\u5b57", "plain"]
    assert [len(tokenizer._encoder.encode(text.encode())) for text in texts] != expected(reference, texts)
    assert tokenizer.count(texts) == expected(reference, texts)
    assert not tokenizer.within_bytes


@pytest.mark.parametrize("kind", ["gpt2", "unigram"])
def test_no_truncation_padding_or_template(tmp_path: Path, kind: str) -> None:
    tokenizer = KINDS[kind][0]()
    plain = tokenizer.encode("one two three four five", add_special_tokens=False).ids
    tokenizer.enable_truncation(2)
    tokenizer.enable_padding(length=40)
    first = tokenizer.id_to_token(0)
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{first} $A", special_tokens=[(first, 0)])
    path = tmp_path / "tokenizer.json"
    tokenizer.save(str(path))
    assert load_tokenizer(path=str(path)).count(["one two three four five"]) == [len(plain)]
    assert len(plain) > 2


def test_added_tokens_count_as_one(files: dict[str, tuple[Path, Tokenizer]]) -> None:
    assert load_tokenizer(path=str(files["gpt2"][0])).count(["<|im_end|>", "<|im_end|><|endoftext|>"]) == [1, 2]


def _config(**model: Any) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(train(BYTE_LEVEL).to_str())
    config["model"].update(model)
    return config


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("dropout", 0.1),
        ("byte_fallback", True),
        ("end_of_word_suffix", "</w>"),
        ("continuing_subword_prefix", "##"),
    ],
)
def test_model_options_that_gigatoken_reads_otherwise(option: str, value: Any) -> None:
    assert gigatoken_kind(_config()) == "plain"
    assert gigatoken_kind(_config(**{option: value})) is None


@pytest.mark.parametrize("option", ["single_word", "lstrip", "rstrip"])
def test_added_tokens_that_gigatoken_reads_otherwise(option: str, tmp_path: Path) -> None:
    tokenizer = train(BYTE_LEVEL)
    tokenizer.add_tokens([AddedToken("foo", **{option: True})])
    path = tmp_path / "tokenizer.json"
    tokenizer.save(str(path))
    texts = ["foo", "foobar", "foo\u0627", "a foo b", "x  foo  y"]
    loaded = load_tokenizer(path=str(path))
    assert loaded.engine == "tokenizers"
    assert loaded.count(texts) == expected(tokenizer, texts)


def test_bytes_outside_the_vocabulary(tmp_path: Path) -> None:
    """A byte-level vocabulary without all bytes drops them; gigatoken refuses it, the library does not."""
    trainer = trainers.BpeTrainer(vocab_size=200, show_progress=False)
    tokenizer = train(BYTE_LEVEL, trainer=trainer)
    path = tmp_path / "tokenizer.json"
    tokenizer.save(str(path))
    loaded = load_tokenizer(path=str(path))
    assert loaded.engine == "tokenizers"
    assert loaded.count(["\u0000\u0001 fox"]) == expected(tokenizer, ["\u0000\u0001 fox"])


# --- files that cannot be used ----------------------------------------------------------------------------------


def test_missing_file_and_folder(tmp_path: Path, files: dict[str, tuple[Path, Tokenizer]]) -> None:
    with pytest.raises(UsageError, match=r"^cannot read the tokenizer `.*`: No such file or directory$"):
        load_tokenizer(path=str(tmp_path / "none.json"))
    with pytest.raises(UsageError, match=r"is a folder without a tokenizer\.json$"):
        load_tokenizer(path=str(tmp_path))
    (tmp_path / "tokenizer.json").write_bytes(files["gpt2"][0].read_bytes())
    with pytest.raises(UsageError, match=r"is a folder; did you mean `.*`\?$"):
        load_tokenizer(path=str(tmp_path))
    with pytest.raises(UsageError, match=r"^cannot read the tokenizer `a\\u0000b`: not a path$"):
        load_tokenizer(path="a\0b")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is not JSON; `--tokenizer` takes the tokenizer.json of a model"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "is not JSON; "),
        (b"\x0a\x0e\x0a\x05<unk>\xff", "is not JSON; "),
        (b"[" * 100_000, "is not JSON; "),
        (b"[1]", "has no `model`; "),
        (b"{}", "has no `model`; "),
        (b'{"model": "gpt2"}', "has no `model`; "),
        (b'{"model": {"type": "BPE"}}', "is not a tokenizer.json that the library tokenizers can load"),
        (b'{"model": {"type": "Nope", "vocab": {}}}', "is not a tokenizer.json that the library tokenizers can load"),
        (b'{"model": {}, "normalizer": [3]}', "is not a tokenizer.json that the library tokenizers can load"),
        (b'{"model": {}, "added_tokens": 7}', "is not a tokenizer.json that the library tokenizers can load"),
        (b'{"model": {}, "added_tokens": {"a": 1}}', "is not a tokenizer.json that the library tokenizers can load"),
        (
            b'{"model": {}, "normalizer": {"type": "Sequence", "normalizers": 3}}',
            "is not a tokenizer.json that the library tokenizers can load",
        ),
        (
            b'{"model": {}, "normalizer": {"type": "Sequence", "normalizers": [3]}}',
            "is not a tokenizer.json that the library tokenizers can load",
        ),
        (
            b'{"model": {"type": ["BPE"]}, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": []}}',
            "is not a tokenizer.json that the library tokenizers can load",
        ),
    ],
)
def test_files_that_are_no_tokenizer(data: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        load_tokenizer(path=str(path))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_panic_of_the_library_is_a_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A prefix that the merges do not have makes the library panic, which is not even an Exception."""
    path = tmp_path / "t.json"
    path.write_text(json.dumps(_config(continuing_subword_prefix="##")))
    with pytest.raises(UsageError, match=r"is not a tokenizer\.json that the library tokenizers can load"):
        load_tokenizer(path=str(path))
    capfd.readouterr()  # the library prints its panic


def test_unknown_characters_without_a_token(tmp_path: Path) -> None:
    """The library raises in the middle of a count there; it is said before anything is counted."""
    tokenizer = Tokenizer(models.WordPiece({"a": 0, "b": 1}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    path = tmp_path / "t.json"
    tokenizer.save(str(path))
    with pytest.raises(UsageError, match="has no token for unknown characters"):
        load_tokenizer(path=str(path))


def test_without_the_library(
    files: dict[str, tuple[Path, Tokenizer]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "tokenizers" else find(name))
    for kind in ("gpt2", "unigram", "split 0, NFC"):  # copies, because what is loaded is kept
        copy = tmp_path / f"{kind}.json"
        copy.write_bytes(files[kind][0].read_bytes())
        if kind == "gpt2":
            assert load_tokenizer(path=str(copy)).engine == "gigatoken"
            assert load_tokenizer(path=str(copy)).count(["\U000323b0 x"])[0] > 0
        else:
            with pytest.raises(UsageError, match=r"needs the library tokenizers: pip install 'ftprep\[tokenizers\]'"):
                load_tokenizer(path=str(copy))


def test_engines_that_do_not_fit(files: dict[str, tuple[Path, Tokenizer]]) -> None:
    with pytest.raises(UsageError, match="not by tiktoken"):
        load_tokenizer(path=str(files["gpt2"][0]), engine="tiktoken")
    with pytest.raises(UsageError, match="gigatoken does not count exactly"):
        load_tokenizer(path=str(files["unigram"][0]), engine="gigatoken")


def test_a_file_written_anew_is_loaded_anew(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    train(BYTE_LEVEL).save(str(path))
    assert load_tokenizer(path=str(path)).engine == "gigatoken"
    assert load_tokenizer(path=str(path)) is load_tokenizer("gpt-4", str(path))
    unigram().save(str(path))
    os.utime(path, ns=(1, 1))
    assert load_tokenizer(path=str(path)).engine == "tokenizers"
