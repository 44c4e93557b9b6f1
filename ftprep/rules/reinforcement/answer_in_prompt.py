"""Rule RFT003."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.finding import Finding, Fix, Severity
from ftprep.formats import columns as c
from ftprep.formats.keys import entries_of
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

_COPIED = 40  # characters from which on a reference that stands in the prompt is a copy and no coincidence
_PASSAGE = 3  # a prompt that is this many times longer than its reference may be a passage to find the answer in
_LONGEST = 4_000  # characters of a reference that is looked for behind a phrase
_FEW = 12  # characters of a solved example's answer that may well be another task's answer, too

# What says that the answer follows. Numbers stand behind the weak ones too often: "the result is 12. Find x".
_PHRASE = (
    r"(?P<strong>\banswer(?:\s+(?:is|was)\b|\s*[:=])|\bcorrect\s+(?:option|choice|answer)\s+is\b"
    r"|答案\s*(?:是|为|：|:)|####|\\boxed\s*\{)"
    r"|(?P<weak>\bsolution\s+is\b|\bsolution\s*[:=]|\bresult\s+is\b)"
)
_SIGNS = ("answer", "solution", "result", "correct", "####", "\\boxed", "答案")  # each phrase holds one of them
_QUOTES = r"[\s:=\"'*_`(\[$“]*"
# A pattern for the answer, not the answer: "end with `Answer: B`", "e.g. #### 5", "Answer: yes or no".
_SHOWS_FORM = re.compile(
    r"\b(?:e\.g\.|example\b|format\b|form\b|like\b|such as\b|for instance\b|as follows\b|template\b|following\b"
    r"|end\b|ending\b|finish\b|conclude\b|reply\b|respond\b|write\b|output\b|print\b|return\b|state\b"
    r"|if\b|whether\b|suppose\b|assume\b|unless\b)"
    r"[^.?!]{0,80}$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"[\"'*_`)\]$”}]*\s*(?:/|\||,\s*[\"'(]?\w+[\"')]?\s*(?:,|or\b|and\b)|or\b|[-+*^=<>×÷]\s*[\w(\\])")
_OPTIONS = re.compile(r"(?:^|\n)[ \t]*\(?[A-Ja-j][).:]\s|\b(?:options|choices)\s*:", re.IGNORECASE)
_REPEATS = re.compile(
    r"\b(?:repeat|copy|choose|extract|select|identify|find|highlight|underline|quote|which|correct|fix|proofread|edit"
    r"|grammar|rewrite|rephrase|translate|convert|format|sort|reorder|complete|fill|equivalent|port|refactor|optimi|improve|debug|bug|error|verbatim|exactly|echo)\w*\b",
    re.IGNORECASE,
)
_DATA = re.compile(r"\\begin\s*\{(?:[pbvBV]?matrix|array|cases|tabular|align)")
_WORD = re.compile(r"\w")
_SOLID = re.compile(r"[^\s*_`\"']")
_REST_OF_LINE = re.compile(r"[^\w\n]*$", re.MULTILINE)  # behind `####`, which heads a paragraph of Markdown as well


class Phrase(NamedTuple):
    """A place in a prompt behind which an answer stands: the text's number, where, and whether it is a strong sign."""

    text: int
    start: int
    end: int
    strong: bool


def _task(prompt: str, answer: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}], "reference_answer": answer}


_CODE = "def area(a, b):\n    if a < 0 or b < 0:\n        raise ValueError\n    return a * b\n"


