"""Function words of twenty languages in Latin letters: cheap evidence that a text is prose, and in which language."""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ftprep.text.screens import LiteralScreen

# Articles, pronouns, prepositions, conjunctions and auxiliaries: what no sentence of the language does without.
_WORDS = {
    "en": "the a an of to and in is that it for was on are as with they be at this have from or had by not but what all"
    " were when we there can your which their if will how would has you i do she he his her its about could should",
    "es": "el la los las un una de del y que en es por para con no se lo su al como más pero sus le ya o este sí porque"
    " esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos son puede está qué",
    "fr": "le la les un une des de du et que qui en est dans pour pas sur au ne se ce il elle par "
    "avec plus sont vous je"
    " nous mais ou cette leur être aux comme son sa ses ont a été d l c'est peut",
    "de": "der die das und ist in den von zu mit sich des auf für nicht ein eine als auch es an "
    "werden aus er hat dass sie"
    " nach wird bei einer um am sind noch wie einem über einen so zum haben nur oder aber vor zur "
    "bis mehr durch man ich",
    "it": "il lo la i gli le un una di del della che e è in per non con si da al sono come più ma anche dei nel questo"
    " alla delle ha o se dal ci quando molto essere suo sua questa dalla alle agli allo nella degli sono cui dove ogni"
    " tutti anche stato fare loro perché così poi",
    "pt": "o a os as um uma de do da dos das e que em é por para com não se na no ao como mais mas "
    "foi ele sua seu ou ser"
    " quando muito nos já também só pelo pela até isso são você está uma nas ele ela seus suas onde "
    "porque entre depois",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als bij maar dan nog uit wordt door naar"
    " heeft deze hij ze kan die over of je wat worden ik waar onze mijn haar zijn hun veel wij geen omdat",
    "sv": "och att det som en på är av för med till den har de inte om ett han men var jag sig från "
    "vi så kan man när år"
    " under också efter eller nu sin där vid mot",
    "da": "og i at det er en til på som med for af den de ikke der har et han men var jeg sig fra vi så kan man når om"
    " også efter eller nu sin hvor ved mod blev",
    "fi": "ja on ei että se oli hän mutta ovat kun niin myös kuin joka tai voi ole sen mitä jos nyt hänen vain ollut"
    " tämä sekä kanssa mukaan jotka siitä",
    "pl": "i w na z się że nie do to jest o jak ale po co tak za od przez dla są czy jego już tylko być może jako był"
    " oraz które który która jej także",
    "cs": "a se na je že v to s z do o i jako za by ale pro jsem od po tak co jeho byl které který nebo jsou jen bylo"
    " může také při až není",
    "tr": "ve bir bu da de için ile çok ne olarak daha gibi en kadar sonra olan ama var o ise her değil ya bunu ki"
    " şey olduğu veya",
    "id": "yang dan di dari ini itu untuk dengan pada tidak dalam adalah akan ke juga karena ada oleh saya mereka dapat"
    " atau kami bisa anda sebagai lebih sudah telah tersebut seperti kita dia ia jika saat banyak hanya secara",
    "vi": "và của là có không được cho các trong một người với những này đã khi để từ như cũng về đến ra vào nhưng"
    " hoặc bạn tôi thể nhiều",
    "ro": "și de la în a cu că nu este pe o un din care pentru mai se sunt ce au fost lui prin dar sau dacă după cum"
    " fi al ale pot",
    "hu": "a az és hogy nem is egy meg ez de van volt csak már mint ha el még vagy azt kell azonban ezt lehet amely"
    " után szerint között",
    "ca": "el la els les un una de del i que en és per amb no es al com més però dels ser aquest també són o ha va pot"
    " perquè molt",
    "hr": "i je u se na da za su od s o kao ne koji a biti što ili iz to bi sam te koja ali nije može njegov samo"
    " prema već kako",
    "no": "og i det er på til som en med for av at ikke den de har et han men var jeg seg fra vi så kan man når om også"
    " etter eller nå sin hvor ved mot ble",
}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_GLANCE = 300
_SPACED = bytes(0x20 if byte in b"\t\n\x0b\x0c\r" else byte for byte in range(256))  # what bytes.split() splits at
MOST_WORDS = 150  # a text is judged by its first words


