"""Preferences and judged answers as lists of messages: TRL, OpenAI, Fireworks, NeMo-RL, Axolotl, UltraFeedback."""

from __future__ import annotations

from typing import Any

from ftprep.conversion.calls import link, read_tools
from ftprep.conversion.chat import add_tools, place_images
from ftprep.conversion.conversation import (
    CannotConvert,
    Example,
    Message,
    Notes,
    Row,
    completion_start,
    is_trained,
    text_message,
)
from ftprep.conversion.dialect import Dialect
from ftprep.conversion.messages import read_messages, write_messages
from ftprep.conversion.shape import Shape, add_columns, columns_of
from ftprep.formats.llamafactory.kto_sharegpt import is_wanted
from ftprep.formats.trl.preference_implicit_conv import shared_turns

_TOOL_KEYS = ("tools", "functions")
_IMAGES = "images"


def _masked(prompt: list[Message]) -> list[Message]:
    """The turns of a prompt, none of which is learnt."""
    for message in prompt:
        if message.role == "assistant":
            message.trained = False
    return prompt


def _unmasked(messages: list[Message], notes: Notes | None = None) -> list[Message]:
    """Turns whose place says whether they are learnt, without flags of their own, which are counted with ``notes``."""
    for message in messages:
        if message.trained is False and notes is not None:
            notes.lose("a training flag, which has no meaning there", "message")
        message.trained = None
    return messages


# --- prompt and completion --------------------------------------------------------------------------------------------


def read_prompt_completion(row: Row, notes: Notes) -> Example:
    """A prompt and a completion, of which the completion alone is learnt."""
    prompt, completion = read_messages(row["prompt"], notes), read_messages(row["completion"], notes)
    place_images([*prompt, *completion], row.get(_IMAGES))
    columns = columns_of(row, "prompt", "completion", _IMAGES, *_TOOL_KEYS)
    messages = [*_masked(prompt), *completion]
    return Example("sft", messages, tools=read_tools(row), columns=columns, cut=len(prompt))


