"""What a shard is boiled down to for rules that compare prompts and answers: one line of numbers per row.

The answer of a row is its last trained answer, or the reference of a row for reinforcement. The prompt is all that
the answer depends on: system prompt, tools, earlier turns, images. Numbers are 64-bit xxh3 hashes, the same in every
process; what is equal by hash is read again before anybody is told.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import xxhash
from numpy.typing import NDArray

from ftprep.formats import columns as c
from ftprep.tasks.fields import field_columns
from ftprep.tasks.forms import form_flags, json_answers, shapes, system_words
from ftprep.tasks.frames import frame_columns
from ftprep.tasks.kinds import CLOSED, Kind, read_stripped, stripped
from ftprep.tasks.skeleton import skeleton
from ftprep.tasks.styles import styles
from ftprep.text.answers import is_answer
from ftprep.text.hashing import Words, folded_hashes, folded_pieces, mixed_words, plain_codes

if TYPE_CHECKING:
    from ftprep.rule import Wanted
    from ftprep.shard import Shard

Ints = NDArray[np.int64]

LONG = 200  # bytes: a longer answer is none of the closed kinds
PREFIX_WORDS = (4, 5, 6, 7, 8, 10, 12, 14)  # of a prompt that may be its template
PREFIXES = tuple(f"prefix_{words}" for words in PREFIX_WORDS)
LABEL_WORDS = 6
SKELETON_BYTES = 1000  # a longer request is not said in other words by chance
FRAME_BYTES = 400  # a template that begins later in a prompt is not looked for
_EDGES = b" .!?,;:\"'"
_DIGITS = re.compile(rb"\d+")
_STARTS = (b"{", b"[", b"`", b"~", b"<")  # of answers that are read whatever their length
_CODE = b"{}();=<>"
_PROSE = int(Kind.PROSE)
_IN_JSON = frozenset({int(Kind.JSON_OBJECT), int(Kind.JSON_ARRAY), int(Kind.FENCED_JSON)})


def answer_columns(shard: Shard, wanted: Wanted = None) -> Mapping[str, Any] | None:
    """Columns of one entry per row that has a prompt and an answer; see :data:`COLUMNS`.

    Those of :data:`OPTIONAL` are left out where they are not ``wanted``.
    """
    if shard.format is None or shard.format.method not in ("sft", "rft", "prompt-only"):
        return None
    answer, request = shard.once(last_exchange)
    rows = np.flatnonzero((answer >= 0) & (np.frombuffer(bytes(shard.state), dtype=np.uint8) == 0))
    if not len(rows):
        return None
    answers, requests = answer[rows], request[rows]
    read = _read(shard, answers)
    kinds = [one[0] for one in read]
    in_json = json_answers(shard, answers, kinds)
    templates = template_hashes(shard, requests.tolist())
    columns: dict[str, Any] = {
        "row": rows,
        "prompt": prompt_keys(shard, answer, request, folded_words(shard, request))[rows],
        "system": system_keys(shard)[rows],
        "answer": np.array([one[1] for one in read], dtype=np.uint64),
        "surface": np.array([one[2] for one in read], dtype=np.uint64),
        "kind": np.array(kinds, dtype=np.uint8),
        "words": np.array([one[3] for one in read], dtype=np.uint8),
        "prompt_bytes": np.where(requests >= 0, shard.lengths[requests], 0).astype(np.uint32),
        "answer_bytes": shard.lengths[answers].astype(np.uint32),
        "first_line": templates[:, 0],
    }
    columns.update({name: templates[:, number] for number, name in enumerate(PREFIXES, 1)})
    columns.update(field_columns(in_json, len(read), _reading))
    makers: dict[str, Callable[[], Any]] = {
        "context": lambda: prompt_keys(shard, answer, request, exact_words(shard))[rows],
        "skeleton": lambda: _skeletons(shard, requests.tolist(), read, _setting(shard, request)[rows]),
        "form": lambda: form_flags(shard, answers),
        "style": lambda: styles(shard, answers, kinds),
        "shape": lambda: shapes(in_json, len(read)),
        "system_words": lambda: system_words(shard)[rows],
    }
    columns.update({name: make() for name, make in makers.items() if wanted is None or name in wanted})
    if wanted is None or not wanted.isdisjoint(FRAMES):
        columns.update(frame_columns(shard, requests))
    return columns


FRAMES = ("asked", "opening")
OPTIONAL = ("context", "skeleton", "form", "style", "shape", "system_words", *FRAMES)
"""Columns that are made only where somebody reads them."""
COLUMNS: Mapping[str, str] = {
    "prompt": "hash of the prompt, blind to case, white space and the edges of the last request; 0 for an empty one",
    "context": "hash of the same, to the letter",
    "system": "hash of the system prompts with digits masked",
    "answer": "hash of the canonical answer",
    "surface": "hash of the answer as it is written, white space at its ends aside",
    "kind": "number of the answer's kind (ftprep.tasks.kinds.Kind)",
    "words": "words of the answer, at most 255",
    "prompt_bytes": "length of the last request",
    "answer_bytes": "length of the answer",
    "first_line": "hash of the first line of a request of several lines, if it has at least three words; else 0",
    "skeleton": "hash of the request's skeleton (ftprep.tasks.skeleton), where answers may hold labels; else 0",
    "form": "flags: blanks, full stop or stop string at the answer's ends, thoughts (ftprep.tasks.forms)",
    "style": "number of the style of the value that the answer is or ends in (ftprep.tasks.styles); 0 for none",
    "shape": "hash of the pointers and types of an answer in JSON; 0 for any other",
    "system_words": "hash of the system prompts as they are written; 0 for none",
    "asked": "which text the opening is of: 1 the last request, 2 the instruction before its input; 0 for none",
    "opening": "for each word at the start of that text a hash of the words and one of the text (ftprep.tasks.frames)",
    "field": "for each value in an answer in JSON the hash of its field (ftprep.tasks.fields)",
    **dict.fromkeys(
        ("field_kind", "field_value", "field_surface", "field_words", "field_style"), "for each value the same"
    ),
    **dict.fromkeys(PREFIXES, "hash of so many words at the start of the request; 0 where it has fewer"),
}


def last_exchange(shard: Shard) -> tuple[Ints, Ints]:
    """For each row the numbers of its answer and of the last request before it; -1 for none."""
    answer = _last_of(shard, _answers_of(shard))
    return answer, _last_of(shard, _requests_of(shard), before=answer)


def last_requests(shard: Shard) -> Ints:
    """For each row the number of its last request, whatever follows; -1 for none."""
    return _last_of(shard, _requests_of(shard))


# --- which texts --------------------------------------------------------------------------------------------------


def _answers_of(shard: Shard) -> NDArray[np.bool_]:
    """Trained answers and calls; in rows for reinforcement the references."""
    assert shard.format is not None
    if shard.format.method == "sft":
        kind = shard.codes & c.KIND_MASK
        calls = (shard.codes & c.TRAINED != 0) & ((kind == c.ARGUMENTS) | (kind == c.CALL_NAME))
        # A history beside the row's own answer comes before it, wherever the row holds it.
        mask: NDArray[np.bool_] = (shard.once(is_answer) & (kind != c.PAIR)) | calls
        return mask
    references: NDArray[np.bool_] = shard.codes & c.SIDE_MASK == c.REFERENCE
    return references


def _requests_of(shard: Shard) -> NDArray[np.bool_]:
    kind = shard.codes & c.KIND_MASK
    side = shard.codes & c.SIDE_MASK
    mask: NDArray[np.bool_] = (shard.codes & c.ROLE_MASK == c.USER) & (side == c.PROMPT)
    mask &= (kind != c.NAME) & (kind != c.PAIR)
    mask &= (shard.lengths > 0) | (shard.codes & c.OPTIONAL == 0)  # an input left empty asks nothing
    return mask


def _last_of(shard: Shard, mask: NDArray[np.bool_], before: Ints | None = None) -> Ints:
    """For each row the number of the last text of ``mask`` (before another text, if that is given); -1 for none."""
    texts = np.flatnonzero(mask)
    if before is not None:
        texts = texts[texts < before[shard.owners[texts]]]
    found = np.full(len(shard), -1, dtype=np.int64)
    found[shard.owners[texts]] = texts  # ascending: of several the last one stays
    return found


# --- prompts ------------------------------------------------------------------------------------------------------


def prompt_keys(shard: Shard, answer: Ints, request: Ints, words: Words) -> Words:
    """A hash of each row's prompt, made of one hash per text; 0 where nothing is asked."""
    numbers = np.arange(len(shard.values), dtype=np.int64)
    kind, side = shard.codes & c.KIND_MASK, shard.codes & c.SIDE_MASK
    part = (numbers < answer[shard.owners]) | (kind == c.TOOLS) | (kind == c.PAIR)
    part &= (side == c.PROMPT) & (kind != c.NAME) & (shard.lengths > 0)
    places = np.cumsum(part)
    places -= (places - part)[shard.firsts[shard.owners]] if len(places) else 0
    tags = (plain_codes(shard) & (c.ROLE_MASK | c.KIND_MASK)) * 4096 + places
    said = shard.sum_by_row(np.where(part, shard.lengths, 0)) > 0
    mixed = np.where(part, mixed_words(words, tags), np.uint64(0))
    total = np.zeros(len(mixed) + 1, dtype=np.uint64)
    np.cumsum(mixed, out=total[1:])
    key = total[shard.ends] - total[shard.firsts] + attachments(shard)
    keys: Words = np.where(said, key, np.uint64(0))
    return keys