@functools.cache
def languages_of_words() -> dict[str, tuple[str, ...]]:
    """The languages of each function word."""
    found: dict[str, tuple[str, ...]] = {}
    for language, words in _WORDS.items():
        for word in dict.fromkeys(words.split()):
            found[word] = (*found.get(word, ()), language)
    return found


def words_of(text: str) -> list[str]:
    """The first words of ``text`` in lower case."""
    words: list[str] = _WORD.findall(text[:2_000])
    return [word.lower() for word in words[:MOST_WORDS]]


def counts_by_language(words: list[str]) -> Counter[str]:
    """How many of ``words`` are function words, by language; a word of several languages counts in each."""
    table = languages_of_words()
    counts: Counter[str] = Counter()
    for word, count in Counter(words).items():
        for language in table.get(word, ()):
            counts[language] += count
    return counts


def language_by_words(text: str, least_share: float = 0.2) -> str | None:
    """The language whose function words are at least ``least_share`` of the words, or None."""
    words = words_of(text)
    if len(words) < 6:
        return None
    best = counts_by_language(words).most_common(1)
    return best[0][0] if best and best[0][1] >= max(3, least_share * len(words)) else None


def is_natural(text: str) -> bool:
    """Whether a text in Latin letters reads as prose: at least three function words, and one in seven or so."""
    return language_by_words(text, 0.15) is not None


# Words of English that prose of no other language of the table is likely to hold.
_ENGLISH_WORDS = (
    b"the and that it with they this or what were when there can your which their if how would you his its about could"
    b" should are not from have has been these using here"
)
_ENGLISH_ONLY = frozenset(_ENGLISH_WORDS.split())


# Function words of other languages that English texts hold too, as names, in other senses, or in code.
_OTHER_SENSES = (
    "die war so no me man men her sin pot fi al ale van den under over ten ha dan ya ma des les un una del la el de le"
    " los las il con per para por tu su sa se si do os das dos mot etter is sam via pro od mit dem "
    "im da di dari est non"
    " ne ce nu ci ut ou uma um mas ser este esta son sans sur par aux test data int val var str len max min num id"
)
_ENGLISH_TOO = frozenset(_OTHER_SENSES.split())


@functools.cache
def _not_english() -> frozenset[bytes]:
    english = set(_WORDS["en"].split())
    return frozenset(
        word.encode()
        for word in languages_of_words()
        if word.isascii() and len(word) > 1 and word not in english and word not in _ENGLISH_TOO
    )


def is_surely_english(text: bytes) -> bool:
    """Whether three different words among the first are English ones: quick, for a screen."""
    return len(_ENGLISH_ONLY.intersection(text[:_GLANCE].lower().split())) >= 3


@functools.cache
def _foreign_screen() -> LiteralScreen:
    from ftprep.text.screens import LiteralScreen

    return LiteralScreen({}, {"": [f" {word.decode()} " for word in sorted(_not_english())]})


def may_be_foreign(texts: Sequence[bytes]) -> NDArray[np.bool_]:
    """Which texts hold, among their first words, two different ones that are not English but of another language.

    Words of ASCII only. All texts are searched in one pass.
    """
    import numpy as np

    heads = [text[:_GLANCE] for text in texts]
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(head) + 3 for head in heads], out=starts[1:])  # a space before it, a space and 0xFF after it
    joined = b"".join([b" ", b" \xff ".join(heads), b" \xff"]).translate(_SPACED) if heads else b""
    result: NDArray[np.bool_] = _foreign_screen().different(joined, starts) >= 2
    return result


def has_function_words(text: str) -> bool:
    """Whether two different function words of any language stand among the first words: quick, for a screen."""
    return len(languages_of_words().keys() & set(text[:_GLANCE].lower().split())) >= 2
