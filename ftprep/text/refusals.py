"""Refusals: answers that open by saying that the assistant will not or cannot do what was asked."""

from __future__ import annotations

import functools
import re
from typing import Literal, NamedTuple

# A refusal says so in its first sentences.
HEAD = 260

# Literals of which every refusal has one in its head; ASCII letters in any case, first letters of others left out.
ANCHORS = (
    *("sorry", "apolog", "unable", "cannot", "can't", "can’t", "can not", "won't", "won’t", "will not", "decline"),
    *("not able", "not allowed", "not permitted", "not comfortable", "not authori", "not programmed", "refuse to"),
    *("an ai", "language model", "artificial intelligence"),
    *("lo siento", "lamento", "no puedo", "disculp", "leid", "entschuldig", "sprachmodell", "als ki", "ésol"),
    *("excuse", "malheureusement", "je ne p", "en tant qu", "sinto muito", "infelizmente", "o posso"),
    *("mi dispiace", "mi scuso", "purtroppo", "non posso", "звините", "ростите", "сожалени", "рошу прощ", "не жаль"),
    *(
        "抱歉",
        "对不起",
        "對不起",
        "很遗憾",
        "人工智能",
        "语言模型",
        "申し訳",
        "すみません",
        "ごめん",
        "残念",
        "恐れ入り",
    ),
    *("죄송", "미안", "유감"),
)

Kind = Literal["refusal", "as-an-ai", "disclaimer"]


class Refusal(NamedTuple):
    """What an answer says of itself: the kind and the range of its characters that says so."""

    kind: Kind
    start: int
    end: int


# What an assistant does for people. It keeps out the waiter who has no more soup.
_SERVICE = (
    r"(?:assist|help|fulfil+|comply|provid|generat|creat|writ|answer|complet|offer|shar|discuss|process|perform|access"
    r"|brows|recommend|advis|condon|engag|participat|support|promot|encourag|produc|respond|giv|endors|facilitat"
    r"|continue (?:with|this)|do (?:that|this)|fulfil+ th)\w*"
)
_PLEASANTRY = (
    r"(?:(?:i'm|i am|we're|we are) (?:\w+ ){0,2}sorry\b[^.!?\n]{0,60}?(?:[.,;:!–—-]+|\bbut\b)\s*"
    r"|(?:very |so )?sorry\b[^.!?\n]{0,40}?(?:[.,;:!–—-]+|\bbut\b)\s*"
    r"|(?:my |i )?(?:\w+ )?apolog\w+[^.!?\n]{0,60}?(?:[.,;:!–—-]+|\bbut\b)\s*"
    r"|(?:unfortunately|regrettably|regretfully|however|no|but)\b[,.]?\s*"
    r"|thank(?:s| you)\b[^.!?\n]{0,80}[.,!]\s*"
    r"|i (?:understand|appreciate|see)\b[^.!?\n]{0,100}?(?:[.,;!–—-]+|\bbut\b)\s*"
    r"|as an? [^,.!?\n]{2,60},\s*"
    r"|i(?:'m| am) (?:just |only )?an? [^,.!?\n]{2,60}(?:[.,;]|\band\b)\s*)"
)
_DENIAL = (
    r"(?:(?:can't|can ?not|won't|will not|am unable to|'m unable to"
    r"|(?:am|'m) not (?:able|allowed|permitted|comfortable|authori[sz]ed|programmed|designed)(?: to| with)?"
    r"|must decline to|have to decline to|decline to|refuse to|do not feel comfortable|don't feel comfortable)\s+"
    r"(?:(?:\w+ly|in good conscience|ever|be|to|also|you)\s+){0,3}" + _SERVICE + r"\b(?! (?:but|to (?:my|your)|my)\b)"
    r"|(?:must|have to|will have to|'ll have to) (?:\w+ly )?decline\b)"
)
_ENGLISH = (
    r"\W{0,8}(?:" + _PLEASANTRY + r"){0,4}(?P<says>i ?(?:(?:\w+ly|just|also|still|really)\s+){0,2}" + _DENIAL + ")"
)

