"""Dates of birth: whole dates after words that say so."""

from __future__ import annotations

import datetime
import functools
import re

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?"
    "|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober|dezember|jänner|janvier|février|mars|avril|juin|juillet|août"
    "|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre"
    "|diciembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|janeiro|fevereiro|março|maio|junho"
    "|julho|setembro|outubro|dezembro|januari|februari|maart|mei|augustus|maj|augusti"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d\d"
_DATE = (
    rf"(?:{_YEAR}[-/.]{_MONTH}[-/.]{_DAY}|{_DAY}[-/. ]{_MONTH}[-/. ](?:{_YEAR}|\d\d)"
    rf"|{_MONTH}[-/.]{_DAY}[-/.](?:{_YEAR}|\d\d)"
    rf"|{_DAY}(?:st|nd|rd|th|\.|er|º)?[ -]+(?:of |de )?(?:{_MONTHS})\.?,?[ -]+(?:de |del |of )?{_YEAR}"
    rf"|(?:{_MONTHS})\.?[ -]+{_DAY}(?:st|nd|rd|th)?,?[ -]+{_YEAR}|{_YEAR}年{_MONTH}月{_DAY}日)"
)
_LABEL = (
    r"(?:d\.?o\.?b\.?|(?:date|day|place and date)[ _-]of[ _-]birth|birth[ _-]?(?:date|day)s?|birthdates?|b-?day"
    r"|geburtsdatum|geburtstag|geb\.|date de naissance|fecha de nacimiento|data di nascita|data de nascimento"
    r"|geboortedatum|födelsedatum|fødselsdato|syntymäaika|data urodzenia|datum narození|doğum tarihi|дата рождения"
    r"|出生日期|出生年月日|生年月日|생년월일)"
)
_BORN = (
    r"(?:born|geboren|née?|nacid[oa]|nací|nat[oa]|nascid[oa]|född|født|syntynyt|urodzon[ya]|родил(?:ся|ась))"
    r"(?:[ \t]+(?:on|am|le|el|il|em|op|den|the|in[ \t]+\w+[ \t]+on))?"
)
_BETWEEN = (
    r"[\"'”*_`)\]]{0,3}[ \t]*(?:is|was|ist|est|es|è|é|as|of|on|am|le|[:=–-]|\|)?[ \t]*[\"'“*_`(\[]{0,3}[ \t]*"
    r"(?:the[ \t]+)?"
)


@functools.cache
def _pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![^\W_])(?:(?P<label>{_LABEL})|(?P<born>{_BORN})){_BETWEEN}(?P<date>{_DATE})(?![\w-]|[/.]\d)",
        re.IGNORECASE,
    )


_HINT_WORDS = (
    "birth born dob d.o.b bday b-day geb naiss nacim nascit nascim né nacid nací nata nato nascid född födels fødsel"
    " født synty urodz narozen doğum рожд родил 出生 生年 생년"
)
HINTS = tuple(_HINT_WORDS.split())
"""One of them stands at the beginning of a word, in any case, wherever the pattern matches."""


def promising(text: str, start: int, end: int) -> bool:
    """Whether a part of a text may say when somebody was born. Cheap."""
    lower = text[start:end].lower()
    return any(hint in lower for hint in HINTS)


REACH = 90
"""No longer is what the pattern reads before the digits of a date, and after them."""


def spans(text: str) -> list[tuple[int, int]]:
    """The dates of birth of a text.

    Silent about dates that cannot be of anybody who lives, and about what biographies say of the famous: a birth in
    brackets, with years of life, or of somebody who died.
    """
    found = []
    for match in _pattern().finditer(text):
        start, end = match.span("date")
        if match["born"] is not None and _of_the_famous(text, match.start("born"), end):
            continue
        if _plausible(match["date"]):
            found.append((start, end))
    return found


_LIFE = re.compile(
    r"\s*(?:[–—-]\s*(?:\w+\s){0,3}\d|,?\s*(?:and\s+)?(?:died|d\.|†|deceased|death))|[^.\n]{0,60}\bdied\b", re.IGNORECASE
)


def _of_the_famous(text: str, start: int, end: int) -> bool:
    before = text[max(start - 90, 0) : start].lower().replace("-lrb-", "(").replace("-rrb-", ")")
    in_brackets = before.rfind("(") > before.rfind(")") or before.rstrip().endswith("[")
    return in_brackets or _LIFE.match(text, end, end + 80) is not None


def _plausible(date: str) -> bool:
    year = re.search(_YEAR, date)
    if year is None:
        return True
    return 1905 <= int(year[0]) <= datetime.date.today().year
