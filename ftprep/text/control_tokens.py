"""Control tokens of chat templates inside texts: which there are, of which models, and where they count.

The tokens stand in ``data/control_tokens.toml``. Many of them are no other text; ``<s>`` and ``[INST]`` are HTML and
prose as well and count only in positions that these cannot have.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

_TABLE = Path(__file__).parent.parent / "data" / "control_tokens.toml"

ANCHORS = (
    *("<|", "|>", "<｜", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<s>", "</s>", "<start_of_", "<end_of_", "<bos>"),
    *("<eos>", "<pad>", "<unk>", "[PAD]", "[UNK]", "[MASK]", "<mask>", "[SEP]", "<sep>", "[CLS]", "[gMASK]", "<sop>"),
    *("<tool", "</tool", "<arg_", "<fake_token", "[TOOL_", "[/TOOL_", "[AVAILABLE_", "[/AVAILABLE_", "[SYSTEM_PROMPT]"),
    *("[/SYSTEM_PROMPT]", "[MODEL_SETTINGS]", "[/MODEL_SETTINGS]", "[ARGS]", "[CALL_ID]", "[IMG", "[AUDIO]"),
    *("[BEGIN_AUDIO]", "[TRANSCRIBE]", "[THINK]", "[/THINK]", "[PREFIX]", "[MIDDLE]", "[SUFFIX]"),
)
"""Strings of which every token holds one: what to search a shard for."""

# What rows about templates say, in lower case, by a part that the words share: looked for by that part first, because
# a search for fixed words is many times as fast as a pattern.
_ABOUT = {
    "token": (
        *("special token", "special-token", "control token", "control-token"),
        *("tokenizer", "tokeniser", "tokenization", "tokenisation"),
    ),
    "chat": ("chat template", "chat-template", "chattemplate", "chatml"),
    "end": tuple(f"end{one}of{two}{what}" for one in " -" for two in " -" for what in ("text", "turn", "sequence")),
    "tun": ("finetune", "finetuning", "fine-tune", "fine-tuning"),
    "prompt ": ("prompt format", "prompt template"),
}
SURE_WORDS = tuple(word for alike in _ABOUT.values() for word in alike)
"""In lower case, words of which each makes :func:`is_about_templates` say yes."""
_ABOUT_NAMES = ("bos", "eos")  # as words of their own
_ABOUT_PATTERNS = {
    ("llama", "mistral", "qwen", "gemma"): re.compile(
        r"\b(?:llama|mistral|qwen|gemma)[- \d.]*(?:instruct )?(?:format|template|prompt)"
    ),
}
ABOUT_WORDS = tuple(sorted({word for alike in (*_ABOUT.values(), *_ABOUT_PATTERNS, _ABOUT_NAMES) for word in alike}))
"""In lower case, words of which every text holds one that :func:`is_about_templates` says yes to."""
_TAG = re.compile(r"</?(?!s>)[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>")
_OPENED = re.compile(r"<s[\s>]")
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "「": "」"}
_ANSWERS_ONLY = frozenset(("<pad>", "<unk>", "<bos>", "<eos>", "[PAD]", "[UNK]"))
_OFTEN_OTHERS = _ANSWERS_ONLY | {"[INST]", "[/INST]", "<s>", "</s>"}
"""Tokens of which :func:`_counts` may say no."""
_NEAR = 60  # characters between a quotation mark and the token


class Family(NamedTuple):
    """One family of models with its tokens, by how sure a sign they are."""

    name: str
    title: str
    models: tuple[str, ...]
    always: frozenset[str]
    careful: frozenset[str]
    own: frozenset[str]

    @property
    def tokens(self) -> frozenset[str]:
        """All of them."""
        return self.always | self.careful | self.own


class Found(NamedTuple):
    """One token in a text. ``quoted`` when it stands in code or quotation marks."""

    token: str
    start: int
    quoted: bool


@functools.cache
def families() -> dict[str, Family]:
    """Every family by name."""
    return {
        one["name"]: Family(
            one["name"],
            one["title"],
            tuple(one["models"]),
            *(frozenset(one.get(kind, ())) for kind in ("always", "careful", "own")),
        )
        for one in tomllib.loads(_TABLE.read_text(encoding="utf-8"))["families"]
    }


@functools.cache
def families_of_model(model: str | None) -> tuple[str, ...]:
    """The families that a model's name tells; none where it tells none."""
    name = (model or "").lower()
    return tuple(one.name for one in families().values() if any(part in name for part in one.models))


