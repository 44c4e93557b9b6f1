"""Telephone numbers that are named as such: ``Phone: 51-16-34-25``, "call me on 78 651 450", ``"fax": "467 3395"``.

Nearly every number of eight digits is somebody's number somewhere, so that what a country gives out tells little. Where
the words right before a number say that it is one to call, it counts in whatever country's fashion it is written.
"""

from __future__ import annotations

import functools
import re

from ftprep.privacy.context import in_arithmetic

LEAST_DIGITS, MOST_DIGITS = 7, 15
MOST_NATIONAL = 13
"""Digits of a number with no prefix for calls from abroad, its country's own prefix included."""
REACH = 64
"""So many characters before a number are read."""

_NOUNS = (
    r"(?:tele)?phone|tel|fax|cell ?phone|whatsapp|landline|hotline|helpline"
    r"|voicemail|telefon|telefonnummer|telefonnr|tel-nr|telnr|handynummer|mobilnummer|mobilnr|rufnummer|fernruf"
    r"|téléphone|tél|teléfono|telefono|telefone|telemóvel|telemovel"
    r"|telefoon|telefoonnummer|tlf|telefonnummeret|puhelin|puhelinnumero|matkapuhelin|telefonu|komórka"
    r"|telefonní číslo|telefón|telefonszám|telefonszáma|cep telefonu|τηλέφωνο|τηλ|телефон|тел|моб|הטלפון|טלפון|هاتف"
    r"|الهاتف"
)
_UNSURE_NOUNS = (  # that are, or count, other things as well
    r"(?:tele)?phones|tels|mobiles?|cells?|cell ?phones|faxes|landlines|hotlines|helplines|handy|mobil|festnetz"
    r"|portable|fixe|teléfonos|móvil|celular|fijo|cellulare|mobiel|gsm"
)
_WHICH = (  # of somebody's numbers: those of an order, an account or a card are none to call
    r"new|old|current|other|main|usual|private|personal|direct|daytime|evening|work|home|office|business|company"
    r"|contact|emergency|callback"
)
_UNSPACED = r"电话|電話|手机|手機|携帯|전화|전화번호|휴대폰|โทร|โทรศัพท์"
_VERBS = r"call(?:ing)?|ring|phone|reach|contact|text|sms|message|answering|dial|ruf|appelez|llame|chiamare"
_WHOM = (
    r"(?: (?:me|us|him|her|them|back|now|today|anytime|directly|again|mich|uns|an"
    r"|(?:my|our|the|his|her|their) \w{2,12}))"
)
_WHOSE = r"(?:my|his|her|our|their|your|mein|meine|mon|ma|mi|il mio|meu)"
_NUMBER_WORD = r"(?:[ _-]?(?:number|no|nr|num|nummer|numbers|numéro|numero|número|номер)(?![^\W_]))"
_BETWEEN = (
    r"[\"'”*_`)\]]{0,3}\.?\s{0,3}(?:(?:is|was|ist|est|es|è|é|at|on|to|under|unter|au|al|är|er|on file)(?![^\W_])"
    r"|[:=#–|-]|->|：)?\s{0,4}[\"'“*_`(\[]{0,3}(?:tel:)?\Z"
)


@functools.cache
def _label() -> re.Pattern[str]:
    """What says it of a number that is written in groups, or with the prefix of a call."""
    return re.compile(
        rf"(?:(?<![^\W_])(?:(?:{_NOUNS}|{_UNSURE_NOUNS})|{_WHOSE} (?:(?:{_WHICH}) )?number)|(?:{_UNSPACED}))"
        rf"{_NUMBER_WORD}?{_BETWEEN}"
        rf"|(?<![^\W_])(?:{_VERBS}|be reached|reachable){_WHOM}{{0,3}} (?:at|on|under|via|unter|au|al)"
        rf"(?: (?:the )?number)?:?\s{{1,3}}[\"'(]?\Z"
        rf"|(?<![^\W_])(?:{_VERBS})(?: [\w.'’-]{{1,20}}){{1,5}} back (?:at|on)\s{{1,3}}\Z"
        rf"|(?<![^\W_])dial:?\s[\"'(]?\Z",
        re.IGNORECASE,
    )


