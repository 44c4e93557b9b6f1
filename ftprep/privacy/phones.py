"""Telephone numbers: which candidates of the phone library are numbers to call, and which are numbers to count with."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ftprep.privacy import context
from ftprep.privacy.anchors import FOREIGN_LETTERS, WIDEST_GAP
from ftprep.privacy.phone_labels import named_number

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

DEFAULT_REGIONS = ("US", "GB")
LEAST_DIGITS, MOST_DIGITS = 7, 36
"""A cluster with fewer digits is no full number, one with more is a table of numbers."""
_AROUND = 24
"""So many characters around a cluster decide about it: the library looks no further."""

_GAP = rf"(?:(?!\d)[ \-./()+~\[\]]|(?![\d{FOREIGN_LETTERS}])[^\x00-\x7f])"
CLUSTER = re.compile(rf"\d(?:{_GAP}{{0,{WIDEST_GAP}}}\d)*")
"""The same clusters that the anchors have."""

REGIONS_OF_LANGUAGE = {
    "en": ("US", "GB"),
    "de": ("DE", "AT", "CH"),
    "fr": ("FR", "BE", "CH"),
    "es": ("ES", "MX", "AR"),
    "it": ("IT", "CH"),
    "pt": ("PT", "BR"),
    "nl": ("NL", "BE"),
    "sv": ("SE",),
    "da": ("DK",),
    "no": ("NO",),
    "fi": ("FI",),
    "pl": ("PL",),
    "cs": ("CZ",),
    "tr": ("TR",),
    "id": ("ID",),
    "vi": ("VN",),
    "ro": ("RO",),
    "hu": ("HU",),
    "Kana": ("JP",),
    "Hangul": ("KR",),
    "Han": ("CN", "TW"),
    "Cyrillic": ("RU", "UA"),
    "Arabic": ("SA", "EG", "AE"),
    "Devanagari": ("IN",),
    "Greek": ("GR",),
    "Hebrew": ("IL",),
}


def regions_for(text: str, chosen: tuple[str, ...] | None) -> tuple[str, ...]:
    """The regions whose national numbers count in ``text``: the chosen ones, else US, GB and those of its language."""
    if chosen:
        return chosen
    from ftprep.text.languages import glance

    return tuple(dict.fromkeys((*DEFAULT_REGIONS, *REGIONS_OF_LANGUAGE.get(glance(text) or "", ()))))


class Number(NamedTuple):
    """One telephone number in a text: its place and its E.164 form."""

    start: int
    end: int
    normal: str


def promising(text: str, start: int, end: int) -> bool:
    """Whether a cluster can hold a telephone number at all; asked before anything is imported."""
    cluster = text[start:end]
    digits = sum(map(str.isdigit, cluster))
    if not LEAST_DIGITS <= digits <= MOST_DIGITS:
        return False
    if text[max(start - 3, 0) : start].rstrip(" (").endswith("+"):
        return True
    if digits == end - start:  # no punctuation: an id, a hash, a count, unless words say otherwise
        return context.says("phone", text, start, end)
    if ("+" in cluster and digits < 14) or digits < 1.6 * len(_GROUPS.findall(cluster)):
        return False  # a sum, or a row of small numbers
    return _NO_NUMBER.fullmatch(cluster) is None


_GROUPS = re.compile(r"\d+")
_NO_NUMBER = re.compile(
    # Decimals and their ranges, dates, years, addresses of hosts.
    r"\d+(?:\.\d+)?(?:[ ]?[-/+][ ]?\d+(?:\.\d+)?)?"
    r"|\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{4}|(?:19|20)\d\d[ ]?[^\w\s]{1,2}[ ]?(?:19|20)\d\d"
    r"|\d{1,3}(?:\.\d{1,3}){3}"
)


def numbers(text: str, regions: tuple[str, ...]) -> Iterator[Number]:
    """Every telephone number of ``text``, in order and without overlaps."""
    last = 0
    for cluster in CLUSTER.finditer(text):
        start, end = cluster.span()
        for one in _in_cluster(text, start, end, regions):
            if one.start >= last:
                last = one.end
                yield one


def _in_cluster(text: str, start: int, end: int, regions: tuple[str, ...]) -> Iterator[Number]:
    """What countries give out, and else what is named as a number."""
    found = list(_given_out(text, start, end, regions)) if promising(text, start, end) else []
    yield from found
    named = None if found else named_number(text, start, end)
    if named is not None:
        yield Number(*named, normal_form(text[slice(*named)], regions))


def _given_out(text: str, start: int, end: int, regions: tuple[str, ...]) -> Iterator[Number]:
    last = 0
    left = max(start - _AROUND, 0)
    for from_, to, normal, kind in _valid(text[left : end + _AROUND], regions):
        number = (from_ + left, to + left)
        if last <= number[0] < end and _is_to_call(text, *number, kind):
            last = number[1]
            yield Number(number[0] + _opens_more(text, *number), number[1], normal)


def _opens_more(text: str, start: int, end: int) -> bool:
    """Whether a number begins with a bracket that is closed behind it: the bracket is the sentence's."""
    return text[start] in "([" and not {")", "]"} & set(text[start:end])