@functools.cache
def tokens_of(names: tuple[str, ...]) -> frozenset[str]:
    """All tokens of the families with these names."""
    return frozenset(token for name in names for token in families()[name].tokens)


@functools.cache
def _tokens(own: tuple[str, ...]) -> frozenset[str]:
    known: set[str] = set()
    for one in families().values():
        known |= one.tokens if one.name in own else one.always | one.careful
    return frozenset(known)


@functools.cache
def _pattern(own: tuple[str, ...]) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """An alternation of all tokens, those of the families ``own`` in full, and the characters that they begin with.

    The longest come first. Tokens with the same beginning stand together: trying some hundred of them in turn would
    take microseconds.
    """
    known = set(_tokens(own))
    shared = min(3, *map(len, known))
    by_beginning: defaultdict[str, list[str]] = defaultdict(list)
    for token in sorted(known, key=lambda token: (-len(token), token)):
        by_beginning[token[:shared]].append(re.escape(token[shared:]))
    pattern = "|".join(f"{re.escape(begin)}(?:{'|'.join(ends)})" for begin, ends in by_beginning.items())
    return re.compile(pattern), tuple({token[0] for token in known})


@functools.cache
def titles(token: str) -> str:
    """The families that know ``token``, for people."""
    found = [one.title for one in families().values() if token in one.tokens]
    return " and ".join(found) if len(found) < 3 else f"{found[0]} and {len(found) - 1} other families"


def find_tokens(text: str, own: Collection[str] = (), answer: bool = False) -> Iterator[Found]:
    """The control tokens of ``text``, each once, at its first place.

    ``own`` are the families of the target, whose tokens count even where they are common words; ``answer`` says that
    the model learns the text.
    """
    pattern, openings = _pattern(tuple(own))
    # Looking for one character is many times as fast as for a pattern, and most texts have few.
    first = size = len(text)
    for opening in openings:
        at = text.find(opening, 0, first)
        if at >= 0:
            first = at
    if first == size:
        return
    seen: set[str] = set()
    for match in pattern.finditer(text, first):
        token = match[0]
        start, end = match.span()
        if token in seen or (token in _OFTEN_OTHERS and not _counts(text, token, start, answer)):
            continue
        seen.add(token)
        yield Found(token, start, is_quoted(text, start, end))


def _counts(text: str, token: str, start: int, answer: bool) -> bool:
    """Whether a token that may be something else is a control token here."""
    if token in _ANSWERS_ONLY:
        return answer
    if token in ("[INST]", "[/INST]"):
        return "[INST]" in text and "[/INST]" in text
    if token == "<s>":
        # Struck-out text of HTML ends before the text does, and a key to press (`<s>`) has no end at all.
        end = text.find("</s>")
        closed = end > 0 and not text[end + 4 :].strip() and not _TAG.search(text)
        return start == 0 and (closed or "[INST]" in text)
    if token == "</s>":
        return not _OPENED.search(text, 0, start)
    return True


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether characters ``start`` to ``end`` stand in a fenced block, in inline code or in quotation marks."""
    if "`" in text:
        line = text.rfind("\n", 0, start) + 1
        if text.count("```", 0, start) % 2 or text.count("`", line, start) % 2:
            return True
    after = text[end : end + _NEAR].partition("\n")[0]
    if not after:
        return False
    line = text.rfind("\n", 0, start) + 1
    before = text[max(line, start - _NEAR) : start]
    for opening, closing in _QUOTES.items():
        if closing not in after:
            continue
        if opening == closing:
            if before.count(opening) % 2 and (opening != "'" or before.endswith("'")):
                return True
        elif before.rfind(opening) > before.rfind(closing):
            return True
    return False


def is_about_templates(text: str, without_sure: bool = False) -> bool:
    """Whether a text speaks of tokenizers, chat templates or training, where tokens are what it is about.

    ``without_sure`` says that the text is known to hold none of ``SURE_WORDS``.
    """
    lower = text.lower()
    for part, words in () if without_sure else _ABOUT.items():
        if part in lower and any(word in lower for word in words):
            return True
    if any(_stands_alone(lower, name) for name in _ABOUT_NAMES):
        return True
    return any(
        pattern.search(lower) is not None
        for words, pattern in _ABOUT_PATTERNS.items()
        if any(word in lower for word in words)
    )


def _stands_alone(text: str, word: str) -> bool:
    """Whether ``word`` stands in ``text`` with no letter, digit or underscore beside it."""
    at = text.find(word)
    while at >= 0:
        before, after = text[max(at - 1, 0) : at], text[at + len(word) : at + len(word) + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            return True
        at = text.find(word, at + 1)
    return False
