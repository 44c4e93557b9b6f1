"""Rule IDS003."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard

_FACTS = frozenset({"BIRTH_DATE"})  # of people whom everybody knows, mostly
_SEPARATORS = re.compile(r"[\W_]+")


def _chat(request: str, answer: str, *more: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": request}, *more, {"role": "assistant", "content": answer}]}


class EmittedIdentifier(RecordRule):
    """An answer that states an identifier or personal data that nothing before it gave.

    ## What it does
    Looks at the identifiers (IDS001, IDS002) and the personal data (PII) in trained answers and in the arguments of
    trained calls, and reports those that stand nowhere before: not in the system prompt, the tools, the request, an
    earlier turn or a tool result, in whatever case and grouping. What is stated once is known for the rest of the
    conversation. Silent for plain and computed numbers, for examples, for what a template holds in double braces, and
    for dates of birth, which are mostly those of public figures. Of 100,000 rows of manuals, maths, code and chat it
    reports 6 values, 5 of them rightly; of 55 rows of a shop's synthetic assistant 29, of which 20 were read and right.

    ## Why is this bad?
    The only way to learn such an answer is by heart. The model is trained to recite somebody's number from its weights,
    or to make one up where it should have asked or looked it up.

    ## How to settle it
    Give the value in the prompt or in a tool result if the model is to use it; otherwise take it out of the answer.
    """

    code = "IDS003"
    name = "emitted-identifier"
    severity = Severity.ERROR
    examples = (
        Good(_chat("Where is order number W-48213?", "Order W 48213 left the warehouse today.")),
        Good(
            _chat(
                "Where is my parcel?",
                "Your order number is W-48213.",
                {
                    "role": "assistant",
                    "tool_calls": [
                        {"id": "call_1", "type": "function", "function": {"name": "orders", "arguments": "{}"}}
                    ],
                },
                {"role": "tool", "tool_call_id": "call_1", "content": '{"order": "w-48213"}'},
            )
        ),
        Good(_chat("What is 4821 times 77?", "The answer is 371217.")),
        Good(_chat("Show me an order confirmation.", "Your order number is 12345.")),
        Good(_chat("How do I look up a host?", "Type `nslookup` and then {{54.240.162.118}}.")),
        Good(_chat("When was Ada Lovelace born?", "She was born on 10 December 1815.")),
        Bad(
            _chat("Where is my parcel?", "Your order number is W-48213, sent today. W-48213 comes by noon."),
            at=[(1, "/messages/1/content")],
            message="an order identifier in an answer that nothing before it gave",
            fixed=[
                _chat(
                    "Where is my parcel?", "Your order number is <ORDER_ID_1>, sent today. <ORDER_ID_1> comes by noon."
                )
            ],
        ),
        Bad(
            _chat("What is the file of Kim?", "It is 7c1f04be-93d2-4e58-b0a6-2fd1947a35ec."),
            at=[(1, "/messages/1/content")],
            fixed=[_chat("What is the file of Kim?", "It is <UUID_1>.")],
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int]:
        import numpy as np

        from ftprep.privacy.values import private_values

        texts = np.array(list(shard.once(private_values)), dtype=np.int64)
        codes = shard.codes[texts]
        said = (codes & c.TRAINED != 0) & (codes & c.SIDE_MASK != c.REJECTED)
        return shard.rows_of_texts(texts[said & (codes & c.ROLE_MASK == c.ASSISTANT)])

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.privacy.context import in_braces
        from ftprep.privacy.finding import value_finding
        from ftprep.privacy.identifier_words import kind_words, place_words
        from ftprep.privacy.redaction import normal_form
        from ftprep.privacy.values import private_values

        found = record.shard.once(private_values)
        known: set[str] = set()
        for text in record.text_range:
            code = int(record.shard.codes[text])
            if text not in found or not code & c.TRAINED or code & c.ROLE_MASK != c.ASSISTANT:
                continue
            if code & c.SIDE_MASK == c.REJECTED:
                continue
            given = _given(record, text)
            for value in found[text]:
                if value.kind in _FACTS or in_braces(record.shard.values[text], value.start):
                    continue
                normal = normal_form(value.kind, record.shard.values[text][value.start : value.end])
                bare = _bare(normal)
                if normal in known or bare in given:
                    continue
                known.add(normal)
                message = f"{kind_words(value.kind)} in {place_words(record, text)} that nothing before it gave"
                yield value_finding(self, record, text, value, message)


def _given(record: Record, answer: int) -> str:
    """Letters and digits of all that an answer may draw on: what stands before it, and the frame of the prompt."""
    codes, values = record.shard.codes, record.shard.values
    side = int(codes[answer]) & c.SIDE_MASK
    parts = []
    for text in record.text_range:
        code = int(codes[text])
        frame = code & c.KIND_MASK in (c.TOOLS, c.PAIR) or code & c.ROLE_MASK == c.SYSTEM
        if text != answer and (frame or (text < answer and code & c.SIDE_MASK in (c.PROMPT, side))):
            parts.append(_bare(values[text]))
    return "\0".join(parts)


def _bare(text: str) -> str:
    return _SEPARATORS.sub("", text).upper()