# By language: an apology, how "I cannot" is said after it, what an assistant does. A gap of one clause between them.
_OTHERS = (
    (
        r"lo siento|lamento|perd[oó]n|disculp\w+|desafortunadamente",
        r"no (?:puedo|podr[eé]|me es posible|estoy en condiciones de)",
        r"ayudar|asistir|proporcionar|cumplir|crear|escribir|generar|responder|ofrecer|compartir|discutir|realizar"
        r"|acceder|recomendar|hacer eso|dar|continuar|participar",
    ),
    (
        r"(?:es )?tut mir \w{0,6} ?leid|leider|entschuldig\w+|ich bedau\w+",
        r"(?:kann|darf|werde|möchte)\b[^.!?\n]{0,90}?\b(?:nicht|kein\w*)",
        r"helfen|weiterhelfen|unterstützen|bereitstellen|erfüllen|beantworten|schreiben|erstellen|geben|anbieten|teilen"
        r"|generieren|diskutieren|dabei",
    ),
    (
        r"(?:je suis )?(?:vraiment |sincèrement )?désolée?|je m'excuse|malheureusement|je regrette",
        r"je ne (?:peux|puis|pourrai|suis)",
        r"aider|fournir|répondre|créer|écrire|générer|offrir|partager|discuter|effectuer|accéder|donner|satisfaire"
        r"|assister|recommander",
    ),
    (
        r"desculp\w+|sinto muito|lamento|infelizmente",
        r"não (?:posso|consigo|poderei|sou capaz)",
        r"ajud|fornecer|cumprir|criar|escrever|gerar|responder|oferecer|compartilhar|partilhar|discutir|realizar|acess"
        r"|atender",
    ),
    (
        r"mi dispiace|mi scuso|scusa\w*|purtroppo",
        r"non (?:posso|potrò|sono in grado)",
        r"aiut|forni|crea|scriver|genera|risponder|offri|condivider|discuter|soddisfa|acceder|assister|dar[et]",
    ),
    (
        r"извините|простите|к сожалению|прошу прощения|мне (?:очень )?жаль",
        r"не (?:могу|смогу|в состоянии|буду)",
        r"помо[чг]|предостав|выполн|созда|напис|ответ|обсужд|сгенерир|подел|да(?:ть|вать)",
    ),
)
_DENSE = (
    r"\W{0,4}(?P<says>(?:抱歉|很抱歉|非常抱歉|对不起|對不起|很遗憾|不好意思)[^。！？!?\n们們]{0,40}?(?:无法|無法|不能|不可以|没办法|不便)"
    r"[^。！？!?\n]{0,20}?(?:提供|帮|幫|协助|协助|回答|满足|生成|创建|写|分享|讨论|执行|访问|建议|推荐|参与|支持))",
    r"\W{0,4}(?P<says>(?:大変)?(?:申し訳|すみません|ごめん|残念|恐れ入り)[^。！？!?\n]{0,60}?"
    r"(?:お手伝い|お答え|提供|回答|生成|作成|お応え|支援|お教え)[^。！？!?\n]{0,10}?(?:できません|かねます|できかね))",
    r"\W{0,4}(?P<says>(?:정말 |대단히 )?(?:죄송|미안|유감)[^.!?\n]{0,60}?(?:도와|도움|제공|답변|작성"
    r"|생성|응답|지원|대답)"
    r"[^.!?\n]{0,12}?(?:수 없|못|어렵|불가))",
)

