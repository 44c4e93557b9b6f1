"""Identifiers that are named as such: "order number 48213", "Patient ID: P-20931", ``"customer_id": "C-7741"``.

A label is a noun for something that is counted in somebody's books, a word for its number, and what may stand between
that and the value. A noun alone is a label of values that can be nothing else ("ticket INC0048213").
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ftprep.privacy.identifier_context import is_dull, is_sequence, words
from ftprep.privacy.redaction_names import PLACEHOLDER
from ftprep.privacy.value import Grade, Value

# What is numbered, with the word of its placeholder. A word may be followed by another noun ("account holder id").
NOUNS = {
    "customer": "CUSTOMER", "client": "CUSTOMER", "cust": "CUSTOMER", "subscriber": "CUSTOMER", "buyer": "CUSTOMER",
    "order": "ORDER", "purchase order": "ORDER", "work order": "ORDER", "sales order": "ORDER",
    "ticket": "TICKET", "support ticket": "TICKET", "case": "CASE", "case file": "CASE", "docket": "CASE",
    "matter": "CASE", "incident": "INCIDENT", "complaint": "CASE", "request": "REQUEST", "service request": "REQUEST",
    "account": "ACCOUNT", "acct": "ACCOUNT", "member": "MEMBER", "membership": "MEMBER", "loyalty": "MEMBER",
    "frequent flyer": "MEMBER", "frequent flier": "MEMBER", "patient": "PATIENT", "medical record": "PATIENT",
    "health record": "PATIENT", "chart": "PATIENT", "user": "USER", "employee": "EMPLOYEE", "staff": "EMPLOYEE",
    "personnel": "EMPLOYEE", "worker": "EMPLOYEE", "badge": "EMPLOYEE", "student": "STUDENT", "learner": "STUDENT",
    "candidate": "APPLICATION", "applicant": "APPLICATION", "application": "APPLICATION",
    "registration": "REGISTRATION", "enrollment": "REGISTRATION", "enrolment": "REGISTRATION",
    "admission": "REGISTRATION", "invoice": "INVOICE", "receipt": "RECEIPT", "payment": "PAYMENT",
    "transaction": "TRANSACTION", "transfer": "TRANSACTION", "refund": "REFUND", "return": "RETURN",
    "booking": "BOOKING", "reservation": "BOOKING", "itinerary": "BOOKING", "confirmation": "CONFIRMATION",
    "tracking": "TRACKING", "shipment": "SHIPMENT", "parcel": "SHIPMENT", "package": "SHIPMENT",
    "consignment": "SHIPMENT", "delivery": "SHIPMENT", "waybill": "SHIPMENT", "policy": "POLICY",
    "insurance": "POLICY", "claim": "CLAIM", "contract": "CONTRACT", "lease": "CONTRACT", "loan": "LOAN",
    "mortgage": "LOAN", "subscription": "SUBSCRIPTION", "quote": "QUOTE", "quotation": "QUOTE",
    "prescription": "PRESCRIPTION", "specimen": "SPECIMEN", "sample": "SPECIMEN", "passenger": "PASSENGER",
    "donor": "DONOR", "vendor": "VENDOR", "supplier": "VENDOR", "merchant": "VENDOR", "driver": "DRIVER",
    "guest": "GUEST", "tenant": "TENANT", "resident": "TENANT", "visitor": "GUEST", "session": "SESSION",
    "conversation": "CONVERSATION", "chat": "CONVERSATION", "reference": "REFERENCE", "ref": "REFERENCE",
    "device": "DEVICE", "meter": "METER", "beneficiary": "MEMBER", "subject": "SUBJECT", "participant": "SUBJECT",
    "certificate": "CERTIFICATE", "voucher": "VOUCHER", "gift card": "VOUCHER", "investor": "CUSTOMER",
}  # fmt: skip
# Words that are a label by themselves.
SHORT = {"mrn": "PATIENT", "pnr": "BOOKING", "rma": "RETURN", "awb": "SHIPMENT", "crn": "CUSTOMER", "uhid": "PATIENT"}
# Nouns that may stand before a value without a word for a number.
_BARE = words(
    "order ticket case account invoice booking claim policy reservation transaction shipment incident customer patient"
    " request tracking member employee student refund complaint ref reference"
)
_SINGLE = frozenset(word for noun in NOUNS for word in noun.split()) | SHORT.keys()
WORDS = _SINGLE | {f"{word}s" for word in _SINGLE}
"""A label in prose holds at least one of these, in any case."""
_JOINED = frozenset(
    f"{word}{number}" for word in _SINGLE for number in ("id", "no", "num", "number", "ref", "reference")
)
HINTS = WORDS | _JOINED
"""A label holds at least one of these, under a key, too."""
_ENCODED = frozenset(map(str.encode, HINTS))
NEAR = 110  # characters before a value in which its label stands
_WORD = re.compile(r"[A-Za-z]+")
_LETTERS = bytes(byte if 0x61 <= byte <= 0x7A else 0x20 for byte in range(256))

_LEAST_DIGITS = 4  # of a value of digits only, under a label that says that a number follows
_LEAST_MIXED = 5  # characters of a value with letters
_LEAST_BARE = 5  # digits of a value after a noun alone
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_DATE = re.compile(r"\d{1,4}([-/])\d{1,2}\1\d{1,4}\Z")
_PHONE = re.compile(r"(?:1-)?\d{3}-\d{3}-\d{4}\Z")
_MIXED = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9]+(?:[-_/][A-Z0-9]+)*\Z")
_HEX_OR_SLUG = re.compile(
    r"(?=.*\d)(?=.*[a-z])(?:[a-z]{2,10}[-_][a-z0-9]{4,}|[a-z]{1,4}-?\d{3,}|[0-9a-f]{6,}|[A-Za-z0-9]{8,})\Z"
)
_WORDY = re.compile(
    r"\d+(?:st|nd|rd|th|am|pm|a|s|x|kg|g|km|m|cm|mm|lb|lbs|oz|ml|l|k|gb|mb|tb|hz|ghz|mph|px|th)\Z", re.I
)
_FURTHER = re.compile(
    r"[\"'*`]{0,3}\s?(?:[,;/&+]|and|or)\s?(?:(?:and|or)\s)?[\"'*`#]{0,3}(?P<value>[A-Za-z0-9]+(?:[-_/][A-Za-z0-9]+)*)"
    r"(?![\w]|[.,]\d)"
)
# What goes on with a word behind a bare number counts things: "order 12000 widgets".
_COUNTED = re.compile(
    r"[ ]+(?!(?:is|was|has|had|hasn|isn|wasn|for|on|from|and|to|in|at|which|that|still|not|never|but|or|with|will"
    r"|arrived|shipped|shows?|says?|came|got|went|needs?|should|can|could|did|does|because|since|by|as|if|when|where"
    r"|please|yet|just|now|again|about|under|via|been|be|were|are|placed|dated|remains|cannot|may|must)\b)[a-z]"
)
_UNIT_BEFORE = re.compile(r"[$€£¥₹]\s?\Z")
_UNIT_BEHIND = re.compile(
    r"\s?%|[.,:]\d|\s?(?:USD|EUR|GBP|dollars?|euros?|pounds?|percent|times|people|years?|days?)\b", re.I
)


class _Pattern(NamedTuple):
    prose: re.Pattern[str]
    keys: re.Pattern[str]


@functools.cache
def _patterns() -> _Pattern:
    nouns = "|".join(re.escape(noun).replace(r"\ ", r"[ _-]?") for noun in sorted(NOUNS, key=len, reverse=True))
    number = (
        r"(?:(?:ids?|i\.d|identifiers?|identification|nos?|nr|num|numbers?|codes?|refs?|references?|locator)(?![A-Za-z])\.?"
        r"|[#№])"
    )
    qualifier = (
        r"(?:(?:'s|s)?[ ]{0,2}(?:(?:holder|control|file|reference|confirmation|tracking) )?"
        rf"{number}(?:[ ](?:(?:number|no|id|code)(?![A-Za-z])\.?|#))?)"
    )
    told = (
        r"(?:[ ](?:that[ ])?(?:they|you|we|i|he|she)[ ](?:just[ ])?"
        r"(?:gave|sent|got|have|had|provided|received|wrote|see)"
        r"(?:[ ](?:me|us|you|here|down))?)?"
    )
    between = (
        r"(?:\s{0,3}(?:[:=(\[\"'“‘`*_-]|(?:is|are|was|were|being|of|number|reads?|as|to)(?![A-Za-z0-9])|no\.|,|\||->|→)){0,5}"
        r"\s{0,3}"
    )
    value = (
        r"(?P<mark>[#№]\s?)?(?P<value>[A-Za-z0-9](?:[A-Za-z0-9]|[-_/](?=[A-Za-z0-9])){2,47}"
        r"(?:[ ]\d{3,6}(?![\w.,]\d)){0,5})"
    )
    short = "|".join(SHORT)
    prose = (
        rf"(?<![A-Za-z0-9_])(?:(?P<noun>{nouns})s?(?P<qualifier>{qualifier})?|(?P<short>{short})(?:\s(?:(?:number|no|id)(?![A-Za-z])\.?|#))?)"
        rf"{told}{between}{value}(?![A-Za-z0-9_])"
    )
    flat = "|".join(re.escape(noun).replace(r"\ ", "_?") for noun in sorted(NOUNS, key=len, reverse=True))
    keys = (
        rf"\"(?:\w{{0,20}}_)?(?:(?P<noun>{flat})_?(?:id|number|no|num|nr|code|ref|reference|identifier)|(?P<short>{short}))\""
        r"\s{0,3}:\s{0,3}(?P<quote>\")?(?P<mark>#)?(?P<value>[A-Za-z0-9](?:[A-Za-z0-9]|[-_/](?=[A-Za-z0-9])){2,47})(?(quote)\"|(?=\s*[,}\]]))"
    )
    return _Pattern(re.compile(prose, re.IGNORECASE), re.compile(keys, re.IGNORECASE))


def may_be_labelled(text: str) -> bool:
    """Whether ``text`` holds a word of a label at all."""
    return not _ENCODED.isdisjoint(text.encode("ascii", "replace").lower().translate(_LETTERS).split())


def labelled(text: str, places: Iterable[int]) -> Iterator[Value]:
    """The labelled identifiers in prose. ``places`` ascend; every value holds one, with a label not far before it."""
    match_at = _patterns().prose.match
    done = 0
    for place in places:
        if place < done:
            continue
        low = max(place - NEAR, done)
        for word in _WORD.finditer(text, low, place):
            if word.group().lower() not in WORDS or PLACEHOLDER.match(text, word.start() - 1):
                continue
            match = match_at(text, word.start())
            if match is None or not match.start("value") <= place < match.end("value"):
                continue
            found = _prose_value(text, match)
            if found is not None:
                yield found
                done = found.end
                for further in _listed(text, found):
                    yield further
                    done = further.end
                break


def _listed(text: str, first: Value) -> Iterator[Value]:
    """The values that follow upon one in a list, and are written as it is: "orders W-48213, W-50917 and W-61204"."""
    shape, last = _shape(text[first.start : first.end]), first
    while match := _FURTHER.match(text, last.end):
        start, end = match.span("value")
        if _shape(match["value"]) != shape or not _is_value(match["value"], explicit=True):
            return
        last = first._replace(start=start, end=end, normal=normal_form(match["value"]))
        yield last


def _shape(value: str) -> str:
    return re.sub(r"[a-z]", "a", re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", value)))


def under_keys(text: str) -> Iterator[Value]:
    """The identifiers of a text that is JSON under keys that name one."""
    for match in _patterns().keys.finditer(text):
        if _is_value(match["value"], explicit=True):
            yield _value(match)


def _prose_value(text: str, match: re.Match[str]) -> Value | None:
    noun = (match["noun"] or "").lower()
    qualifier = match["qualifier"]
    explicit = bool(qualifier or match["short"] or match["mark"])
    start, end = match.span("value")
    written = match["value"]
    whole = written
    if " " in written and not written.replace(" ", "").isdigit():  # only groups of digits belong together
        written = written.split(" ", 1)[0]
        end = start + len(written)
    bare = written.replace(" ", "")
    between = text[match.end("qualifier") if qualifier else match.end("noun") if noun else start : start]
    explicit |= noun in ("reference", "ref", "confirmation") and ":" in between
    if not explicit and (noun not in _BARE or not _joins(between)):
        return None
    if explicit and not _is_value(bare, explicit=True):
        return None
    if not explicit:
        if not (bare.isdigit() and len(bare) >= _LEAST_BARE) and not (_MIXED.match(bare) and _digits(bare) >= 3):
            return None
        if bare.isdigit() and (_COUNTED.match(text, end) or " " in whole):
            return None
        if not _is_value(bare, explicit=False):
            return None
    if _UNIT_BEFORE.search(text[max(start - 3, 0) : start]) or _UNIT_BEHIND.match(text, end):
        return None
    return _value(match, start, end)


def _joins(between: str) -> bool:
    """Whether a noun and a value that nothing else connects belong together."""
    return not set(between) & set(",|=") and len(between.strip()) <= 3


def _digits(value: str) -> int:
    return sum(map(str.isdigit, value))


def _is_value(value: str, *, explicit: bool) -> bool:
    digits = _digits(value)
    if not digits or is_dull(value) or _DATE.match(value) or _PHONE.match(value):
        return False
    if digits == len(value):
        return digits >= _LEAST_DIGITS and not _YEAR.match(value) and digits <= 24
    if len(value) < _LEAST_MIXED or (digits < 2 and not (len(value) >= 6 and value.isupper())):
        return False
    if all(part.isdigit() for part in re.split(r"[-_/]", value)):
        return digits >= 5
    if _WORDY.match(value):
        return False
    return bool(_MIXED.match(value)) or (explicit and digits >= 2 and bool(_HEX_OR_SLUG.match(value)))


def _value(match: re.Match[str], start: int = -1, end: int = -1) -> Value:
    if start < 0:
        start, end = match.span("value")
    noun = re.sub(r"[ _-]", " ", (match["noun"] or "").lower())
    word = NOUNS.get(noun) or next((to for of, to in NOUNS.items() if of.replace(" ", "") == noun.replace(" ", "")), "")
    word = word or SHORT.get((match["short"] or "").lower(), "REFERENCE")
    written = match.string[start:end]
    grade = Grade.FIXTURE if is_sequence(written) else Grade.REAL
    return Value(start, end, f"{word}_ID", "IDS001", normal_form(written), grade)


def normal_form(written: str) -> str:
    """The form in which spellings of one identifier are equal: letters and digits, in upper case."""
    return re.sub(r"[^0-9A-Za-z]", "", written).upper()


def label_of_key(key: str) -> str | None:
    """The noun of a key that names an identifier (``customer_id``, ``orderNumber``), or None."""
    flat = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower().replace("-", "_")
    stem, _, last = flat.rpartition("_")
    if last not in ("id", "number", "no", "num", "ref", "reference", "uid", "uuid"):
        return SHORT.get(flat)
    return NOUNS.get(stem.replace("_", " ")) or NOUNS.get(stem.rpartition("_")[2])
