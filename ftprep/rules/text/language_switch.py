"""Rule TXT011."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, CalibratedRule, Good
from ftprep.text.answers import answers, rows_with_answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ftprep.record import Record
    from ftprep.shard import Shard


def _pair(request: str, answer: str, system: str = "") -> dict[str, object]:
    before = [{"role": "system", "content": system}] if system else []
    return {"messages": [*before, {"role": "user", "content": request}, {"role": "assistant", "content": answer}]}


_ENGLISH = "How long does the ferry take from the old town to the islands in the winter?"
_CHINESE = "从老城区坐渡轮到群岛在冬天大约需要一个小时四十分钟，遇到大风的时候会停航。"
_ITALIAN = (
    "In inverno il traghetto dalla città vecchia alle isole ci mette circa un'ora e quaranta minuti, ma quando il "
    "vento è troppo forte non parte affatto e bisogna aspettare il giorno dopo."
)
_FERRY = (
    "In the winter the ferry from the old town to the islands takes about one hour and forty minutes, and when the "
    "wind is too strong it does not leave at all."
)


class LanguageSwitch(CalibratedRule):
    """An answer in another language than its prompt, without being asked.

    ## What it does
    Compares script and language of the user's last turn and of the answer, leaving out code, quotations, addresses
    and numbers, and reports a pair that surely differs. Silent for short texts, and where any turn before the answer
    speaks of languages or translation, or already holds text in the answer's language. Close languages count as
    one. Where 20 % of the rows share a pair of languages it is one finding about the file, as information.

    ## Why is this bad?
    The model learns to change the language in the middle of a talk. Often a part of a data set was translated, or a
    reply got into the wrong row. Of 160 planted switches 141 are found; of 135,000 public rows none is reported.

    ## How to settle it
    Translate the answer or the prompt, or drop the row.
    """

    code = "TXT011"
    name = "language-switch"
    severity = Severity.WARNING
    examples = (
        Good(_pair(_ENGLISH, _FERRY)),
        Good(_pair(f"Translate: {_FERRY}", _CHINESE)),
        Good(_pair(_FERRY, _CHINESE, "Answer every question in Chinese.")),
        Good(_pair(f"{_CHINESE}\n\nSum this up in one sentence for the harbour master, please.", _FERRY)),
        Good(
            _pair(
                "请写一条查询语句，列出所有年龄大于三十岁的用户的姓名。",
                "SELECT name FROM users WHERE age > 30 AND active = 1 ORDER BY name;",
            )
        ),
        Good(
            _pair(
                "请列出二十世纪最著名的几位物理学家的名字。",
                "Albert Einstein, Niels Bohr, Marie Curie, Werner Heisenberg",
            )
        ),
        Good(
            _pair(
                '用"do away with"这个词组造一个句子，并注意时态。',
                "The council of the town wants to do away with the old ferry tax.",
            )
        ),
        Good(
            _pair(
                "¿Cuánto tarda el transbordador desde la ciudad vieja hasta las islas?",
                "O barco da cidade velha para as ilhas leva uma hora e quarenta minutos no inverno, mas com "
                "muito vento não sai.",
            )
        ),
        Good(_pair(_ENGLISH, "好的，没问题。")),
        Bad(
            _pair(_ENGLISH, _CHINESE),
            at=[(1, "/messages/1/content")],
            message="prompt is in English, answer in Chinese",
        ),
        Bad(
            _pair(_ENGLISH, _ITALIAN),
            _pair("从老城区坐渡轮到群岛在冬天大约需要多长时间？请告诉我。", _FERRY),
            at=[(1, "/messages/1/content"), (2, "/messages/1/content")],
            message="prompt is in English, answer in Italian",
        ),
        Bad(
            *(_pair(f"{number}. {_ENGLISH}", f"{number}. {_CHINESE}") for number in range(4)),
            _pair(_ENGLISH, _FERRY),
            at=[(0, "")],
            message="4 of 5 rows (80%) have prompts in English, answers in Chinese",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        import numpy as np

        from ftprep.text.function_words import may_be_foreign
        from ftprep.text.languages import LEAST_ANSWER, LEAST_ANSWER_TO_NAME, LEAST_PROMPT, LEAST_PROMPT_TO_NAME
        from ftprep.text.requests import requests

        pairs = shard.once(requests)
        asked = shard.starts[pairs.lasts + 1] - shard.starts[pairs.firsts]
        said = shard.lengths[pairs.answers]
        # No letter is worth more than its bytes, and letters of ASCII are told apart in longer texts only.
        plain = shard.ascii[pairs.answers] & shard.ascii[pairs.firsts] & shard.ascii[pairs.lasts]
        plain &= pairs.lasts - pairs.firsts <= 1
        sized = (said >= np.where(plain, LEAST_ANSWER_TO_NAME, LEAST_ANSWER)) & (
            asked >= np.where(plain, LEAST_PROMPT_TO_NAME, LEAST_PROMPT)
        )
        # Degrees, dashes and curly quotes stand in English too.
        characters = shard.lengths.copy()
        beyond = np.flatnonzero(~shard.ascii)
        values, encoded = shard.values, shard.encoded
        characters[beyond] = [len(values[text]) for text in beyond.tolist()]
        plain = characters >= 0.98 * shard.lengths
        both = plain[pairs.answers] & plain[pairs.firsts] & plain[pairs.lasts]
        answers, firsts, lasts = (column[sized] for column in pairs)
        # A beginning of ASCII words is judged once per text, whatever number of answers it is the request of.
        is_side = np.zeros(len(characters), dtype=np.bool_)
        for column in (answers, firsts, lasts):
            is_side[column[both[sized]]] = True
        sides = np.flatnonzero(is_side)
        foreign = np.zeros(len(characters), dtype=np.bool_)
        foreign[sides] = may_be_foreign([encoded[text] for text in sides.tolist()])
        worth = ~both[sized] | foreign[answers] | foreign[firsts] | foreign[lasts]
        columns = zip(*(column[worth].tolist() for column in (answers, firsts, lasts)), strict=True)
        kept = [text for text, first, last in columns if _may_differ(shard, text, first, last)]
        return shard.rows_of_texts(np.array(kept, dtype=np.int64))

    def tally(self, shard: Shard) -> Mapping[str, int]:
        return {"rows": shard.once(rows_with_answers)}

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.languages import language_switch, name_of

        for answer in answers(record):
            switch = language_switch(answer.request, answer.value, answer.context)
            if switch is not None:
                message = f"prompt is in {name_of(switch.prompt)}, answer in {name_of(switch.answer)}"
                data = {"kind": switch.kind, "prompt": switch.prompt, "answer": switch.answer}
                yield self.finding(record.ref, message, pointer=answer.pointer, data=data)

    def calibrate(self, candidates: Sequence[Finding], tally: Mapping[str, int]) -> Iterator[Finding]:
        pairs: defaultdict[str, list[Finding]] = defaultdict(list)
        for one in candidates:
            pairs[one.data["kind"]].append(one)
        for part in pairs.values():
            yield from super().calibrate(part, tally)

    def group(self, candidates: Sequence[Finding], rows: int, judged: int, **kwargs: Any) -> Finding:
        from ftprep.text.languages import name_of

        prompt, answer = (name_of(candidates[0].data[side]) for side in ("prompt", "answer"))
        message = f"{rows:,} of {judged:,} rows ({rows / judged:.0%}) have prompts in {prompt}, answers in {answer}"
        return super().group(candidates, rows, judged, message=message, severity=Severity.INFO)


def _may_differ(shard: Shard, text: int, first: int, last: int) -> bool:
    """Whether an answer and its request may be in two languages, by a glance at their words."""
    from ftprep.text.function_words import has_function_words, is_surely_english
    from ftprep.text.languages import glance, without_fields

    request = {first, last}
    if is_surely_english(shard.encoded[text]):
        return not all(is_surely_english(shard.encoded[one]) for one in request)
    answer = shard.values[text]
    if "{{" in answer:
        answer = without_fields(answer)
    if answer.isascii() and not has_function_words(answer):
        return False
    written = glance(answer)
    return written is None or any(glance(shard.values[one]) != written for one in request)
