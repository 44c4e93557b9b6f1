"""Placeholders: what a template leaves open, and an answer should have filled in."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ftprep.text.markdown import mask_all

Kind = Literal["mustache", "bracket", "angle", "no-output", "lorem", "todo", "masked-digits"]

_NOUNS = (
    *("your", "insert", "enter", "add", "recipient", "sender", "customer", "client", "candidate", "company"),
    *("employer", "hiring", "manager", "product", "job", "position", "phone", "email", "e-mail", "address", "date"),
    *("name", "amount", "department", "first name", "last name", "full name", "organization", "organisation"),
    *("school", "university", "contact", "project", "order number", "tracking number", "user name", "username"),
)
_FILLERS = ("insert", "your", "enter", "add", "name of", "fill", "placeholder")

# Every placeholder has one of these in it, or, where programs and commands do as well, the mark of a field.
FIELD = "{{"
ANCHORS = ("TODO", "FIXME", "TBD", "TKTK", "XXX-", "X,XXX", "-XXX")
ANCHORS_OF_ANY_CASE = (
    *(f"[{noun}" for noun in _NOUNS),
    *(f"<{word} " for word in _FILLERS),
    *("lorem ipsum dolor", "nooutput", "no output", "noinput"),
)


class Placeholder(NamedTuple):
    """One placeholder: its kind and the range of characters in the answer."""

    kind: Kind
    start: int
    end: int


_SEARCHED: dict[Kind, str] = {
    "mustache": r"(?<!\{)\{\{\s?[^\W\d_][\w .\-/'’]{0,50}\}\}(?!\})",
    "bracket": (
        r"(?<![\w)\]])\[(?i:" + "|".join(_NOUNS) + r")(?:['’]s)?\b"
        r"(?![^\[\]\n]{0,60}\b(?i:missing|needed|unknown|redacted|omitted|removed|unclear|inaudible|withheld)\b)"
        r"(?:[ /_-]+[^\s\[\]/_=-]+){0,8}\](?![\w(\[:])"
    ),
    "angle": r"<(?i:" + "|".join(_FILLERS) + r")\s+[^\W\d_][^<>\n=\"]{0,60}>",
    "lorem": r"(?i:lorem ipsum dolor)",
    # A word of Spanish too: it stands alone, after a colon or before one.
    "todo": (
        r"(?:(?<=[:|(\[–—-] )|(?<=[(\[])|^)(?:TODO|FIXME|TBD|TKTK)(?=[ \t]*(?:$|[.,;)|\]]))"
        r"|(?:(?<=[(\[])|^)(?:TODO|FIXME)(?=: )"
    ),
    "masked-digits": r"(?<![\w-])(?:\(?XXX\)?[ -]XXX-XXXX|(?:1-)?8\d\d-XXX|\+?1-XXX|\$X,XXX|X{3}-X{4})(?!X)",
}
# What is in every match of each.
_PARTS: dict[Kind, tuple[str, ...]] = {
    "bracket": ("[",),
    "angle": ("<",),
    "lorem": ("sum", "SUM"),
    "todo": ("TBD", "TODO", "FIXME", "TKTK"),
    "masked-digits": ("XXX",),
}
_NO_OUTPUT = frozenset(("nooutput", "no output", "noinput"))
_NO_OUTPUT_OPENS = re.compile(r"\s*[<\[](?:no ?output|noinput)[>\]]", re.IGNORECASE)

_CODE_LINE = (
    r"[;{}=\\]\s*$|^\s*(?:def|let|var|const|import|from|function|class|return|print|echo|sudo|kubectl|git|curl|\$|>>>|//"
    r"|#|<!--|--|/\*|\*/|@|GET|POST|PUT|DELETE|PATCH|HTTP)(?:\W|$)"
    r"|^\s*[\w.$]+\s?(?:=|\+=|:=|=>)|\w\([^)\s]*\)|\"[\w-]+\"\s*:|[\w-]+\s?=\s?[\"'\w\[]"
    r"|</?\w+[^>]*>\s*$|\bfor \w+ in\b"
    r"|^\s*[\w-]+\s+--?\w"
)
_PLAIN_WORD = re.compile(r"[(\"“'‘¿¡]?[^\W\d_]+(?:['’-][^\W\d_]+)*[)\"”'’]?[.,;:!?…]*")
_SENTENCE_MARK = re.compile(r"[.!?。！？؟।…](?:[\"”'’)]?(?:\s|$))|[。！？]")

_DOCUMENTS = (
    r"(?:letter|e-?mail|mail|memo|memorandum|invitation|invite|contract|clause|agreement|form|cv|resume|résumé|linkedin"
    r"|bio|biography|signature|script|speech|press release|proposal|invoice|post|message|reply|response|survey"
    r"|questionnaire|lesson plan|ticket|report|plan|story|statement|announcement|newsletter|advert\w*|ad|flyer|brochure"
    r"|policy|notice|card|testimonial|review|summary|outline|essay|article|blog|tweet|caption|slogan|itinerary|schedule"
    r"|agenda|minutes|toast|introduction|description|profile|page|website|presentation|pitch|checklist|receipt|quote"
    r"|dialogue|conversation|note|document|apology|complaint|application|reference|recommendation|voicemail|sms|text|poem|song|joke|quiz|list|table|instructions?|guide|feedback|request)s?"
)
_ASKS = (
    r"\b(?:writ|pen|draft|compos|creat|prepar|generat|design|mak|giv|help me|improv|rewrit|rephras|edit|produc|develop"
    r"|propos|suggest|provid|craft|formulat|outlin|complet|need|show|build|com[ei] up)\w*\b[^\n]{0,120}?\b"
    + _DOCUMENTS
    + r"\b|\b(?:templates?|placeholders?|samples?|examples?|fill.in|blanks?|boilerplate|dummy|lorem|mad ?libs?)\b"
    r"|^\W*(?:an? |the )?(?:\w+ ){0,2}" + _DOCUMENTS + r"\b"
    r"|(?:写|撰写|起草|编写|創建|创建|生成|设计|准备)[^\n]{0,60}(?:信|邮件|郵件|合同|简历|邀请|演讲|报告|模板|文章|故事|通知|计划)|模板|示例|例文"
    r"|\b(?:escrib|redact|crea|genera|prepar)\w*[^\n]{0,120}(?:carta|correo|contrato|plantilla|informe|invitaci|discurso)"
    r"|\b(?:schreib|verfass|erstell|entw[iu]rf)\w*[^\n]{0,120}(?:brief|mail|vertrag|vorlage|einladung|rede|bewerbung)"
    r"|(?:brief|mail|vertrag|vorlage|einladung|rede|bewerbung)\w*[^\n]{0,60}(?:schreib|verfass|erstell|entw[iu]rf)"
    r"|\b(?:écri|rédige|crée|prépar)\w*[^\n]{0,120}(?:lettre|mail|contrat|modèle|rapport|invitation|discours)"
)
_ABOUT_TEMPLATES = re.compile(
    r"jinja|handlebars|mustache|liquid|django|vue|angular|helm|ansible|go template|curly brace|double brace|latex"
    r"|template|模板|placeholder|variable|f-string|format string",
    re.IGNORECASE,
)


@functools.cache
def _compiled() -> dict[Kind, re.Pattern[str]]:
    return {kind: re.compile(pattern, re.MULTILINE) for kind, pattern in _SEARCHED.items()}


@functools.cache
def _code_line() -> re.Pattern[str]:
    return re.compile(_CODE_LINE)


@functools.cache
def _asks() -> re.Pattern[str]:
    return re.compile(_ASKS, re.IGNORECASE | re.MULTILINE)


_LETTER = re.compile(r"^\s*(?:subject|to|re|betreff|objet|asunto)\s?:|^\s*dear\b", re.IGNORECASE | re.MULTILINE)


def is_document_to_complete(answer: str, prompt: str) -> bool:
    """Whether the answer is, or the user asks for, a letter, a form, a template: something that is "
    "still to be signed."""
    if _LETTER.search(answer[:500]):
        return True
    return _asks().search(prompt[:2000]) is not None or _asks().search(prompt[-2000:]) is not None


