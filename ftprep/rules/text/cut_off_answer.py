"""Rule TXT007."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, CalibratedRule, Good
from ftprep.text.answers import answers, is_answer, rows_with_answers
from ftprep.text.snippet import quote, quote_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from ftprep.record import Record
    from ftprep.shard import Shard

_SAYS = {
    "json": "answer is JSON that stops before its end",
    "list-marker": "answer stops at the marker of a list item",
    "table": "answer stops in the middle of a table row",
    "dangling-word": "answer stops at ",
    "open-punctuation": "answer stops after ",
    "no-end-mark": "ends without an end mark",
    "no-marks": "ends without an end mark",
}
_KINDS = {kind: {"kind": kind} for kind in (*_SAYS, "stop-reason")}
# A set shows that it was cut by this many answers that certainly are, and this share of all that may be.
_LEAST_STRONG, _LEAST_SHARE, _LEAST_SHARE_WITHOUT_MARKS = 3, 0.1, 0.2

_SHOWN = 24  # characters at the end that a finding points at

_REASONS = ("finish_reason", "stop_reason")
_LIMITS = frozenset(("length", "max_tokens", "model_length", "MAX_TOKENS", "max_length", "token_limit"))


def _pair(request: str, answer: str, **more: object) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": request}, {"role": "assistant", "content": answer}], **more}


_WHOLE = "The ferry leaves at nine in the morning and comes back at six in the evening. Tickets are sold on board."
_OPEN = "The ferry leaves at nine in the morning and comes back at six in the evening. You can buy a ticket at the"
_LIST = "Here is what you need for the trip to the island, and some things more:\n"


class CutOffAnswer(CalibratedRule):
    """An answer that stops in the middle.

    ## What it does
    Reports answers of at least 15 words that stop inside JSON, at the marker of a list item, in a table row, at a
    word like "the" or "and", after a comma or an opening bracket, and rows that say so (`finish_reason: length`).
    An answer that merely lacks its end mark is reported, as information, only in a file in which at least three
    answers are certainly cut, and these are at least 10 % of all that may be. Code is left alone.

    ## Why is this bad?
    The model learns to stop in the middle of a sentence. Usually the answers were generated with a limit of tokens
    that was too low. Many good sets write no full stops; a length limit cuts at any word, and so shows itself by
    answers that end in "the". Of 135,000 public rows 4 are reported, 4 of 4 right; of 160 answers cut
    at random words in 1,603 clean ones, 133 are found.

    ## How to settle it
    Generate the answers again with a higher limit, or drop the rows.
    """

    code = "TXT007"
    name = "cut-off-answer"
    severity = Severity.WARNING
    examples = (
        Good(_pair("When does the ferry leave?", _WHOLE)),
        Good(_pair("How many?", "She had 5 apples and bought 3 more, so she has 5 + 3 = 8 apples now. Total:\n#### 8")),
        Good(
            _pair(
                "Which rows?", "SELECT name, age FROM people WHERE age > 30 AND city = 'Bergen' ORDER BY name, age, the"
            )
        ),
        Good(
            _pair(
                "List the files.", "find . -name '*.py' -exec grep -l import {} + | sort | uniq -c | sort -rn | head or"
            )
        ),
        Good(
            _pair(
                "Write a poem.",
                "The evening falls on roofs and lanes\nand over every hill it rains\nthe cat is curled up near "
                "the stove",
            )
        ),
        Good(
            _pair(
                "What to buy?",
                "bread\nbutter\nmilk\neggs\ncheese\napples\npears\ncarrots\nonions\nrice\nbeans\ntea\ncoffee\nsoap\nfigs",
            )
        ),
        Good(
            _pair(
                "Who is it?",
                "Name: Anna Berg\nAge: 41\nTown: Bergen\nJob: captain of a ferry on the line to the "
                "islands\nPhone: none",
            )
        ),
        Good(
            _pair(
                "Ask for help.",
                "Dear neighbours, I would be glad of some help with the boat on Friday.\n\nWith my kind regards "
                "to all,",
            )
        ),
        Good(_pair("Which one is the right letter for this, and why should one choose it?", "A")),
        Good(
            *(
                _pair(
                    f"When is boat {number}?",
                    f"the boat number {number} leaves at nine in the morning from the old pier in town",
                )
                for number in range(8)
            ),
            note="a set without full stops",
        ),
        Good(
            _pair(
                "As JSON, please.",
                '{"line": "the ferry to the islands", "times": ["nine", "six", "ten at night"], "a b c d e": 4}',
            )
        ),
        Bad(
            _pair("When does the ferry leave?", _OPEN), at=[(1, "/messages/1/content")], message="answer stops at `the`"
        ),
        Bad(
            _pair("What do I need?", _LIST + "1. A coat\n2. Good shoes\n3."),
            _pair(
                "As JSON, please.",
                '{"line": "the ferry to the islands", "times": ["nine", "six"], "a": "b c d e f g h i',
            ),
            _pair("Show a table.", _LIST + "\n| thing | why |\n|---|---|\n| coat | rain |\n| shoes | long wal"),
            _pair("Why?", "The sea was rough that day, so the captain waited in the harbour of the small island,"),
            *(_pair(f"Question {number}?", _WHOLE) for number in range(17)),
            at=[(line, "/messages/1/content") for line in (1, 2, 3, 4)],
            message="answer stops at the marker of a list item",
        ),
        Bad(
            _pair("When does the ferry leave?", "It leaves", finish_reason="length"),
            at=[(1, "/finish_reason")],
            message="`finish_reason` is `length`",
        ),
        Bad(
            *(_pair(f"Question {number}?", _WHOLE) for number in range(16)),
            *(_pair(f"How about {number}?", _OPEN) for number in range(3)),
            _pair("And the last one?", _OPEN.removesuffix(" at the") + " from the captain of the boat"),
            at=[(line, "/messages/1/content") for line in (17, 18, 19, 20)],
            message="ends without an end mark; 3 answers of this set are cut",
            note="three cut answers make a fourth one suspect",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        import numpy as np

        from ftprep.text.endings import cut_off

        values = shard.values
        found = [text for text in np.flatnonzero(_candidates(shard)).tolist() if cut_off(values[text]) is not None]
        return sorted({*shard.rows_of_texts(np.array(found, dtype=np.int64)), *shard.once(_rows_with_reasons)})

    def tally(self, shard: Shard) -> Mapping[str, int]:
        return {"rows": shard.once(rows_with_answers)}

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.endings import cut_off
        from ftprep.text.loops import longest_loop, may_loop

        said = answers(record)
        if said and record.index in record.shard.once(_rows_with_reasons):
            for pointer, name, value in _limits(record.row):
                message = f"generation was cut: {quote(name)} is {quote(value)}"
                yield self.finding(record.ref, message, pointer=pointer, data=_KINDS["stop-reason"])
                return
        for answer in said:
            ending = cut_off(answer.value)
            if ending is None or (may_loop(answer.value) and longest_loop(answer.value) is not None):
                continue
            message, end = _SAYS[ending.kind], len(answer.value.rstrip())
            if ending.kind == "dangling-word":
                message += quote_part(answer.value, end - len(answer.value.split()[-1]), end)
            elif ending.kind == "open-punctuation":
                message += quote(answer.value.rstrip()[-1])
            yield self.finding(
                record.ref,
                message,
                severity=self.severity if ending.strong else Severity.INFO,
                pointer=answer.pointer,
                span=(max(ending.start, end - _SHOWN), end),
                data=_KINDS[ending.kind],
            )

    def calibrate(self, candidates: Sequence[Finding], tally: Mapping[str, int]) -> Iterator[Finding]:
        strong = [one for one in candidates if one.severity == self.severity]
        yield from super().calibrate(strong, tally)
        weak = len(candidates) - len(strong)
        if len(strong) < _LEAST_STRONG or not weak:
            return
        share = len(strong) / len(candidates)
        least = {"no-end-mark": _LEAST_SHARE, "no-marks": _LEAST_SHARE_WITHOUT_MARKS}
        shown = [one for one in candidates if share >= least.get(one.data["kind"], 2)]
        message = f"ends without an end mark; {len(strong):,} answers of this set are cut"
        yield from super().calibrate([replace(one, message=message) for one in shown], tally)

    def group(self, candidates: Sequence[Finding], rows: int, judged: int, **kwargs: Any) -> Finding:
        share = f"{rows:,} of {judged:,} rows ({rows / judged:.0%})"
        if candidates[0].severity == self.severity:
            message = f"{share} stop in the middle of the answer"
        else:
            message = f"{share} end without an end mark, in a set with cut answers"
        return super().group(candidates, rows, judged, message=message, severity=candidates[0].severity)


def _candidates(shard: Shard) -> NDArray[Any]:
    """Answers that are long enough and may end too early, by their first and last bytes."""
    import numpy as np

    from ftprep.text.edges import heads, is_blank, tails
    from ftprep.text.endings import LEAST_BYTES

    tail = shard.once(tails)
    last, before = tail & 0xFF, tail >> 8 & 0xFF
    open_end = np.zeros(256, dtype=np.bool_)
    open_end[list(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,([-*+")] = True
    open_end[0x80:] = True
    marks = [int.from_bytes(mark.encode(), "big") for mark in "。！？”…’"]
    possible = open_end[last] & ~np.logical_or.reduce([tail & np.uint32(0xFFFFFF) == mark for mark in marks])
    # "7." and "7)" are markers of items; a table row may end in anything; and JSON may be cut at any byte.
    possible |= ((last == ord(".")) | (last == ord(")"))) & (before - np.uint32(ord("0")) < 10)
    possible |= is_blank(last.astype(np.uint8))
    first = shard.once(heads) >> np.uint32(24)
    possible |= (first == ord("{")) | (first == ord("[")) | is_blank(first.astype(np.uint8))
    possible[_texts_with_tables(shard)] = True
    result: NDArray[Any] = possible & shard.once(is_answer) & (shard.lengths >= LEAST_BYTES)
    return result


def _texts_with_tables(shard: Shard) -> NDArray[Any]:
    import numpy as np

    data = np.frombuffer(shard.buffer, dtype=np.uint8)
    places = np.flatnonzero((data[1:] == ord("|")) & (data[:-1] == ord("\n"))) + 1
    return np.searchsorted(shard.starts, places, "right") - 1


def _rows_with_reasons(shard: Shard) -> frozenset[int]:
    """Rows whose bytes hold a key that says why generation stopped."""
    import numpy as np

    data, places = shard.chunk.data, []
    at = data.find(b'_reason"')
    while at >= 0:
        places.append(at)
        at = data.find(b'_reason"', at + 1)
    if not places:
        return frozenset()
    rows = np.unique(np.searchsorted(shard.chunk.starts, np.array(places), "right") - 1)
    return frozenset(row for row in rows.tolist() if row >= 0 and isinstance(shard.rows[row], dict))


def _limits(row: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Pointer, key and value of every field that says that a limit of tokens was met: of the row, a turn, a choice."""
    places: list[tuple[str, Any]] = [("", row)]
    for key in ("messages", "choices", "completion", "chosen", "response", "metadata", "meta"):
        value = row.get(key)
        if isinstance(value, Mapping):
            places.append((f"/{key}", value))
        elif isinstance(value, list):
            places += [(f"/{key}/{index}", one) for index, one in enumerate(value)]
    for pointer, place in places:
        if isinstance(place, Mapping):
            for name in _REASONS:
                value = place.get(name)
                if isinstance(value, str) and value in _LIMITS:
                    yield f"{pointer}/{name}", name, value
