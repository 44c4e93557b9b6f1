"""Rule TXT009."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.answers import answers, is_answer, is_prose
from ftprep.text.loops import LEAST_WORDS, longest_loop, may_loop, texts_that_may_loop
from ftprep.text.snippet import quote_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.text.loops import Loop

# 40 words are at least 79 bytes; the shortest loop of characters is 120 of two bytes.
_LEAST_BYTES = 2 * LEAST_WORDS - 1
# People paste strange things; only an accident is as long as this.
_USER_REPEATS, _USER_BYTES = 50, 2_000

_ASKED = (
    r"repe(?:at|tit)|\bsongs?\b|lyric|chorus|mantra|chords?\b|\bdrill|\btimes\b|\bchant|refrain|\brhyme|\bloop|\becho"
    r"|multiplication|\bpoem|\bprayer|\bpattern|affirmation|\bspam|tongue.?twister|wiederhol|répét|repet|重复|歌|诗|繰り返"
)


@functools.cache
def _asked() -> re.Pattern[str]:
    return re.compile(_ASKED, re.IGNORECASE)


def _pair(request: str, answer: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": request}, {"role": "assistant", "content": answer}]}


_SUDOKU = "\n".join(" ".join(str((row * 3 + row // 3 + column) % 9 + 1) for column in range(9)) for row in range(9))
_TABLE = "\n".join(f"{one} x {other} = {one * other}" for one in range(1, 10) for other in range(1, 10))
_LADDER = "<div> " * 60 + "</div> " * 60
_VERSE = "\n".join(f"On day {day} of the fair I saw a boat, a crane, a man in a long red coat" for day in range(1, 9))


class Repetition(RecordRule):
    """An answer that is caught in a loop: the same words again and again.

    ## What it does
    Reports answers in which the same words, at most 60, stand in a row eight times or more, or four times over a
    hundred words or more; characters instead of words where a script is written without spaces. A user's text is
    reported from 50 times on. Silent in code, tables of numbers and markup, and where the user asks to repeat,
    or for a song or a drill.

    ## Why is this bad?
    The model learns the loop. Such answers are what a small model writes when it does not know how to end. Of
    160 planted loops 152 are found; of 135,000 public rows 2 are reported, both rightly.

    ## How to settle it
    Drop the row, or keep the answer up to where the loop begins.
    """

    code = "TXT009"
    name = "repetition"
    severity = Severity.WARNING
    examples = (
        Good(_pair("Make a sudoku.", _SUDOKU)),
        Good(_pair("Show me the products up to nine.", _TABLE)),
        Good(_pair("Nest sixty divisions.", _LADDER)),
        Good(_pair("Write a song about home.", "Take me home, oh, take me home tonight. " * 12)),
        Good(_pair("What did you see?", _VERSE), note="lines that begin alike and go on differently"),
        Good(_pair("Say it ten times.", "I will not be late again. " * 10)),
        Good(_pair("Fill the file.", "```\n" + "all work and no play\n" * 30 + "```")),
        Bad(
            _pair("What is the plan?", "We start on Monday. " + "And then we will see. " * 20),
            at=[(1, "/messages/1/content")],
            message="`And then we will see.` stands 20 times in a row",
        ),
        Bad(
            _pair("他喜欢什么?", "他喜欢读书，" * 30),
            at=[(1, "/messages/1/content")],
            message="stands 30 times in a row",
        ),
        Bad(
            _pair("buy now, " * 400, "No, thank you."),
            at=[(1, "/messages/0/content")],
            message="`buy now,` stands 400 times in a row",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        import numpy as np

        long = shard.once(is_answer) & (shard.lengths >= _LEAST_BYTES)
        said = shard.once(is_prose) & (shard.codes & c.ROLE_MASK == c.USER) & (shard.lengths >= _USER_BYTES)
        found = [*_that_may_loop(shard, long, 32), *_that_may_loop(shard, said, 2 * LEAST_WORDS)]
        return shard.rows_of_texts(np.array(found, dtype=np.int64))

    def check(self, record: Record) -> Iterator[Finding]:
        shard = record.shard
        for answer in answers(record):
            if len(shard.encoded[answer.text]) >= _LEAST_BYTES and may_loop(answer.value):
                loop = longest_loop(answer.value)
                if loop is not None and not _asked().search(answer.request + "\n" + answer.system):
                    yield self._report(record, answer.text, loop)
        prose = shard.once(is_prose)
        for text in record.text_range:
            is_user = int(shard.codes[text]) & c.ROLE_MASK == c.USER
            if is_user and prose[text] and len(shard.encoded[text]) >= _USER_BYTES:
                loop = longest_loop(shard.values[text], _USER_REPEATS)
                if loop is not None:
                    yield self._report(record, text, loop)

    def _report(self, record: Record, text: int, loop: Loop) -> Finding:
        unit = quote_part(record.shard.values[text], loop.start, loop.start + len(loop.unit))
        return self.finding(
            record.ref,
            f"{unit} stands {loop.repeats:,} times in a row",
            pointer=record.pointer(text),
            span=(loop.start, loop.end),
            data={"repeats": loop.repeats},
        )


def _that_may_loop(shard: Shard, mask: NDArray[np.bool_], step: int) -> list[int]:
    """Those of some texts in which a probe of every ``step`` words comes back as in a loop."""
    import numpy as np

    from ftprep.text.screens import CONTROL

    odd = shard.classes & CONTROL != 0
    quick = np.flatnonzero(mask & ~odd)
    texts = quick.tolist()
    values, encoded = shard.values, shard.encoded
    screened = texts_that_may_loop([values[text] for text in texts], [encoded[text] for text in texts], step)
    maybe = [*quick[screened].tolist(), *np.flatnonzero(mask & odd).tolist()]
    return [text for text in maybe if may_loop(values[text], step)]
