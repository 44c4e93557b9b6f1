"""Rule TXT001."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote
from ftprep.text.spans import within

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard

_LOST = re.compile("\ufffd+")


class Mojibake(RecordRule):
    """Text that was decoded with the wrong encoding, like `cafÃ©` for `café`.

    ## What it does
    Judges each line by itself with ftfy, and reports the texts of which it can take a line back; the repair is the
    proof. Single characters of Windows-1252 that stand as control characters count as well. Texts with the
    replacement character U+FFFD are reported too, but what it stands for is lost. Silent in rows about encodings that
    show such text as an example.

    ## Why is this bad?
    The model learns to read and to write damaged words, which split into many rare tokens.

    Of 100,000 mixed rows 0.33 % were flagged; all 24 that were read were right.

    ## How to settle it
    `ftprep lint --fix` takes the damage back. A replacement character needs the source: it stands where a character
    of several bytes was cut, or where the decoder did not know the byte.
    """

    code = "TXT001"
    name = "mojibake"
    severity = Severity.WARNING
    examples = (
        Good(
            {"prompt": "Où est le café ?", "completion": "À côté de l’école, n° 5, « chez André »."},
            {"prompt": "Cà phê ở đâu?", "completion": "Ở Hà Nội, đường Nguyễn Huệ. Příliš žluťoučký kůň."},
            {"prompt": "São João? A MANHÃ", "completion": "NÃO É AMANHÃ. Ã is a letter, and so is Â."},
            {"prompt": "İstanbul'da hava nasıl?", "completion": "Güneşli, 25 °C. 東京は晴れ。"},
            format="prompt-completion",
            note="accents of all kinds",
        ),
        Good(
            {
                "prompt": 'Why does my page show "cafÃ©" instead of "café"?',
                "completion": "The bytes are UTF-8 and the browser decodes them as Latin-1, which gives `Ã©` for `é`.",
            },
            {
                "prompt": "Why does the printer write cafÃ© instead of café?",
                "completion": "It reads UTF-8 as Latin-1.",
            },
            {"prompt": "What is mojibake?", "completion": "Garbled text such as Ã¤ for ä, or � for a lost byte."},
            format="prompt-completion",
            note="rows about encodings",
        ),
        Bad(
            {"prompt": "Where is the cafÃ©?", "completion": "In the RÃ©publique street.\nAsk for â€œZoÃ«â€\x9d."},
            at=[(1, "/completion"), (1, "/prompt")],
            message="UTF-8 read as Latin-1",
            fixed=[{"prompt": "Where is the café?", "completion": "In the République street.\nAsk for “Zoë”."}],
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "Can I?", "completion": "You can\x92t."},
            at=[(1, "/completion")],
            message="Windows-1252 read as Latin-1",
            fixed=[{"prompt": "Can I?", "completion": "You can’t."}],
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "Who is it?", "completion": "It is Ren\ufffd, as \ufffd\ufffd\ufffd said."},
            at=[(1, "/completion")],
            message="replacement character in 2 places: text was lost",
            format="prompt-completion",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        from ftprep.text.code_points import suspects

        return shard.rows_of_texts(shard.once(suspects).misread)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.code_points import suspects
        from ftprep.text.mojibake import about_encodings, damages, repaired_word, word_around

        mask = record.shard.once(suspects).misread
        for text in record.text_range:
            if not mask[text]:
                continue
            value, pointer, found = record.shard.values[text], record.pointer(text), damages(record, text)
            if found:
                first = found[0]
                start, end = word_around(value, first.start)
                word = repaired_word(value, found, first)
                lines = len({one.line for one in found})
                where = "" if lines == 1 else f" in {lines:,} lines"
                yield self.finding(
                    record.ref,
                    f"{first.how}{where}: {quote(value[start:end].strip('.,;:!?()'), 20)} for {quote(word, 20)}",
                    pointer=pointer,
                    span=(first.start, first.end),
                    data={"lines": lines},
                    fix=Fix(
                        "decode again",
                        edits=tuple(Edit("replace", pointer, one.repaired, (one.start, one.end)) for one in found),
                    ),
                )
            repaired = [one.line for one in found]
            lost = [match.span() for match in _LOST.finditer(value) if not within(match.start(), repaired)]
            if lost and not about_encodings(record):
                where = "" if len(lost) == 1 else f" in {len(lost):,} places"
                yield self.finding(
                    record.ref, f"replacement character{where}: text was lost", pointer=pointer, span=lost[0]
                )
