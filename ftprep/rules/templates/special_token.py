"""Rule TPL001."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, CalibratedRule, Good
from ftprep.text.control_tokens import (
    ANCHORS,
    families,
    families_of_model,
    find_tokens,
    is_about_templates,
    maybe_about_templates,
    titles,
)
from ftprep.text.dialogues import shown_twice
from ftprep.text.templates import may_be_rendered, pre_rendered

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard

_KINDS = frozenset((c.CONTENT, c.PART, c.REASONING, c.FIELD, c.ITEM, c.PAIR, c.VALUE))
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

    def check(self, record: Record) -> Iterator[Finding]:
        if record.format.rendered:
            return
        shard = record.shard
        restriction = self.restriction("control-tokens", record.format.name) if self.target is not None else None
        own = self._families(restriction.value if restriction is not None else ())
        mine = {token for name in own for token in families()[name].tokens}
        about: bool | None = None
        twice = shown_twice(record) if record.format.method == "preference" else ()
        hits = shard.once(_hits)
        for text in record.text_range:
            if text not in hits:
                continue
            code = int(shard.codes[text])
            if code & c.KIND_MASK not in _KINDS or code & c.SIDE_MASK == c.REFERENCE:
                continue
            pointer = record.pointer(text)
            if twice and any(pointer.startswith(f"{turn}/") for turn in twice):
                continue
            found = find_tokens(shard.values[text], own, bool(code & c.TRAINED))
            for number, (token, start, quoted) in enumerate(found):
                if number == _SHOWN:
                    break
                if token not in mine and may_be_rendered(shard.values[text]) and text in pre_rendered(record):
                    continue
                excused = quoted
                if not excused:
                    about = record.once(_is_about) if about is None else about
                    excused = about
                if excused and token not in mine:
                    continue
                message = f"control token `{token}` of {titles(token)}"
                place: dict[str, Any] = {"pointer": pointer, "span": (start, start + len(token))}
                data = {"token": token}
                if restriction is None or token not in mine:
                    yield self.finding(record.ref, message, data=data, **place)
                elif excused:
                    yield self.finding(record.ref, message, severity=Severity.INFO, data=data, **place)
                else:
                    yield self.refused(record.ref, restriction, message, {"token": token}, data=data, **place)

    def _families(self, own: Sequence[str]) -> tuple[str, ...]:
        """The families of the target's models: those of the named model, else those that all its models are of."""
        of_model = families_of_model(self.settings.target_model) if self.target is not None else ()
        return of_model or tuple(own)

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


def _hits(shard: Shard) -> frozenset[int]:
    return frozenset(shard.literal_hits[SpecialToken.code].tolist())


def _is_about(record: Record) -> bool:
    shard = record.shard
    maybe = shard.once(_maybe_about)
    return any(text in maybe and is_about_templates(shard.values[text]) for text in record.text_range)


def _maybe_about(shard: Shard) -> frozenset[int]:
    """Of the texts of rows that hold a token, those with a word that a row about templates has."""
    import numpy as np

    rows = np.zeros(len(shard), dtype=np.bool_)
    rows[shard.owners[shard.literal_hits[SpecialToken.code]]] = True
    texts = np.flatnonzero(rows[shard.owners])
    return frozenset(texts[maybe_about_templates([shard.encoded[text] for text in texts.tolist()])].tolist())
