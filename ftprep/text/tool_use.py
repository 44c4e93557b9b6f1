"""Which tool result answers which call, and which calls are meant to be right."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ftprep.formats.columns import ARGUMENTS, KIND_MASK, REJECTED, SIDE_MASK
from ftprep.formats.tool_calls import Call, Result
from ftprep.pointer import resolve
from ftprep.text.dialogues import ASSISTANT, Dialogue, dialogues

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftprep.record import Record

_WRITTEN = re.compile(r"[<\[{(]|\bAction\b")
"""Signs of a call that is written into the text of a turn: `<tool_call>`, JSON, `[rain(at="Lima")]`, ReAct."""


class Repeat(NamedTuple):
    """Calls that share an id. ``call`` is the first that repeats it; ``ambiguous`` when results cannot tell them."""

    call: Call
    calls: int
    ambiguous: bool


class Pairing(NamedTuple):
    """What does not fit in the calls and results of a row, each defect once.

    ``unanswered`` are calls that another turn than a tool result follows while they have no result. ``orphans`` are
    results of no call; ``seconds`` are results of calls that have their result already.
    """

    unanswered: list[Call]
    orphans: list[Result]
    seconds: list[Result]
    repeats: list[Repeat]


def pair(record: Record) -> Pairing:
    """Match the results of ``record`` with its calls, dialogue by dialogue."""
    found = Pairing([], [], [], [])
    for dialogue, exchange in zip(record.once(dialogues), record.exchanges, strict=True):
        walk = _Walk(dialogue, exchange, record)
        fresh = dialogue.fresh
        found.unanswered.extend(call for call in walk.unanswered if call.turn >= fresh)
        found.orphans.extend(result for result in walk.orphans if result.turn >= fresh)
        found.seconds.extend(result for result in walk.seconds if result.turn >= fresh)
        found.repeats.extend(repeat for repeat in walk.repeats() if repeat.call.turn >= fresh)
    return found


class _Waiting:
    """Calls that wait for their results. Taking one costs the same however many there are."""

    def __init__(self) -> None:
        self.left: dict[int, Call] = {}
        self.ids: Counter[str] = Counter()
        self._numbers = count()
        self._queues: defaultdict[tuple[str, str], deque[int]] = defaultdict(deque)

    def add(self, call: Call, *, first: bool = False) -> None:
        number = next(self._numbers)
        self.left[number] = call
        if call.id:
            self.ids[call.id] += 1
        for key in (_ANY, ("id", call.id or ""), ("name", call.name)):
            queue = self._queues[key]
            if first:
                queue.appendleft(number)
            else:
                queue.append(number)

    def take(self, key: tuple[str, str]) -> Call | None:
        queue = self._queues.get(key)
        while queue:
            call = self.left.pop(queue.popleft(), None)  # calls that were taken by another key are still in line
            if call is not None:
                if call.id:
                    self.ids[call.id] -= 1
                return call
        return None


_ANY = ("any", "")


class _Walk:
    """One dialogue, turn by turn. ``batch`` are the waiting calls of the turn just before, ``older`` those left."""

    def __init__(self, dialogue: Dialogue, exchange: Iterable[Call | Result], record: Record) -> None:
        self.batch, self.older = _Waiting(), _Waiting()
        self.answered: set[str] = set()
        self.unanswered: list[Call] = []
        self.orphans: list[Result] = []
        self.seconds: list[Result] = []
        self.named: defaultdict[str, list[Call]] = defaultdict(list)
        self.clashing: dict[str, Call] = {}  # the first call of each id that another waiting call had already
        self.opaque = False  # some turn calls tools in a way that nobody could read
        self.vague = False  # the batch has a result that names neither a call nor a tool
        turns: defaultdict[int, list[Call | Result]] = defaultdict(list)
        for item in exchange:
            turns[item.turn].append(item)
        self._row = record.row
        self._before = ""  # the answer in text that the results follow
        for turn, letter in enumerate(dialogue.letters):
            items = turns.get(turn, [])
            # Results stand in turns of their own, or beside what the user says.
            for item in items:
                if isinstance(item, Result):
                    self._match(item)
            if letter != "t":
                self._close()
                calls = [item for item in items if isinstance(item, Call)]
                self.opaque |= letter in "cC" and not calls
                for call in calls:
                    self._open(call)
                self._before = dialogue.pointers[turn] if letter in ASSISTANT and not calls else ""

    def _open(self, call: Call) -> None:
        if call.id:
            self.named[call.id].append(call)
            if self.batch.ids[call.id] or self.older.ids[call.id]:
                self.clashing.setdefault(call.id, call)
        self.batch.add(call)

    def _close(self) -> None:
        """Another turn than a result follows: what the batch still waits for was never answered."""
        if not self.batch.left:
            self.vague = False
            return
        left = list(self.batch.left.values())
        self.batch = _Waiting()
        if not self.vague:  # one result without a name may be that of several calls together
            for call in left:
                # Which of the calls with one id was answered cannot be known: the id is the defect.
                if not (call.id in self.clashing and call.id in self.answered):
                    self.unanswered.append(call)
                self.older.add(call, first=True)
        self.vague = False

    def _match(self, result: Result) -> None:
        call = self._call_of(result)
        if call is not None:
            if call.id:
                self.answered.add(call.id)
            self.vague |= not result.id and not result.name
        elif result.id and result.id in self.answered:
            self.seconds.append(result)
        elif not self.opaque and (result.id or not self._before or not _writes_call(self._row, self._before)):
            self.orphans.append(result)

    def _call_of(self, result: Result) -> Call | None:
        """The waiting call that a result is of: by id, else by the tool's name, else by order."""
        if result.id:
            call = self._take(("id", result.id))
            # An id says nothing about calls that have none: they go by their order.
            return call or (None if result.id in self.answered else self._take(("id", "")))
        if result.strict:
            return self._take(("name", result.name or ""))
        return (self._take(("name", result.name)) if result.name else None) or self._take(_ANY)

    def _take(self, key: tuple[str, str]) -> Call | None:
        return self.batch.take(key) or self.older.take(key)

    def repeats(self) -> Iterable[Repeat]:
        for name, calls in self.named.items():
            if len(calls) > 1:
                clash = self.clashing.get(name)
                yield Repeat(clash or calls[1], len(calls), clash is not None)


