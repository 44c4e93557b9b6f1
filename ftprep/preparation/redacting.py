"""Redaction while preparing: what is asked for, and what of the rows that are left out is written."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftprep.errors import UsageError
from ftprep.fixing.redact import FAMILIES
from ftprep.privacy.redaction_names import Manner
from ftprep.rules import all_rules
from ftprep.selection import canonical
from ftprep.text.snippet import broken, mask, quote

if TYPE_CHECKING:
    from ftprep.config_asked import Asked
    from ftprep.selection import Selection
    from ftprep.settings import Settings


@dataclass(frozen=True, slots=True)
class Redaction:
    """How the values that ``rules`` find are replaced, and where the map goes that leads back, if anywhere."""

    manner: Manner
    rules: tuple[str, ...]
    map_path: str | None = None

    def check_map(self, folder: Path) -> None:
        """Raise ``UsageError`` for a map in the folder that is written: that is given away, the map is not."""
        if self.map_path is not None and Path(self.map_path).resolve().is_relative_to(folder.resolve()):
            raise UsageError(f"the map {quote(self.map_path, 200)} would stand in the folder that is given away")

    def running(self, selection: Selection, settings: Settings) -> tuple[str, ...]:
        """Those of the rules that can run, and that nobody wants to be ignored."""
        ignored, known = self.ignored(selection), all_rules()
        return tuple(
            code for code in self.rules if not code.startswith(ignored) and known[code].unavailable(settings) is None
        )

    @staticmethod
    def ignored(selection: Selection) -> tuple[str, ...]:
        """Prefixes of rules that somebody wants to be ignored."""
        return tuple(canonical(word) for word in selection.ignore)


@functools.cache
def redacting_rules() -> tuple[str, ...]:
    """The codes of the rules whose fixes take values out."""
    return tuple(
        code
        for code, rule in all_rules().items()
        if code.startswith(FAMILIES)
        and (rule.scope == "record" or any(getattr(one, "fixed", None) for one in rule.examples))
    )


def wanted_redaction(
    asked: Mapping[str, Asked],
    seed: str = "",
    map_path: str | os.PathLike[str] | None = None,
    mention: Callable[[str], str] = "--{}".format,
) -> Redaction | None:
    """What is asked for; None where neither a style is named nor a rule that replaces values is among the fixed.

    Raises ``UsageError`` for words about how values are replaced where none is.
    """
    style, scope = asked["redact"], asked["redact-scope"]
    named = tuple(canonical(word) for word in asked["fix"].value)
    rules = tuple(code for code in redacting_rules() if style.value is not None or code.startswith(named or ("-",)))
    if not rules:
        idle = [place for place, given in ((mention("redact-map"), map_path), (mention("redact-seed"), seed)) if given]
        if scope.layer and scope.layer >= max(style.layer, asked["fix"].layer):
            idle.append(scope.place)
        if idle:
            raise UsageError(
                f"{idle[0]} is about values that are replaced, and none is: say {style.place}, "
                f"or name rules of PII, SEC or IDS by {asked['fix'].place}"
            )
        return None
    manner = Manner(style.value or "placeholder", scope.value, seed)
    return Redaction(manner, rules, None if map_path is None else os.fspath(map_path))


def described(redaction: Redaction | None) -> Any:
    """The style and the scope for a manifest, and the rules; the seed is a secret."""
    if redaction is None:
        return None
    return {"style": redaction.manner.style, "scope": redaction.manner.scope, "rules": list(redaction.rules)}


def masked_line(raw: bytes) -> bytes | None:
    """A row that is left out with every value masked that is still in it; None where nobody can say what it holds.

    Redaction reaches what rules read. A row that is no JSON, or that has errors, may hold more.
    """
    if b"\0" in raw:  # text of two bytes a character, in which no search finds anything
        return None
    text = raw.decode("utf-8", "surrogateescape")
    return mask(text, always=True, cut=broken(raw)).encode("utf-8", "surrogateescape")
