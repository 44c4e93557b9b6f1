"""Scripts and languages: in which one a prompt is written, and in which its answer."""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.text.function_words import is_natural, language_by_words
from ftprep.text.markdown import mask_all

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST_PROMPT, LEAST_ANSWER = 25, 40  # units: letters, three for a character of Chinese or Japanese
LEAST_PROMPT_TO_NAME, LEAST_ANSWER_TO_NAME = 40, 80
_PURE, _SURE = 0.85, 0.97
_READ, _NAMED = 4_000, 600

_SCRIPTS = {
    "Latin": "A-Za-zªº\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "Cyrillic": "\u0400-\u052f",
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Arabic": "\u0620-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "Hebrew": "\u05d0-\u05f2",
    "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "Gurmukhi": "\u0a00-\u0a7f",
    "Gujarati": "\u0a80-\u0aff",
    "Tamil": "\u0b80-\u0bff",
    "Telugu": "\u0c00-\u0c7f",
    "Kannada": "\u0c80-\u0cff",
    "Malayalam": "\u0d00-\u0d7f",
    "Sinhala": "\u0d80-\u0dff",
    "Thai": "\u0e00-\u0e7f",
    "Georgian": "\u10a0-\u10ff",
    "Armenian": "\u0531-\u0587",
    "Ethiopic": "\u1200-\u137f",
    "Hangul": "\uac00-\ud7af\u1100-\u11ff\u3131-\u318e",
    "Han": "\u3400-\u9fff\uf900-\ufaff",
    "Kana": "\u3041-\u30ff",
}
_WEIGHTS = {"Han": 3, "Kana": 3, "Hangul": 2}
_EAST_ASIAN = frozenset(("Han", "Kana"))
# Scripts of several languages; in the others the script is the language.
_SHARED = frozenset(("Latin", "Cyrillic", "Arabic"))
_LANGUAGE_OF_SCRIPT = {"Han": "zh", "Kana": "ja", "Hangul": "ko", "Greek": "el", "Thai": "th", "Hebrew": "he"}
_LANGUAGE_OF_SCRIPT |= {
    "Devanagari": "hi",
    "Georgian": "ka",
    "Armenian": "hy",
    "Tamil": "ta",
    "Telugu": "te",
    "Bengali": "bn",
}

# Languages that a short text does not tell apart count as one.
_FAMILIES = (
    *("no nb nn da sv", "hr sr bs sl", "id ms jv", "es ca gl pt an oc", "cs sk", "ru uk be bg mk", "hi ne mr"),
    *("nl af", "it la co", "de lb", "fr wa", "fi et"),
)
_NAMES_BY_CODE = (
    "en:English es:Spanish fr:French de:German it:Italian pt:Portuguese nl:Dutch sv:Swedish da:Danish no:Norwegian "
    "fi:Finnish pl:Polish cs:Czech tr:Turkish id:Indonesian vi:Vietnamese ro:Romanian hu:Hungarian ca:Catalan "
    "hr:Croatian ru:Russian uk:Ukrainian bg:Bulgarian zh:Chinese ja:Japanese ko:Korean el:Greek th:Thai he:Hebrew "
    "ar:Arabic fa:Persian hi:Hindi ur:Urdu ka:Georgian hy:Armenian ta:Tamil te:Telugu bn:Bengali"
)
_NAMES = dict(pair.split(":") for pair in _NAMES_BY_CODE.split())

_DROPPED = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}|(?<!\w)[#@]\w+|<[^<>\n]{1,200}>|\{\{[^{}\n]{0,200}\}\}|\"[^\"\n]{1,400}\""
    r"|“[^”\n]{1,400}”|«[^»\n]{1,400}»|「[^」\n]{1,400}」|『[^』\n]{1,400}』|《[^》\n]{1,400}》|(?<!\w)'[^'\n]{1,200}'(?!\w)|\d+"
)
_FIELDS = re.compile(r"\{\{[^{}\n]{0,200}\}\}")
_QUOTED = re.compile(
    r"\"[^\"\n]{1,400}\"|“[^”\n]{1,400}”|«[^»\n]{1,400}»|「[^」\n]{1,400}」|『[^』\n]{1,400}』|《[^》\n]{1,400}》"
    r"|(?<!\w)['‘][^'’\n]{1,200}['’](?!\w)|`[^`\n]{1,400}`"
)
_CODE_CHARACTERS = re.compile(r"[{}\[\]=;<>|\\$#@^~_]|\w\(|::|->")
_SQL = re.compile(
    r"\b(?:SELECT\b.{0,400}\bFROM|INSERT INTO|UPDATE\b.{0,200}\bSET|CREATE TABLE|DELETE FROM)\b", re.DOTALL
)
_SENTENCE = re.compile(r"[^\W\d_]\S*(?:[ \t]+\S+){3,}[ \t]+[^\s.!?]*[^\W\d_)\"'”’][.!?](?:[\"')”’]*)(?:\s|$)")

