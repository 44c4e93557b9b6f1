"""Rule SCH004."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.pointer import resolve
from ftprep.rule import Bad, Good, Needs, RecordRule
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.targets.target import Restriction


_LETTERS = {"system": "s", "developer": "d", "user": "u", "assistant": "aceACEmM", "tool": "t", "function": "t"}

_ALIASES = {
    **dict.fromkeys(("human", "prompter"), "user"),
    **dict.fromkeys(("gpt", "bot", "chatbot", "chatgpt", "ai", "model"), "assistant"),
}
# Both names of a turn of calls or results say more than a role: they are no aliases.


class UnknownRole(RecordRule):
    """A role that the format does not know.

    ## What it does
    Reports roles such as `human`, `gpt`, `bot` or `Assistant` in rows of role and content, and unknown speakers in
    ShareGPT rows. Roles are compared letter by letter, as platforms do. With a target, roles that the format knows
    and the target does not are reported too.

    ## Why is this bad?
    The row is rejected, or its template renders the turn as nothing.

    ## How to settle it
    Use the format's own names; the message says which one is near. The fix writes known names in lower case, and other
    names of the user and the assistant as these, unless the conversation has such turns beside them.
    """

    code = "SCH004"
    name = "unknown-role"
    severity = Severity.ERROR
    needs = Needs.PARSED
    examples = (
        Good(
            {
                "messages": [
                    {"role": "developer", "content": "Be brief."},
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!"},
                ]
            }
        ),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "Assistant", "content": "Hello!"}]},
            at=[(1, "/messages/1/role")],
            message="did you mean `assistant`?",
            fixed=[{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}],
        ),
        Bad(
            {"messages": [{"role": "human", "content": "Hi"}, {"role": "gpt", "content": "Hello!"}]},
            at=[(1, "/messages/0/role"), (1, "/messages/1/role")],
            message="unknown role `human`",
            fixed=[{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}],
        ),
        Bad(
            '{"conversations": [{"from":"Human", "value":"Hi"}, {"from":"GPT", "value":"Hello!"}]}',
            format="sharegpt",
            at=[(1, "/conversations/0/from"), (1, "/conversations/1/from")],
            fixed=b'{"conversations": [{"from":"human", "value":"Hi"}, {"from":"gpt", "value":"Hello!"}]}\n',
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "bot", "content": "A person will be with you."},
                    {"role": "assistant", "content": "Hello!"},
                    {"role": "narrator", "content": "They talk."},
                ]
            },
            at=[(1, "/messages/1/role"), (1, "/messages/3/role")],
            fixed=[
                {
                    "messages": [
                        {"role": "user", "content": "Hi"},
                        {"role": "bot", "content": "A person will be with you."},
                        {"role": "assistant", "content": "Hello!"},
                        {"role": "narrator", "content": "They talk."},
                    ]
                }
            ],
            note="a bot beside an assistant may be somebody else: no fix",
        ),
        Bad(
            {
                "messages": [
                    {"role": "developer", "content": "Be brief."},
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!"},
                ]
            },
            settings={"target": "mistral"},
            at=[(1, "/messages/0/role")],
            message="mistral knows no role `developer`",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        rows = set(shard.rows_with_schema_error(self.code))
        for roles in self._roles(shard.format.name if shard.format else None):
            letters = "".join(letter for role, letter in _LETTERS.items() if role not in roles.value)
            if letters:
                rows.update(shard.rows_with_turns(re.compile(f"[{letters}]".encode())))
        return sorted(rows)

    def _roles(self, format: str | None) -> tuple[Restriction, ...]:
        return self.restrictions("roles", format) + self.restrictions("image-roles", format)

    def check(self, record: Record) -> Iterator[Finding]:
        roles, told = self.restriction("roles", record.format.name), set[str]()
        for error in record.schema_errors:
            if error.code != self.code:
                continue
            told.add(error.pointer)
            fix = _fix(record.row, error.pointer, error.data.get("known", ()))
            if roles is None:
                yield self.finding(record.ref, error.message, pointer=error.pointer, data=error.data, fix=fix)
            else:
                words = {"role": resolve(record.row, error.pointer)}
                yield self.refused(
                    record.ref, roles, error.message, words, pointer=error.pointer, data=error.data, fix=fix
                )
        for known in self._roles(record.format.name):
            if known.check == "roles" or record.index in record.shard.media_rows:
                yield from self._refused_roles(record, known, told)

    def _refused_roles(self, record: Record, roles: Restriction, told: set[str]) -> Iterator[Finding]:
        for pointer, turns in record.format.conversations(record.row):
            for number, turn in enumerate(turns):
                role, place = turn.get("role") if isinstance(turn, dict) else None, f"{pointer}/{number}/role"
                if isinstance(role, str) and place not in told and role in _LETTERS and role not in roles.value:
                    message = f"{roles.target} knows no role `{role}`"
                    yield self.refused(record.ref, roles, message, {"role": role}, pointer=place)


def _fix(row: Any, pointer: str, known: Collection[str]) -> Fix | None:
    """The known name in the place of the one at ``pointer``, where only one can be meant."""
    if pointer.count("/") < 3:
        return None  # a role outside any list of turns
    turns, _, key = pointer.rsplit("/", 2)
    try:
        word, turns = resolve(row, pointer), resolve(row, turns)
    except KeyError:
        return None
    if not isinstance(word, str) or not isinstance(turns, list):
        return None
    lower = word.strip().lower()
    name = lower
    if lower not in known and key == "role":
        meant = _ALIASES.get(lower, lower)
        name = "model" if meant == "assistant" and meant not in known else meant  # "model" is Gemini's word
        words = {str(turn.get(key)).strip().lower() for turn in turns if isinstance(turn, dict)} - {lower}
        if any(_ALIASES.get(other, other) == meant for other in words):
            return None
    if name not in known:
        return None
    return Fix(f"write {quote(name)}", edits=(Edit("replace", pointer, name),))