def normal_form(raw: str, regions: tuple[str, ...]) -> str:
    """The E.164 form of a number that was found for ``regions``; its digits where it is none by itself."""
    found = _valid(raw, regions)
    digits = "".join(filter(str.isdigit, raw))
    return found[0][2] if found else f"+{digits}" if raw.lstrip("( [").startswith(("+", "+")) else digits


_TRIES = 64
"""So many failed numbers in one window are enough; the library has no low limit of its own."""


class _Kind(NamedTuple):
    """How a number is written, as far as that tells numbers to call from others."""

    international: bool
    trunk: bool  # begins with the prefix of national calls, mostly 0
    grouped: bool  # its groups are those of its country
    region: str


@functools.lru_cache(maxsize=4096)
def _valid(window: str, regions: tuple[str, ...]) -> tuple[tuple[int, int, str, _Kind], ...]:
    """What the library accepts in ``window`` for any of ``regions``; the longest of those that overlap."""
    import phonenumbers

    found: dict[tuple[int, int], tuple[str, _Kind]] = {}
    for region in regions:
        for match in phonenumbers.PhoneNumberMatcher(window, region, max_tries=_TRIES):
            place = (match.start, match.end)
            if sum(map(str.isdigit, match.raw_string)) < LEAST_DIGITS:
                continue
            kind = _kind(match.raw_string, match.number, region)
            known = found.get(place)
            if known is None or (kind.grouped, kind.international) > (known[1].grouped, known[1].international):
                normal = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
                found[place] = (normal, kind)
    if "+" in window and (context.says_phone(window) or _WITH_COUNTRY.search(window) is not None):
        # A number with a country code that is written like one, or beside a word for telephones, is one to call, also
        # where no such line is given out.
        for match in phonenumbers.PhoneNumberMatcher(window, None, phonenumbers.Leniency.POSSIBLE, _TRIES):
            normal = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            found.setdefault((match.start, match.end), (normal, _Kind(True, False, False, "")))
    chosen: list[tuple[int, int, str, _Kind]] = []
    for (start, end), (normal, kind) in sorted(found.items(), key=lambda one: (one[0][0] - one[0][1], one[0])):
        if all(end <= other[0] or other[1] <= start for other in chosen):
            chosen.append((start, end, normal, kind))
    return tuple(sorted(chosen))


def _kind(raw: str, number: PhoneNumber, region: str) -> _Kind:
    import phonenumbers

    international = raw.lstrip("( [").startswith(("+", "+")) or _INTERNATIONAL.match(raw) is not None
    nsn = phonenumbers.national_significant_number(number)
    digits = "".join(one for one in raw if one.isdigit())
    trunk = not international and digits[:1] == "0" and not nsn.startswith("0")
    strict = phonenumbers.PhoneNumberMatcher(raw, region, leniency=phonenumbers.Leniency.STRICT_GROUPING)
    grouped = any(match.end - match.start == len(raw) for match in strict)
    return _Kind(international, trunk, grouped, region)


_WITH_COUNTRY = re.compile(
    r"(?:\A|[\s:,;(\"'])[+](?:[(]?[1-9]\d{0,2}[)]?(?:[ .-]?[(]0[)][ ]?|[ .-]?[(]?\d{1,4}[)]?[ .-])"
    r"(?:\d{2,5}[ ./-]?){2,4}|(?!\d*0{5})[1-9]\d{9,13})(?!\d)"
)
_INTERNATIONAL = re.compile(r"[(\[]?(?:00|011)[ -.]?[1-9]")
_SPACED_DASH = re.compile(r"\d\s+[-–/+]\s*\d|\d\s*[/+]\s+\d|\d[-–]\s+\d")
# Letters of scripts without spaces may stand beside a number, Latin letters make another thing of it.
_TOUCHES_BEFORE = re.compile(r"(?:[A-Za-z_\u00c0-\u024f]|[#&@_=?/]|\d[.,:-]|[^\W_]-)\Z")
_MORE_BEFORE = re.compile(r"\d[ \-./()]{1,2}\Z")
_MORE_AFTER = re.compile(r"[ \-./()]{1,2}\d")
_CODE_BEFORE = re.compile(r"\+\d{1,3}[ -]?\Z")
_TOUCHES_AFTER = re.compile(r"[A-Za-z0-9_\u00c0-\u024f@\\]|[.,:/-]\d|%|°")
_LABEL = re.compile(r"(?:\btel|phone|call|fax|mobile|cell|number|whatsapp|\bt|\bp|\bm|\bf)\.?:?=?/*\Z", re.IGNORECASE)


