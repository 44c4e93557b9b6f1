"""What is searched for, and how: group of anchors, window, a cheap look, recognizer, verdict.

The cheap look (``promising``) decides whether presidio has to be asked, and so whether it is imported at all. It may
let too much through, never too little. The verdict sees the whole text, so that words around a value count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ftprep.privacy import accounts, addresses, birth, candidates, cards, context, fixtures, national, phones
from ftprep.privacy.candidates import Reach
from ftprep.privacy.phone_labels import named_number
from ftprep.privacy.value import Grade, Value

Verdict = Callable[[str, int, int, float], Value | None]
"""From a text, a place in it and presidio's score to a value, or None where it is none."""


Look = Callable[[str, int, int], bool]


class Detector(NamedTuple):
    """One search. ``recognizer`` is a name of :mod:`ftprep.privacy.recognizers`."""

    recognizer: str
    group: str
    reach: Reach
    promising: Look
    """Whether the window from ``start`` to ``end`` of a text may hold a value."""
    verdict: Verdict
    own: Look | None = None
    """A further look, where detectors share the first one."""


_LONGEST_ID = 40
# How far a word may stand from a place inside of a number.
_BESIDE = (national.BEFORE + _LONGEST_ID, national.AFTER + _LONGEST_ID)

GROUPS: dict[str, candidates.Group] = {
    "at": candidates.at_signs,
    "iban": candidates.account_heads,
    "wallet": candidates.long_words,
    "mac": candidates.paired_hex,
    "ipv4": candidates.dotted_digits,
    "ipv6": candidates.colon_groups,
    "phone": candidates.many_digits(phones.LEAST_DIGITS),
    "card": candidates.many_digits(cards.LEAST_DIGITS),
    "id shape": candidates.id_shapes,
    "digits": candidates.beside(candidates.many_digits(6), "national", *_BESIDE),
    "coded": candidates.beside(candidates.coded_words, "national", *_BESIDE),
    "date": candidates.beside(candidates.years, "birth", birth.REACH, birth.REACH),
    "house": candidates.beside(candidates.house_numbers, "street", addresses.REACH, 2 * addresses.REACH),
}


def _grade(fixture: bool) -> Grade:
    return Grade.FIXTURE if fixture else Grade.REAL


def normal_and_grade(kind: str, written: str) -> tuple[str, Grade]:
    """The normal form of a value that another engine found, and how real it is."""
    plain = re.sub(r"[\W_]", "", written)
    if kind == "EMAIL":
        return written.lower(), _grade(fixtures.is_nobodys_email(written))
    if kind == "PHONE":
        normal = phones.normal_form(written, phones.DEFAULT_REGIONS)
        return normal, _grade(phones.is_reserved(normal))
    if kind == "CARD":
        return plain, _grade(cards.is_test_card(plain))
    if kind == "IBAN":
        return plain.upper(), _grade(fixtures.is_nobodys_iban(plain.upper()))
    if kind == "IP":
        address = written.split("/")[0].lower()
        return address, _grade(not fixtures.is_public_address(address))
    if kind == "MAC":
        return plain.lower(), _grade(fixtures.is_nobodys_mac(plain))
    if kind == "WALLET":
        return written, _grade(fixtures.is_nobodys_wallet(written))
    return plain.upper(), _grade(national.is_sample(plain))


# --- e-mail addresses -------------------------------------------------------------------------------------------

_MAIL = re.compile(r"[^\s@]@\w[\w.-]*\.\w")
_URL_BEFORE = re.compile(r"[a-z][a-z0-9+.-]*://\S*\Z", re.IGNORECASE)


def _may_mail(text: str, start: int, end: int) -> bool:
    return _MAIL.search(text, start, end) is not None


def _mail(text: str, start: int, end: int, score: float) -> Value | None:
    address = text[start:end]
    local, _, domain = address.rpartition("@")
    if score < 1.0 or domain.count(".") > 6:  # no known suffix
        return None
    url = _URL_BEFORE.search(text, max(start - 200, 0), start)
    if url is not None and not _is_query(url[0]):  # ``user:password@host`` is a secret and no address
        return None
    if re.search(r"[\"'`<>(){}\[\]|\\]|\.\.", local) or _CODE_BEFORE.search(text[max(start - 2, 0) : start]):
        return None
    name = _UNSPACED.sub("", local.lstrip("'*_/=+-.!#$%&?^~"))
    if not name or not re.search(r"[^\W_]", name):
        return None
    start = end - len(name) - 1 - len(domain)
    found = f"{name}@{domain}".lower()
    return Value(start, end, "EMAIL", "PII001", found, _grade(fixtures.is_nobodys_email(found)))


# Words of scripts without spaces that stand right before an address.
_UNSPACED = re.compile(r"^[\u0e00-\uffef]+(?=[A-Za-z0-9])")
_CODE_BEFORE = re.compile(r"[@\\]\Z")


