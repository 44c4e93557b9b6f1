"""Rule TPL001."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, CalibratedRule, Good
from ftprep.text.answers import of_kinds
from ftprep.text.control_tokens import (
    ABOUT_WORDS,
    ANCHORS,
    SURE_WORDS,
    families_of_model,
    find_tokens,
    is_about_templates,
    titles,
    tokens_of,
)
from ftprep.text.dialogues import shown_twice
from ftprep.text.templates import MARKS, pre_rendered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ftprep.record import Record
    from ftprep.shard import Shard

_KINDS = (c.CONTENT, c.PART, c.REASONING, c.FIELD, c.ITEM, c.PAIR, c.VALUE)
_SHOWN = 3  # tokens of one text that get a finding each


def _row(prompt: str, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


class SpecialToken(CalibratedRule):
    """A control token of a chat template stands in a text.

    ## What it does
    Searches the texts of a row for the control tokens of some fifteen model families. Tokens that are HTML or prose
    as well (`<s>`, `[INST]`, `<pad>`) count only where they cannot be that. Silent for quoted tokens, for rows about
    templates, tokenizers or training, and for texts in which a whole template was rendered (TPL003). With a target,
    tokens of its models are errors, also such as are otherwise too common to judge; where they are quoted they are
    information. From 20 % of the rows on, one finding for the file.

    ## Why is this bad?
    The tokenizer reads the token as a command: a turn ends in the middle of a text, or another one begins. Answers
    that close with the end token teach the model to write it twice. Of 122,876 real rows in twenty files 19.5 % were
    flagged, all in one file whose answers end with the token; 20 of 20 that were read are right.

    ## How to settle it
    Cut the token; templates add theirs. Where a text must speak of it, quote it, and check that your trainer encodes
    it as plain text.
    """

    code = "TPL001"
    name = "special-token"
    severity = Severity.WARNING
    methods = frozenset({"sft", "preference", "kto", "rft", "prompt-only", "stepwise"})
    literals = ANCHORS
    beside: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "about": ABOUT_WORDS,
        "surely": SURE_WORDS,
        "rendered": MARKS,
    }
    examples = (
        Good(_row("What does `<|im_start|>` do?", "It opens a turn."), note="quoted"),
        Good(
            _row("How does ChatML mark turns?", "Each turn is <|im_start|>role, the text, and <|im_end|>."),
            note="a row about templates",
        ),
        Good(_row("Which key saves?", "Press <s> to save the file."), note="a key to press"),
        Good(_row("Mark up: 10, now 8", "<s>10</s> now 8"), note="struck out in HTML"),
        Good(_row("Fill in: the <mask> is blue.", "sky"), note="a gap to fill"),
        Good(_row("Sum a list in Elixir", "list |> Enum.sum()"), note="an operator"),
        Good(_row("How do I write [INST] in a letter?", "Write [INST] as it is."), note="one half says nothing"),
        Good({"text": "<|im_start|>user\nHi<|im_end|>"}, note="a text that is rendered already is its format"),
        Bad(
            _row("Name a river.", "The Nile.<|endoftext|>"),
            at=[(1, "/messages/1/content")],
            message="control token `<|endoftext|>` of ChatML and 2 other families",
        ),
        Bad(
            _row("[INST] Name a river. [/INST]", "The Nile.</s>"),
            at=[(1, "/messages/1/content")],
            note="the prompt is a rendered template, of which TPL003 speaks",
        ),
        Bad(
            _row("[INST] Name a river. [/INST]", "The Nile."),
            settings={"target": "mistral"},
            at=[(1, "/messages/0/content"), (1, "/messages/0/content")],
            note="tokens of the target are errors in any case",
        ),
        Bad(
            _row("Name a river.", "<start_of_turn>model\nThe Nile."),
            at=[(1, "/messages/1/content")],
            message="of Gemma 2 and 3",
        ),
        Bad(
            *[_row(f"Name river {number}.", "The Nile.<|im_end|>") for number in range(4)],
            at=[(0, "")],
            message="4 of 4 rows (100%)",
        ),
        Bad(
            _row("Name a river.", "The Nile. <|fim_suffix|>"),
            settings={"target": "openai"},
            at=[(1, "/messages/1/content")],
            note="a token of the target's own models",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int]:
        return shard.rows_of_texts(shard.once(_texts))

    def check(self, record: Record) -> Iterator[Finding]:
        restriction = None
        own: tuple[str, ...] = ()
        if self.target is not None:
            restriction = self.restriction("control-tokens", record.format.name)
            own = self._families(restriction.value if restriction is not None else ())
        mine = tokens_of(own) if own else own
        about: bool | None = None
        shard = record.shard
        hits = shard.once(_hits)
        learnt, values = hits.learnt, hits.values
        twice = shown_twice(record) if hits.in_pairs else ()
        ref = None
        for text in record.text_range:
            if text not in learnt:
                continue
            pointer = ""
            for token, start, quoted in islice(find_tokens(values[text], own, learnt[text]), _SHOWN):
                pointer = pointer or record.pointer(text)
                if twice and any(pointer.startswith(f"{turn}/") for turn in twice):
                    break
                if token not in mine and text in hits.rendered and text in pre_rendered(record):
                    continue
                excused = quoted
                if not excused:
                    if about is None:
                        about = record.index in hits.rows_about and _is_about(record)
                    excused = about
                if excused and token not in mine:
                    continue
                message, data = _says(token)
                span = (start, start + len(token))
                ref = ref or shard.ref(record.index)
                if restriction is None or token not in mine:
                    # Made without detours: there are files with such a token in every row.
                    yield Finding(self.code, ref, message, self.severity, pointer, span, (), None, data)
                    continue
                place: dict[str, Any] = {"pointer": pointer, "span": span, "data": data}
                if excused:
                    yield self.finding(ref, message, severity=Severity.INFO, **place)
                else:
                    yield self.refused(ref, restriction, message, {"token": token}, **place)

    def _families(self, own: Sequence[str]) -> tuple[str, ...]:
        """The families of the target's models: those of the named model, else those that all its models are of."""
        return families_of_model(self.settings.target_model) or tuple(own)

    def calibrate(self, candidates: Sequence[Finding], tally: Mapping[str, int]) -> Iterator[Finding]:
        by_severity: defaultdict[Severity, list[Finding]] = defaultdict(list)
        for one in candidates:
            by_severity[one.severity or self.severity].append(one)
        for severity, alike in by_severity.items():
            rows = len({one.ref for one in alike})
            if rows < 2 or rows < self.grouped_share * tally["rows"]:
                yield from alike
            else:
                data = {**alike[0].data, "rows": rows, "judged": tally["rows"]}
                yield self.group(alike, rows, tally["rows"], severity=severity, data=data)


