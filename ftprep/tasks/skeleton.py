"""The skeleton of a request: what is left without things that never carry meaning.

Only articles, politeness and fillers are dropped. Pronouns, prepositions, question words, modals, negations, digits and
emoji stay, and so does the order: each of them was seen to change a label rightly.
"""

from __future__ import annotations

import re
import unicodedata

LEAST_TOKENS, LEAST_CHARACTERS = 3, 12

_MASKED = re.compile(r"https?://\S+|www\.\S+|@\w+|\A\s*RT\b")
_CONTRACTIONS = (
    (re.compile(r"\b(can)['’]?t\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon['’]?t\b"), "will not"),
    (re.compile(r"\b(do|does|did|is|are|was|were|has|have|had|would|could|should)n['’]?t\b"), r"\1 not"),
    (re.compile(r"['’]m\b"), " am"),
    (re.compile(r"['’]re\b"), " are"),
    (re.compile(r"['’]ve\b"), " have"),
    (re.compile(r"['’]ll\b"), " will"),
)
_SHORTENED = re.compile(r"['’]|\b(?:cannot|(?:ca|wo|do|does|did|is|are|was|were|has|have|had|would|could|should)nt)\b")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_PUNCTUATION = frozenset({"Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps"})
_ASCII_PUNCTUATION = frozenset(".,;:!?'\"-()[]_/&*#%@\\{}")
_EMPTY = frozenset(
    {"a", "an", "the", "please", "pls", "hi", "hello", "hey", "thanks", "thank", "ok", "okay", "just", "really", "very"}
)


def skeleton(text: str) -> str:
    """The skeleton of a request; empty where too little is left to compare."""
    folded = _MASKED.sub(" ", text) if _may_be_masked(text) else text
    folded = (folded if folded.isascii() else unicodedata.normalize("NFKC", folded)).casefold()
    if _SHORTENED.search(folded):
        for pattern, plain in _CONTRACTIONS:
            folded = pattern.sub(plain, folded)
    tokens = [token for token in _TOKEN.findall(folded) if token not in _EMPTY and not _is_punctuation(token)]
    joined = "".join(tokens)
    if len(tokens) < LEAST_TOKENS and len(joined) < LEAST_CHARACTERS:
        return ""
    return joined


def _may_be_masked(text: str) -> bool:
    return "@" in text or "://" in text or "www." in text or text.lstrip()[:2] == "RT"


def _is_punctuation(token: str) -> bool:
    if len(token) > 1 or token.isalnum():
        return False
    return token in _ASCII_PUNCTUATION or unicodedata.category(token) in _PUNCTUATION
