"""Rule CHT004."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.formats.columns import SEPARATOR
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.dialogues import dialogues

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.targets.target import Restriction
    from ftprep.text.dialogues import Dialogue

# An assistant turn that calls tools and gets no result is TUL005's, whatever follows it.
_RUN = re.compile(r"(?P<user>uu+)|(?P<assistant>[aeAEmM]+[aceACEmM])")
_IN_A_ROW = rb"[aeAEmM][aceACEmM]|^[^|\n]*(?:u\|u|[aeAEmM]\|[aceACEmM])"
# Where tool results stand in turns of the user, all results of a turn and what the user adds are one turn.
_BESIDE_RESULTS = re.compile(rb"[ut][ut]|" + _IN_A_ROW, re.MULTILINE)
# What a trainer sees that knows two sides by their positions: results speak for the user, calls for the assistant.
_SIDES = re.compile(r"(?P<user>[ut]{2,})|(?P<assistant>[aceACEmM]{2,})")
_SIDES_SCREEN = re.compile(rb"[ut]{2}|[aceACEmM]{2}|^[^|\n]*(?:[ut]\|[ut]|[aceACEmM]\|[aceACEmM])", re.MULTILINE)
# The same where results in a row are one turn already.
_MERGED_SIDES = re.compile(r"(?P<user>t*u[ut]+|t+u[ut]*)|(?P<assistant>[aceACEmM]{2,})")
_AFTER_RESULT = re.compile(r"t(?P<next>[usd])")
_AFTER_RESULT_SCREEN = re.compile(rb"t\|?[usd]")
_BY_POSITION = {"positions": _SIDES, "merged-positions": _MERGED_SIDES}
_VERBS = {Severity.ERROR: "refuses", Severity.WARNING: "may refuse", Severity.INFO: "takes"}
_SPEAKERS = {"u": "user", "s": "system", "d": "developer"}


class RolesOutOfOrder(RecordRule):
    """Two turns of the user, or two of the assistant, in a row.

    ## What it does
    Reports runs of user turns and runs of assistant turns, once per run, at the second turn. Several tool results
    in a row, the answer after a tool result and system turns are in order. Where results stand in turns of the user
    (Bedrock, Gemini), such turns count as the user's. A turn of text right before a turn that calls tools is a run:
    the two are one turn in use. With a target, the runs that it takes are silent and those that it refuses are
    errors; for one that tells speakers by their position, results count as user turns,
    several in a row as one where it joins them.

    ## Why is this bad?
    The model learns where its turns end: after "let me look" it stops and waits for the user instead of calling the
    tool. Claude, Nova and the chat templates of several open models refuse runs, Azure refuses some. OpenAI itself
    takes two user turns. Often a turn in between was lost, or two conversations were joined.

    ## How to settle it
    Join the turns of a run, put back the turn that is missing, or ignore the rule where the trainer takes runs.
    """

    code = "CHT004"
    name = "roles-out-of-order"
    severity = Severity.WARNING
    turns = re.compile(rb"uu|" + _IN_A_ROW, re.MULTILINE)
    examples = (
        Good(
            {
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "Rain in Lima and in Quito?"},
                    {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [
                            {
                                "id": "a",
                                "type": "function",
                                "function": {"name": "rain", "arguments": '{"at": "Lima"}'},
                            },
                            {
                                "id": "b",
                                "type": "function",
                                "function": {"name": "rain", "arguments": '{"at": "Quito"}'},
                            },
                        ],
                    },
                    {"role": "tool", "tool_call_id": "a", "content": "no"},
                    {"role": "tool", "tool_call_id": "b", "content": "yes"},
                    {"role": "assistant", "content": "Only in Quito."},
                ],
                "tools": [{"type": "function", "function": {"name": "rain"}}],
            },
            note="parallel results, and the answer after them",
        ),
        Good(
            {
                "input": {"messages": [{"role": "user", "content": "A prime above 20?"}]},
                "preferred_output": [{"role": "assistant", "content": "23"}],
                "non_preferred_output": [{"role": "assistant", "content": "21"}],
            },
            note="the two sides of a preference do not follow each other",
        ),
        Good(
            {
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "system", "content": "Be kind."},
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!"},
                ]
            },
            note="several system turns are CHT006",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "user", "content": "Anybody there?"},
                    {"role": "user", "content": "Hello?"},
                    {"role": "assistant", "content": "Good morning!"},
                    {"role": "assistant", "content": "What can I do for you?"},
                ]
            },
            at=[(1, "/messages/1"), (1, "/messages/4")],
            message="3 user turns in a row",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Is it open?"},
                    {"role": "assistant", "content": "Let me look."},
                    {
                        "role": "assistant",
                        "tool_calls": [
                            {"id": "c1", "type": "function", "function": {"name": "hours", "arguments": "{}"}}
                        ],
                    },
                ],
                "tools": [{"type": "function", "function": {"name": "hours"}}],
            },
            at=[(1, "/messages/2")],
            message="2 assistant turns in a row, the last with calls",
        ),
        Bad(
            {
                "input": {
                    "messages": [
                        {"role": "user", "content": "A prime above 20?"},
                        {"role": "assistant", "content": "Let me think."},
                    ]
                },
                "preferred_output": [{"role": "assistant", "content": "23"}],
                "non_preferred_output": [{"role": "assistant", "content": "21"}],
            },
            at=[(1, "/preferred_output/0")],
            note="the prompt ends with the assistant: said once, not for both sides",
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "user", "content": "Anybody there?"},
                    {"role": "assistant", "content": "Good morning!"},
                ]
            },
            settings={"target": "openai"},
            note="this platform takes two user turns",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "user", "content": "Anybody there?"},
                    {"role": "assistant", "content": "Good morning!"},
                    {"role": "assistant", "content": "What can I do for you?"},
                ]
            },
            settings={"target": "azure"},
            at=[(1, "/messages/3")],
            message="2 assistant turns in a row, which azure refuses",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        runs = self._runs(shard.format.name if shard.format else None)
        if runs is not None and runs.value in _BY_POSITION:
            return shard.rows_with_turns(_SIDES_SCREEN)
        if shard.format is not None and shard.format.results_in_user_turns:
            return shard.rows_with_turns(_BESIDE_RESULTS)
        rows = shard.rows_with_turns(self.turns)
        if runs is not None and runs.value == "after-result":
            rows = sorted({*rows, *shard.rows_with_turns(_AFTER_RESULT_SCREEN)})
        return rows

    def check(self, record: Record) -> Iterator[Finding]:
        runs = self._runs(record.format.name)
        kind = runs.value if runs is not None else ""
        pattern = _BY_POSITION.get(kind, _RUN)
        prompt = _prompt_length(record)
        told: set[int] = set()
        for dialogue in dialogues(record):
            letters = dialogue.letters
            if record.format.results_in_user_turns:
                letters = letters.replace("t", "u")
            for run in pattern.finditer(letters):
                # What begins among the turns of both sides is said once, also where it reaches into both.
                if run.start() < dialogue.fresh and run.start() in told:
                    continue
                told.add(run.start())
                side, count = str(run.lastgroup), run.end() - run.start()
                if kind == "any" or (kind == "assistant" and side == "user"):
                    continue
                if side == "user" and run.start() < prompt < run.end():
                    continue  # a side of a pair that begins with the user: rules of family PRF say what that is
                calls = ", the last with calls" if run.group()[-1] in "cC" else ""
                word = record.format.answerer if side == "assistant" else side
                message, pointer = f"{count} {word} turns in a row{calls}", dialogue.pointers[run.start() + 1]
                data = {"side": side, "turns": count}
                over_the_end = side == "assistant" and run.start() < prompt < run.end()
                if runs is None or kind == "after-result" or (kind == "prompt-end" and not over_the_end):
                    yield self.finding(record.ref, message, pointer=pointer, data=data)
                else:
                    # Azure's own samples hold text before calls, so that is no certain refusal.
                    doubtful = bool(calls) and kind == "assistant"
                    message += f", which {runs.target} {'may refuse' if doubtful else _VERBS[runs.severity]}"
                    finding = self.refused(record.ref, runs, message, {"role": side}, pointer=pointer, data=data)
                    yield replace(finding, severity=Severity.WARNING) if doubtful else finding
            if runs is not None and kind == "after-result":
                yield from self._after_results(record, dialogue, runs)

    def _runs(self, format: str | None) -> Restriction | None:
        """What the target says about runs: any, assistant, strict, (merged-)positions, after-result, prompt-end."""
        return self.restriction("runs", format)

    def _after_results(self, record: Record, dialogue: Dialogue, runs: Restriction) -> Iterator[Finding]:
        for place in _AFTER_RESULT.finditer(dialogue.letters):
            if place.start() >= dialogue.fresh:
                speaker = _SPEAKERS[place["next"]]
                message = f"{speaker} turn right after a tool result, which {runs.target} refuses"
                words = {"role": speaker, "before": "tool"}
                yield self.refused(record.ref, runs, message, words, pointer=dialogue.pointers[place.start() + 1])


def _prompt_length(record: Record) -> int:
    """Number of turns of the prompt that a preference row has beside its sides; 0 where it has none."""
    parts = record.turns.split(SEPARATOR)
    return len(parts[0]) if record.format.method == "preference" and len(parts) > 2 else 0
