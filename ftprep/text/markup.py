"""HTML in prose: entities and tags that were left over, and the text without them."""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import TYPE_CHECKING, NamedTuple

from ftprep.text.markdown import mask_code
from ftprep.text.spans import within
from ftprep.text.topics import row_mentions, row_text, row_words

if TYPE_CHECKING:
    from ftprep.record import Record


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Elements whose names mean nothing else between angle brackets.
_CERTAIN = _words(
    "blockquote br center dd div dl dt font h1 h2 h3 h4 h5 h6 hr li nobr ol span strong table tbody td tfoot th "
    "thead tr ul wbr"
)
# These stand for keys, variables and placeholders too: they need their partner in the text, or an attribute.
_PAIRED = _words("abbr acronym b big em i p pre small strike tt u")
# These delimit the parts of prompts, and are tokens of models: they need an attribute of HTML.
_DOUBTFUL = _words(
    "a article aside audio body button caption cite code col data fieldset figure footer form head header html "
    "iframe img input label legend link main map menu meta nav object option output picture q s samp section "
    "select source style template textarea time title var video"
)
# Markdown takes `sup sub kbd details summary mark ins del` as they are, so they are no residue.
_BLOCKS = "p|div|ul|ol|dl|table|blockquote|h[1-6]"
_LINES = _words("li tr dt dd")
_NOTHING_FOLLOWS = re.compile(rf"[ \t]*(?:\r?\n|\Z|</(?:{_BLOCKS})>)", re.IGNORECASE)
_IS_BLOCK = re.compile(_BLOCKS)
# Entities that nobody takes for the address of a variable, as `&num;` and `&sum;` are in programs.
_UNMISTAKABLE = _words("amp lt gt quot apos nbsp copy reg hellip mdash ndash rsquo lsquo rdquo ldquo bull")

_FLAGS = r"(?:disabled|checked|selected|hidden|required|readonly|multiple|nowrap|noshade|compact|controls|async|defer)"
_VALUE = r"[A-Za-z_:][\w:.-]{0,40}\s{0,8}=\s{0,8}(?:\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'|[^\s\"'<>=`]{1,2000})"
_TAG = re.compile(
    rf"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]{{0,9}})(?P<attributes>(?:\s{{1,20}}(?:{_VALUE}|{_FLAGS}(?=[\s/>])))*)"
    r"\s{0,8}/?>",
)
_ENTITY = re.compile(r"&(?:#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DOCUMENT = re.compile(r"<(?:!doctype|html|\?xml|script|style|body|svg|\?php)\b")
# Words of rows that show entities, or tags, on purpose.
_TOPIC = _words(
    "html html4 html5 xhtml xml svg jsx tsx rss asp jsp markup webpage webpages entity entities escape escapes escaped "
    "escaping unescape unescaped unescaping encode encodes encoded encoding"
)
_TAG_TOPIC = _words(
    "css dom javascript js jquery react vue angular svelte php bootstrap xpath selenium beautifulsoup scrape scrapes "
    "scraper scraping website websites tag tags element elements div span button buttons bbcode code script scripts "
    "function functions program programs snippet snippets markdown"
)
_TOPIC_ELSEWHERE = ("网页", "網頁", "转义", "web page", "web-page")
_TAG_TOPIC_ELSEWHERE = ("标签", "代码", "函数", "网站", "web site", "bb code", "веб", "ウェブ")
_DENSE = 0.3  # from this share of the characters on, the text is a document, not prose with residue


class Residue(NamedTuple):
    """One entity or tag. ``new`` is what the text has in its place once it is repaired."""

    start: int
    end: int
    new: str


class Markup(NamedTuple):
    """The entities and the tags of a text that are residue of HTML, each in order."""

    entities: list[Residue]
    tags: list[Residue]


def residue(text: str) -> Markup:
    """What of ``text`` looks like HTML left in prose. Code is not looked at."""
    prose = mask_code(text)
    tags = _tags(prose)
    entities = [
        Residue(match.start(), match.end(), character)
        for match in _ENTITY.finditer(prose)
        if (character := _decoded(match[0])) is not None and not _is_address(prose, match)
    ]
    if tags and entities:
        spans = [(one.start, one.end) for one in tags]
        entities = [one for one in entities if not within(one.start, spans)]
    return Markup(entities, tags)


def is_document(text: str, found: Markup) -> bool:
    """Whether so much of ``text`` is tags that it is a document."""
    return sum(one.end - one.start for one in found.tags) > _DENSE * len(text)


def speaks_of_entities(record: Record) -> bool:
    """Whether the row is about HTML or about escaping."""
    if not _TOPIC.isdisjoint(row_words(record)) or row_mentions(record, _TOPIC_ELSEWHERE):
        return True
    return _DOCUMENT.search(row_text(record)) is not None


def speaks_of_tags(record: Record) -> bool:
    """Whether the row is about tags, or about programs and pages that have them."""
    return not _TAG_TOPIC.isdisjoint(row_words(record)) or row_mentions(record, _TAG_TOPIC_ELSEWHERE)


def _decoded(entity: str) -> str | None:
    """The character that an entity stands for, or None where it stands for none."""
    if entity[1] != "#" and entity[1:] not in html5:
        return None
    character = html.unescape(entity)
    return None if character in ("", "\ufffd", entity) else character


def _is_address(prose: str, match: re.Match[str]) -> bool:
    """Whether a program may take the address of a variable here."""
    name = match[0][1:-1]
    return (
        name[0] != "#"
        and name not in _UNMISTAKABLE
        and prose[max(match.start() - 2, 0) : match.start()].rstrip()[-1:] in ("=", "(", ",")
    )


def _tags(prose: str) -> list[Residue]:
    matches = list(_TAG.finditer(prose))
    opened = {match["name"].lower() for match in matches if not match["end"]}
    closed = {match["name"].lower() for match in matches if match["end"]}
    paired = opened & closed & _PAIRED
    with_attributes = {match["name"].lower() for match in matches if match["attributes"].strip()}
    found = []
    for match in matches:
        name = match["name"].lower()
        if name not in _CERTAIN and name not in paired:
            known = name in _PAIRED or name in _DOUBTFUL
            if not known or not (match["attributes"].strip() or (match["end"] and name in with_attributes)):
                continue
        if name == "br" and "|" in _line(prose, match.start(), match.end()):  # a cell of a table
            continue
        found.append(Residue(match.start(), match.end(), _instead(match, name, prose)))
    return found


def _line(text: str, start: int, end: int) -> str:
    """What stands near ``text[start:end]`` on its line."""
    first = max(text.rfind("\n", max(start - 1000, 0), start) + 1, start - 1000, 0)
    last = text.find("\n", end, end + 1000)
    return text[first : last if last >= 0 else end + 1000]


def _instead(match: re.Match[str], name: str, prose: str) -> str:
    """What comes in the place of a tag: the line or paragraph that it ends, or nothing."""
    if name in ("br", "hr"):  # often written before a line break of the source
        return "" if prose.startswith(("\n", "\r\n"), match.end()) else "\n"
    if match["end"] and (name in _LINES or _IS_BLOCK.fullmatch(name)):
        if _NOTHING_FOLLOWS.match(prose, match.end()):
            return ""
        return "\n" if name in _LINES else "\n\n"
    return ""
