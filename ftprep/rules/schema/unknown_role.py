"""Rule SCH004."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.pointer import resolve
from ftprep.rule import Bad, Good, Needs, RecordRule
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

_ALIASES = {
    **dict.fromkeys(("human", "prompter"), "user"),
    **dict.fromkeys(("gpt", "bot", "chatbot", "chatgpt", "ai", "model"), "assistant"),
}
# Both names of a turn of calls or results say more than a role: they are no aliases.


class UnknownRole(RecordRule):
    """A role that the format does not know.

    ## What it does
    Reports roles such as `human`, `gpt`, `bot` or `Assistant` in rows of role and content, and unknown speakers in
    ShareGPT rows. Roles are compared letter by letter, as platforms do.

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
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_with_schema_error(self.code)

    def check(self, record: Record) -> Iterator[Finding]:
        for error in record.schema_errors:
            if error.code == self.code:
                fix = _fix(record.row, error.pointer, error.data.get("known", ()))
                yield self.finding(record.ref, error.message, pointer=error.pointer, data=error.data, fix=fix)


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
