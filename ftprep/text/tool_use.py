"""Which tool result answers which call, and which calls are meant to be right."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ftprep.formats.tool_calls import Call, Result
from ftprep.text.dialogues import Dialogue, dialogues

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftprep.shard import Record


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
        walk = _Walk(dialogue, exchange)
        fresh = dialogue.fresh
        found.unanswered.extend(call for call in walk.unanswered if call.turn >= fresh)
        found.orphans.extend(result for result in walk.orphans if result.turn >= fresh)
        found.seconds.extend(result for result in walk.seconds if result.turn >= fresh)
        found.repeats.extend(repeat for repeat in walk.repeats() if repeat.call.turn >= fresh)
    return found


class _Walk:
    """One dialogue, turn by turn. ``waiting`` are calls whose result may still come, in order."""

    def __init__(self, dialogue: Dialogue, exchange: Iterable[Call | Result]) -> None:
        self.waiting: list[Call] = []
        self.batch: list[Call] = []
        self.answered: set[str] = set()
        self.unanswered: list[Call] = []
        self.orphans: list[Result] = []
        self.seconds: list[Result] = []
        self.named: defaultdict[str, list[tuple[Call, bool]]] = defaultdict(list)
        self.opaque = False  # some turn calls tools in a way that nobody could read
        self.vague = False  # the batch has a result that names neither a call nor a tool
        turns: defaultdict[int, list[Call | Result]] = defaultdict(list)
        for item in exchange:
            turns[item.turn].append(item)
        for turn, letter in enumerate(dialogue.letters):
            items = turns.get(turn, [])
            if letter == "t":
                for item in items:
                    if isinstance(item, Result):
                        self._match(item)
            else:
                self._close()
                calls = [item for item in items if isinstance(item, Call)]
                self.opaque |= letter in "cC" and not calls
                self._open(calls)

    def _open(self, calls: list[Call]) -> None:
        waiting = {call.id for call in self.waiting}
        for call in calls:
            if call.id:
                self.named[call.id].append((call, call.id in waiting))
                waiting.add(call.id)
        self.batch = calls
        self.waiting.extend(calls)

    def _close(self) -> None:
        """Another turn than a result follows: what the batch before still waits for was never answered."""
        left = [call for call in self.batch if call in self.waiting]
        if left and self.vague:  # one result without a name may be that of several calls together
            self.waiting = [call for call in self.waiting if call not in left]
        elif left:
            clashing = {call.pointer for calls in self.named.values() for call, clash in calls if clash}
            self.unanswered.extend(call for call in left if call.pointer not in clashing)
        self.batch, self.vague = [], False

    def _match(self, result: Result) -> None:
        call = self._call_of(result)
        if call is not None:
            self.waiting.remove(call)
            if call.id:
                self.answered.add(call.id)
            self.vague |= not result.id and not result.name
        elif result.id and result.id in self.answered:
            self.seconds.append(result)
        elif not self.opaque:
            self.orphans.append(result)

    def _call_of(self, result: Result) -> Call | None:
        """The waiting call that a result is of: by id, else by the tool's name, else by order."""
        # The calls of the turn just before come first: an older one was left without its result.
        older = [call for call in self.waiting if call not in self.batch]
        waiting = [call for call in self.batch if call in self.waiting] + older[::-1]
        if result.id:
            for call in waiting:
                if call.id == result.id:
                    return call
            if result.id in self.answered:
                return None
            waiting = [call for call in waiting if not call.id]  # calls without ids go by their order
        elif result.name:
            for call in waiting:
                if call.name == result.name:
                    return call
        return waiting[0] if waiting else None

    def repeats(self) -> Iterable[Repeat]:
        for calls in self.named.values():
            if len(calls) > 1:
                clash = next((call for call, clash in calls if clash), None)
                yield Repeat(clash or calls[1][0], len(calls), clash is not None)


def meant_calls(record: Record) -> list[Call]:
    """The calls of ``record`` that are meant to be right.

    Left out is what the model is to unlearn: the rejected side of a preference, the completion that a KTO row marks
    as bad. Such calls may be wrong on purpose.
    """
    exchanges = record.exchanges
    if not exchanges:
        return []
    calls = [item for item in exchanges[0] if isinstance(item, Call)]
    if record.format.method == "kto" and not record.row.get("label", True):
        return [call for call in calls if not call.trained]
    return calls


def name_pointer(call: Call) -> str:
    """The place of the tool's name in a call, or of the text that holds the whole call."""
    before, key, after = call.arguments_pointer.rpartition("/arguments")
    return f"{before}/name" if key and not after else call.arguments_pointer


def unread_turns(record: Record) -> list[str]:
    """Pointers of the turns that call tools in a text of their own which nobody could read as calls."""
    shown, exchanges = record.once(dialogues)[:1], record.exchanges[:1]
    for dialogue, exchange in zip(shown, exchanges, strict=True):
        read = {item.turn for item in exchange}
        places = [place for place, letter in enumerate(dialogue.letters) if letter in "cC" and place not in read]
        return [dialogue.pointers[place] for place in places]
    return []


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