def folded_words(shard: Shard, request: Ints) -> Words:
    """A hash per text, blind to case and white space, and to the edges of the last requests."""
    folded = folded_hashes(shard)[:, 0].copy()
    pieces, encoded = folded_pieces(shard), shard.encoded
    asked = request[request >= 0]
    folded[asked] = [xxhash.xxh3_64_intdigest(_edged(pieces[text], encoded[text])) for text in asked.tolist()]
    return folded


def exact_words(shard: Shard) -> Words:
    """A hash per text, to the letter."""
    return np.fromiter(map(xxhash.xxh3_64_intdigest, shard.encoded), dtype=np.uint64, count=len(shard.encoded))


def _setting(shard: Shard, request: Ints) -> Words:
    """One hash per row of what its last request stands in: earlier turns and fields, files; 0 where it stands alone."""
    numbers = np.arange(len(shard.values), dtype=np.int64)
    kind, side, role = shard.codes & c.KIND_MASK, shard.codes & c.SIDE_MASK, shard.codes & c.ROLE_MASK
    part = (numbers < request[shard.owners]) | (kind == c.PAIR)
    part &= (side == c.PROMPT) & (kind != c.NAME) & (role != c.SYSTEM) & (shard.lengths > 0)
    places = np.cumsum(part)
    places -= (places - part)[shard.firsts[shard.owners]] if len(places) else 0
    tags = (plain_codes(shard) & (c.ROLE_MASK | c.KIND_MASK)) * 4096 + places
    mixed = np.where(part, mixed_words(folded_hashes(shard)[:, 0], tags), np.uint64(0))
    total = np.zeros(len(mixed) + 1, dtype=np.uint64)
    np.cumsum(mixed, out=total[1:])
    settings: Words = total[shard.ends] - total[shard.firsts] + attachments(shard)
    return settings