class AnswerInPrompt(RecordRule):
    r"""A prompt that gives its reference answer away.

    ## What it does
    Looks in the prompt for the reference right behind words such as "the answer is", "answer:", `####` or `\boxed{`,
    and for references of at least 40 characters that the prompt contains as a whole. Silent about what is normal:
    options, yes and no, numbers that merely occur, patterns of the answer's form, solved examples with another or a
    short answer, passages in which an answer is to be found, and tasks to copy, to choose or to correct.

    ## Why is this bad?
    The model is rewarded for reading the answer instead of working it out, and the score says nothing. (Of 10,200 rows
    of public task sets none is reported, nor of 100,000 conversations taken for tasks; of 240 planted ones all are.)

    ## How to settle it
    Take the answer out of the prompt, or drop the row.
    """

    code = "RFT003"
    name = "answer-in-prompt"
    severity = Severity.WARNING
    methods = frozenset({"rft", "prompt-only"})
    literals = tuple(dict.fromkeys(form for sign in _SIGNS for form in (sign, sign.capitalize(), sign.upper())))
    examples = (
        Good(_task("Which is a fruit?\nOptions:\n(A) leek\n(B) pear", "B"), note="an option has to stand there"),
        Good(_task("Tell whether the series converges or diverges: sum of 1/n.", "diverges")),
        Good(_task("What is 5 - 0?", "5"), note="an operand that is the answer by chance"),
        Good(_task("Twice a number plus four: the result is 12. Which number is half of 24?", "12")),
        Good(_task("Is 91 prime? End with 'Answer: yes' or 'Answer: no'.", "no"), note="the form of the answer"),
        Good(_task("Answer: true or false? Cork floats.", "true")),
        Good(
            _task("Q: 2 + 2?\nAnswer: 4\nQ: 3 + 5?\nAnswer: 8\nQ: 1 + 3?\nAnswer:", "4"),
            note="a solved example with the same short answer",
        ),
        Good(
            _task("Where is the key? " + "The house was old and wide. " * 9 + "The key lay under the third stone "
                  "beside the well.", "The key lay under the third stone beside the well."),
            note="a passage in which the answer is to be found",
        ),
        Good(_task("Correct the grammar: The ferry leaves the harbour at noon today.",
                   "The ferry leaves the harbour at noon today."), note="nothing to correct"),
        Good(_task("Let A = \\begin{pmatrix} 1 & 0 \\\\ 0 & 1 \\\\ 2 & 3 \\\\ 4 & 5 \\end{pmatrix}. Transpose twice.",
                   "\\begin{pmatrix} 1 & 0 \\\\ 0 & 1 \\\\ 2 & 3 \\\\ 4 & 5 \\end{pmatrix}")),
        Good(_task("#### 5. Tides\nHow many tides has a day and a quarter?", "5"), note="a heading"),
        Bad(
            _task("A crate holds 12 jars. How many jars are in 7 crates?\n#### 84", "84"),
            at=[(1, "/messages/0/content")],
            message="the prompt gives the reference away, behind `####`",
        ),
        Bad(
            _task("Which river runs through Cologne? The answer is: the Rhine.", "the Rhine"),
            at=[(1, "/messages/0/content")],
            message="behind `answer is`",
        ),
        Bad(
            _task("How do I compute an area?\n" + _CODE, _CODE),
            at=[(1, "/messages/0/content")],
            message="the prompt contains the whole reference",
        ),
        Bad(
            {"question": "3 pens at 2 each? Answer: 6", "answer": "3 * 2 = 6\n#### 6"},
            at=[(1, "/question")],
        ),
    )  # fmt: skip

    def screen(self, shard: Shard) -> Iterable[int] | None:
        reference = (shard.codes & c.SIDE_MASK) == c.REFERENCE
        found = reference & (shard.lengths >= _COPIED)
        signed = shard.literal_hits[self.code]
        found[signed] |= ~reference[signed]
        return shard.rows_of_texts(found)

    def check(self, record: Record) -> Iterator[Finding]:
        shard = record.shard
        prompts = [
            text
            for text in record.text_range
            if int(shard.codes[text]) & c.SIDE_MASK == c.PROMPT
            and int(shard.codes[text]) & c.ROLE_MASK in (c.USER, c.SYSTEM)
        ]
        fix = Fix("leave out the row", drop=True)
        phrases = [phrase for text in prompts for phrase in _phrases(text, shard.values[text])]
        references = record.format.references(record.row)
        for _, value in (entry for one in references for entry in entries_of(*one)):
            reference = _as_text(value)
            if reference is None:
                continue
            for phrase, span in _given_away(reference, phrases, shard.values):
                sign = " ".join(shard.values[phrase.text][phrase.start : phrase.end].split()).lower().rstrip("{:= ")
                message = f"the prompt gives the reference away, behind `{sign}`"
                yield self.finding(record.ref, message, pointer=record.pointer(phrase.text), span=span, fix=fix)
                return
            for text in prompts:
                if isinstance(value, str) and _is_copy(value, shard.values[text]):
                    start = shard.values[text].find(value.strip())
                    place = (start, start + len(value.strip())) if start >= 0 else None
                    message = f"the prompt contains the whole reference, {len(value.strip()):,} characters"
                    yield self.finding(record.ref, message, pointer=record.pointer(text), span=place, fix=fix)
                    return


