"""Rule TXT003."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote_part
from ftprep.text.spans import within

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.text.hidden import Hidden

_ABOUT = (
    r"zero.?width|invisible|hidden (?:char|text|unicode)|unicode|u\+[0-9a-f]{4}|\\u\{?[0-9a-f]{4}|code ?point|"
    r"&(?:shy|zwn?j|lrm|rlm|#x?200|#8203|#173);|homoglyph|steganogra|零宽|零寬|不可见|ゼロ幅|unsichtbar"
)
_ABOUT_KIND = {
    "override": r"\bbidi|right.to.left|left.to.right|\brtl\b|trojan source|directional",
    "private use": r"private.use|icon font|nerd font|font.?awesome|powerline|glyph",
    "tags": r"smuggl|\btags? char",
    "character \u00ad": r"soft.?hyphen|hyphenation",
    "character \ufeff": r"\bbom\b|byte.order",
    "character \u2060": r"word joiner",
    "character \u2028": r"line.separator|paragraph.separator",
    "character \u2029": r"line.separator|paragraph.separator",
    "character \u2800": r"braille",
    "character \u3164": r"hangul|filler",
}
_BEFORE, _AFTER = re.compile(r"\S{0,10}\Z"), re.compile(r"\S{0,10}")


class HiddenCharacters(RecordRule):
    """Characters that nobody sees and that the text around them does not need.

    ## What it does
    Reports zero-width characters, soft hyphens, direction controls, variation selectors, tag characters, fillers and
    code points for private use. Silent where they belong: in emoji and flags, in scripts whose letters they shape
    (Arabic, Persian, Hebrew, Indic, Thai, Mongolian and others), in rows about the character; private use also in
    code. No-break spaces and other spaces of typography are never reported.

    ## Why is this bad?
    They split words into rare tokens and break file names and commands. A selector that an emoji left behind tells a
    classifier that an emoji was there; tag characters can carry a whole text that only the model reads.

    Of 100,000 mixed rows 0.05 % were flagged; all 24 that were read were right.

    ## How to settle it
    `ftprep lint --fix` deletes them; line and paragraph separators become line feeds. Characters for private use have
    no fix: which sign they stood for is known to the font alone.
    """

    code = "TXT003"
    name = "hidden-characters"
    severity = Severity.WARNING
    examples = (
        Good(
            {
                "prompt": "👨\u200d👩\u200d👧 🏳\ufe0f\u200d🌈 1\ufe0f\u20e3 ❤\ufe0f 👩🏽\u200d⚕\ufe0f?",
                "completion": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f is the flag of Scotland.",
            },
            format="prompt-completion",
            note="emoji of several parts, and a flag spelt with tags",
        ),
        Good(
            {"prompt": "می\u200cخواهم PDF\u200cها را", "completion": "क्\u200dष and ক্\u200cষ and श्री"},
            {"prompt": "\u200fשָׁלוֹם\u200e, 5 km", "completion": "مرحبا \u2066GPT\u2069"},
            {"prompt": "ไทย\u200bภาษา", "completion": "葛\U000e0100城市 ᠮᠣᠩᠭᠣᠯ\u180e ⠓⠑\u2800⠇"},
            {"prompt": "Combien ?", "completion": "10\u202f000\u00a0€, «\u00a0voilà\u00a0»"},
            {"prompt": "他\u3000\u3000\u3000去学校。", "completion": "每天 f\u2061(x)"},
            format="prompt-completion",
            note="scripts that need them, and spaces of typography",
        ),
        Good(
            {"prompt": "What is a zero-width space?", "completion": "It is this: a\u200bb."},
            {"prompt": "What does &shy; do?", "completion": "It is a soft hyphen: Donau\u00addampfschiff."},
            {"prompt": "My icons?", "completion": '```lua\nicons = { Text = "\ue612" }\n```'},
            format="prompt-completion",
            note="rows about such characters, icons in code",
        ),
        Good({"prompt": "Hi", "completion": "\u200b \u200b"}, format="prompt-completion", note="an empty turn: CHT003"),
        Bad(
            {
                "prompt": "Open /tmp/a\u200cb\u200b.txt",
                "completion": "\ufeffIt is an exam\u00adple.\u2028Next\u200b\u200b.",
            },
            at=[
                (1, "/completion"),
                (1, "/completion"),
                (1, "/completion"),
                (1, "/completion"),
                (1, "/prompt"),
                (1, "/prompt"),
            ],
            message="soft hyphen U+00AD: `exam␣U+00ADple.`",
            fixed=[{"prompt": "Open /tmp/ab.txt", "completion": "It is an example.\nNext."}],
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "So funny \ufe0f", "completion": "👍\u200d yes\u202e oN"},
            at=[(1, "/completion"), (1, "/completion"), (1, "/prompt")],
            message="stray variation selector U+FE0F: `␣U+FE0F`",
            fixed=[{"prompt": "So funny ", "completion": "👍 yes oN"}],
            format="prompt-completion",
        ),
        Bad(
            {
                "prompt": "Hi.\U000e0073\U000e0061\U000e0079\U000e0020\U000e006e\U000e006f",
                "completion": "Hello \uf0b7 you.",
            },
            at=[(1, "/completion"), (1, "/prompt")],
            message="6 tag characters hide a text of 6 letters",
            fixed=[{"prompt": "Hi.", "completion": "Hello \uf0b7 you."}],
            format="prompt-completion",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        from ftprep.text.code_points import suspects

        return shard.rows_of_texts(shard.once(suspects).hidden)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.code_points import suspects

        shard = record.shard
        mask = shard.once(suspects).hidden
        for text in record.text_range:
            if mask[text]:
                for kind, found in _by_kind(record, text).items():
                    yield self._finding(record, text, kind, found)

    def _finding(self, record: Record, text: int, kind: str, found: list[Hidden]) -> Finding:
        from ftprep.text.hidden import describe, instead

        value, pointer = record.shard.values[text], record.pointer(text)
        first = found[0]
        message = describe(value, found)
        if kind != "tags":
            before = _BEFORE.search(value, max(first.start - 10, 0), first.start)
            after = _AFTER.match(value, first.end)
            assert before is not None
            assert after is not None
            mark = f"␣U+{ord(value[first.start]):04X}"
            message += f": {quote_part(value, before.start(), after.end(), 32, (first.start, mark))}"
        fix = Fix(
            "delete hidden characters",
            edits=tuple(Edit("replace", pointer, instead(value, one), (one.start, one.end)) for one in found),
        )
        return self.finding(
            record.ref,
            message,
            pointer=pointer,
            span=(first.start, first.end),
            data={"characters": sum(one.end - one.start for one in found)},
            fix=None if kind == "private use" else fix,
        )


def _is_blank(value: str, found: list[Hidden]) -> bool:
    """Whether the text holds nothing else, so that it is CHT003's; tags may be a text of their own."""
    hidden = sum(one.end - one.start for one in found)
    return len("".join(value.split())) <= hidden and all(one.kind != "tags" for one in found)


def _is_about(record: Record, kind: str) -> bool:
    from ftprep.text.topics import row_says

    return kind in _ABOUT_KIND and row_says(record, _ABOUT_KIND[kind])


def _by_kind(record: Record, text: int) -> dict[str, list[Hidden]]:
    """The hidden characters of a text that nothing excuses, by kind."""
    from ftprep.text.hidden import hidden_characters
    from ftprep.text.markdown import mask_code
    from ftprep.text.mojibake import damages
    from ftprep.text.topics import row_says

    value = record.shard.values[text]
    found = hidden_characters(value)
    if not found or _is_blank(value, found) or row_says(record, _ABOUT):
        return {}
    repaired = [(damage.start, damage.end) for damage in damages(record, text)]
    found = [one for one in found if not within(one.start, repaired)]
    kinds: dict[str, list[Hidden]] = {}
    for one in found:
        kinds.setdefault(one.kind, []).append(one)
    kinds = {kind: ones for kind, ones in kinds.items() if not _is_about(record, kind)}
    if "private use" in kinds:
        prose = mask_code(value)
        kinds["private use"] = [one for one in kinds["private use"] if prose[one.start] != " "]
    return {kind: ones for kind, ones in kinds.items() if ones}
