"""The recognizers that decide: presidio's own where they are good, subclasses of them where they are noisy.

Importing this module imports presidio, and with it spaCy: it is imported when there is a candidate, not before. Nothing
here opens a connection: the list of public suffixes is the one that comes with tldextract.

No class may have the name of one of presidio's: its registry looks recognizers up by name, among all that are imported.
"""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable, Iterable
from typing import Any

import tldextract
from presidio_analyzer import Pattern, PatternRecognizer, RecognizerResult
from presidio_analyzer import predefined_recognizers as predefined

from ftprep.privacy import accounts, addresses, birth, cards, phones

FLAGS = re.DOTALL | re.MULTILINE | re.IGNORECASE
"""Presidio's registry gives these flags to every recognizer of patterns."""


def stay_offline() -> None:
    """Make the e-mail recognizer use the packed list of public suffixes instead of asking for the newest one."""
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    # Neither values nor texts may reach a log: what these loggers say at debug level holds them.
    logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)


stay_offline()


class _Spans(PatternRecognizer):
    """A recognizer of patterns whose places come from a function of ours."""

    entity: str
    find: Callable[[str], Iterable[tuple[int, int]]]

    def __init__(self) -> None:
        # The pattern is never searched; presidio wants one, and says what the recognizer is.
        super().__init__(self.entity, patterns=[Pattern(self.entity, r"(?!)", 0.85)], name=type(self).__name__)

    def analyze(self, text: str, entities: Any = None, nlp_artifacts: Any = None, regex_flags: Any = None) -> list[Any]:
        """The places that the function finds, with one score."""
        return [RecognizerResult(self.entity, start, end, 0.85) for start, end in type(self).find(text)]


class CardRecognizer(_Spans):
    """Cards by issuer, length, groups and check digit, instead of by any four groups of digits."""

    entity = "CREDIT_CARD"
    find = staticmethod(cards.spans)


class AccountRecognizer(_Spans):
    """IBANs by the length that their country makes them; presidio's pattern takes in the words that follow."""

    entity = "IBAN_CODE"
    find = staticmethod(accounts.spans)


class BirthDateRecognizer(_Spans):
    """Whole dates with words of birth before them, instead of any date."""

    entity = "DATE_OF_BIRTH"
    find = staticmethod(birth.spans)


class AddressRecognizer(_Spans):
    """Street number and street word, and postcode where the street alone says too little; presidio has none."""

    entity = "ADDRESS"
    find = staticmethod(addresses.spans)


class RegionalPhoneRecognizer(predefined.PhoneRecognizer):
    """Numbers of the given regions, without sums, dates, ids and versions."""

    def analyze(self, text: str, entities: Any = None, nlp_artifacts: Any = None) -> list[Any]:
        """The numbers that the phone library accepts and that stand like numbers to call."""
        found = phones.numbers(text, tuple(self.supported_regions))
        return [RecognizerResult("PHONE_NUMBER", one.start, one.end, self.SCORE) for one in found]


class HostRecognizer(predefined.IpRecognizer):
    """Addresses as they are written for hosts: no versions, no section numbers, no slices such as ``[::-1]``."""

    PATTERNS = [
        Pattern(
            "IPv4",
            r"(?<![A-Za-z0-9_.])(?<![A-Za-z0-9_.]-)(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
            r"(?:/(?:3[0-2]|[12]?\d))?(?![A-Za-z0-9_]|\.\d|-\d)",
            0.6,
        ),
        Pattern(
            "IPv6",
            r"(?<![\w:.])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?=[0-9a-f]{0,2}\d)[0-9a-f]{3,4}:(?:[0-9a-f]{1,4}:){0,5}"
            r"(?::[0-9a-f]{1,4}){1,6}|(?=[0-9a-f]{0,2}\d)[0-9a-f]{3,4}:(?:[0-9a-f]{1,4}:){1,6}:)"
            r"(?:/(?:12[0-8]|1[01]\d|[1-9]?\d))?(?!\w|:(?!\d{2,5}(?![\w:]))|\.\d)",
            0.6,
        ),
    ]


class EtherRecognizer(PatternRecognizer):
    """Wallets of Ethereum and its kin; presidio has none."""

    def __init__(self) -> None:
        super().__init__("CRYPTO", patterns=[Pattern("ether", r"(?<!\w)0x[0-9a-f]{40}(?!\w)", 0.6)], name="ether")