def _is_query(url: str) -> bool:
    """Whether an address in a URL is what a query or a path is about (``?mail=ann@firm.org``)."""
    return re.search(r"://[^/?#\s]+[/?#]", url) is not None


# --- bank accounts, cards ---------------------------------------------------------------------------------------


def _may_account(text: str, start: int, end: int) -> bool:
    return bool(accounts.spans(text[start:end]))


def _account(text: str, start: int, end: int, score: float) -> Value | None:
    normal = re.sub(r"[^A-Za-z0-9]", "", text[start:end]).upper()
    return Value(start, end, "IBAN", "PII004", normal, _grade(fixtures.is_nobodys_iban(normal)))


def _may_card(text: str, start: int, end: int) -> bool:
    return bool(cards.spans(text[start:end]))


def _card(text: str, start: int, end: int, score: float) -> Value | None:
    normal = re.sub(r"\D", "", text[start:end])
    return Value(start, end, "CARD", "PII003", normal, _grade(cards.is_test_card(normal)))


# --- telephones -------------------------------------------------------------------------------------------------


def _may_phone(text: str, start: int, end: int) -> bool:
    return any(
        phones.promising(text, *one.span()) or named_number(text, *one.span()) is not None
        for one in phones.CLUSTER.finditer(text, start, end)
    )


def _phone(text: str, start: int, end: int, score: float) -> Value | None:
    """Replaced for each choice of regions; see :func:`phone_value`."""
    raise NotImplementedError


def phone_value(text: str, start: int, end: int, regions: tuple[str, ...]) -> Value:
    """The value of a telephone number that the recognizer found for ``regions``."""
    normal = phones.normal_form(text[start:end], regions)
    return Value(start, end, "PHONE", "PII002", normal, _grade(phones.is_reserved(normal)))


# --- addresses of machines --------------------------------------------------------------------------------------


# What every match of the recognizers' own patterns holds; `std::cout` and sums are not worth an import.
_HEX_GROUP = re.compile(r"(?:[0-9a-f]{1,4}:){7}|(?=[0-9a-f]{0,2}[0-9])[0-9a-f]{3,4}:", re.IGNORECASE)
_HEX_PAIRS = re.compile(r"[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}", re.IGNORECASE)


def _may_ipv6(text: str, start: int, end: int) -> bool:
    return _HEX_GROUP.search(text, start, end) is not None


def _may_mac(text: str, start: int, end: int) -> bool:
    return _HEX_PAIRS.search(text, start, end) is not None


# Patterns of our own are light: they are asked before presidio, which only carries what they find.


def _may_birth(text: str, start: int, end: int) -> bool:
    return birth.promising(text, start, end) and bool(birth.spans(text[start:end]))


def _may_address(text: str, start: int, end: int) -> bool:
    return addresses.promising(text, start, end) and bool(addresses.spans(text[start:end]))


_FOUR_NUMBERS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?!\d)")


def _may_ipv4(text: str, start: int, end: int) -> bool:
    return _FOUR_NUMBERS.search(text, start, end) is not None


_VERSION_BEFORE = re.compile(r"(?:[A-Za-z]/|\bv\.?|\$|==|>=|<=|~=|[A-Za-z]-|§)\s*\Z")


def _host(text: str, start: int, end: int, score: float) -> Value | None:
    written = text[start:end]
    address = written.split("/")[0].lower()
    before = text[max(start - 40, 0) : start]
    if ":" not in address:
        numbers = list(map(int, address.split(".")))
        if _VERSION_BEFORE.search(before) and "://" not in before[-8:]:
            return None
        if context.says("version", text, start, end, before=24, after=0) and "ip" not in before.lower():
            return None
        if "/" in written or numbers[0] == 0 or numbers[3] == 0 or max(numbers) < 20:
            return Value(start, end, "IP", "PII005", address, Grade.FIXTURE)
    fixture = not fixtures.is_public_address(address) or context.in_braces(text, start)
    return Value(start, end, "IP", "PII005", address, _grade(fixture))


def _mac(text: str, start: int, end: int, score: float) -> Value | None:
    digits = re.sub(r"[:.-]", "", text[start:end]).lower()
    # It may end a sentence or a clause, but be no part of something longer.
    joined = re.search(r"[:.\w-]", text[max(start - 1, 0) : start]) or re.match(r"[\w-]|[:.]\w", text[end : end + 2])
    if joined or ("." in text[start:end] and digits.isdecimal()):
        return None
    if digits.isdecimal() and not context.says("mac", text, start, end):
        return None
    return Value(start, end, "MAC", "PII007", digits, _grade(fixtures.is_nobodys_mac(digits)))


