"""Postal addresses: a street with its number, and the postcode where the street alone says too little."""

from __future__ import annotations

import functools
import re

_NAME = r"(?:[A-ZÀ-ÖØ-Þ][\w'’.-]{0,24}|\d{1,3}(?:st|nd|rd|th))"
_SIDE = r"(?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.?[ ])?"
_SURE = (
    r"Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Parkway|Pkwy|Highway|Hwy|Crescent|Cres|Terrace|Terr|Mews"
    r"|Turnpike|Tpke|Expressway|Expy|Causeway|Esplanade|Cul-de-sac"
)
_UNSURE = (
    r"Court|Ct|Place|Pl|Square|Sq|Way|Circle|Cir|Trail|Trl|Close|Gardens|Gdns|Grove|Row|Hill|Walk|Alley|Plaza|Loop|Park|View"
    r"|Run|Path|Pike|Point|Ridge|Heights|Green|Quay|Wharf|Rise|Vale|Bend|Crossing|Manor|Common|Broadway|Parade|Route"
)
_UNIT = (
    r"(?:,?[ \n](?:Apartment|Apt|Suite|Ste|Unit|Floor|Fl|Flat|Room|Rm|Building|Bldg|Box|Lot|PO Box|P\.O\. Box|#)\.?[ ]?"
    r"[\w-]{1,6}|,?[ ]\d{1,2}(?:st|nd|rd|th) floor)"
)
_STATES = (
    "A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY]|AB|BC"
    "|MB|NB|NL|NS|ON|QC|SK|NSW|VIC|QLD|TAS|ACT|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware"
    "|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan"
    "|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North"
    " Carolina"
    "|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah"
    "|Vermont"
    "|Virginia|Washington|West Virginia|Wisconsin|Wyoming"
)
_UK_CODE = r"[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}"
_CA_CODE = r"[A-Z]\d[A-Z][ -]?\d[A-Z]\d"
_CODE = (
    rf"(?:(?:{_STATES})[ ,]{{1,2}}\d{{4,5}}(?:-\d{{4}})?|(?:(?:{_STATES})[ ,]{{1,2}})?(?:{_UK_CODE}|{_CA_CODE}))(?!\w)"
)
_CITY = r"(?:[A-ZÀ-ÖØ-Þ][\w'’.-]{0,24}(?:[ ](?:[A-ZÀ-ÖØ-Þ][\w'’.-]{0,24}|of|upon|on|de|la|le)){0,3})"
# After the street: unit, then up to two lines or parts of a place, then state and code; or nothing of it.
_PLACE = rf"(?:,?[ \n]{{0,2}}{_CITY}){{0,2}}(?:,?[ \n]{{1,2}}|\n){_CODE}"
_ENGLISH = (
    rf"(?P<number>\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,4}})?),?[ ]{_SIDE}(?P<name>(?:{_NAME}[ ]){{1,4}}?)"
    rf"(?:(?P<sure>(?:{_SURE}))|(?:{_UNSURE}))\b(?!['’][a-z])(?:\.(?=[ ,\n]))?(?:[ ](?:N|S|E|W|NE|NW|SE|SW|North"
    rf"|South|East|West)\b)?"
    rf"(?P<unit>{_UNIT})?(?P<place>{_PLACE})?"
)
_AFTER_NUMBER = (
    r"(?P<number>\d{1,4}(?:[ ]?(?:bis|ter|[A-Da-d]))?),?[ ](?:rue|avenue|av\.|boulevard|bd|place|chemin|allée|allées"
    r"|impasse"
    r"|quai|cours|route|square|passage|faubourg)[ ](?:(?:de|du|des|d['’]|la|le|les|l['’])["
    r" ]?){0,3}[A-ZÀ-ÖØ-Þ][\w'’.-]{1,24}"
    r"(?:[ -](?:de|du|des|la|le|les|et|[A-ZÀ-ÖØ-Þ][\w'’.-]{0,24})){0,4}(?P<place>,?[ \n]{1,2}\d{5}["
    r" ][A-ZÀ-ÖØ-Þ][\w'’-]{1,24})?"
)
_BEFORE_NUMBER = (
    r"(?:[A-ZÄÖÜ][\wäöüß.-]{1,24}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|kade"
    r"|gatan|vägen|gade|vej|gata|veien|katu|tie|utca)"
    r"|(?:[A-ZÄÖÜ][\wäöüß.-]{1,24}[ ]){1,2}(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Gasse|utca|út)"
    r"|(?:Calle|C/|Avenida|Avda?\.|Plaza|Paseo|Carrer|Camino|Via|Viale|Piazza|Corso|Rua|Travessa|Praça|ul\.|ulica|aleja|al\.)"
    r"[ ](?:(?:de|del|di|della|dei|da|do|das|dos|la|las|los|el)[ ]){0,2}[A-ZÀ-ÖØ-Þ][\w'’.-]{1,24}(?:[ ](?:de|del|di"
    r"|da|do|y|e|"
    r"[A-ZÀ-ÖØ-Þ][\w'’.-]{0,24})){0,4})"
    r",?[ ](?:(?:n[.ºo°]{1,2}|nº|nr\.?)[ ]?)?(?P<number>\d{1,4}[ ]?(?:[a-zA-Z]\b)?(?:[-/]\d{1,3})?)(?:,?["
    r" ]?\d{1,2}[ºª.][^,\n]{0,12})?"
    r"(?P<place>,?[ \n]{1,2}(?:[A-Z]{1,2}-)?(?:\d{4,5}|\d{2}-\d{3}|\d{3}[ ]\d{2}|\d{4}[ ]?[A-Z]{2})["
    r" ,]{1,2}[A-ZÀ-ÖØ-Þ][\w'’.-]{1,24}"
    r"(?:[ ][A-ZÀ-ÖØ-Þ][\w'’.-]{1,24}){0,2})"
)
REACH = 110
"""No street with its number is longer before the number that the anchor names, nor after it without its place."""

