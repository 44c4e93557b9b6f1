"""Rule TXT004."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote_part

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.text.code_points import Flags
    from ftprep.text.markup import Residue

_FOLLOWING = b"/#" + string.ascii_letters.encode()  # what may come after the first character of a tag or an entity
_MAYBE = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,9}[\s/>]|&(?:#[0-9xX]|[A-Za-z][A-Za-z0-9]{1,31};)")


class HtmlResidue(RecordRule):
    """Entities and tags of HTML that were left over in prose.

    ## What it does
    Reports entities (`&amp;`, `&#39;`) and tags (`<br>`, `<span class="x">`) outside code in back-ticks and fences.
    Silent in rows that speak about HTML, XML or escaping, for tags also in rows about programs and web pages, in texts
    that are documents of tags, for `<br>` in cells of tables, and for the elements that Markdown allows (`<sup>`,
    `<kbd>`, `<details>`). Names that prompts use as delimiters (`<article>`, `<input>`) count with an attribute only.

    ## Why is this bad?
    The model learns to write `&quot;` and `<br />` where a reader expects a quotation mark and a new line.

    Of 100,000 mixed rows 0.59 % were flagged; all 36 that were read were right.

    ## How to settle it
    `ftprep lint --fix --unsafe-fixes` decodes entities once and turns tags into the line breaks that they meant. Better
    still, convert the source to text before making rows of it.
    """

    code = "TXT004"
    name = "html-residue"
    severity = Severity.WARNING
    examples = (
        Good(
            {"prompt": "Show me a list in HTML.", "completion": "<ul><li>milk &amp; bread</li></ul>"},
            {
                "prompt": "A React button, please.",
                "completion": 'Use <button onClick={go}>Go</button> in a <div id="a">.',
            },
            {"prompt": "How do I escape &lt; in XML?", "completion": "Write &amp;lt; for it."},
            {"prompt": "Copyright sign of a web page?", "completion": "It is &copy;."},
            format="prompt-completion",
            note="lessons about HTML",
        ),
        Good(
            {"prompt": "Compare.", "completion": "| a | b |\n|---|---|\n| one<br>two | three |"},
            {"prompt": "Types?", "completion": "Vec<String>, List<b> and Map<i, p>; press <Enter>; a < b > c."},
            {"prompt": "Who?", "completion": "AT&T; mail <ann@example.com>; open ?a=1&lt=2; run `cmd1 && cmd2`."},
            {"prompt": "E = mc<sup>2</sup>?", "completion": "Press <kbd>Ctrl</kbd>. `&amp;` stays.\n```\n<br>\n```"},
            {
                "prompt": "<article>\nIt rained.\n</article>\nSum up.",
                "completion": "<b> is the key, <a link to a painting>.",
            },
            {"prompt": "int *p = &num; is fine?", "completion": "<s>[INST] x [/INST]</s> <answer>Yes</answer>"},
            format="prompt-completion",
            note="tables, generics, keys, delimiters",
        ),
        Bad(
            {"prompt": "What did they sell?", "completion": "Fish &amp; chips, &quot;fresh&#39;n&#x27;hot&quot;."},
            at=[(1, "/completion")],
            message="5 entities of HTML, the first `&amp;`",
            fixed=[{"prompt": "What did they sell?", "completion": "Fish & chips, \"fresh'n'hot\"."}],
            format="prompt-completion",
        ),
        Bad(
            {
                "prompt": "Review?",
                "completion": "Two friends meet again in a small town.<br /><br />Go and <b>see</b> it while it runs.",
            },
            at=[(1, "/completion")],
            message="4 tags of HTML, the first `<br />`",
            fixed=[
                {
                    "prompt": "Review?",
                    "completion": "Two friends meet again in a small town.\n\nGo and see it while it runs.",
                }
            ],
            format="prompt-completion",
        ),
        Bad(
            {
                "prompt": "Hours?",
                "completion": 'Until six, but until eight on Sundays: <a href="x?a=1&amp;b">here</a>. 5 &lt; &rsquo;6.',
            },
            at=[(1, "/completion"), (1, "/completion")],
            message="2 tags of HTML, the first `<a href=",
            fixed=[{"prompt": "Hours?", "completion": "Until six, but until eight on Sundays: here. 5 < ’6."}],
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "<p>Is it open on the first day?</p><p>Thank you.</p>", "completion": "Yes,&nbsp;it is."},
            at=[(1, "/completion"), (1, "/prompt")],
            message="4 tags of HTML",
            fixed=[{"prompt": "Is it open on the first day?\n\nThank you.", "completion": "Yes,\u00a0it is."}],
            format="prompt-completion",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_of_texts(shard.once(_texts))

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.markup import is_document, residue, speaks_of_entities, speaks_of_tags

        shard = record.shard
        mask = shard.once(_texts)
        found = {text: residue(shard.values[text]) for text in record.text_range if mask[text]}
        if not any(one.entities or one.tags for one in found.values()):
            return
        if speaks_of_entities(record):
            return
        about_tags = speaks_of_tags(record)
        for text, markup in found.items():
            if markup.entities:
                yield self._finding(record, text, "entities", markup.entities)
            if markup.tags and not about_tags and not is_document(shard.values[text], markup):
                yield self._finding(record, text, "tags", markup.tags)

    def _finding(self, record: Record, text: int, kind: str, found: list[Residue]) -> Finding:
        pointer, first = record.pointer(text), found[0]
        shown = quote_part(record.shard.values[text], first.start, first.end)
        single = "entity" if kind == "entities" else "tag"
        message = (
            f"{single} of HTML {shown}" if len(found) == 1 else f"{len(found):,} {kind} of HTML, the first {shown}"
        )
        edits = tuple(Edit("replace", pointer, one.new, (one.start, one.end)) for one in found)
        return self.finding(
            record.ref,
            message,
            pointer=pointer,
            span=(first.start, first.end),
            data={kind: len(found)},
            fix=Fix("decode entities" if kind == "entities" else "take out tags", "unsafe", edits),
        )


def _texts(shard: Shard) -> Flags:
    """The texts with something that begins like a tag or an entity."""
    import numpy as np

    from ftprep.text.answers import is_prose

    mask = np.zeros(len(shard.values), dtype=np.bool_)
    data = np.frombuffer(shard.buffer, dtype=np.uint8)
    # Every text ends in a separator, so that a byte follows always.
    opening = np.flatnonzero((data == ord("<")) | (data == ord("&")))
    follows = np.zeros(256, dtype=np.bool_)
    follows[list(_FOLLOWING)] = True
    opening = opening[follows[data[opening + 1]]]
    mask[np.searchsorted(shard.starts, opening, "right") - 1] = True
    mask &= shard.once(is_prose)
    values, search = shard.values, _MAYBE.search
    found = [text for text in np.flatnonzero(mask).tolist() if search(values[text])]
    texts = np.zeros(len(values), dtype=np.bool_)
    texts[found] = True
    return texts
