"""Numbers that states and health services give to people: which recognizer judges them, and which words must be near.

Nine digits are nine digits: nearly every shape here is also that of an order number. So a number counts only with a
whole word for it nearby, apart from the few shapes that nothing else has.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import NamedTuple

from ftprep.privacy.context import FIRST_UNSPACED, near, whole_words, within


class NationalId(NamedTuple):
    """One kind of number: presidio's or our recognizer, the word of its placeholder, and the words it needs."""

    recognizer: str
    kind: str
    name: str
    words: str
    least: float = 0.0
    """Results with a lower score need one of the words; from it on they stand for themselves. 0 is: always words."""
    floor: float = 0.0
    """Results with a lower score are none, whatever stands beside them."""


_TAX = "tax id,tax number,tax no,tin,taxpayer"
NATIONAL_IDS = (
    NationalId("UsSsnRecognizer", "SSN", "US social security number", "ssn,ssns,ss#,social security,soc sec,social"),
    NationalId("UsItinRecognizer", "ITIN", "US taxpayer number", f"itin,{_TAX}"),
    NationalId("UsPassportRecognizer", "PASSPORT", "passport number", "passport,passports,travel document"),
    NationalId(
        "UsLicenseRecognizer",
        "DRIVER_LICENSE",
        "driving licence number",
        "driver license,drivers license,driver's license,driver’s license,driver licence,driving licence,driving"
        " license,dl number",
    ),
    NationalId("NhsRecognizer", "NHS", "UK NHS number", "nhs,national health service,health service"),
    NationalId(
        "UkNinoRecognizer",
        "NINO",
        "UK national insurance number",
        "nino,national insurance,ni number,ni no,insurance number",
    ),
    NationalId("UkPassportRecognizer", "PASSPORT", "passport number", "passport,passports"),
    NationalId(
        "UkDrivingLicenceRecognizer",
        "DRIVER_LICENSE",
        "driving licence number",
        "driver license,driving licence,driving license,drivers licence,driver's licence,dvla",
    ),
    NationalId(
        "CaSinRecognizer", "SIN", "social insurance number of Canada", "sin,social insurance,nas,assurance sociale"
    ),
    NationalId("AuTfnRecognizer", "TFN", "tax file number of Australia", "tfn,tax file"),
    NationalId("AuMedicareRecognizer", "MEDICARE", "number of Medicare in Australia", "medicare"),
    NationalId("InAadhaarRecognizer", "AADHAAR", "number of Aadhaar in India", "aadhaar,aadhar,uidai,uid"),
    # Its lowest pattern takes any ten characters before four digits.
    NationalId("InPanRecognizer", "PAN", "PAN of India", "pan,permanent account,income tax,pan card", floor=0.1),
    NationalId("SgFinRecognizer", "NRIC", "NRIC or FIN of Singapore", "nric,fin,identity card,ic number"),
    NationalId(
        "DeTaxIdRecognizer",
        "TAX_ID",
        "tax id of Germany",
        f"steuer-id,steuerid,steueridentifikationsnummer,idnr,idnr.,{_TAX}",
    ),
    NationalId(
        "DeSocialSecurityRecognizer",
        "SOCIAL_SECURITY",
        "social security number of Germany",
        "sozialversicherungsnummer,versicherungsnummer,rentenversicherungsnummer,sv-nummer,svnr,social"
        " security,social insurance",
    ),
    NationalId(
        "FrNirRecognizer",
        "NIR",
        "social security number of France",
        "nir,sécurité sociale,securite sociale,numéro de sécu,social security",
    ),
    NationalId(
        "ItFiscalCodeRecognizer",
        "CODICE_FISCALE",
        "fiscal code of Italy",
        f"codice fiscale,cod. fisc.,c.f.,fiscal code,{_TAX}",
        1.0,
    ),
    NationalId("EsNifRecognizer", "NIF", "NIF of Spain", f"nif,dni,documento,identidad,{_TAX}"),
    NationalId("EsNieRecognizer", "NIE", "NIE of Spain", f"nie,extranjero,identidad,residencia,foreigner,{_TAX}"),
    NationalId(
        "NlBsnRecognizer",
        "BSN",
        "citizen number of the Netherlands",
        "bsn,burgerservicenummer,sofinummer,citizen service",
    ),
    NationalId("PlPeselRecognizer", "PESEL", "PESEL of Poland", "pesel"),
    NationalId(
        "SePersonnummerRecognizer",
        "PERSONNUMMER",
        "personal number of Sweden",
        "personnummer,personal number,pnr,personal identity",
    ),
    NationalId(
        "FiPersonalIdentityCodeRecognizer",
        "HETU",
        "identity code of Finland",
        "hetu,henkilötunnus,personbeteckning,personal identity,identity code",
    ),
    NationalId("BrCpfRecognizer", "CPF", "CPF of Brazil", "cpf,cadastro de pessoas"),
    NationalId(
        "CnResidentIdRecognizer",
        "RESIDENT_ID",
        "resident id of China",
        "身份证,身份證,identity card,id card,resident id,id number",
        1.0,
    ),
    NationalId(
        "KrRrnRecognizer",
        "RRN",
        "registration number of Korea",
        "주민등록번호,주민번호,rrn,resident registration",
    ),
    NationalId("ThTninRecognizer", "TNIN", "national id of Thailand", "บัตรประชาชน,thai id,national id,tnin"),
    NationalId("TrNationalIdRecognizer", "TCKN", "national id of Turkey", "tckn,kimlik,t.c.,tc kimlik,national id"),
    NationalId(
        "ZaIdNumberRecognizer",
        "ZA_ID",
        "id number of South Africa",
        "id number,identity number,rsa id,south african id,id no",
    ),
    NationalId("NgNinRecognizer", "NIN", "identification number of Nigeria", "nin,national identification"),
)
BEFORE, AFTER = 70, 40