_TOUCHES = re.compile(r"(?:[\w.,:/$£€#-]|\d[ ])\Z")


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<![\w.,$£€#/-]){one}") for one in (_ENGLISH, _AFTER_NUMBER, _BEFORE_NUMBER))


_LOOK = (
    rf"(?<!\d)\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,4}})?,?[ ](?:[\w.'’-]{{1,26}}[ ]){{1,6}}?(?:{_SURE}|{_UNSURE})\b"
    r"|\d(?:[ ]?(?:bis|ter|[A-Da-d]))?,?[ ](?:rue|avenue|av\.|boulevard|bd|place|chemin|all[ée]e|impasse|quai|cours"
    r"|route|square"
    r"|passage|faubourg)"
)
_BEFORE_CODE = re.compile(r"\d[a-zA-Z]?,?[ ]?[^\d\n]{0,14}[ \n](?:[A-Z]{1,2}-)?\d{2,5}[ -]")
_ENDING_WORDS = (
    "straße strasse str. weg platz allee gasse ring damm ufer straat laan plein gracht kade gatan vägen gade vej gata"
    " veien katu tie utca út"
)
_BEGINNING_WORDS = (
    "Calle C/ Avenida Avda Avda. Avd Avd. Plaza Paseo Carrer Camino Via Viale Piazza Corso Rua Travessa Praça ul. ulica"
    " aleja al."
)
_RUE_WORDS = "rue avenue av. boulevard bd place chemin allée allées impasse quai cours route square passage faubourg"
_AROUND_NUMBER = (*_ENDING_WORDS.split(), *_BEGINNING_WORDS.split())
HINTS = (
    *(f" {word}" for word in f"{_SURE}|{_UNSURE}".split("|")),
    *(f" {word} " for word in _RUE_WORDS.split()),
    *(f"{word}{end}" for word in _ENDING_WORDS.split() for end in (" ", ",")),
    *(f"{word} " for word in _BEGINNING_WORDS.split()),
)
"""One of them stands in every address, in any case but where it has a capital here."""


@functools.cache
def _look() -> re.Pattern[str]:
    return re.compile(_LOOK)


def promising(text: str, start: int, end: int) -> bool:
    """Whether a part of a text may hold an address: a word for street near a number. Cheap."""
    if _look().search(text, start, end) is not None:
        return True
    if _BEFORE_CODE.search(text, start, end) is None:
        return False
    lower = text[start:end].lower()
    return any(word.lower() in lower for word in _AROUND_NUMBER)


_FAMOUS = frozenset(
    ("1600 pennsylvania", "10 downing", "221b baker", "742 evergreen", "123 main", "4 privet", "350 fifth")
)
_ADDRESS_WORDS = re.compile(
    r"(?<![^\W_])(?:address(?:es)?|lives?|living|resid(?:es?|ing|ence)|located|moved|ship(?:ped|ping)?|deliver(?:ed|y)?|mail"
    r"|home|house|billing|office|visit|directions|postal|zip|at|to|from|adresse|dirección|indirizzo|endereço|adres)(?![^\W_])",
    re.IGNORECASE,
)


def spans(text: str) -> list[tuple[int, int]]:
    """The postal addresses of a text, each once, in order."""
    found: list[tuple[int, int]] = []
    for number, pattern in enumerate(_patterns()):
        for match in pattern.finditer(text):
            if _is_address(text, match, english=number == 0):
                found.append((match.start(), match.end() - match[0].endswith(".")))
    chosen: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda one: (one[0], -one[1])):
        if not chosen or start >= chosen[-1][1]:
            chosen.append((start, end))
    return chosen


def _is_address(text: str, match: re.Match[str], *, english: bool) -> bool:
    start = match.start()
    if _TOUCHES.search(text[max(start - 2, 0) : start]):
        return False
    if not english:
        return True
    if match["place"] or match["unit"]:
        return True
    number = match["number"]
    if match["sure"] is None or _follows_on(text, match):
        return False
    year = len(number) == 4 and number[:2] in ("17", "18", "19", "20")
    return not (year or len(number) == 1) or _ADDRESS_WORDS.search(text, max(start - 24, 0), start) is not None


_NAME_AFTER = re.compile(r"\.?[ ][A-Z][a-z]")


def _follows_on(text: str, match: re.Match[str]) -> bool:
    """Whether the word for street begins a name instead: `5 Young Dr Smith`, `2 New St. Louis cafes`."""
    return match["sure"] in ("St", "Dr") and _NAME_AFTER.match(text, match.end()) is not None


def is_famous(address: str) -> bool:
    """Whether an address is known from fiction or from the news, or is the one that everybody makes up."""
    return address.lower().startswith(tuple(_FAMOUS))