_WHO = r"(?:ai|artificial intelligence|(?:large )?language model|llm|chatbot)\b"
_NOT = (
    r"(?:do not|don't|cannot|can't|can not|no access|never|not able|unable|not capable|lack\b|no personal|not have"
    r"|have no\b|am not|'m not|not equipped|not possible)"
)
_AS_AN_AI = (
    r"\bas an? (?:\w+[ -]){0,3}?" + _WHO + r"[^!?\n]{0,120}?\b(?:i|my)\b[^.!?\n]{0,80}?" + _NOT,
    r"\bi(?:'m| am) (?:just |only |merely |simply )?an? (?:\w+[ -]){0,3}?" + _WHO + r"[^!?\n]{0,160}?" + _NOT,
    r"作为[^，。！？\n]{0,8}(?:人工智能|ai|语言模型)[^。！？\n]{0,60}?(?:无法|不能|没有|不具备|不会)",
    r"\bcomo (?:un |una )?(?:modelo de lenguaje|ia|inteligencia artificial)\b[^.!?\n]{0,80}?\bno (?:puedo|tengo)",
    r"\bals (?:eine? )?(?:ki|sprachmodell|künstliche intelligenz)\b[^.!?\n]{0,80}?\b(?:nicht|kein)",
    r"\ben tant qu(?:'|e )(?:une? )?(?:ia|intelligence artificielle|modèle)\b[^.!?\n]{0,80}?\bje (?:ne|n')",
)
# Asked about itself, a model may say what it is and what it cannot do.
_ABOUT_THE_MODEL = (
    r"\bwho (?:are|made|created|built) you\b|\bwhat are you\b|\byour (?:name|opinion|favou?rite|feelings?|thoughts"
    r"|experience|emotions?|family|childhood|job|age)\b|\bare you (?:an? |human|real|alive|sentient|conscious|able|ok)"
    r"|\bdo you (?:feel|have|like|think|believe|love|dream|want|ever|eat|sleep|enjoy|prefer|know who|consider|get)\b"
    r"|\bhow (?:do|are|old are) you\b|\bcan you (?:feel|think|dream|love|see|hear|learn)\b"
    r"|\bwould you (?:like|say|rather)\b"
    r"|\b(?:chat)?gpt|\bai\b|\bartificial intelligence\b|\blanguage model|\brobot|\bchat ?bot|\bassistant\b"
    r"|你是|你叫|你的名字|你有|你会|你能|你喜欢|人工智能|机器人|あなたは|누구"
)


@functools.cache
def _refusals() -> tuple[re.Pattern[str], ...]:
    others = [
        rf"\W{{0,8}}(?P<says>(?:{sorry})\b[^.!?\n]{{0,60}}?\b{cannot}\b[^.!?\n]{{0,60}}?\b(?:{does}))"
        for sorry, cannot, does in _OTHERS
    ]
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in (_ENGLISH, *others, *_DENSE))


@functools.cache
def _identities() -> re.Pattern[str]:
    return re.compile("|".join(_AS_AN_AI), re.IGNORECASE)


@functools.cache
def _questions() -> re.Pattern[str]:
    return re.compile(_ABOUT_THE_MODEL, re.IGNORECASE)


_SENTENCE_END = re.compile(r"[.!?。！？]\s|\n|$")
_WORDS = re.compile(r"[^\W\d_][\w'-]*")
# An answer that goes on for so long after its disclaimer does what was asked.
_LONG = 60


def refusal(answer: str, request: str) -> Refusal | None:
    """What ``answer`` refuses in its first sentences, or None. ``request`` is what it answers."""
    head = answer[:HEAD].replace("’", "'").replace("‘", "'").replace("ʼ", "'")
    for pattern in _refusals():
        found = pattern.match(head)
        if found:
            return Refusal("refusal", *found.span("says"))
    said = _identities().search(head)
    if said is None or _questions().search(request[-2000:]):
        return None
    end = _SENTENCE_END.search(answer, said.end())
    rest = answer[end.end() if end else len(answer) :][:4000]
    size = sum(1 + (len(word) - 1) // 2 * (not word.isascii()) for word in _WORDS.findall(rest))
    return Refusal("disclaimer" if size >= _LONG else "as-an-ai", *said.span())