@functools.cache
def _phrase() -> re.Pattern[str]:
    return re.compile(_PHRASE, re.IGNORECASE)


def _phrases(text: int, value: str) -> Iterator[Phrase]:
    """The places of a prompt behind which, on the same or the next line, something stands."""
    lower = value.lower()
    if not any(sign in lower for sign in _SIGNS):
        return
    for match in _phrase().finditer(value):
        before = value[max(match.start() - 160, 0) : match.start()].rpartition("\n")[2]
        if _SOLID.search(value, match.end()) and not _SHOWS_FORM.search(before):
            yield Phrase(text, match.start(), match.end(), match["strong"] is not None)


def _as_text(value: Any) -> str | None:
    """What is looked for in the prompt: the answer itself, out of a worked solution."""
    from ftprep.text.references import final_answer

    if isinstance(value, str):
        answer = final_answer(value)
        return answer if 0 < len(answer) <= _LONGEST else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)
    return None


def _given_away(reference: str, phrases: list[Phrase], values: list[str]) -> Iterator[tuple[Phrase, tuple[int, int]]]:
    """The phrases that ``reference`` follows, with where it stands."""
    if not phrases:
        return
    from ftprep.text.references import number

    words = [re.escape(word) for word in reference.split()]
    pattern = re.compile(_QUOTES + "(" + r"\s+".join(words) + ")", re.IGNORECASE)
    bare = number(reference) is not None
    short = len(reference) <= 2
    plain = not any(map(str.isdigit, reference)) and len(words) < 3
    for place, phrase in enumerate(phrases):
        if (bare or short) and not phrase.strong:
            continue
        # Of several answers in a prompt, that of the task itself is the last; those of solved examples may be equal.
        if len(phrases) > 1 and place < len(phrases) - 1 and (plain or len(reference) < _FEW):
            continue
        value = values[phrase.text]
        match = pattern.match(value, phrase.end)
        if match is None or not _ends_here(value, match.end(1), bare):
            continue
        if value[phrase.start] == "#" and not _REST_OF_LINE.match(value, match.end(1)):
            continue
        if _GOES_ON.match(value, match.end(1)):
            continue
        yield phrase, match.span(1)


def _ends_here(value: str, end: int, bare: bool) -> bool:
    """Whether the reference that ends at ``end`` ends there in the prompt, too: "5" is not the answer "5.5"."""
    after = value[end : end + 2]
    if not after:
        return True
    if _WORD.match(after[0]) and _WORD.match(value[end - 1]):
        return False
    return not (bare and after[0] in ".,:/" and after[1:2].isdigit())


def _is_copy(reference: str, prompt: str) -> bool:
    reference = reference.strip()
    if len(reference) < _COPIED or len(reference) > len(prompt) * 2:
        return False
    folded, asked = " ".join(reference.split()), " ".join(prompt.split())
    if len(folded) < _COPIED or folded not in asked:
        return False
    rest = asked.replace(folded, " ", 1)
    if "?" in rest and len(asked) >= _PASSAGE * len(folded):
        return False
    return not (_OPTIONS.search(prompt) or _REPEATS.search(rest) or _DATA.search(reference))
