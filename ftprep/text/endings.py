"""How answers end: whole, or cut off by a limit on their length."""

from __future__ import annotations

import json
import re
from typing import Literal, NamedTuple

from ftprep.text.markdown import fences

Kind = Literal["json", "list-marker", "table", "dangling-word", "open-punctuation", "no-end-mark", "no-marks"]

LEAST_WORDS = 15
LEAST_BYTES = 2 * LEAST_WORDS - 1
_TAIL = 2_000  # what is read of an answer to judge its end
_LONGEST_JSON = 1_000_000
_LONG_LINE = 12  # words

# Words that no sentence ends with, in lower case: articles, possessives, conjunctions. Left out are those that are
# other words too, in their own language or in another one.
_WORDS = (
    "the a an and or of my your our their than because although whereas whose into including every if as "
    "los las unos unas porque aunque cuyo cada eine einen einem einer und oder weil obwohl dass "
    "les une et ou du dont chaque aux uma embora della delle dei nella gli"
)
_DANGLING = frozenset(_WORDS.split())

_END_MARK = ".!?…。！？．।॥؟۔።։;；"
_CLOSERS = "\"'”’»)]}*_~`>）】》」』›“„"
_CODE_LIKE = re.compile(
    r"[{}=;<>|\\$#@^~]|->|\w\([^)]*\)?|[a-z0-9]_[a-z0-9]|https?:|www\.|\w+\.(?:com|org|net|py|js|html)\b|/\w+/"
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_MARKER = re.compile(r"[ \t]*(?:\d{1,3}[.)]|[-*•+])[ \t]*$")
_ITEM = re.compile(r"^[ \t]*(?:\d{1,3}[.)]|[-*•+])[ \t]+\S", re.MULTILINE)
_JSON_OPENS = re.compile(r"\s*(?:\{\s*\"[^\"\n]{1,200}\"\s*:|\[\s*[\[{\"\d-])")
_CLOSING_PHRASE = re.compile(
    r"^\W*(?:\w+ ){0,3}(?:regards|wishes|sincerely|truly|faithfully|yours|thanks|cheers|love|respectfully|cordially"
    r"|greetings|thank you|saludos|atentamente|grüßen?|cordialement)(?: \w+){0,3}\W*$",
    re.IGNORECASE,
)
_MARK_INSIDE = re.compile(r"[.!?][\"”’)]?\s|[。！？]")
_EMOTICON = re.compile(r"(?:[:;=8xX]['’]?-?[)(\]\[DPpOo/|*3]+|<3|\^_?\^)$")


class Ending(NamedTuple):
    """What shows that an answer is cut off, and where the last line begins. ``strong`` is proof by itself."""

    kind: Kind
    strong: bool
    start: int


def word_count(text: str) -> int:
    """Words of a text; two characters of a script without spaces are a word."""
    dense = len(_DENSE.findall(text))
    return len(text.split()) + dense // 2


def cut_off(answer: str) -> Ending | None:
    """How ``answer`` shows that it stops too early; None where it does not, or where that cannot be judged."""
    text = answer.rstrip()
    if not text or word_count(text[-_TAIL:]) < LEAST_WORDS:
        return None
    start = text.rfind("\n") + 1
    if _JSON_OPENS.match(text):
        return Ending("json", True, start) if is_cut_json(text) else None
    last = text[start:]
    if len(last) > _TAIL:
        start, last = len(text) - _TAIL, last[-_TAIL:]
    before = text[max(0, start - _TAIL) : start]
    if _in_fence(text):
        return None
    if _MARKER.match(last):
        items = len(_ITEM.findall(before))
        return Ending("list-marker", True, start) if items >= 2 else None
    if last.lstrip().startswith("|"):
        above = [line.strip() for line in before.splitlines()[-2:]]
        rows = len(above) == 2 and all(line.startswith("|") and line.endswith("|") and len(line) > 2 for line in above)
        return Ending("table", True, start) if rows and not last.endswith("|") else None
    if _CODE_LIKE.search(last) or last.isupper() or _is_ended(last):
        return None
    words = _WORD.findall(last)
    end = last[-1]
    if end in ",、([“—–" and len(words) >= 6 and not _CLOSING_PHRASE.match(last):
        return Ending("open-punctuation", True, start)
    final = last.rsplit(None, 1)[-1]
    if len(words) >= 5 and final in _DANGLING and not _is_quoted_word(last, final):
        return Ending("dangling-word", True, start)
    if word_count(last) >= _LONG_LINE and (end.isalpha() or _DENSE.match(end)):
        kind = _weak_kind(before, last)
        return Ending(kind, False, start) if kind else None
    return None


def _is_quoted_word(line: str, word: str) -> bool:
    """Whether the line speaks of the word, as in "the article is the" or "Answer: and"."""
    before = line[: -len(word)].rstrip()
    return before.endswith((":", '"', "“", "=")) or before.lower().endswith((" word", " is", " article", " letter"))


def _is_ended(line: str) -> bool:
    bare = line.rstrip(_CLOSERS + "0123456789¹²³⁴⁵⁶⁷⁸⁹⁰[]†")
    if bare and bare[-1] in _END_MARK:
        return True
    last = line[-1]
    return (
        _EMOTICON.search(line) is not None or ord(last) >= 0x1F000 or 0x2190 <= ord(last) <= 0x2BFF or last == "\ufe0f"
    )


def _weak_kind(before: str, last: str) -> Kind | None:
    """What a missing mark at the end means in view of the answer's other long lines: at least four of five end."""
    long = [line for line in before.splitlines() if word_count(line) >= _LONG_LINE]
    ended = sum(_is_ended(line.strip()) or line.rstrip().endswith(":") for line in long)
    if ended < 0.8 * len(long):
        return None
    return "no-end-mark" if long or _MARK_INSIDE.search(last) or _MARK_INSIDE.search(before) else "no-marks"


def _in_fence(text: str) -> bool:
    """Whether the text ends in a block of code, closed or not, or has one open."""
    blocks = fences(text) if "```" in text or "~~~" in text else []
    return bool(blocks) and (not blocks[-1].closed or not text[blocks[-1].end :].strip())


def is_cut_json(text: str) -> bool:
    """Whether a text that begins as JSON stops inside it: closing what is open makes it parse."""
    if len(text) > _LONGEST_JSON:
        return False
    stack: list[str] = []
    in_string = escaped = False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "{[":
            stack.append("}" if character == "{" else "]")
        elif character in "}]":
            if not stack or stack.pop() != character:
                return False
            if not stack:
                return False  # whole, whatever follows
    if not stack:
        return False
    closing = "".join(reversed(stack))
    body = text[:-1] if escaped else text
    body = re.sub(r"\\u[0-9a-fA-F]{0,3}$", "", body) if in_string else body
    heads = [body + '"', body + '": null'] if in_string else [body, body + ": null", body + " null"]
    if not in_string:
        stripped = body.rstrip()
        shorter = re.sub(r"[^\s,:\[\]{}\"]+$", "", stripped).rstrip()  # drops a half token: tru, 12., nul
        heads += [stripped.rstrip(","), shorter.rstrip(","), shorter + " null"]
    return any(_parses(head + closing) for head in heads)


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
