"""The vocabularies that travel inside the package: unpacked, checked, and loaded without any network."""

from __future__ import annotations

import base64
import functools
import hashlib
import lzma
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.errors import InputError, UsageError

if TYPE_CHECKING:
    from tiktoken import Encoding

    from ftprep.text.tokens import Engine, Tokenizer

_DATA = Path(__file__).parent.parent / "data"


class Vocabulary(NamedTuple):
    """A packed rank file: the SHA-256 of what it unpacks to, and what gigatoken calls its way of splitting text.

    ``probe`` is the number of tokens of :data:`PROBE`.
    """

    sha256: str
    pretokenizer: str
    probe: int


VOCABULARIES = {
    "o200k_base": Vocabulary("446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d", "o200k", 81),
    "cl100k_base": Vocabulary("223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7", "cl100k", 105),
}

# One text with a bit of everything, counted at each start: a release of gigatoken that splits it in another way, or
# takes special tokens out of it, is not used.
PROBE = (
    "It's 12345.67 km\u00b2, isn't IT?\r\n\r\n\tdef f(x):\n        return x  \n<|endoftext|> <|fim_prefix|>"
    "\u00a0\u3000na\u00efve nai\u0308ve \u0395\u03bb\u03bb\u03ac\u03b4\u03b1 \u0627\u0644\u0639\u0631\u0628 \u0939"
    "\u093f\u0928\u094d\u0926\u0940 \u6f22\u5b57\u304b\u306a \ud55c\uae00 \U0001f468\u200d\U0001f469\u200d\U0001f467 "
    "\x00\x1f\x7f" + "=" * 70 + " " * 90 + "CamelCaseHTTPServer'LL /usr/local//lib\n\n\n end "
)

# tiktoken's splitting gives up on a run of one million blanks.
_LONGEST_BLANK = 500_000
_BLANK = re.compile(r"\s+")


def unpack(name: str) -> bytes:
    """Return the rank file of the vocabulary ``name``; raises InputError if the installed one is damaged."""
    try:
        data = lzma.decompress((_DATA / f"{name}.tiktoken.xz").read_bytes())
    except (OSError, EOFError, lzma.LZMAError):
        data = b""
    if hashlib.sha256(data).hexdigest() != VOCABULARIES[name].sha256:
        raise InputError(f"the packed vocabulary {name} is damaged; install ftprep again")
    return data


def load_vocabulary(name: str, engine: Engine | None = None) -> Tokenizer:
    """Return the tokenizer of a packed vocabulary: gigatoken's, or tiktoken's where that cannot be had."""
    from ftprep.text.encoders import BatchEncoder, SingleEncoder

    if engine == "tokenizers":
        raise UsageError(f"the vocabulary {name} is counted by gigatoken or tiktoken, not by tokenizers")
    reference = functools.cache(functools.partial(tiktoken_counter, name))
    if engine != "tiktoken":
        try:
            fast = BatchEncoder(name, functools.partial(gigatoken_encoder, name), reference)
        except (ImportError, OSError, TypeError, AttributeError, RuntimeError, ValueError):
            # Not installed for this platform, no place for a temporary file, or a release with another interface.
            fast = None
        if fast is not None and fast.count([PROBE]) == [VOCABULARIES[name].probe]:
            return fast
        if engine == "gigatoken":
            raise UsageError("gigatoken cannot be used here; leave the choice of the engine to ftprep")
    return SingleEncoder(name, "tiktoken", reference(), within_bytes=True)


def gigatoken_encoder(name: str) -> Any:
    """Return gigatoken's encoder for a packed vocabulary; naming the splitting leaves special tokens out."""
    from gigatoken import Tokenizer

    with tempfile.TemporaryDirectory(prefix="ftprep-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / f"{name}.tiktoken"
        path.write_bytes(unpack(name))
        return Tokenizer.from_tiktoken(path, pretokenizer=VOCABULARIES[name].pretokenizer).backend


def tiktoken_counter(name: str) -> Callable[[str], int]:
    """Return tiktoken's count of the ordinary tokens of one text."""
    encoding = tiktoken_encoding(name)
    return functools.partial(_count_ordinary, encoding)


def tiktoken_encoding(name: str) -> Encoding:
    """Return tiktoken's encoding of a packed vocabulary, made by tiktoken's own definition of it.

    The definition fetches its ranks from the network by a global name; a copy of the function, whose globals hold
    our loader under that name, gets the packed ones instead. The loader checks the hash that tiktoken expects.
    """
    from types import FunctionType

    from tiktoken import Encoding
    from tiktoken_ext import openai_public  # type: ignore[import-untyped]

    def load_packed(_: str, expected_hash: str | None = None) -> dict[bytes, int]:
        if expected_hash != VOCABULARIES[name].sha256:
            raise InputError(f"the installed tiktoken expects another vocabulary {name}; install ftprep again")
        lines = (line.split() for line in unpack(name).splitlines())
        return {base64.b64decode(token): int(rank) for token, rank in lines}

    names = {**vars(openai_public), "load_tiktoken_bpe": load_packed}
    define = FunctionType(getattr(openai_public, name).__code__, names)
    return Encoding(**define())


def _count_ordinary(encoding: Encoding, text: str) -> int:
    if len(text) >= _LONGEST_BLANK and any(
        match.end() - match.start() >= _LONGEST_BLANK for match in _BLANK.finditer(text)
    ):
        return _count_pieces(encoding, text)
    return len(encoding.encode_ordinary(text))


def _count_pieces(encoding: Encoding, text: str) -> int:
    """Split with the same expression by a library that does not run out of stack, and encode each piece."""
    import regex  # type: ignore[import-untyped]

    pieces = regex.finditer(encoding._pat_str, text)
    return sum(len(encoding._encode_single_piece(piece.group())) for piece in pieces)
