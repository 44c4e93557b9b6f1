"""Texts that a chat template was already applied to: ``{"text": "<|im_start|>user ..."}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftprep.formats.format import Match
from ftprep.formats.public.plain_text import PlainText
from ftprep.text.rendered import is_rendered


class PlainTextPrerendered(PlainText):
    """One string per row that holds whole turns with the control tokens of a chat template."""

    name = "plain-text-prerendered"
    title = "plain text with a chat template applied"
    rendered = True
    keys = frozenset({"text"})
    priority = 44.9  # before plain text, of which it is a case
    incomplete = frozenset({"plain-text"})
    example = {"text": "<|im_start|>user\nIs rye a grass?<|im_end|>\n<|im_start|>assistant\nYes.<|im_end|>\n"}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if self.is_plain(row) and is_rendered(row["text"]):
            return Match(0.9, "`text` holds the control tokens of a chat template")
        return None
