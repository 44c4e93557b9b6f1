"""Rule SCH002."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.pointer import escape_token
from ftprep.record import Ref, State
from ftprep.rule import Bad, Good, Needs, RecordRule
from ftprep.text.dialogues import bare_turns
from ftprep.text.snippet import quote, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ftprep.inputs import Input
    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.targets.target import Restriction

OWN = "_ftprep"  # what a row says to ftprep itself
_CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}


class UnknownField(RecordRule):
    """A field that the format does not define.

    ## What it does
    Reports keys outside the format, in the row and in its messages, calls and parts, unless SCH001 says that the
    object lacks a field. Formats whose readers ignore further columns (ShareGPT, Alpaca, TRL) and those that need
    them (RFT) allow any key beside their own. With a target, the keys that it takes are known: others are errors
    where it refuses them, and silent where it ignores further columns. Where it refuses them, one finding for the
    file counts the rows with the key `_ftprep`, which speaks to ftprep alone.

    ## Why is this bad?
    OpenAI and Azure refuse a file with an extra key; elsewhere a misspelt key is ignored without a word, and what
    it should have done does not happen.

    ## How to settle it
    Remove the key, or correct its spelling. Keep metadata in a file of its own.
    """

    code = "SCH002"
    name = "unknown-field"
    severity = Severity.WARNING
    needs = Needs.PARSED
    examples = (
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Hi", "name": "Ada"},
                    {"role": "assistant", "content": "Hello!", "weight": 1},
                ],
                "parallel_tool_calls": False,
            }
        ),
        Good({"instruction": "Name a colour.", "input": "", "output": "Red.", "source": "own"}),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "id": 7},
            at=[(1, "/id")],
        ),
        Bad(
            {"messages": [{"role": "user", "content": "Hi", "weight": 0}, {"role": "assistant", "content": "Hello!"}]},
            at=[(1, "/messages/0/weight")],
            message="`weight` is no field of `/messages/0`",
        ),
        Good(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "id": 7},
            settings={"target": "trl"},
            note="further columns are no matter to this trainer",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!", "reasoning_content": "Greet back."},
                ],
                "chat_template_kwargs": {"enable_thinking": False},
            },
            settings={"target": "openai"},
            at=[(1, "/chat_template_kwargs"), (1, "/messages/1/reasoning_content")],
            fixed=[{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}],
            note="keys of other dialects",
        ),
        Bad(
            *[{**_CHAT, "_ftprep": {"ignore": ["TXT"]}} for _ in range(2)],
            _CHAT,
            settings={"target": "openai"},
            at=[(0, "")],
            message="2 rows have the key `_ftprep`, which openai does not take",
            note="what was said to ftprep is still in the rows",
        ),
        Good({**_CHAT, "_ftprep": {"ignore": ["TXT"]}}, settings={"target": "trl"}),
    )

    def screen(self, shard: Shard) -> list[int]:
        rows = shard.rows_with_schema_error(self.code)
        closed = self.restriction("closed", shard.format.name) if shard.format else None
        if closed is None:
            return rows
        allowed = {key: {*keys, OWN} for key, keys in closed.value.items()}
        return sorted({*rows, *_rows_with_more(shard, allowed.get("row"), allowed.get("message"))})

    def check(self, record: Record) -> Iterator[Finding]:
        name = record.format.name
        closed, taken = self.restriction("closed", name), self.restriction("extra-keys", name)
        ignored = self.restriction("open", name) is not None
        bare = record.once(bare_turns)  # SCH001 speaks about these
        told = set()
        for error in record.schema_errors:
            parent, _, key = error.pointer.rpartition("/")
            if error.code != self.code or parent in bare:
                continue
            told.add(error.pointer)
            if parent or not (ignored or (taken is not None and key in taken.value)):
                silent = closed is not None and not parent and "row" not in closed.value
                yield self._told(record, error.pointer, error.message, key, None if silent else closed)
        if closed is None:
            return
        for pointer, key in _more(record, closed.value):
            parent = pointer.rpartition("/")[0]
            if pointer not in told and parent not in bare:
                message = f"{quote(key)} is no field of {f'`{parent}`' if parent else 'the row'}"
                yield self._told(record, pointer, message, key, closed)

    def check_file(self, source: Input) -> Iterator[Finding]:
        closed = self.restriction("closed", source.format.name) if source.format is not None else None
        if closed is None or "row" not in closed.value or not source.suppressing:
            return
        rows = "1 row has" if source.suppressing == 1 else f"{source.suppressing:,} rows have"
        message = f"{rows} the key `{OWN}`, which {closed.target} does not take"
        yield self.refused(Ref(source.index, 0), closed, message, data={"rows": source.suppressing})

    def _told(self, record: Record, pointer: str, message: str, key: str, closed: Restriction | None) -> Finding:
        if closed is None:
            return self.finding(record.ref, message, pointer=pointer)
        fix = None
        if closed.severity == Severity.ERROR:
            fix = Fix(f"remove {quote(key)}", "safe", (Edit("remove", pointer),))
        message = shorten(f"{message} for {closed.target}", 100)
        return self.refused(record.ref, closed, message, {"key": key}, pointer=pointer, fix=fix)


def _rows_with_more(shard: Shard, row_keys: set[str] | None, message_keys: set[str] | None) -> Iterator[int]:
    """Rows that have keys beside those that are allowed, in themselves or in their messages."""
    assert shard.format is not None
    conversations = shard.format.conversations
    for index, row in enumerate(shard.rows):
        if shard.state[index] > State.FAULTY:
            continue
        if (row_keys is not None and not row.keys() <= row_keys) or (
            message_keys is not None
            and any(
                not message.keys() <= message_keys
                for _, turns in conversations(row)
                for message in turns
                if isinstance(message, dict)
            )
        ):
            yield index


def _more(record: Record, allowed: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Pointer and name of each key beside the allowed ones. Null counts as absent."""
    places = [("", record.row)] if "row" in allowed else []
    if "message" in allowed:
        places += [
            (f"{pointer}/{number}", message)
            for pointer, turns in record.format.conversations(record.row)
            for number, message in enumerate(turns)
            if isinstance(message, dict)
        ]
    for pointer, value in places:
        known = allowed["message" if pointer else "row"]
        for key, one in value.items():
            if one is not None and key not in known and key != OWN:
                yield f"{pointer}/{escape_token(key)}", key
