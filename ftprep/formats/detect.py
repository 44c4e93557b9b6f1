"""Which format a file has: rows of a sample vote, the reasons are kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ftprep.formats.format import Format, Match, all_formats
from ftprep.formats.keys import METADATA, REFERENCES
from ftprep.formats.message_shape import CHAT_KEYS

RFT_SHARE = 0.9  # below this, rows that end with the user are answers that are missing, not prompts
REFERENCE_SHARE = 0.5  # the same where nearly all rows hold a column that is named as a reference answer
KNOWN_SHARE = 0.5  # below this, rows of a known shape are chance hits in a file of another shape
ALTERNATIVE = 0.3  # less likely formats are not worth a word
SFT, RFT, NOVA = "openai-chat", "openai-rft", "nova-rft"
CONVERSE, DISTILLATION = "bedrock-converse", "bedrock-distillation"
PROMPTS = (RFT, NOVA, "rlvr-generic")  # rows of messages that end with the user

Found = list[tuple[str, Match]]


class Alternative(NamedTuple):
    """Another format that the rows could be."""

    name: str
    confidence: float


class Detection(NamedTuple):
    """What a file most likely is. ``format`` is None when no known shape fits most of its rows.

    ``confidence`` and those of ``alternatives`` are from 0 to 1. ``keys`` are the most common top-level keys;
    ``nearest`` are up to three formats whose keys resemble them, where ``format`` is None.
    """

    format: str | None
    confidence: float
    reasons: tuple[str, ...]
    alternatives: tuple[Alternative, ...] = ()
    keys: tuple[str, ...] = ()
    forced: bool = False
    nearest: tuple[str, ...] = ()


def matches(row: Mapping[str, Any]) -> Found:
    """Every format that ``row`` looks like, in order of detection: the first takes the row. Null keys are absent."""
    present = _present(row)
    found = [(name, _match(format, present)) for name, format in all_formats().items()]
    return [(name, match) for name, match in found if match is not None]


def _match(format: Format, present: Mapping[str, Any]) -> Match | None:
    """Ask the format, unless the row has none of its keys: with many formats, most have nothing to say."""
    return None if format.keys.isdisjoint(present) else format.match(present)


def _present(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


def foreign_format(format: Format, row: Mapping[str, Any]) -> str | None:
    """The other format that ``row`` is of, in a file of ``format``; None when it is one of the file's rows.

    A row that only lacks something of ``format``, or that has no known shape, is the file's: its schema says what is
    wrong with it.
    """
    present = _present(row)
    if _match(format, present) is not None:
        return None
    found = _settle_references([matches(present)])[0]
    if not found or found[0][0] in format.incomplete:
        return None
    return found[0][0]


def detect(rows: Sequence[Mapping[str, Any]]) -> Detection:
    """Let ``rows`` vote, each for the first format that it matches.

    The format with most votes wins. Its confidence is the mean of what each row says, over all rows: rows of another
    shape count as 0.
    """
    keys = _common_keys(rows)
    found = [matches(row) for row in rows]
    settled, doubt = _settle_prompts(rows, _settle_references(found))
    settled, lost = _settle_distillation(settled)
    votes = Counter(one[0][0] for one in settled if one)
    total = len(rows)
    if not votes or votes.total() < KNOWN_SHARE * total:
        return _unknown(keys, votes.total(), total)
    formats = all_formats()
    name = max(votes, key=lambda one: (votes[one], -formats[one].priority))
    likely = _confidences(settled, total)
    if name != SFT:
        doubt = ()
    elif doubt:  # rows that would be prompts by themselves, in a file that speaks against it
        likely[RFT] = _confidences(found, total)[RFT] / 2
    confidence = round(likely.pop(name), 2)
    alternatives = [
        Alternative(other, min(round(score, 2), confidence)) for other, score in likely.items() if score >= ALTERNATIVE
    ]
    alternatives.sort(key=lambda one: (-one.confidence, formats[one.name].priority))
    reasons = (*_vote_reasons(name, settled, votes, total), *doubt, *(lost if name == CONVERSE else ()))
    return Detection(name, confidence, reasons, tuple(alternatives[:3]), keys)


def _confidences(found: Sequence[Found], total: int) -> dict[str, float]:
    sums: defaultdict[str, float] = defaultdict(float)
    for one in found:
        for name, match in one:
            sums[name] += match.confidence
    return {name: score / total for name, score in sums.items()}


def _vote_reasons(name: str, found: Sequence[Found], votes: Counter[str], total: int) -> list[str]:
    signs = Counter(one[0][1].reason for one in found if one and one[0][0] == name)
    reasons = [f"{count:,} of {total:,} sampled rows: {sign}" for sign, count in signs.most_common(2)]
    others = [(other, count) for other, count in votes.most_common() if other != name]
    reasons += [f"{count:,} {'looks' if count == 1 else 'look'} like {other}" for other, count in others]
    strange = total - votes.total()
    if strange:
        reasons.append(f"{strange:,} {'has' if strange == 1 else 'have'} no known shape")
    return reasons


def _settle_prompts(rows: Sequence[Mapping[str, Any]], found: Sequence[Found]) -> tuple[list[Found], tuple[str, ...]]:
    """Decide for the whole file whether rows of messages without an answer are prompts or have lost their answers.

    They are prompts when nearly all rows of messages are such rows and share a column for the grader; half of them
    are enough where nearly all rows hold a reference answer. Otherwise no row is a prompt: it then counts as a chat
    row, and the reason is returned.
    """
    chats = [index for index, one in enumerate(found) if any(name in (SFT, RFT) for name, _ in one)]
    prompts = [index for index in chats if found[index][0][0] in PROMPTS]
    if not prompts:
        return list(found), ()
    shared = _shared_columns([rows[index] for index in prompts])
    # A reference answer in nearly all rows leaves less room for doubt than columns that the prompts happen to share.
    referenced = any(key in REFERENCES for key in _shared_columns([rows[index] for index in chats]))
    needed = REFERENCE_SHARE if referenced else RFT_SHARE
    if shared and len(prompts) >= needed * len(chats):
        return list(found), ()
    settled = [
        [pair for pair in one if pair[0] not in PROMPTS] if any(name == SFT for name, _ in one) else one
        for one in found
    ]
    share = f"{len(prompts):,} of {len(chats):,} rows of messages have no answer"
    return settled, (share if shared else f"{share}, and they share no column for a grader",)


def _settle_references(found: Sequence[Found]) -> list[Found]:
    """Decide for the whole file whether rows that can be Nova's and OpenAI's are the one or the other.

    OpenAI takes whatever Nova takes, so they are Nova's only when nearly all of them are as Nova wants them.
    """
    both = [pairs for pairs in map(dict, found) if NOVA in pairs and RFT in pairs]
    suited = sum(pairs[NOVA].confidence > pairs[RFT].confidence for pairs in both)
    if suited >= RFT_SHARE * len(both):
        return list(found)
    return [sorted(one, key=lambda pair: pair[0] != RFT) if one and one[0][0] == NOVA else one for one in found]


def _settle_distillation(found: Sequence[Found]) -> tuple[list[Found], tuple[str, ...]]:
    """Decide for the whole file whether Converse rows that end with the user are prompts for a teacher model.

    They are when nearly all Converse rows end so. Otherwise they have lost their answers, and the reason is returned.
    """
    rows = [index for index, one in enumerate(found) if any(name == CONVERSE for name, _ in one)]
    prompts = sum(found[index][0][0] == DISTILLATION for index in rows)
    if not prompts or prompts >= RFT_SHARE * len(rows):
        return list(found), ()
    settled = [[pair for pair in one if pair[0] != DISTILLATION] for one in found]
    return settled, (f"{prompts:,} of {len(rows):,} rows end with the user",)


def _shared_columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Columns, neither of the chat format nor metadata, that nearly all of ``rows`` have."""
    counts = Counter(key for row in rows for key, value in row.items() if key not in METADATA and value is not None)
    return [key for key, count in counts.items() if count >= RFT_SHARE * len(rows) and key not in CHAT_KEYS]


def _unknown(keys: tuple[str, ...], known: int, total: int) -> Detection:
    reason = f"{known:,} of {total:,} sampled rows have a known shape" if total else "there are no rows to look at"
    return Detection(None, 0.0, (reason,), (), keys, False, _nearest(keys))


def _common_keys(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(key for key, value in row.items() if value is not None)
    return tuple(key for key, _ in counts.most_common(12))


def _nearest(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The three formats whose usual keys share most with ``keys`` (Jaccard); none that shares nothing."""
    exact = {key.strip() for key in keys}
    folded = {key.lower() for key in exact}

    def similarity(one: Format) -> float:
        return max(len(here & one.keys) / len(here | one.keys) for here in (exact, folded))

    near = [one for one in all_formats().values() if similarity(one)]
    ranked = sorted(near, key=lambda one: (-similarity(one), -one.priority))  # of equals the most general
    return tuple(one.name for one in ranked[:3])
