"""Words around a value that say what it is. Only whole words count: `lic` in `republic` says nothing of a licence."""

from __future__ import annotations

import functools
import re

BEFORE, AFTER = 60, 30
"""So many characters are read before and after a value."""

_WORDS = {
    "phone": "phone phones telephone telephones tel tels call calls calling cell cellphone mobile mobiles fax faxes"
    " contact"
    " whatsapp sms dial hotline helpline landline text ring reach"
    " telefon tel-nr telefonnummer handy mobil handynummer rufnummer fernruf téléphone tél portable numéro appeler"
    " teléfono teléfonos móvil celular llamar telefono cellulare telemóvel telefone telefoon mobiel gsm tlf"
    " telefonnr mobilnr"
    " puhelin telefonu telefonní komórka telefón τηλέφωνο телефон тел моб номер هاتف טלפון फोन 电话"
    " 電話 手机 携帯 전화",
    "card": "card cards credit debit visa mastercard amex maestro discover diners jcb cc creditcard payment pan karte"
    " kreditkarte kartennummer carte tarjeta carta cartão creditcardnummer charge charged"
    " expiry expires expiration cvv cvc",
    "wallet": "wallet wallets eth ethereum ether btc bitcoin crypto address addresses deposit donate donation usdt"
    " erc20 token",
    "mac": "mac ethernet hardware physical device interface address bssid wifi wlan nic",
    "version": "version versions ver v release build firmware revision rev chapter section clause figure fig oid"
    " snmp rfc"
    " driver update patch sdk",
    "book": "isbn issn doi isbn-13 isbn-10 ean upc gtin asin imei sku serial invoice order tracking ticket id ref"
    " reference"
    " hash seed timestamp unix epoch",
}


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    return whole_words(_WORDS[name].split())


def whole_words(words: list[str]) -> re.Pattern[str]:
    """A pattern that finds any of ``words`` standing by itself, in any case; a space is any run of white space.

    Thai, Chinese, Japanese and Korean words are found inside of others too: these scripts write no spaces between, or
    put endings to the word.
    """
    ordered = sorted(words, key=len, reverse=True)
    inside = [re.escape(word) for word in ordered if word[0] >= FIRST_UNSPACED]
    alone = (r"[\s_-]+".join(map(re.escape, word.split())) for word in ordered if word[0] < FIRST_UNSPACED)
    return re.compile("|".join((rf"(?<![^\W_])(?:{'|'.join(alone)})(?![^\W\d_])", *inside)), re.IGNORECASE)


FIRST_UNSPACED = "\u0e00"
"""Words that begin with this letter or a later one have no edges to look for."""


def near(text: str, start: int, end: int, pattern: re.Pattern[str], before: int = BEFORE, after: int = AFTER) -> bool:
    """Whether ``pattern`` is found shortly before or after a value; words of the value itself do not count."""
    return pattern.search(text, max(start - before, 0), start) is not None or within(text, end, end + after, pattern)


def within(text: str, start: int, end: int, pattern: re.Pattern[str]) -> bool:
    """Whether ``pattern`` is found in a part of a text; what is cut by the end of the part is no word."""
    found = pattern.search(text, start, end + 1)  # one more, for the pattern to see whether its word goes on
    return found is not None and found.end() <= end


def says(name: str, text: str, start: int, end: int, before: int = BEFORE, after: int = AFTER) -> bool:
    """Whether words of the list ``name`` stand around a value."""
    return near(text, start, end, _pattern(name), before, after)


_ARITHMETIC_BEFORE = re.compile(r"[=*/^<>≤≥×÷±√∑%$£€¥]\s*\Z|[\w)\]]\s*\+\s*\Z|\d\s+[-–]\s+\Z")
# The edge of a tag or a special token is no operator: `</s>`, `<br>`, `<|im_end|>`.
_MARKUP_AFTER = re.compile(r"\s*</?[|!A-Za-z][^<>\n]{0,60}>")
_MARKUP_BEFORE = re.compile(r"</?[|!A-Za-z][^<>\n]{0,60}>\s*\Z")
_ARITHMETIC_AFTER = re.compile(r"\s*(?:[*^=<>≤≥×÷%]|\+\s*[\d(]|/\s*\d)|\s+[-–]\s+\d")


def in_arithmetic(text: str, start: int, end: int) -> bool:
    """Whether a number is an operand: an operator stands directly before or after it."""
    before, after = text[max(start - 8, 0) : start], text[end : end + 8]
    if _ARITHMETIC_BEFORE.search(before) is not None and (
        ">" not in before or _MARKUP_BEFORE.search(text[max(start - 72, 0) : start]) is None
    ):
        return True
    return _ARITHMETIC_AFTER.match(after) is not None and (
        "<" not in after or _MARKUP_AFTER.match(text, end, end + 72) is None
    )


def says_phone(text: str) -> bool:
    """Whether a word for telephones stands in a short text."""
    return _pattern("phone").search(text) is not None


def in_braces(text: str, place: int) -> bool:
    """Whether ``place`` stands in double braces, where a template shows what may be filled in."""
    opened = text.rfind("{{", max(place - 200, 0), place)
    return opened >= 0 and text.find("}}", opened, place) < 0