@functools.cache
def _says(token: str) -> tuple[str, Mapping[str, Any]]:
    return f"control token `{token}` of {titles(token)}", {"token": token}


def _texts(shard: Shard) -> NDArray[np.int64]:
    """The texts that a template puts between its tokens, and that may hold such a token."""
    texts = shard.literal_hits[SpecialToken.code]
    if shard.format is None or shard.format.rendered:
        return texts[:0]
    codes = shard.codes[texts]
    found: NDArray[np.int64] = texts[of_kinds(codes, _KINDS) & (codes & c.SIDE_MASK != c.REFERENCE)]
    return found


class _Hits(NamedTuple):
    """Numbers of texts that may hold a token, each with whether the model learns it; of those that may be rendered
    templates; of those, and of the rows, that may be about templates, and of those that surely are. ``in_pairs`` says
    that rows have two sides."""

    values: list[str]
    in_pairs: bool
    learnt: dict[int, bool]
    rendered: frozenset[int]
    about: frozenset[int]
    surely: frozenset[int]
    rows_about: frozenset[int]


def _hits(shard: Shard) -> _Hits:
    texts = shard.once(_texts)
    learnt = shard.codes[texts] & c.TRAINED != 0
    names = ("rendered", "about", "surely")
    rendered, about, surely = (shard.literal_hits[f"{SpecialToken.code} {name}"] for name in names)
    return _Hits(
        shard.values,
        shard.format is not None and shard.format.method == "preference",
        dict(zip(texts.tolist(), learnt.tolist(), strict=True)),
        frozenset(rendered.tolist()),
        frozenset(about.tolist()),
        frozenset(surely.tolist()),
        frozenset(shard.rows_of_texts(about)),
    )


def _is_about(record: Record) -> bool:
    hits = record.shard.once(_hits)
    for text in record.text_range:
        if text in hits.about:
            value = hits.values[text]
            # A letter beyond ASCII may become one of ASCII in lower case, which the search for words does not know.
            if text in hits.surely or is_about_templates(value, without_sure=value.isascii()):
                return True
    return False
