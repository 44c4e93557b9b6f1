"""What ``--to`` means: a format, or the format of a target that suits the rows; and what cannot be."""

from __future__ import annotations

from typing import NamedTuple

from ftprep.conversion.dialect import Dialect, dialect_for, speaks_system
from ftprep.conversion.methods import ANSWERED, can_adapt
from ftprep.conversion.shapes import all_shapes, writable
from ftprep.errors import UsageError, did_you_mean
from ftprep.formats.format import all_formats
from ftprep.targets.target import Target, all_targets
from ftprep.text.snippet import quote

# Of several formats that a target reads, the first of these is written: those that hold most.
_BEST = (
    "claude-bedrock", "openai-chat", "bedrock-converse", "gemini-sft", "sharegpt", "trl-prompt-completion-conv",
    "openai-preference", "nova-dpo", "gemini-preference", "trl-preference-conv", "axolotl-chat-template-dpo",
    "llamafactory-preference-sharegpt",
    "trl-kto-conv", "llamafactory-kto-sharegpt", "axolotl-kto-argilla",
    "openai-rft", "nova-rft", "gemini-rft", "trl-prompt-only-conv", "rlvr-generic", "bedrock-distillation",
    "mistral-classifier", "plain-text", "trl-stepwise", "prompt-completion", "alpaca",
)  # fmt: skip
_ALIKE: dict[str, tuple[str, ...]] = {"rft": ("rft", "prompt-only"), "prompt-only": ("prompt-only", "rft")}
_ROWS = {
    "sft": "conversations to learn from",
    "preference": "preferences",
    "kto": "judged answers (KTO)",
    "rft": "tasks for a grader",
    "prompt-only": "prompts",
    "stepwise": "judged steps",
    "language-modeling": "plain texts",
    "label": "labelled texts",
}

_KEEPS = {
    ("preference", "sft"): ", which keeps the chosen answers alone",
    ("kto", "sft"): ", which keeps the wanted answers alone",
}


class Goal(NamedTuple):
    """What is written: for a target, or in a format, or both."""

    word: str
    target: Target | None = None
    format: str | None = None
    model: str | None = None

    def dialect(self, format: str) -> Dialect:
        """How ``format`` is written for it."""
        return dialect_for(self.target.name if self.target else "", format, self.model)


def goal_named(word: str, model: str | None = None) -> Goal:
    """The target or the format called ``word``; raises ``UsageError`` with the nearest name."""
    key = word.strip().lower().replace("_", "-")
    targets = all_targets()
    aliases = {alias: one for one in targets.values() for alias in one.aliases}
    target = targets.get(key) or aliases.get(key)
    if target is not None:
        return Goal(target.name, target, None, model)
    if key not in all_formats():
        near = did_you_mean(key, [*targets, *aliases, *all_formats()])
        lists = " (`ftprep targets` and `ftprep formats` list them)"
        raise UsageError(f"{quote(word)} is neither a target nor a format{near or lists}")
    shape = all_shapes()[key]
    if shape.write is None:
        nearest = _nearest_format(shape.method)
        raise UsageError(f"`{key}` cannot be written: {shape.why}{f'; nearest: `--to {nearest}`' if nearest else ''}")
    return Goal(key, None, key, model)


def format_for(goal: Goal, source: str) -> str:
    """The format in which rows of ``source`` are written for ``goal``; raises ``UsageError`` where none can be."""
    shape = all_shapes()[source]
    if shape.read is None:
        raise UsageError(f"rows of {source} cannot be converted: {shape.why}")
    if goal.format is not None:
        wanted = all_shapes()[goal.format]
        if not can_adapt(source, shape.method, wanted.method):
            nearest = _nearest_format(shape.method)
            held, asked = _ROWS[shape.method], _ROWS[wanted.method]
            raise UsageError(f"{source} holds {held}, and {goal.format} {asked}; nearest: `--to {nearest}`")
        return goal.format
    assert goal.target is not None
    reads = [one for one in goal.target.reads(goal.target.model(goal.model)) if all_shapes()[one].write is not None]
    reads = [one for one in reads if one not in goal.target.unwritten]
    if source in reads and speaks_system(goal.target, source):
        return source
    alike = _ALIKE.get(shape.method, (shape.method,))
    answered = shape.method == "label" or source in ANSWERED
    for methods in (alike, ("sft",) if answered else ()):
        fit = [one for one in reads if all_shapes()[one].method in methods]
        if fit:
            return min(fit, key=lambda one: (_rank(one), reads.index(one)))
    raise UsageError(_refusal(goal.target, source, reads))


def _refusal(target: Target, source: str, reads: list[str]) -> str:
    """One sentence about rows that a target is not trained with."""
    method = all_shapes()[source].method
    near = [one for one in reads if can_adapt(source, method, all_shapes()[one].method) and one not in all_targets()]
    if near:
        nearest = min(near, key=_rank)
        what = f"nearest: `--to {nearest}`{_KEEPS.get((method, all_shapes()[nearest].method), '')}"
    else:
        others = [
            name
            for name, one in all_targets().items()
            if any(all_shapes()[read].method == method and all_shapes()[read].write for read in one.formats)
        ]
        what = f"targets that are: {', '.join(others) or 'none'}"
    return f"{target.name} is not trained with {_ROWS[method]} ({source}); {what}"


def _nearest_format(method: str) -> str:
    """The first format for ``method`` that can be written."""
    shapes = all_shapes()
    return next((one for one in sorted(writable(), key=_rank) if shapes[one].method == method), "")


def _rank(name: str) -> int:
    return _BEST.index(name) if name in _BEST else len(_BEST)
