"""An excerpt cut to a width, with carets under what it is about."""

from __future__ import annotations

from ftprep.output.cells import cells, cut, cut_front
from ftprep.output.style import Style
from ftprep.text.excerpt import Excerpt

_LEAST_BEFORE = 8  # cells of context that even a value too long for the line has in front


def excerpt_lines(excerpt: Excerpt, width: int, style: Style) -> tuple[str, str]:
    """Return the text and the line of carets, each at most ``width`` cells; at least one caret is shown."""
    before = style.plain(excerpt.text[: excerpt.mark_start])
    value = style.plain(excerpt.text[excerpt.mark_start : excerpt.mark_end])
    after = style.plain(excerpt.text[excerpt.mark_end :])
    if cells(before) + cells(value) + cells(after) > width:
        spare = width - cells(value)
        room = max(spare // 2, spare - cells(after), min(_LEAST_BEFORE, width // 4))
        before = cut_front(before, room, style.ellipsis)
        value = cut(value, width - cells(before), style.ellipsis)
        after = cut(after, width - cells(before) - cells(value), style.ellipsis)
    indent = min(cells(before), width - 1)
    return before + value + after, " " * indent + "^" * max(cells(value), 1)
