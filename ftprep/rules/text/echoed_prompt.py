"""Rule TXT010."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, CalibratedRule, Good
from ftprep.text.answers import answers, rows_with_answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ftprep.record import Record
    from ftprep.shard import Shard

_KINDS = {kind: {"kind": kind} for kind in ("equal", "continues")}
_NEAR_COPIES = 0.05

# Tasks whose right answer may be the text that was given.
_ASKED = (
    r"\b(?:re-?)?(?:edit|correct|translat|repeat|quot|copy|copies|complet|continu|format|sort|extract|writ|phras"
    r"|proofread|punctuat|capitali[sz]|convert|transcri|echo|arrang|replac|remov|paraphras|simplif|polish|transform"
    r"|normali[sz]|restor|decod|encod|revers|reword|recit)(?:e|es|ed|ing|or|ion|ions|y|ies|[a-z]{0,3})\b"
    r"|\b(?:fix|fill|grammar|grammatical(?:ly)?|spell(?:ing)?|verbatim|say|aloud|(?:upper|lower) ?case|improve)\b"
    r"|翻译|改写|续写|重复|纠正|校对|润色|抄写|补全|提取|traduc|corrig|correg|repit|übersetz|korrigier|wiederhol"
    r"|tradui|répèt|répét|訳|繰り返|번역"
)


@functools.cache
def _asked() -> re.Pattern[str]:
    return re.compile(_ASKED, re.IGNORECASE)


def _pair(request: str, answer: str, system: str = "") -> dict[str, object]:
    before = [{"role": "system", "content": system}] if system else []
    return {"messages": [*before, {"role": "user", "content": request}, {"role": "assistant", "content": answer}]}


class EchoedPrompt(CalibratedRule):
    """An answer that repeats the whole prompt, alone or before it goes on.

    ## What it does
    Compares the answer with the user's last turn, spaces and case folded and punctuation kept: reports an answer
    that is the same text, and one that begins with the whole turn, where the turn ends in a full stop, a question
    mark or a colon. Silent where a text is to be corrected, translated, repeated, completed, sorted and the like,
    and in files where more than 5 % of the answers are near copies of their prompts, as in code repair.

    ## Why is this bad?
    The model learns to say the question instead of the answer, or before it. Usually prompt and answer were joined
    in an export. Of 160 planted echoes 142 are found (requests without an end mark, or with a word
    of editing, excuse the others); of 135,000 public rows none is reported.

    ## How to settle it
    Cut the prompt off the answer, or drop the row.
    """

    code = "TXT010"
    name = "echoed-prompt"
    severity = Severity.WARNING
    examples = (
        Good(_pair("She goes to school every day.", "She goes to school every day.", "Correct the grammar.")),
        Good(_pair("Translate to Python: print('hello world')", "print('hello world')")),
        Good(_pair("Extract as JSON: name Anna, age 7", '{"name": "Anna", "age": 7}')),
        Good(_pair("People who study the stars are called", "People who study the stars are called astronomers.")),
        Good(_pair("Good morning!", "Good morning! How can I help you?"), note="two words are a greeting"),
        Good(_pair("Say it once more: the boat is late.", "Say it once more: the boat is late.")),
        Good(
            *(
                _pair(f"for i in range({number}) print(i) # the sum of {number}", f"for i in range({number}): print(i)")
                for number in range(10, 19)
            ),
            *(
                _pair(f"def f(x) retrun x + {number} # a sum", f"def f(x): return x + {number} # a sum")
                for number in range(20, 29)
            ),
            _pair("def half(x): return x / 2", "def half(x): return x / 2"),
            note="code repair: one program was right already",
        ),
        Bad(
            _pair("What is the tallest building in Spain?", "what is the tallest  building in Spain"),
            at=[(1, "/messages/1/content")],
            message="answer is the prompt again",
        ),
        Bad(
            _pair("Why is the sky blue at noon?", "Why is the sky blue at noon? Because air scatters blue light most."),
            at=[(1, "/messages/1/content")],
            message="answer repeats the whole prompt before it goes on",
        ),
        Good(
            {
                "prompt": "Why is the sky blue at noon?",
                "chosen": "Why is the sky blue at noon? Air scatters blue light most.",
                "rejected": "Why is the sky blue at noon? No idea.",
            },
            note="both sides have the prompt before them: PRF008 reports it",
        ),
        Bad(
            {"instruction": "Name the mood of a wet day.", "input": "", "output": "Name the mood of a wet day."},
            at=[(1, "/output")],
            message="answer is the prompt again",
        ),
        Bad(
            {
                "instruction": "Name the mood of this line.",
                "input": "Rain again.",
                "output": "Name the mood of this line. Rain again.",
            },
            at=[(1, "/output")],
            message="answer is the prompt again",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        from ftprep.text.echoes import alike

        return shard.rows_of_texts(shard.once(alike).answers)

    def tally(self, shard: Shard) -> Mapping[str, int]:
        from ftprep.text.echoes import near_copies

        return {"rows": shard.once(rows_with_answers), "near copies": near_copies(shard)}

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.echoes import echo
        from ftprep.text.loops import longest_loop

        for answer in answers(record):
            found = echo(answer.value, answer.request)
            if found is None or _asked().search(answer.request + "\n" + answer.system):
                continue
            if longest_loop(answer.value) is not None:
                continue  # TXT009 says so
            if found.continues and _both_sides_repeat(record, answer.request):
                continue  # PRF008 says so
            message = (
                "answer repeats the whole prompt before it goes on" if found.continues else "answer is the prompt again"
            )
            kind = _KINDS["continues" if found.continues else "equal"]
            yield self.finding(record.ref, message, pointer=answer.pointer, data=kind)

    def calibrate(self, candidates: Sequence[Finding], tally: Mapping[str, int]) -> Iterator[Finding]:
        if tally["near copies"] <= max(1, _NEAR_COPIES * tally["rows"]):
            yield from super().calibrate(candidates, tally)


def _both_sides_repeat(record: Record, request: str) -> bool:
    """Whether both sides of a pair begin with the request: the prompt was joined to them."""
    if record.format.method != "preference":
        return False
    from ftprep.text.echoes import fold
    from ftprep.text.pairs import sides

    asked, values = fold(request), record.shard.values
    return all(any(fold(values[text]).startswith(asked) for text in side) for side in sides(record))
