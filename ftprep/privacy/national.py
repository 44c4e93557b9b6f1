"""Numbers that states and health services give to people: which recognizer judges them, and which words must be near.

Nine digits are nine digits: nearly every shape here is also that of an order number. So a number counts only with a
whole word for it nearby, apart from the few shapes that nothing else has.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from ftprep.privacy.context import near, whole_words


class NationalId(NamedTuple):
    """One kind of number: presidio's or our recognizer, the word of its placeholder, and the words it needs."""

    recognizer: str
    kind: str
    name: str
    words: str
    least: float = 0.0
    """Results with a lower score need one of the words; from it on they stand for themselves. 0 is: always words."""


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
        "CaSinRecognizer", "SIN", "Canadian social insurance number", "sin,social insurance,nas,assurance sociale"
    ),
    NationalId("AuTfnRecognizer", "TFN", "Australian tax file number", "tfn,tax file"),
    NationalId("AuMedicareRecognizer", "MEDICARE", "Australian Medicare number", "medicare"),
    NationalId("InAadhaarRecognizer", "AADHAAR", "Indian Aadhaar number", "aadhaar,aadhar,uidai,uid"),
    NationalId("InPanRecognizer", "PAN", "Indian PAN", "pan,permanent account,income tax,pan card"),
    NationalId("SgFinRecognizer", "NRIC", "Singaporean NRIC or FIN", "nric,fin,identity card,ic number"),
    NationalId(
        "DeTaxIdRecognizer",
        "TAX_ID",
        "German tax id",
        f"steuer-id,steuerid,steueridentifikationsnummer,idnr,idnr.,{_TAX}",
    ),
    NationalId(
        "DeSocialSecurityRecognizer",
        "SOCIAL_SECURITY",
        "German social security number",
        "sozialversicherungsnummer,versicherungsnummer,rentenversicherungsnummer,sv-nummer,svnr,social"
        " security,social insurance",
    ),
    NationalId(
        "FrNirRecognizer",
        "NIR",
        "French social security number",
        "nir,sécurité sociale,securite sociale,numéro de sécu,social security",
    ),
    NationalId(
        "ItFiscalCodeRecognizer",
        "CODICE_FISCALE",
        "Italian fiscal code",
        f"codice fiscale,cod. fisc.,c.f.,fiscal code,{_TAX}",
        1.0,
    ),
    NationalId("EsNifRecognizer", "NIF", "Spanish NIF", f"nif,dni,documento,identidad,{_TAX}"),
    NationalId("EsNieRecognizer", "NIE", "Spanish NIE", f"nie,extranjero,identidad,residencia,foreigner,{_TAX}"),
    NationalId("NlBsnRecognizer", "BSN", "Dutch citizen number", "bsn,burgerservicenummer,sofinummer,citizen service"),
    NationalId("PlPeselRecognizer", "PESEL", "Polish PESEL", "pesel"),
    NationalId(
        "SePersonnummerRecognizer",
        "PERSONNUMMER",
        "Swedish personal number",
        "personnummer,personal number,pnr,personal identity",
    ),
    NationalId(
        "FiPersonalIdentityCodeRecognizer",
        "HETU",
        "Finnish personal identity code",
        "hetu,henkilötunnus,personbeteckning,personal identity,identity code",
    ),
    NationalId("BrCpfRecognizer", "CPF", "Brazilian CPF", "cpf,cadastro de pessoas"),
    NationalId(
        "CnResidentIdRecognizer",
        "RESIDENT_ID",
        "Chinese resident id",
        "身份证,身份證,identity card,id card,resident id,id number",
        1.0,
    ),
    NationalId(
        "KrRrnRecognizer",
        "RRN",
        "Korean resident registration number",
        "주민등록번호,주민번호,rrn,resident registration",
    ),
    NationalId("ThTninRecognizer", "TNIN", "Thai national id", "บัตรประชาชน,thai id,national id,tnin"),
    NationalId("TrNationalIdRecognizer", "TCKN", "Turkish national id", "tckn,kimlik,t.c.,tc kimlik,national id"),
    NationalId(
        "ZaIdNumberRecognizer",
        "ZA_ID",
        "South African id number",
        "id number,identity number,rsa id,south african id,id no",
    ),
    NationalId("NgNinRecognizer", "NIN", "Nigerian identification number", "nin,national identification"),
)
BEFORE, AFTER = 70, 40

_HYPHENED_SSN = re.compile(r"(?!9)\d{3}-\d{2}-\d{4}")
_HYPHENED_ITIN = re.compile(r"9\d{2}-(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])-\d{4}")
_TOUCHES_BEFORE = re.compile(r"[\w.,:=+*/#-]\Z")
_TOUCHES_AFTER = re.compile(r"[\w]|[.,/:-]\d|[-+*/=]")


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
    unspaced = tuple(sorted(word for word in words if ord(word[0]) > 0x0E00))
    return frozenset(_WORD.findall(word.lower())[0] for word in words), unspaced


def promising(text: str, start: int, end: int) -> bool:
    """Whether a word for a national number stands in or near a window. Cheap where there is none."""
    first, last = max(start - BEFORE, 0), end + AFTER
    part = text[first:last]
    words, unspaced = _first_words()
    if words.isdisjoint(_WORD.findall(part.lower())) and (part.isascii() or not any(one in part for one in unspaced)):
        return False
    return any_words().search(text, first, last) is not None


@functools.cache
def _words(words: str) -> re.Pattern[str]:
    return whole_words(words.split(","))


@functools.cache
def _hints() -> tuple[str, ...]:
    """The first parts of all words, in lower case, each of which no other is part of: quick to look for."""
    first = {re.split(r"[ -]", word)[0] for one in NATIONAL_IDS for word in one.words.split(",")}
    return tuple(word for word in sorted(first) if not any(other in word for other in first - {word}))


def promising(text: str, start: int, end: int) -> bool:
    """Whether a word for a national number stands in or near a window. Cheap where there is none."""
    first, last = max(start - BEFORE, 0), end + AFTER
    lower = text[first:last].lower()
    return any(hint in lower for hint in _hints()) and any_words().search(text, first, last) is not None


def counts(one: NationalId, text: str, start: int, end: int, score: float) -> bool:
    """Whether a result of a recognizer is a number of that kind, by what stands around it."""
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