def _edged(folded: bytes, raw: bytes) -> bytes:
    """A folded request without its edges; as it was written, where it looks like code."""
    if (len(raw) - len(raw.translate(None, _CODE))) * 20 > len(raw):
        return raw
    return folded.strip(_EDGES) or folded


def attachments(shard: Shard) -> Words:
    """A hash of each row's images, files and graded columns; 0 where it has none."""
    assert shard.format is not None
    salt = np.zeros(len(shard), dtype=np.uint64)
    for row in shard.media_rows:
        if shard.state[row]:
            continue
        parts = [shard.rows[row].get(key) for key in ("images", "image", "videos", "audios")]
        turns = shard.format.conversations(shard.rows[row])
        media = [part for _, messages in turns for message in messages for part in _parts(message)]
        try:
            salt[row] = xxhash.xxh3_64_intdigest(orjson.dumps([parts, media]))
        except TypeError:
            salt[row] = xxhash.xxh3_64_intdigest(shard.raws[row])
    return salt


def _parts(message: Any) -> list[Any]:
    content = message.get("content") if isinstance(message, dict) else None
    parts = content if isinstance(content, list) else []
    return [part for part in parts if isinstance(part, dict) and part.get("type") != "text"]


def system_keys(shard: Shard) -> Words:
    """One hash per row of its system prompts with digits masked; 0 for rows without any."""
    keys = np.zeros(len(shard), dtype=np.uint64)
    pieces, hashes = folded_pieces(shard), folded_hashes(shard)[:, 0]
    known: dict[int, int] = {}
    side_and_role = (shard.codes & c.ROLE_MASK == c.SYSTEM) & (shard.codes & c.KIND_MASK != c.NAME)
    for text in np.flatnonzero(side_and_role).tolist():
        exact = int(hashes[text])
        masked = known.get(exact)
        if masked is None:
            masked = known[exact] = xxhash.xxh3_64_intdigest(_DIGITS.sub(b"0", pieces[text]))
        row = int(shard.owners[text])
        keys[row] = (int(keys[row]) * 31 + masked) & 0xFFFF_FFFF_FFFF_FFFF
    return keys