_ZIP = re.compile(r"\d{5}-\d{4}")
_HYPHENED_SSN = re.compile(r"(?!9)\d{3}-\d{2}-\d{4}")
_HYPHENED_ITIN = re.compile(r"9\d{2}-(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])-\d{4}")
_TOUCHES_BEFORE = re.compile(r"[A-Za-z0-9_.,=+*/#-]\Z")
_TOUCHES_AFTER = re.compile(r"[A-Za-z0-9_]|[.,/:-]\d|[-+*/=]")


_SHORT = 3  # letters of a word that stands inside of too many others to be looked for without what follows it


def _beginnings(entry: str) -> list[str]:
    first, *more = entry.lower().split()
    return [first + blank for blank in " \t\n\r\xa0_-"] if more and len(first) <= _SHORT else [first]


HINTS = frozenset(one for kind in NATIONAL_IDS for entry in kind.words.split(",") for one in _beginnings(entry))
"""With one of these the words of all kinds begin."""


@functools.cache
def any_words() -> re.Pattern[str]:
    """The words of all kinds together: where none is near, no number has to be judged."""
    return whole_words(sorted({word for one in NATIONAL_IDS for word in one.words.split(",")}))


@functools.cache
def _words(words: str) -> re.Pattern[str]:
    return whole_words(words.split(","))


_WORD = re.compile(r"\w+")


@functools.cache
def _first_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """The first word of each entry in lower case; and those of scripts without spaces, which stand inside of others."""
    words = {word for one in NATIONAL_IDS for word in one.words.split(",")}
    unspaced = tuple(sorted(word for word in words if word[0] >= FIRST_UNSPACED))
    return frozenset(_WORD.findall(word.lower())[0] for word in words), unspaced


# What a number with digits only, in groups or not, holds; sums have other things between their digits.
_GROUPED = re.compile(r"\d(?:[\s./-]?\d){5}")


_CODED = re.compile(r"(?=[^\W_]{0,9}\d)[^\W\d_][^\W_]{7}|(?=[^\W_]{0,9}[^\W\d_])\d[^\W_]{7}")


def promising(text: str, start: int, end: int) -> bool:
    """Whether a window holds digits or codes, and a word for a national number stands near. Cheap where it does not."""
    if _GROUPED.search(text, start, end) is None and _CODED.search(text, start, end) is None:
        return False
    first, last = max(start - BEFORE, 0), end + AFTER
    part = text[first:last]
    words, unspaced = _first_words()
    if words.isdisjoint(_WORD.findall(part.lower())) and (part.isascii() or not any(one in part for one in unspaced)):
        return False
    return within(text, first, last, any_words())


def named(one: NationalId) -> Callable[[str, int, int], bool]:
    """A look whether a word for one kind stands in or near a window."""
    return lambda text, start, end: within(text, max(start - BEFORE, 0), end + AFTER, _words(one.words))


def counts(one: NationalId, text: str, start: int, end: int, score: float) -> bool:
    """Whether a result of a recognizer is a number of that kind, by what stands around it."""
    if score < one.floor or (one.kind == "SSN" and _ZIP.fullmatch(text, start, end) is not None):
        return False
    if one.least and score >= one.least:
        return not _touched(text, start, end)
    if one.kind in ("SSN", "ITIN") and is_hyphened(text[start:end]):
        return not _touched(text, start, end)
    return near(text, start, end, _words(one.words), BEFORE, AFTER)


def is_hyphened(value: str) -> bool:
    """Whether a number has the shape that is known as a social security or taxpayer number without any word."""
    return _HYPHENED_SSN.fullmatch(value) is not None or _HYPHENED_ITIN.fullmatch(value) is not None


def _touched(text: str, start: int, end: int) -> bool:
    return _TOUCHES_BEFORE.search(text[max(start - 1, 0) : start]) is not None or (
        _TOUCHES_AFTER.match(text[end : end + 2]) is not None
    )


_SAMPLES_WORDS = (
    # Numbers that are printed as examples, and numbers never given out.
    "123456789 987654321 078051120 219099999 457555462 111111111 123121234 999999999 000000000 9434765919 4010232137"
    " qq123456c ab123456c qq123456a jg103759a 123456782 046454286"
)
_SAMPLES = frozenset(_SAMPLES_WORDS.split())


def is_sample(value: str) -> bool:
    """Whether a number is known as an example, or counts up, or hardly has different digits."""
    plain = re.sub(r"[\W_]", "", value).lower()
    digits = re.sub(r"\D", "", plain)
    return (
        plain in _SAMPLES
        or (len(digits) >= 8 and len(set(digits)) <= 2)
        or digits in "12345678901234567890"
        or digits in "98765432109876543210"
        or (len(digits) == 9 and "987654320" <= digits <= "987654329")
    )
