"""Which rows a rule is shown, by what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.record import State
from ftprep.rule import Needs

if TYPE_CHECKING:
    from ftprep.rule import Rule

STATES_SEEN = {Needs.RAW: State.BLANK, Needs.PARSED: State.FAULTY, Needs.VALID: State.SOUND}
"""The worst state of a row that a rule of each need is shown."""


def has_seen(rule: type[Rule] | Rule, state: int) -> bool:
    """Whether a row in ``state`` is one that the rule looks at."""
    return state <= STATES_SEEN[rule.needs]