_ASKED = (
    r"translat|languag|multilingual|bilingual|interpret|\b(?:english|german|french|spanish|italian|portuguese|dutch|swedish"
    r"|danish|norwegian|finnish|polish|czech|slovak|turkish|indonesian|malay|vietnamese|romanian|hungarian|catalan|croatian"
    r"|serbian|russian|ukrainian|bulgarian|chinese|mandarin|cantonese|japanese|korean|greek|thai|hebrew|arabic|persian|farsi"
    r"|hindi|urdu|bengali|tamil|telugu|latin|swahili|tagalog|filipino|punjabi|gujarati|marathi|afrikaans|zulu)\b"
    r"|\b(?:español|inglés|francés|alemán|castellano|deutsch\w*|englisch\w*|französisch\w*|spanisch\w*|français|anglais"
    r"|espagnol|allemand|italiano|inglese|francese|português|inglês|nederlands|engels|svenska|engelska|norsk|dansk|suomi"
    r"|englanti|polski|angielsk\w*|česk\w*|anglick\w*|türkçe|ingilizce|bahasa|inggris|tiếng|română|engleză|magyar\w*|angol\w*)"
    r"|翻译|翻譯|译|訳|번역|ترجم|перев|英文|英语|英語|中文|汉语|漢語|日文|日语|日本語|法语|德语|西班牙|韩语|俄语|영어|한국어|русск|английск"
    r"|traduc|traduz|tradui|tradur|übersetz|vertaal|översätt|tłumacz|přelož|çevir|terjemah|dịch"
)


class Switch(NamedTuple):
    """The languages of a prompt and of its answer, by their codes (or by script, where that is all that is known)."""

    prompt: str
    answer: str

    @property
    def kind(self) -> str:
        """Both in one word."""
        return f"{self.prompt}>{self.answer}"


@functools.cache
def _asked() -> re.Pattern[str]:
    return re.compile(_ASKED, re.IGNORECASE)


@functools.cache
def _letters() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(f"[{characters}]") for name, characters in _SCRIPTS.items()}


@functools.lru_cache(maxsize=20_000)
def _script(character: str) -> str | None:
    return next((name for name, pattern in _letters().items() if pattern.match(character)), None)


@functools.cache
def _identifier() -> Any:
    # The model takes half a second to load: only a text that was let through everything else gets here.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@functools.cache
def _family(code: str) -> frozenset[str]:
    return next((frozenset(one.split()) for one in _FAMILIES if code in one.split()), frozenset((code,)))


def name_of(code: str) -> str:
    """The English name of a language or script, or its code."""
    return _NAMES.get(code, code)


def without_fields(text: str) -> str:
    """``text`` without the fields of a template that stand in it, ``{{...}}``."""
    return _FIELDS.sub(" ", text)


def cleaned(text: str) -> str:
    """The first part of ``text`` without code, addresses, quotations, tags, numbers and lines that look like code."""
    bare = _DROPPED.sub(" ", mask_all(text[:_READ]))
    lines = [line for line in bare.split("\n") if len(_CODE_CHARACTERS.findall(line)) * 25 <= len(line)]
    return "\n".join(lines)


def units_by_script(text: str) -> dict[str, int]:
    """Letters of each script, weighted: a character of Chinese is worth three letters."""
    found: Counter[str] = Counter()
    for character, count in Counter(text).items():
        script = _script(character)
        if script is not None:
            found[script] += count * _WEIGHTS.get(script, 1)
    if found["Kana"]:
        found["Kana"] += found.pop("Han", 0)
    return {name: count for name, count in found.items() if count}


