"""The skeleton of a request: what is left without things that never carry meaning.

Only articles, politeness and fillers are dropped. Pronouns, prepositions, question words, modals, negations, digits and
emoji stay, and so does the order: each of them was seen to change a label rightly.
"""

from __future__ import annotations

import re
import unicodedata

LEAST_TOKENS, LEAST_CHARACTERS = 3, 12

_MASKED = re.compile(r"https?://\S+|www\.\S+|@\w+|\A\s*rt\b")
_VERBS = "do|does|did|is|are|was|were|has|have|had|would|could|should|ca|wo"
_SHORTENED = re.compile(rf"\b(?:cannot|(?P<verb>{_VERBS})n['’]?t)\b|['’](?P<tail>m|re|ve|ll)\b")
_WHOLE = {"ca": "can not", "wo": "will not", "m": " am", "re": " are", "ve": " have", "ll": " will"}
_TOKEN = re.compile(r"\w+|[^\w\s]")
_DROPPED = frozenset(
    {"a", "an", "the", "please", "pls", "hi", "hello", "hey", "thanks", "thank", "ok", "okay", "just", "really", "very"}
    | set(".,;:!?'\"-()[]_/&*#%@\\{}")
)
_PUNCTUATION = frozenset({"Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps"})


def skeleton(text: str) -> str:
    """The skeleton of a request; empty where too little is left to compare."""
    ascii_only = text.isascii()
    folded = (text if ascii_only else unicodedata.normalize("NFKC", text)).casefold()
    if "@" in folded or "://" in folded or "www." in folded or folded.lstrip()[:2] == "rt":
        folded = _MASKED.sub(" ", folded)
    if "'" in folded or "’" in folded or "nt" in folded or "cannot" in folded:
        folded = _SHORTENED.sub(_written_out, folded)
    tokens = [token for token in _TOKEN.findall(folded) if token not in _DROPPED]
    if not ascii_only:
        tokens = [token for token in tokens if not _is_punctuation(token)]
    joined = "".join(tokens)
    return "" if len(tokens) < LEAST_TOKENS and len(joined) < LEAST_CHARACTERS else joined


def _written_out(match: re.Match[str]) -> str:
    verb, tail = match["verb"], match["tail"]
    if tail:
        return _WHOLE[tail]
    return _WHOLE.get(verb, f"{verb} not") if verb else "can not"


def _is_punctuation(token: str) -> bool:
    return len(token) == 1 and not token.isalnum() and unicodedata.category(token) in _PUNCTUATION