def write_prompt_completion(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """The turns behind the last one of the user are the completion; earlier answers are not learnt."""
    return _write_split(example, dialect, notes, trained=True)


def _write_split(example: Example, dialect: Dialect, notes: Notes, trained: bool) -> Row:
    link(example, dialect, notes)
    start = completion_start(example.messages, example.cut)
    prompt, completion = example.messages[:start], example.messages[start:]
    if not completion or not prompt:
        missing = "prompt" if completion else "answer of the assistant at its end"
        raise CannotConvert(f"{dialect.format} needs a prompt and a completion, and this row has no {missing}")
    if trained:
        learnt = sum(map(is_trained, prompt))
        if learnt:
            notes.lose("the training of an earlier answer", "message", learnt)
        masked = sum(one.role == "assistant" and one.trained is False for one in completion)
        if masked:
            notes.lose("the exclusion from training", "message", masked)
    files: list[Any] = []
    _unmasked(example.messages)
    row: Row = {
        "prompt": write_messages(prompt, dialect, notes, files),
        "completion": write_messages(completion, dialect, notes, files),
    }
    if files:
        row[_IMAGES] = files
    add_tools(row, example, dialect, notes)
    return add_columns(row, example, None, dialect, notes)


def read_kto(row: Row, notes: Notes) -> Example:
    """A prompt, a completion and whether it is wanted."""
    flagged = read_messages([*row["prompt"], *row["completion"]], Notes())
    _unmasked(flagged, notes)
    example = read_prompt_completion(row, notes)
    example.columns.pop("label", None)
    example.method, example.label = "kto", bool(row["label"])
    _unmasked(example.messages)
    return example


def write_kto(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A prompt, a completion and whether it is wanted."""
    row = _write_split(example, dialect, notes, trained=False)
    row["label"] = bool(example.label)
    return row


def read_kto_messages(row: Row, notes: Notes) -> Example:
    """A conversation whose last turn is judged."""
    messages = read_messages(row["messages"], notes)
    if row.get("system"):
        messages.insert(0, text_message("system", row["system"]))
    place_images(_unmasked(messages, notes), row.get(_IMAGES))
    columns = columns_of(row, "messages", "label", "kto_tag", "system", _IMAGES, *_TOOL_KEYS)
    cut = len(messages) - 1
    return Example("kto", messages, label=is_wanted(row), tools=read_tools(row), columns=columns, cut=cut)


def write_kto_messages(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A conversation and the judgement of its last turn."""
    link(example, dialect, notes)
    if example.cut is not None and len(example.messages) - example.cut > 1:
        raise CannotConvert(f"{dialect.format} judges the last turn alone, and this row more than one")
    files: list[Any] = []
    row: Row = {"messages": write_messages(example.messages, dialect, notes, files), "label": bool(example.label)}
    if files:
        row[_IMAGES] = files
    add_tools(row, example, dialect, notes)
    return add_columns(row, example, None, dialect, notes)


# --- preferences ------------------------------------------------------------------------------------------------------


def _preference(prompt: Any, chosen: Any, rejected: Any, row: Row, own: tuple[str, ...], notes: Notes) -> Example:
    asked, best, other = (_unmasked(read_messages(one, notes), notes) for one in (prompt, chosen, rejected))
    place_images([*asked, *best, *other], row.get(_IMAGES))
    columns = columns_of(row, *own, _IMAGES, *_TOOL_KEYS)
    return Example("preference", asked, best, other, tools=read_tools(row), columns=columns)


def _whole(chosen: list[Row], rejected: list[Row], row: Row, own: tuple[str, ...], notes: Notes) -> Example:
    """Two whole conversations: the turns that both begin with are the prompt."""
    shared = shared_turns(chosen, rejected)
    return _preference(chosen[:shared], chosen[shared:], rejected[shared:], row, own, notes)


def read_explicit(row: Row, notes: Notes) -> Example:
    """A prompt and two answers."""
    own = ("prompt", "chosen", "rejected")
    return _preference(row["prompt"], row["chosen"], row["rejected"], row, own, notes)


def read_implicit(row: Row, notes: Notes) -> Example:
    """Two conversations."""
    return _whole(row["chosen"], row["rejected"], row, ("chosen", "rejected"), notes)


def read_ultrafeedback(row: Row, notes: Notes) -> Example:
    """Two conversations that begin with the prompt; one that does not, answers it."""
    chosen, rejected = row["chosen"], row["rejected"]
    asked = {"role": "user", "content": row["prompt"]}
    if not any(one.get("role") == "user" for one in chosen):
        chosen, rejected = [asked, *chosen], [asked, *rejected]
    return _whole(chosen, rejected, row, ("prompt", "chosen", "rejected", "messages"), notes)


def read_openai(row: Row, notes: Notes) -> Example:
    """OpenAI's object of messages and tools, and two outputs, under their names of today or of 2025."""
    kind = "output" if "preferred_output" in row else "completion"
    own = ("input", f"preferred_{kind}", f"non_preferred_{kind}")
    prompt = row["input"]
    example = _preference(prompt["messages"], row[own[1]], row[own[2]], row, own, notes)
    example.tools = read_tools(prompt)
    example.columns.update(columns_of(prompt, "messages", *_TOOL_KEYS))
    return example


def read_fireworks_sides(row: Row, notes: Notes) -> Example:
    """Two objects with messages."""
    chosen, rejected = row["chosen"], row["rejected"]
    example = _whole(chosen["messages"], rejected["messages"], row, ("chosen", "rejected"), notes)
    example.tools = read_tools(chosen)
    return example


def read_fireworks_samples(row: Row, notes: Notes) -> Example:
    """Two conversations with scores."""
    samples = row["samples"]
    scores = [one["score"] if one.get("score") is not None else one["evals"]["score"] for one in samples]
    best, other = (0, 1) if scores[0] > scores[1] else (1, 0)
    if {scores[best], scores[other]} != {1, 0}:
        notes.lose("the scores beyond which is higher")
    example = _whole(samples[best]["messages"], samples[other]["messages"], row, ("samples",), notes)
    example.tools = read_tools(samples[best])
    return example


def read_nemo(row: Row, notes: Notes) -> Example:
    """A context and two completions with ranks, the lower of which is preferred."""
    answers = sorted(row["completions"], key=lambda one: one["rank"])
    if answers[0]["rank"] == answers[1]["rank"]:
        raise CannotConvert("both completions have one rank, so that none is preferred")
    own = ("context", "completions")
    return _preference(row["context"], answers[0]["completion"], answers[1]["completion"], row, own, notes)


def read_axolotl(row: Row, notes: Notes) -> Example:
    """Messages and two messages that may follow."""
    own = ("messages", "chosen", "rejected")
    return _preference(row["messages"], [row["chosen"]], [row["rejected"]], row, own, notes)


def _sides(example: Example, dialect: Dialect, notes: Notes) -> tuple[list[Row], list[Row], list[Row]]:
    link(example, dialect, notes)
    turns = (*example.messages, *example.chosen, *example.rejected)
    if dialect.target and any(part.kind == "image" for turn in turns for part in turn.parts):
        raise CannotConvert(f"{dialect.who} takes preferences of text alone, and this row has an image")
    prompt, chosen, rejected = (
        write_messages(_unmasked(one), dialect, notes) for one in (example.messages, example.chosen, example.rejected)
    )
    if dialect.one_answer and (len(chosen) != 1 or len(rejected) != 1):
        most = max(len(chosen), len(rejected))
        raise CannotConvert(f"{dialect.who} takes one message per side, and this row has {most}")
    if not chosen or not rejected:
        raise CannotConvert("a side without a message")
    return prompt, chosen, rejected


def _continued(example: Example, dialect: Dialect, notes: Notes) -> tuple[list[Row], list[Row]]:
    """Two conversations, in which the end of the prompt is where they begin to differ."""
    prompt, chosen, rejected = _sides(example, dialect, notes)
    first, second = [*prompt, *chosen], [*prompt, *rejected]
    if shared_turns(first, second) != len(prompt):
        notes.lose("the border between prompt and answers")
    return first, second


def write_explicit(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A prompt and two answers."""
    prompt, chosen, rejected = _sides(example, dialect, notes)
    if not prompt:
        raise CannotConvert(f"{dialect.format} needs a prompt, and this row has none")
    row: Row = {"prompt": prompt, "chosen": chosen, "rejected": rejected}
    add_tools(row, example, dialect, notes)
    return add_columns(row, example, None, dialect, notes)


def write_implicit(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Two conversations that begin alike."""
    chosen, rejected = _continued(example, dialect, notes)
    row: Row = {"chosen": chosen, "rejected": rejected}
    add_tools(row, example, dialect, notes)
    return add_columns(row, example, None, dialect, notes)


def write_ultrafeedback(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Two conversations, and the first question of the user apart."""
    row = write_implicit(example, dialect, notes)
    asked = next((one for one in example.messages if one.role == "user"), None)
    if asked is None or not asked.is_text:
        raise CannotConvert(f"{dialect.format} needs a question of the user as text")
    return {"prompt": "\n".join(part.text for part in asked.parts), **row}


def write_openai(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """OpenAI's object of messages and tools, and two outputs."""
    prompt, chosen, rejected = _sides(example, dialect, notes)
    if not prompt:
        raise CannotConvert(f"{dialect.format} needs a prompt, and this row has none")
    asked: Row = {"messages": prompt}
    add_tools(asked, example, dialect, notes)
    if "parallel_tool_calls" in example.columns:
        asked["parallel_tool_calls"] = example.columns.pop("parallel_tool_calls")
    row: Row = {"input": asked, "preferred_output": chosen, "non_preferred_output": rejected}
    return add_columns(row, example, (), dialect, notes)


def _dialogue(messages: list[Row], example: Example, dialect: Dialect, notes: Notes) -> Row:
    row: Row = {"messages": messages}
    add_tools(row, example, dialect, notes)
    return row


def write_fireworks_sides(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Two objects with messages."""
    chosen, rejected = _continued(example, dialect, notes)
    row: Row = {
        "chosen": _dialogue(chosen, example, dialect, notes),
        "rejected": _dialogue(rejected, example, dialect, notes),
    }
    return add_columns(row, example, None, dialect, notes)


def write_fireworks_samples(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Two conversations with the scores 1 and 0."""
    chosen, rejected = _continued(example, dialect, notes)
    best = _dialogue(chosen, example, dialect, notes)
    other = _dialogue(rejected, example, dialect, notes)
    row: Row = {"samples": [{**best, "score": 1.0}, {**other, "score": 0.0}]}
    return add_columns(row, example, None, dialect, notes)


def write_nemo(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A context and two completions with the ranks 0 and 1."""
    prompt, chosen, rejected = _sides(example, dialect, notes)
    if not prompt:
        raise CannotConvert(f"{dialect.format} needs a context, and this row has none")
    answers = [{"rank": rank, "completion": side} for rank, side in enumerate((chosen, rejected))]
    row: Row = {"context": prompt, "completions": answers}
    add_tools(row, example, dialect, notes)
    return add_columns(row, example, None, dialect, notes)


def write_axolotl(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Messages and two messages that may follow."""
    prompt, chosen, rejected = _sides(example, dialect, notes)
    if not prompt or len(chosen) != 1 or len(rejected) != 1:
        raise CannotConvert(f"{dialect.format} has one message per side behind a prompt")
    row: Row = {"messages": prompt, "chosen": chosen[0], "rejected": rejected[0]}
    add_tools(row, example, dialect, notes)
    return add_columns(row, example, None, dialect, notes)


_ONE = ("sides of several turns",)
SHAPES = {
    "trl-prompt-completion-conv": Shape(
        "sft", read_prompt_completion, write_prompt_completion, ("the training of earlier answers",)
    ),
    "trl-kto-conv": Shape("kto", read_kto, write_kto),
    "llamafactory-kto-messages": Shape("kto", read_kto_messages, write_kto_messages, ("judgements of several turns",)),
    "trl-preference-conv": Shape("preference", read_explicit, write_explicit),
    "trl-preference-implicit-conv": Shape("preference", read_implicit, write_implicit),
    "ultrafeedback-binarized": Shape("preference", read_ultrafeedback, write_ultrafeedback),
    "openai-preference": Shape("preference", read_openai, write_openai, ("columns",)),
    "openai-preference-legacy": Shape("preference", read_openai, None, (), "its names are those of 2025"),
    "fireworks-chosen-rejected": Shape("preference", read_fireworks_sides, write_fireworks_sides),
    "fireworks-scored-pairs": Shape("preference", read_fireworks_samples, write_fireworks_samples),
    "nemo-rl-preference": Shape("preference", read_nemo, write_nemo),
    "axolotl-chat-template-dpo": Shape("preference", read_axolotl, write_axolotl, _ONE),
}
