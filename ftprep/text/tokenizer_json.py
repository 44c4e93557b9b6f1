"""Counting with the tokenizer.json of an open model.

The reference is the ``tokenizers`` library. Byte-level BPE that splits text in one of the usual ways is counted by
gigatoken, which is some hundred times faster and gives the same tokens there. It also takes files that it reads in
another way (dropout, single-word tokens, no splitting at all), so that :func:`gigatoken_kind` decides, not a trial.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import orjson

from ftprep.errors import UsageError
from ftprep.text.snippet import quote
from ftprep.text.tokens import Engine, Tokenizer

Kind = Literal["plain", "composing"]

_CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_BLANKS = r"\s*[\r\n]+|\s+(?!\S)|\s+"
_UPPER, _LOWER = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}", r"\p{Ll}\p{Lm}\p{Lo}\p{M}"


def _words_as_written(digits: str) -> str:
    return "|".join((_CONTRACTIONS, r"[^\r\n\p{L}\p{N}]?\p{L}+", digits, r" ?[^\s\p{L}\p{N}]+[\r\n]*", _BLANKS))


def _words_by_case() -> str:
    word = r"[^\r\n\p{L}\p{N}]?[%s]%s[%s]%s%s?"
    first = word % (_UPPER, "*", _LOWER, "+", _CONTRACTIONS)
    second = word % (_UPPER, "+", _LOWER, "*", _CONTRACTIONS)
    return "|".join((first, second, r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", _BLANKS))


# The expressions as they stand in the files of Llama 3 (and others of the cl100k kind), Qwen 2 to 3, and gpt-oss.
SPLITS = frozenset((_words_as_written(r"\p{N}{1,3}"), _words_as_written(r"\p{N}"), _words_by_case()))

# Characters that a vocabulary may not know: a model without a token for the unknown refuses them.
_PROBE = "It's 1 \u00e9\u0301 \u6f22\U0001f468\u200d\U0010fffd\x00\n"


def load_tokenizer_json(path: str, engine: Engine | None = None) -> Tokenizer:
    """Return the tokenizer of the file at ``path``; raises UsageError if it cannot be read or is no tokenizer."""
    from ftprep.text.encoders import BatchEncoder, SingleEncoder

    if engine == "tiktoken":
        raise UsageError(f"{quote(path)} is counted by gigatoken or tokenizers, not by tiktoken")
    data = _read(path)
    config = _parse(path, data)
    kind = gigatoken_kind(config)
    name = os.path.basename(path)
    reference = functools.cache(functools.partial(_tokenizers_counter, path, data))
    has_reference = importlib.util.find_spec("tokenizers") is not None
    # Text in other forms than NFC is too common to be left to the library that composes it in another way.
    if engine != "tokenizers" and (kind == "plain" or (kind == "composing" and has_reference)):
        try:
            build = functools.partial(_gigatoken_encoder, _without_normalizer(data, config))
            return BatchEncoder(
                name, build, reference if has_reference else _no_reference, composes=kind == "composing"
            )
        except (ImportError, TypeError, AttributeError, RuntimeError, ValueError):
            pass  # not installed, or it has no way of its own for this file
    if engine == "gigatoken":
        raise UsageError(f"gigatoken does not count exactly with {quote(path)}; leave the choice to ftprep")
    if not has_reference:
        raise UsageError(f"{quote(path)} needs the library tokenizers: pip install 'ftprep[tokenizers]'")
    return SingleEncoder(name, "tokenizers", reference(), within_bytes=False)


def gigatoken_kind(config: dict[str, Any]) -> Kind | None:
    """Return how gigatoken may count with a parsed tokenizer.json; None where it would not be exact.

    "plain" is byte-level BPE on the text as it is; "composing" is the same on text brought into NFC first.
    """
    model = config["model"]
    if model.get("type", "BPE") != "BPE":
        return None
    if any(model.get(option) for option in ("dropout", "byte_fallback", *_AFFIXES)):
        return None
    if not _splits_as_known(config.get("pre_tokenizer")):
        return None
    added = config.get("added_tokens") or []
    if not all(_is_simple(token) for token in added):
        return None
    normalizer = config.get("normalizer")
    if normalizer is None:
        return "plain"
    steps = normalizer.get("normalizers", []) if normalizer.get("type") == "Sequence" else [normalizer]
    if not all(step.get("type") == "NFC" for step in steps):
        return None
    return "composing" if steps else "plain"


_AFFIXES = ("continuing_subword_prefix", "end_of_word_suffix")


def _splits_as_known(splitting: Any) -> bool:
    match splitting:
        case {"type": "ByteLevel"}:
            return not splitting.get("add_prefix_space", True) and bool(splitting.get("use_regex", True))
        case {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": expression}, "behavior": "Isolated", "invert": False},
                {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False},
            ],
        }:
            return expression in SPLITS
    return False


def _is_simple(token: Any) -> bool:
    match token:
        case {"content": str(content), "single_word": False, "lstrip": False, "rstrip": False}:
            return content != "" and unicodedata.is_normalized("NFC", content)
    return False


def _read(path: str) -> bytes:
    inside = os.path.join(path, "tokenizer.json")
    if os.path.isdir(path):
        hint = f"; did you mean {quote(inside, 80)}?" if os.path.isfile(inside) else " without a tokenizer.json"
        raise UsageError(f"{quote(path)} is a folder{hint}")
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise UsageError(f"cannot read the tokenizer {quote(path)}: {reason}") from None


def _parse(path: str, data: bytes) -> dict[str, Any]:
    try:
        config: Any = orjson.loads(data)
    except ValueError:
        raise UsageError(f"{quote(path)} is not JSON; `--tokenizer` takes the tokenizer.json of a model") from None
    model = config.get("model") if isinstance(config, dict) else None
    if not isinstance(model, dict):
        raise UsageError(f"{quote(path)} has no `model`; `--tokenizer` takes the tokenizer.json of a model")
    parts = (config.get("normalizer"), config.get("pre_tokenizer"))
    if not all(part is None or isinstance(part, dict) for part in parts):
        raise UsageError(_not_a_tokenizer(path))
    parsed: dict[str, Any] = config
    return parsed


def _not_a_tokenizer(path: str) -> str:
    return f"{quote(path)} is not a tokenizer.json that the library tokenizers can load"


def _without_normalizer(data: bytes, config: dict[str, Any]) -> bytes:
    """Leave NFC out: text that it would change goes to the reference."""
    return data if config.get("normalizer") is None else orjson.dumps({**config, "normalizer": None})


def _gigatoken_encoder(data: bytes) -> Any:
    from gigatoken import Tokenizer

    return Tokenizer.from_json(data).backend


def _no_reference() -> None:
    return None


def _tokenizers_counter(path: str, data: bytes) -> Callable[[str], int]:
    from tokenizers import Tokenizer as Reference

    with _refused(_not_a_tokenizer(path)):
        tokenizer = Reference.from_buffer(data)
        tokenizer.no_truncation()
        tokenizer.no_padding()

    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False))

    with _refused(f"{quote(path)} has no token for unknown characters, so that some texts cannot be counted"):
        count(_PROBE)
    return count


@contextmanager
def _refused(sentence: str) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        # A panic of the library is no Exception, and its class cannot be imported.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise UsageError(sentence) from None
        raise