class CpfRecognizer(PatternRecognizer):
    """The CPF of Brazil: eleven digits, the last two of them check digits."""

    def __init__(self) -> None:
        pattern = Pattern("CPF", r"(?<![\w.-])\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?![\w.-]\d|\w)", 0.3)
        super().__init__("BR_CPF", patterns=[pattern], name="BrCpfRecognizer")

    def validate_result(self, pattern_text: str) -> bool:
        """Whether both check digits are right."""
        digits = [int(one) for one in pattern_text if one.isdigit()]
        return len(set(digits)) > 1 and all(
            (sum(a * b for a, b in zip(digits, range(size + 1, 1, -1), strict=False)) * 10 % 11) % 10 == digits[size]
            for size in (9, 10)
        )


class NirRecognizer(PatternRecognizer):
    """The number of French social security: thirteen digits and a key."""

    def __init__(self) -> None:
        pattern = Pattern(
            "NIR",
            r"(?<!\w)[12][ ]?\d{2}[ ]?(?:0[1-9]|1[0-2]|[2-9]\d)[ ]?(?:\d{2}|2[AB])[ ]?\d{3}[ ]?\d{3}[ ]?\d{2}(?!\w)",
            0.3,
        )
        super().__init__("FR_NIR", patterns=[pattern], name="FrNirRecognizer")

    def validate_result(self, pattern_text: str) -> bool:
        """Whether the key is right."""
        plain = pattern_text.replace(" ", "").upper().replace("2A", "19").replace("2B", "18")
        return plain.isdecimal() and 97 - int(plain[:13]) % 97 == int(plain[13:])


class ResidentIdRecognizer(PatternRecognizer):
    """The number of the Chinese identity card: region, date of birth, serial number, check digit."""

    def __init__(self) -> None:
        pattern = Pattern(
            "resident",
            r"(?<![A-Za-z0-9_])[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX](?![A-Za-z0-9_])",
            0.3,
        )
        super().__init__("CN_RESIDENT_ID", patterns=[pattern], name="CnResidentIdRecognizer")

    def validate_result(self, pattern_text: str) -> bool:
        """Whether the check digit is right (ISO 7064, MOD 11-2)."""
        total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(pattern_text[:17]))
        return "10X98765432"[total % 11] == pattern_text[17].upper()


class BsnRecognizer(PatternRecognizer):
    """The citizen number of the Netherlands: nine digits that pass the test of eleven."""

    def __init__(self) -> None:
        pattern = Pattern(
            "BSN", r"(?<![\w.-])\d{3}[. ]?\d{2}[. ]?\d{4}(?![\w-]|\.\d)|(?<![\w.-])\d{4}\.\d{2}\.\d{3}(?!\w)", 0.1
        )
        super().__init__("NL_BSN", patterns=[pattern], name="NlBsnRecognizer")

    def validate_result(self, pattern_text: str) -> bool:
        """Whether the weighted sum of the digits is a multiple of eleven."""
        digits = [int(one) for one in pattern_text if one.isdigit()]
        weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
        return len(digits) == 9 and any(digits) and sum(a * b for a, b in zip(digits, weights, strict=True)) % 11 == 0


_OURS: dict[str, Callable[[], Any]] = {
    "AccountRecognizer": AccountRecognizer,
    "CardRecognizer": CardRecognizer,
    "BirthDateRecognizer": BirthDateRecognizer,
    "AddressRecognizer": AddressRecognizer,
    "HostRecognizer": HostRecognizer,
    "EtherRecognizer": EtherRecognizer,
    "BrCpfRecognizer": CpfRecognizer,
    "FrNirRecognizer": NirRecognizer,
    "CnResidentIdRecognizer": ResidentIdRecognizer,
    "NlBsnRecognizer": BsnRecognizer,
}


@functools.cache
def recognizer(name: str, regions: tuple[str, ...] = ()) -> Any:
    """The recognizer of a name: ours, or else presidio's with the flags that its registry sets."""
    if name == "RegionalPhoneRecognizer":
        return RegionalPhoneRecognizer(supported_regions=regions)
    made = _OURS[name]() if name in _OURS else getattr(predefined, name)()
    if isinstance(made, PatternRecognizer):
        made.global_regex_flags = FLAGS
    return made
