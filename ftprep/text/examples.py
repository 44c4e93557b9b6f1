"""Examples inside a text: where another exercise with its input and output begins."""

from __future__ import annotations

import functools
import re

from ftprep.text.spans import Span

_WITHIN = 600  # characters after the heading in which its input or output must begin
_NEEDED = ("nstruction", "NSTRUCTION", "指令", "指示", "说明")


def next_example(text: str, least: int = 2) -> Span | None:
    """Where a further example begins: a heading with the number ``least`` or more, and its input or output after it."""
    if not any(word in text for word in _NEEDED):
        return None
    heading, continued = _patterns()
    for match in heading.finditer(text):
        if int(match["number"]) < least:
            continue
        for part in continued.finditer(text, match.end(), match.end() + _WITHIN):
            if part["number"] is None or part["number"] == match["number"]:
                return match.start("number"), match.end()
    return None


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    start, number = r"^[ \t*#]{0,10}", r"(?P<number>\d{1,4})\s{0,3}[.)、．:：]\s{0,3}"
    mark = r"\**\s{0,3}[:：]"
    return (
        re.compile(rf"{start}{number}\**(?:[Ii]nstruction|INSTRUCTION|指令|指示|说明){mark}", re.MULTILINE),
        re.compile(
            rf"{start}(?:{number})?\**(?:[Ii]nput|INPUT|[Oo]utput|OUTPUT|输入|输出|入力|出力){mark}", re.MULTILINE
        ),
    )