@functools.cache
def _plain_label() -> re.Pattern[str]:
    """What says it of digits without any form, which count something as a rule."""
    return re.compile(
        rf"(?:(?<![^\W_])(?:(?:{_NOUNS}){_NUMBER_WORD}?|(?:{_UNSURE_NOUNS}){_NUMBER_WORD}|{_WHOSE} (?:{_UNSURE_NOUNS})"
        rf"|{_WHOSE} (?:{_WHICH}) number)|(?:{_UNSPACED}){_NUMBER_WORD}?){_BETWEEN}"
        rf"|(?<![^\W_])(?:(?:{_VERBS}){_WHOM}{{1,3}}|be reached|reachable) (?:at|on|under|via|unter|au|al)"
        rf"(?: (?:the )?number)?:?\s{{1,3}}[\"'(]?\Z"
        rf"|(?<![^\W_])(?:{_VERBS})(?: [\w.'’-]{{1,20}}){{1,5}} back (?:at|on)\s{{1,3}}\Z",
        re.IGNORECASE,
    )


# Words that say it of a number that is written like one to call: in groups, or with the prefix of a call.
_WEAK_LABEL = re.compile(
    r"(?i)(?<![^\W_])(?:(?:call|calling|ring|text|phone|try|tried)|contact(?:s|ed)?(?: [\w.'’-]{1,20}){0,4}:"
    r"|(?:phone|mobile|cell|call|ring|fax)(?![^\W_])[^\n]{0,40}(?<![^\W_])number(?: is| was|:)?)\s{1,3}\Z"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .,]\d{3})+")
_ROUND = ("0000", " 000", ".000")
"""Ends of numbers that count or measure."""
_LIKE_A_CALL = re.compile(
    r"[+]|[(]\d{1,5}[)]|0\d|\d[ ][(]|\d{10,11}\Z|\d{1,4}[ ./-]\d{2,}[ ./-]\d{2,}|\d{2,4}[ /-]\d{3,}|\d{3,4} \d{4}\Z"
)


_HINT = re.compile(
    r"(?i)ph|tel|tél|mob|cell|fax|what|line|mail|hand|ruf|fest|port|fix|móv|fij|gsm|tlf|puh|kom|τηλ|тел|моб|טל|ها|电|電|手|携"
    r"|전|휴|โทร|number|call|ring|reach|contact|text|sms|mess|answ|dial|lla|chia|app|tr[iy]|cont"
)
_SEPARATOR = r"(?:[ .\-/\u00a0\u2010-\u2013]|[ ]?\(|\)[ ./-]?|[ ]-[ ])?"
_NUMBER = re.compile(
    rf"[0-9](?:{_SEPARATOR}[0-9]){{{LEAST_DIGITS - 1},{MOST_DIGITS - 1}}}(?:[ ]?(?:x|ext\.?)[ ]?\d{{1,5}})?"
)
_ENDS = re.compile(
    r"[^\W]|[@%°]|[.,:/-]\d|[ ]?(?:%|°)|[ ](?:times|units|people|users|items|rows|bytes|tokens|dollars)\b"
)
_OTHERS = re.compile(
    r"(?:19|20)\d\d(?:(?P<s>[-/.]?)(?:0?[1-9]|1[0-2])(?P=s)(?:0?[1-9]|[12]\d|3[01])|[ ]?[-/–][ ]?(?:19|20)\d\d)"
    r"|(?:0?[1-9]|[12]\d|3[01])(?P<t>[-/.])(?:0?[1-9]|[12]\d|3[01])(?P=t)(?:19|20)\d\d|\d{1,3}(?:\.\d{1,3}){3}|\d+\.\d+"
)
_OPENING = ("+", "(", "+(", "(+")


def named_number(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The place of the number that a cluster of digits begins with, where words before it say what it is; or None."""
    if end - start < LEAST_DIGITS:
        return None
    match = _NUMBER.match(text, start)
    if match is None or _ENDS.match(text, match.end()) is not None:
        return None
    first = start
    while first > 0 and text[first - 1] in "(+" and text[first - 1 : start] in _OPENING:
        first -= 1
    low = max(first - REACH, 0)
    if _HINT.search(text, low, first) is None:
        return None
    if _OTHERS.fullmatch(match[0]) is not None:
        return None
    digits = re.split("[ex]", match[0])[0]
    prefixed = match[0][0] == "0" or first < start
    if not prefixed and sum(map(str.isdigit, digits)) > MOST_NATIONAL:
        return None  # a card, say
    before = text[low:first]
    if not prefixed and (digits.isdigit() or _THOUSANDS.fullmatch(digits) is not None):
        if digits.endswith(_ROUND) or _plain_label().search(before) is None:
            return None
    elif _label().search(before) is None and (
        _LIKE_A_CALL.match(text, first, match.end()) is None or _WEAK_LABEL.search(before) is None
    ):
        return None
    if in_arithmetic(text, match.end() - 1, match.end()):
        return None
    if text[first] == "(" and ")" not in match[0]:  # the sentence's own
        first += 1
    return first, match.end()