def _writes_call(row: Mapping[str, Any], pointer: str) -> bool:
    """Whether the text of the turn at ``pointer`` may hold a call, as open models write them."""
    turn = resolve(row, pointer)
    content = turn.get("value", turn.get("content", turn.get("parts")))
    parts = content if isinstance(content, list) else [content]
    texts = (part.get("text", part.get("value")) if isinstance(part, Mapping) else part for part in parts)
    return any(isinstance(text, str) and _WRITTEN.search(text) for text in texts)


def meant_calls(record: Record) -> list[Call]:
    """The calls of ``record`` that are meant to be right.

    Left out is what the model is to unlearn: the rejected side of a preference, the completion that a KTO row marks
    as bad. Such calls may be wrong on purpose.
    """
    exchanges = record.exchanges
    if not exchanges:
        return []
    calls = [item for item in exchanges[0] if isinstance(item, Call)]
    if record.format.method == "kto" and _is_unwanted(record):
        return [call for call in calls if not call.trained]
    return calls


def _is_unwanted(record: Record) -> bool:
    """Whether the row's judged answer stands on the rejected side."""
    texts = record.text_range
    return bool((record.shard.codes[texts.start : texts.stop] & SIDE_MASK == REJECTED).any())


def name_pointer(call: Call) -> str:
    """The place of the tool's name in a call, or of the text that holds the whole call."""
    if call.arguments_pointer == call.pointer:  # the whole call is one JSON text
        return call.pointer
    return call.arguments_pointer.rpartition("/")[0] + "/name"


def unread_texts(record: Record) -> list[str]:
    """Pointers of the texts that stand for calls and that nobody could read as such."""
    shown, exchanges = record.once(dialogues)[:1], record.exchanges[:1]
    for dialogue, exchange in zip(shown, exchanges, strict=True):
        read = {item.turn for item in exchange}
        places = [place for place, letter in enumerate(dialogue.letters) if letter in "cC" and place not in read]
        return [_calling_text(record, dialogue.pointers[place]) for place in places]
    return []


def _calling_text(record: Record, turn: str) -> str:
    """The place of the text that calls in the turn at ``turn``: a block of its own, or all that the turn says."""
    within = [text for text in record.text_range if record.pointer(text).startswith(f"{turn}/")]
    blocks = [text for text in within if int(record.shard.codes[text]) & KIND_MASK == ARGUMENTS]
    return record.pointer((blocks or within)[0]) if within else turn


def encodes_object(value: Any) -> bool:
    """Whether ``value`` is a JSON text of an object, or a JSON text of such a text, and so on."""
    for _ in range(3):
        if not isinstance(value, str):
            break
        try:
            value = orjson.loads(value)
        except ValueError:
            return False
        if isinstance(value, dict):
            return True
    return False