def template_hashes(shard: Shard, requests: list[int]) -> Words:
    """For each request the hash of its first line, then those of its first words, from four to fourteen."""
    pieces, encoded = folded_pieces(shard), shard.encoded
    found = np.zeros((len(requests), len(PREFIXES) + 1), dtype=np.uint64)
    for number, text in enumerate(requests):
        if text >= 0:
            line, newline, _ = encoded[text].partition(b"\n")
            if newline and line.count(b" ") >= 2:
                found[number, 0] = xxhash.xxh3_64_intdigest(b" ".join(line.lower().split()))
    asked = np.flatnonzero(np.array(requests, dtype=np.int64) >= 0)
    found[asked, 1:] = _prefix_hashes([pieces[requests[number]][:FRAME_BYTES] for number in asked.tolist()])
    return found


def _prefix_hashes(pieces: list[bytes]) -> Words:
    """For each text the hashes of so many of its first words as :data:`PREFIX_WORDS` says; 0 where it has fewer.

    The bytes of a text, each times an odd number that belongs to its place, are added up from its beginning: what the
    sum is behind a word is the hash of all words up to there.
    """
    hashes = np.zeros((len(pieces), len(PREFIXES)), dtype=np.uint64)
    if not pieces:
        return hashes
    lengths = np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces))
    data = np.frombuffer(b"\xff".join([*pieces, b""]), dtype=np.uint8)
    starts = np.cumsum(lengths + 1) - lengths - 1
    edges = np.flatnonzero((data == 0x20) | (data == 0xFF))  # one behind each word
    first = np.searchsorted(edges, starts)
    words = np.searchsorted(edges, starts + lengths) - first + 1
    last = edges[first + np.minimum(words, PREFIX_WORDS[-1]) - 1] - starts
    total = np.cumsum(last)
    places = np.arange(int(total[-1])) - np.repeat(total - last, last)
    sums = np.zeros(len(places) + 1, dtype=np.uint64)
    np.cumsum(
        (data[np.repeat(starts, last) + places].astype(np.uint64) + np.uint64(1)) * _multipliers()[places], out=sums[1:]
    )
    for column, count in enumerate(PREFIX_WORDS):
        enough = np.flatnonzero(words >= count)
        begin = total[enough] - last[enough]
        end = begin + edges[first[enough] + count - 1] - starts[enough]
        key = sums[end] - sums[begin]
        key ^= key >> np.uint64(32)
        key *= np.uint64(0x9E3779B97F4A7C15)
        hashes[enough, column] = key ^ key >> np.uint64(29) | np.uint64(1)
    return hashes


@functools.cache
def _multipliers() -> Words:
    """Odd numbers, the same in every process."""
    return np.array(
        [xxhash.xxh3_64_intdigest(place.to_bytes(4, "little")) | 1 for place in range(FRAME_BYTES)], dtype=np.uint64
    )


def _skeletons(shard: Shard, requests: list[int], read: list[tuple[int, int, int, int]], settings: Words) -> Words:
    """Hashes of the skeletons of short requests, with their settings, whose answer is of a closed kind."""
    found = np.zeros(len(requests), dtype=np.uint64)
    for number, (text, reading) in enumerate(zip(requests, read, strict=True)):
        if (
            text >= 0
            and (reading[0] in _IN_JSON or (reading[0] in CLOSED and reading[3] <= LABEL_WORDS))
            and len(shard.encoded[text]) <= SKELETON_BYTES
        ):
            bones = skeleton(shard.values[text])
            if bones:
                found[number] = xxhash.xxh3_64_intdigest(bones.encode()) ^ int(settings[number])
    return found


# --- answers ------------------------------------------------------------------------------------------------------


def _read(shard: Shard, answers: Ints) -> list[tuple[int, int, int, int]]:
    """Kind, canonical hash, hash of the surface, and number of words of each answer."""
    values, encoded = shard.values, shard.encoded
    calls = np.isin(shard.codes[answers] & c.KIND_MASK, (c.ARGUMENTS, c.CALL_NAME)).tolist()
    folded = folded_hashes(shard)[answers, 0].tolist()
    found = []
    for text, call, key in zip(answers.tolist(), calls, folded, strict=True):
        raw = encoded[text]
        if call:
            found.append((int(Kind.TOOL), key, xxhash.xxh3_64_intdigest(raw), 1))
        elif len(raw) > LONG and raw.lstrip()[:1] not in _STARTS:
            found.append((_PROSE, key, key, min(raw.count(b" ") + 1, 255)))
        else:
            found.append(_reading(values[text]))
    return found


@functools.lru_cache(maxsize=20_000)
def _reading(answer: str) -> tuple[int, int, int, int]:
    digest = xxhash.xxh3_64_intdigest
    surface = stripped(answer)
    reading = read_stripped(surface)
    words = min(len(surface.split()), 255)
    return int(reading.kind), digest(reading.canonical.encode()), digest(surface.encode()), words
