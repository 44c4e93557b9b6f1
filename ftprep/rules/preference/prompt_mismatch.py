"""Rule PRF003."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Fix, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, CalibratedRule, Good
from ftprep.text.blanks import is_blank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

_PROMPTERS = (c.SYSTEM, c.USER)
_TRANSCRIPT = b"\n\nHuman:"
_PROMPT_TWICE = "ultrafeedback-binarized"  # its prompt stands beside the sides and again inside both
_MARKS = re.compile(r"\n\n(Human|Assistant): ?")


def _conversations(first: str, second: str) -> dict[str, object]:
    return {
        "chosen": [{"role": "user", "content": first}, {"role": "assistant", "content": "Saturn."}],
        "rejected": [{"role": "user", "content": second}, {"role": "assistant", "content": "None."}],
    }


class PromptMismatch(CalibratedRule):
    """A preference pair whose two sides do not answer the same prompt.

    ## What it does
    Looks at pairs that hold the prompt in both sides, as turns or as a transcript. Where the first turn in which the
    sides differ is the user's or the system's, they answer different prompts. After a different answer the user may go
    on differently. It also reports a prompt beside the sides that is not the one inside them.

    ## Why is this bad?
    Preference training compares two answers to one prompt. Of two different prompts trainers take what both begin
    with, so the model is taught to prefer a question.

    ## How to settle it
    Join the sides anew by the id of their prompt, or drop the row. A difference in white space alone (a warning) is
    settled by writing the prompt the same way on both sides: tokens are compared, not words.
    """

    code = "PRF003"
    name = "prompt-mismatch"
    severity = Severity.ERROR
    methods = frozenset({"preference"})
    examples = (
        Good(_conversations("Which planet has rings?", "Which planet has rings?")),
        Good(
            {
                "chosen": [
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello! How can I help?"},
                    {"role": "user", "content": "A rhyme for lantern."},
                    {"role": "assistant", "content": "None that I know."},
                ],
                "rejected": [
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "What?"},
                    {"role": "user", "content": "Never mind."},
                    {"role": "assistant", "content": "Fine."},
                ],
            },
            note="after another answer the user goes on differently",
        ),
        Good(
            {
                "chosen": "\n\nHuman: Is it far?\n\nAssistant: Two stops.\n\nHuman: Thanks\n\nAssistant: Of course.",
                "rejected": "\n\nHuman: Is it far?\n\nAssistant: Two stops.\n\nHuman: Thanks\n\nAssistant: No.",
            }
        ),
        Bad(
            _conversations("Which planet has rings?", "Which planet is red?"),
            at=[(1, "/rejected/0")],
            message="the sides answer different prompts",
        ),
        Bad(
            _conversations("Which planet has rings?", "Which planet has rings? "),
            at=[(1, "/rejected/0")],
            message="the prompts of the sides differ in white space",
        ),
        Good(
            {"prompt": "Be brief. Which planet has rings?", **_conversations(*["Which planet has rings?"] * 2)},
            note="a prompt with the words of the system in it",
        ),
        Bad(
            {"prompt": "Which planet is red?", **_conversations(*["Which planet has rings?"] * 2)},
            at=[(1, "/prompt")],
            message="`prompt` is not what the user says in the sides",
        ),
        Bad(
            {
                "chosen": "\n\nHuman: Is it far?\n\nAssistant: Two stops.",
                "rejected": "\n\nHuman: Is it cold?\n\nAssistant: Very.",
            },
            at=[(1, "/rejected")],
            message="the sides answer different prompts",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        role, side = shard.codes & c.ROLE_MASK, shard.codes & c.SIDE_MASK
        sided = (side == c.CHOSEN) | (side == c.REJECTED)
        prompting = sided & ((role == c.USER) | (role == c.SYSTEM))
        rows = set(shard.rows_of_texts(prompting))
        if _TRANSCRIPT in shard.buffer:
            rows.update(row for row in range(len(shard)) if not shard.state[row] and _is_transcript(shard, row))
        if shard.format is not None and shard.format.name == _PROMPT_TWICE:
            rows.update(row for row, state in enumerate(shard.state) if not state and not _is_asked(shard.record(row)))
        return sorted(rows)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.hashing import fold
        from ftprep.text.pairs import sides

        chosen, rejected = (_turns(record, texts) for texts in sides(record))
        if not all(any(role not in _PROMPTERS for role, _, _ in turns) for turns in (chosen, rejected)):
            return  # a side without an answer is PRF002 or PRF011
        for number in range(max(len(chosen), len(rejected))):
            one = chosen[number] if number < len(chosen) else None
            other = rejected[number] if number < len(rejected) else None
            if one and other and one[:2] == other[:2]:
                continue
            if not any(turn and turn[0] in _PROMPTERS for turn in (one, other)):
                break
            if any(turn and is_blank(turn[1]) for turn in (one, other)):
                return  # CHT003
            blanks = one and other and one[0] == other[0] and fold(one[1]) == fold(other[1])
            where = (other or one or (0, "", ""))[2]
            if blanks:
                message = "the prompts of the sides differ in white space or case"
                yield self.finding(record.ref, message, pointer=where, severity=Severity.WARNING)
            else:
                fix = Fix("drop the row", drop=True)
                yield self.finding(record.ref, "the sides answer different prompts", pointer=where, fix=fix)
            return
        if record.format.name == _PROMPT_TWICE and not _is_asked(record):
            message = "`prompt` is not what the user says in the sides"
            yield self.finding(record.ref, message, pointer="/prompt", fix=Fix("drop the row", drop=True))


Turn = tuple[int, str, str]  # role, text, pointer


def _turns(record: Record, texts: list[int]) -> list[Turn]:
    """The turns of one side: of its texts, or of the transcript that its only text is."""
    shard = record.shard
    if len(texts) == 1 and _MARKS.search(shard.values[texts[0]]):
        pieces = _MARKS.split(shard.values[texts[0]])
        pointer = record.pointer(texts[0])
        return [
            (c.USER if speaker == "Human" else c.ASSISTANT, said, pointer)
            for speaker, said in zip(pieces[1::2], pieces[2::2], strict=True)
        ]
    found: list[Turn] = []
    for text in texts:
        code = int(shard.codes[text])
        pointer = record.pointer(text)
        kind = code & c.KIND_MASK
        if kind in (c.CONTENT, c.VALUE):
            pointer = pointer.rpartition("/")[0]
        found.append((code & c.ROLE_MASK, shard.values[text], pointer))
    return found


def _is_asked(record: Record) -> bool:
    """Whether the prompt beside the sides is the one inside them, or they hold none.

    A prompt with the system text, or with earlier turns, in it is longer than what is asked.
    """
    prompt, shard = record.row["prompt"].strip(), record.shard
    asked = [shard.values[text].strip() for text in record.text_range if shard.codes[text] & c.ROLE_MASK == c.USER]
    return not asked or any(one in prompt or (prompt and prompt in one) for one in asked)


def _is_transcript(shard: Shard, row: int) -> bool:
    first, end = int(shard.firsts[row]), int(shard.ends[row])
    return first < end and shard.values[first].startswith("\n\nHuman:")
