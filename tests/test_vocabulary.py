"""The packed vocabularies: checked, loaded without a network, and by which engine."""

from __future__ import annotations

import lzma
import multiprocessing
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ftprep.errors import InputError, UsageError
from ftprep.text import vocabulary
from ftprep.text.tokens import Engine, load_tokenizer

ENCODINGS = tuple(vocabulary.VOCABULARIES)
ENGINES: tuple[Engine, ...] = ("gigatoken", "tiktoken")


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that has loaded no tokenizer yet."""
    from ftprep.text import tokens

    tokens._from_vocabulary.cache_clear()
    yield
    tokens._from_vocabulary.cache_clear()


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
        for engine in ENGINES:
            tokenizer = load_tokenizer(encoding=encoding, engine=engine)
            assert tokenizer.engine == engine
            assert tokenizer.count(["hello world"]) == [2]
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
    counted = _modules_after("from ftprep.text.tokens import Engine, load_tokenizer\nload_tokenizer().count(['a b'])")
    assert heavy & counted == {"numpy", "gigatoken"}