# Base58, of which hexadecimal digests have too little: no 0 in it, and capitals.
_WALLET = re.compile(r"(?<!\w)(?:[bB][cC]1[a-zA-Z0-9]{25,59}|[13](?=[a-z1-9]*[A-Z])[1-9A-HJ-NP-Za-km-z]{25,59})(?!\w)")
_ETHER = re.compile(r"0x[0-9a-fA-F]{40}")


def _may_wallet(text: str, start: int, end: int) -> bool:
    return _WALLET.search(text, start, end) is not None


def _may_ether(text: str, start: int, end: int) -> bool:
    return _ETHER.search(text, start, end) is not None


def _wallet(text: str, start: int, end: int, score: float) -> Value | None:
    around = text[max(start - 1, 0) : start] + text[end : end + 1]
    if re.search(r"[\w+/=]", around):
        return None
    address = text[start:end]
    fixture = fixtures.is_nobodys_wallet(address)
    if address.startswith("0x"):
        mixed = re.search(r"[a-f]", address[2:]) is not None and re.search(r"[A-F]", address[2:]) is not None
        if not mixed and not context.says("wallet", text, start, end):
            return None
        return Value(start, end, "WALLET", "PII007", address.lower(), _grade(fixture))
    return Value(start, end, "WALLET", "PII007", address, _grade(fixture))


# --- people -----------------------------------------------------------------------------------------------------


def _birth(text: str, start: int, end: int, score: float) -> Value | None:
    return Value(start, end, "BIRTH_DATE", "PII008", " ".join(text[start:end].lower().split()))


def _address(text: str, start: int, end: int, score: float) -> Value | None:
    written = text[start:end]
    normal = " ".join(re.sub(r"[.,]", " ", written.lower()).split())
    return Value(start, end, "ADDRESS", "PII009", normal, _grade(addresses.is_famous(normal)))


def _national(one: national.NationalId) -> Verdict:
    def verdict(text: str, start: int, end: int, score: float) -> Value | None:
        if not national.counts(one, text, start, end, score):
            return None
        normal = re.sub(r"[\W_]", "", text[start:end]).upper()
        return Value(start, end, one.kind, "PII006", normal, _grade(national.is_sample(normal)))

    return verdict


# The shapes of the numbers that need no word beside them.
_BY_ITSELF = re.compile(r"\d{3}-\d{2}-\d{4}|[a-z]{6}[0-9a-z]{10}|\d{17}[\dx]", re.IGNORECASE)


def _may_by_itself(text: str, start: int, end: int) -> bool:
    return _BY_ITSELF.search(text, start, end) is not None


_NUMBER_AROUND = Reach(32, 32)
_WITHOUT_LETTERS_TEXT = (
    "UsSsn UsItin Nhs CaSin AuTfn AuMedicare InAadhaar DeTaxId NlBsn PlPesel BrCpf KrRrn ThTnin TrNationalId ZaIdNumber"
    " NgNin SePersonnummer FrNir CnResidentId"
)
_WITHOUT_LETTERS = frozenset(f"{word}Recognizer" for word in _WITHOUT_LETTERS_TEXT.split())
_BY_SHAPE = frozenset(("SSN", "ITIN"))


def _searches(one: national.NationalId) -> Iterator[tuple[str, Look]]:
    """The groups of anchors of a national number, each with its look."""
    if one.least or one.kind in _BY_SHAPE:
        yield "id shape", _may_by_itself
    yield "digits", national.promising
    if one.recognizer not in _WITHOUT_LETTERS:
        yield "coded", national.promising


DETECTORS = (
    Detector("EmailRecognizer", "at", Reach(), _may_mail, _mail),
    Detector("AccountRecognizer", "iban", Reach(4, accounts.LONGEST), _may_account, _account),
    Detector("CardRecognizer", "card", Reach(96, 56), _may_card, _card),
    Detector("RegionalPhoneRecognizer", "phone", Reach(80, 48), _may_phone, _phone),
    Detector("HostRecognizer", "ipv4", Reach(), _may_ipv4, _host),
    Detector("HostRecognizer", "ipv6", Reach(), _may_ipv6, _host),
    Detector("MacAddressRecognizer", "mac", Reach(), _may_mac, _mac),
    Detector("CryptoRecognizer", "wallet", Reach(chunk=False), _may_wallet, _wallet),
    Detector("EtherRecognizer", "wallet", Reach(1, 1, chunk=False), _may_ether, _wallet),
    Detector("BirthDateRecognizer", "date", Reach(birth.REACH, birth.REACH, chunk=False), _may_birth, _birth),
    Detector(
        "AddressRecognizer",
        "house",
        Reach(addresses.REACH, 2 * addresses.REACH, chunk=False),
        _may_address,
        _address,
    ),
    *(
        Detector(
            one.recognizer,
            group,
            _NUMBER_AROUND,
            look,
            _national(one),
            None if "shape" in group else national.named(one),
        )
        for one in national.NATIONAL_IDS
        for group, look in _searches(one)
    ),
)