# Scripts by a glance. Chinese and Japanese are never told apart, nor are the Slavic languages that share an alphabet.
_GLANCES = (
    ("Han", re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]"), None),
    ("Slavic", re.compile(r"[а-яА-ЯёЁіІїЇєЄґҐў]"), re.compile(r"[ђјљњћџѓќѕәғқңөұүһӣӯҷҳ]")),
    ("Arabic", re.compile(r"[ء-ي]"), re.compile(r"[پچژگکیٹڈڑےںھۆێڕڵ]")),
    ("Hangul", re.compile(r"[\uac00-\ud7af]"), None),
    ("Thai", re.compile(r"[\u0e00-\u0e7f]"), None),
    ("Devanagari", re.compile(r"[\u0900-\u097f]"), None),
    ("Greek", re.compile(r"[\u0370-\u03ff]"), None),
    ("Hebrew", re.compile(r"[\u05d0-\u05ea]"), None),
)


def glance(text: str) -> str | None:
    """What the first characters of a text are surely written in: a script, a language in Latin letters, or None."""
    start = text[:200]
    if not start.isascii():
        for name, letters, others in _GLANCES:
            if len(letters.findall(start)) * 2 > len(start):
                return None if others is not None and others.search(start) else name
    return language_by_words(start)


def script_of(units: dict[str, int]) -> str | None:
    """The script that nearly all letters are of, or None."""
    name = max(units, key=units.__getitem__, default=None)
    return name if name is not None and units[name] >= _PURE * sum(units.values()) else None


def identify(text: str) -> tuple[str, float]:
    """The likeliest language of ``text``, and the probability of its family."""
    ranked = _identifier().rank(text[:_NAMED])
    code = str(ranked[0][0])
    return code, float(sum(share for other, share in ranked if other in _family(code)))


def language_switch(request: str, answer: str, context: Iterable[str]) -> Switch | None:
    """The switch of language between ``request`` and ``answer``, unless something in ``context`` asks for it."""
    asked, said = cleaned(request), cleaned(answer)
    asked_units, said_units = units_by_script(asked), units_by_script(said)
    if sum(asked_units.values()) < LEAST_PROMPT or sum(said_units.values()) < LEAST_ANSWER:
        return None
    before, after = script_of(asked_units), script_of(said_units)
    if before is None or after is None or {before, after} == _EAST_ASIAN:
        return None
    if before != after:
        if not _is_switch_of_script(before, asked, after, said, request, answer):
            return None
        context = list(context)
        if _is_asked(context) or _shows_script(context, after):
            return None
        return Switch(_code(before, asked), _code(after, said))
    if before not in _SHARED:
        return None
    if sum(asked_units.values()) < LEAST_PROMPT_TO_NAME or sum(said_units.values()) < LEAST_ANSWER_TO_NAME:
        return None
    return _switch_of_language(asked, said, list(context), before == "Latin")


def _is_switch_of_script(before: str, asked: str, after: str, said: str, request: str, answer: str) -> bool:
    for script, text, whole in ((before, asked, request), (after, said, answer)):
        if script == "Latin" and (not is_natural(text) or _SQL.search(whole[:_READ])):
            return False
    return after != "Latin" or _SENTENCE.search(said) is not None


def _switch_of_language(asked: str, said: str, context: list[str], latin: bool) -> Switch | None:
    if latin:
        one, other = language_by_words(asked), language_by_words(said)
        if one is not None and other is not None and other in _family(one):
            return None
    if _is_asked(context):
        return None
    answer_code, sure = identify(said)
    if sure < _SURE:
        return None
    prompt_code, sure = identify(asked)
    if sure < _SURE or prompt_code in _family(answer_code):
        return None
    paragraphs = [line for text in context for line in text[:_READ].split("\n")][:60]
    for paragraph in paragraphs:
        if sum(units_by_script(paragraph).values()) >= 15 and identify(paragraph)[0] in _family(answer_code):
            return None
    return Switch(prompt_code, answer_code)


def _is_asked(context: list[str]) -> bool:
    return any(_asked().search(text[:20_000]) or _asked().search(text[-20_000:]) for text in context)


def _shows_script(context: list[str], script: str) -> bool:
    """Whether the prompt holds a paragraph in ``script``, or quotes words in it."""
    letters = _letters()[script]
    for text in context:
        if any(letters.search(quoted) for quoted in _QUOTED.findall(text[:_READ])):
            return True
        for line in text[:20_000].split("\n"):
            units = units_by_script(line)
            if sum(units.values()) >= 15 and script_of(units) == script:
                return True
    return False


def _code(script: str, text: str) -> str:
    if script in _LANGUAGE_OF_SCRIPT:
        return _LANGUAGE_OF_SCRIPT[script]
    return identify(text)[0] if script in _SHARED else script