def _is_to_call(text: str, start: int, end: int, kind: _Kind) -> bool:
    raw = text[start:end]
    before, after = text[max(start - 24, 0) : start], text[end : end + 8]
    labelled = _LABEL.search(before) is not None
    touches = _TOUCHES_BEFORE.search(before) is not None or _TOUCHES_AFTER.match(after) is not None
    if touches and not labelled and not (kind.international and before[-1:] in (":", "=", "/", ",", "-")):
        return False
    if (context.in_arithmetic(text, start, end) and not labelled) or _CODE_BEFORE.search(before) is not None:
        return False
    said = labelled or context.says("phone", text, start, end)
    groups = _GROUPS.findall(raw)
    if kind.international:
        return said or raw[:1] in ("+", "(", "+", "[") or len(groups) > 2
    if said:
        return not context.says("book", text, start, end, before=12, after=0)
    if len(groups) < 2 or _SPACED_DASH.search(raw) or context.says("book", text, start, end, before=24, after=0):
        return False
    if _MORE_BEFORE.search(before) is not None or _MORE_AFTER.match(after) is not None:
        return False
    if raw.startswith("("):
        return kind.grouped
    if kind.trunk:
        return len(groups) > 2 or kind.grouped
    separators = set(_SEPARATORS.findall(raw))
    is_count = separators <= {" ", ".", ","} and (len(groups) == 2 or _THOUSANDS.fullmatch(raw) is not None)
    return kind.grouped and len(separators) == 1 and not is_count


_SEPARATORS = re.compile(r"[^\d()]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:\D\d{3})+")


# --- numbers that nobody has ------------------------------------------------------------------------------------

_RESERVED = (
    r"\+1[2-9]\d\d5550\d{3}|\+1555\d{7}",  # North America: 555-0100 to 555-0199, and what nobody is given
    r"\+1(?:8\d\d|[2-9]\d\d)5551212",  # directory enquiries
    # United Kingdom, Ofcom: numbers for television and radio drama
    r"\+44(?:1632960\d{3}|7700900\d{3}|2079460\d{3}|2079460\d{3}|2890180\d{3}|2920180\d{3}|3069990\d{3}|8081570\d{3}"
    r"|9098790\d{3}|1(?:13|14|15|16|17|18|21|31|41|51|61)496\d{4}|191498\d{4}|289649600\d|2896496\d{3})",
    # Australia, ACMA
    r"\+61(?:[2378](?:5550|7010)\d{4}|49157\d{4}|491578\d{3}|1800(?:160401|975707\d?|975711))",
    # France, ARCEP
    r"\+33(?:199|261|353|465|536|639)(?:00|91|01|71|49|98)\d{4}",
    # Germany, Bundesnetzagentur
    r"\+49(?:3023125\d{3}|6990009\d{3}|4066969\d{3}|2214710\d{3}|8999998\d{3}|17139200\d\d|1729925904|1728173\d{3}"
    r"|17499643\d\d|1749091\d{3}|15228817386|15228895456|15254599371)",
    r"\+35320(?:91)\d{4,5}",  # Ireland, ComReg
)


@functools.cache
def _reserved() -> re.Pattern[str]:
    return re.compile("|".join(_RESERVED))


_MADE_UP = re.compile(
    # 555-01xx with an area that no country may have given out
    r"\A\+?1?[2-9]\d\d55501\d\d$|\A555\d{4}$|(\d)\1{6,}$|12345678(?:9(?:0)?)?$|0123456789$|987654321\d?$|5551234$|5555555\Z"
)


def is_reserved(normal: str) -> bool:
    """Whether a number in E.164 form is reserved for fiction, or is plainly made up (``555-1234``, ``1234567890``)."""
    return _reserved().fullmatch(normal) is not None or _MADE_UP.search(normal) is not None