def reads_as_prose(masked: str) -> bool:
    """Whether a text is mostly words, in at least one sentence: no command, no table of fields."""
    if _SENTENCE_MARK.search(masked) is None:
        return False
    words = masked.split()
    return len(words) >= 6 and sum(_PLAIN_WORD.fullmatch(word) is not None for word in words) >= 0.6 * len(words)


def may_hold_field(answer: str) -> bool:
    """Whether an answer with ``{{`` is worth a closer look; most commands full of ``{{...}}`` are not."""
    return answer.count(" ") >= 5 and _SENTENCE_MARK.search(answer) is not None


def may_hold_placeholder(answer: str) -> bool:
    """Whether an answer with one of the anchors is worth a closer look."""
    if FIELD in answer and may_hold_field(answer):
        return True
    if _NO_OUTPUT_OPENS.match(answer) or answer.strip(" \t\r\n<>[]().'\"").lower() in _NO_OUTPUT:
        return True
    for kind, parts in _PARTS.items():
        for part in parts:
            if part in answer:
                if _compiled()[kind].search(answer):
                    return True
                break
    return False


def placeholders(answer: str, prompt: str) -> Iterator[Placeholder]:
    """The placeholders of ``answer`` that do not stand in ``prompt`` and are not part of code."""
    if answer.strip(" \t\r\n<>[]().'\"").lower() in _NO_OUTPUT or _NO_OUTPUT_OPENS.match(answer):
        opening = _NO_OUTPUT_OPENS.match(answer)
        shown = answer[: opening.end()].strip() if opening else answer.strip()
        if shown.strip("<>[]().'\"").lower() not in prompt.lower():
            start = answer.index(shown)
            yield Placeholder("no-output", start, start + len(shown))
        return
    masked, lowered = mask_all(answer), prompt.lower()
    for kind, pattern in _compiled().items():
        found = [
            match
            for match in pattern.finditer(masked)
            if not _is_given(match[0].lower(), lowered) and not _in_code(masked, match)
        ]
        if not found:
            continue
        if kind == "mustache" and (
            not reads_as_prose(pattern.sub(" ", masked)) or _ABOUT_TEMPLATES.search(prompt + masked)
        ):
            continue
        for match in found:
            yield Placeholder(kind, *match.span())


def _is_given(placeholder: str, prompt: str) -> bool:
    """Whether the prompt holds the placeholder, or speaks of what several words in it name."""
    words = placeholder.strip("[]{}<> ")
    return placeholder in prompt or (" " in words and not words.startswith("your ") and words in prompt)


def _in_code(masked: str, match: re.Match[str]) -> bool:
    """Whether the line of ``match``, without the match itself, looks like code."""
    start = masked.rfind("\n", 0, match.start()) + 1
    end = masked.find("\n", match.end())
    end = len(masked) if end < 0 else end
    before, after = masked[max(start, match.start() - 200) : match.start()], masked[match.end() : end][:200]
    if not before.strip() and not after.strip() and match[0].islower():
        # Alone in its line: the head of a part of a configuration file, when a setting follows.
        following = masked[end : end + 80].lstrip("\n").split("\n", 1)[0]
        return "=" in following
    return _code_line().search(f"{before}x{after}") is not None
