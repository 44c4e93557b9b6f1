"""Tasks for reinforcement: a prompt, and columns that a grader or a reward function reads."""

from __future__ import annotations

from typing import Any

from ftprep.conversion.calls import dump, link, read_tools
from ftprep.conversion.chat import add_tools, place_images
from ftprep.conversion.conversation import CannotConvert, Example, Method, Notes, Row, text_message
from ftprep.conversion.dialect import Dialect
from ftprep.conversion.messages import read_messages, write_messages
from ftprep.conversion.shape import Read, Shape, Write, add_columns, columns_of, plain_turn
from ftprep.formats.keys import REFERENCES

_TOOL_KEYS = ("tools", "functions")
_RULE = "rule"
_SCORERS = {"gsm8k": "openai/gsm8k", "math": "lighteval/MATH"}
_UNNAMED = "unnamed"


def reference(example: Example) -> tuple[str, Any] | None:
    """Name and value of the column that counts most as the answer that is due."""
    return next(((key, example.columns[key]) for key in REFERENCES if key in example.columns), None)


# --- reading ----------------------------------------------------------------------------------------------------------


def read_task(row: Row, notes: Notes, *keys: str, method: Method = "rft") -> Example:
    """A prompt under the first of ``keys`` that the row has, as messages or as a string; all else are columns."""
    key = next(key for key in keys if row.get(key) is not None)
    asked = row[key]
    messages = [text_message("user", asked)] if isinstance(asked, str) else read_messages(asked, notes)
    place_images(messages, row.get("images"))
    for message in messages:
        message.trained = None
    return Example(method, messages, tools=read_tools(row), columns=columns_of(row, key, "images", *_TOOL_KEYS))


def _reader(*keys: str, method: Method = "rft") -> Read:
    return lambda row, notes: read_task(row, notes, *keys, method=method)


def read_verl(row: Row, notes: Notes) -> Example:
    """A prompt, its scorer and what the scorer compares with."""
    example = read_task(row, notes, "prompt")
    reward = example.columns.pop("reward_model")
    if reward.get("ground_truth") is not None:
        example.columns = {"ground_truth": reward["ground_truth"], **example.columns}
    rest = {key: value for key, value in reward.items() if key != "ground_truth" and value is not None}
    if rest not in ({}, {"style": _RULE}):
        example.columns["reward_model"] = rest
    return example


def read_qa(row: Row, notes: Notes) -> Example:
    """A question and its answer, which may be learnt as well as compared with."""
    example = read_task(row, notes, "question")
    example.learnable = "answer"
    return example


def read_math(row: Row, notes: Notes) -> Example:
    """A problem. Its worked solution may be learnt, or where there is none, its answer."""
    example = read_task(row, notes, "problem")
    example.learnable = "solution" if example.columns.get("solution") is not None else "answer"
    return example


# --- writing ----------------------------------------------------------------------------------------------------------


def write_messages_task(example: Example, dialect: Dialect, notes: Notes, key: str = "messages") -> Row:
    """Messages and columns."""
    link(example, dialect, notes)
    if not example.messages:
        raise CannotConvert("a row without a prompt")
    files: list[Any] = []
    row: Row = {key: write_messages(example.messages, dialect, notes, files)}
    if files:
        row["images"] = files
    add_tools(row, example, dialect, notes)
    return add_columns(row, example, None, dialect, notes)


def write_openai(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Messages and at least one column, without which the row would be a conversation that has lost its answer."""
    if not example.columns:
        raise CannotConvert(f"{dialect.format} needs a column for its grader, and this row has none")
    return write_messages_task(example, dialect, notes)


def write_prompt_task(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A prompt of messages and columns."""
    return write_messages_task(example, dialect, notes, "prompt")


def question(example: Example, dialect: Dialect, notes: Notes) -> str:
    """The prompt as one text."""
    roles = [one.role for one in example.messages]
    if roles not in (["user"], ["system", "user"], ["developer", "user"]):
        raise CannotConvert(f"{dialect.format} has one question as text, and this row {len(roles)} turns")
    if len(roles) == 2:
        notes.lose("the role of the system prompt, which joined the question")
    if example.tools:
        notes.lose("the tools")
    return "\n\n".join(plain_turn(one, dialect, notes) for one in example.messages)


def write_string_task(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A prompt as a string, and columns."""
    return add_columns({"prompt": question(example, dialect, notes)}, example, None, dialect, notes)


def write_nova(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Messages and `reference_answer`, an object or a text."""
    for message in example.messages:
        if message.calls or message.role not in ("system", "developer", "user", "assistant"):
            raise CannotConvert(f"{dialect.format} has prompts of text alone, and this row has calls of tools")
        if message.role == "developer":
            message.role = "system"
            notes.change("`developer` written as `system`", "message")
        if not message.is_text:
            raise CannotConvert(f"{dialect.format} has prompts of text alone")
    found = _taken(example, dialect)
    name, due = found
    if not isinstance(due, str | dict) or due == {}:
        notes.change(f"`{name}` written as text")
        due = dump(due).decode()
    if name != "reference_answer":
        notes.change(f"`{name}` written as `reference_answer`")
    example.columns = {"reference_answer": due, **example.columns}
    return write_messages_task(example, dialect, notes)


def _taken(example: Example, dialect: Dialect) -> tuple[str, Any]:
    """The reference, taken out of the columns."""
    found = reference(example)
    if found is None:
        raise CannotConvert(f"{dialect.format} needs the answer that is due, and no column is called like one")
    example.columns = {key: value for key, value in example.columns.items() if key != found[0]}
    return found


def _named(example: Example, dialect: Dialect, notes: Notes, name: str, text: bool) -> Any:
    """The reference, taken out, to be written as ``name``."""
    key, value = _taken(example, dialect)
    if key != name:
        notes.change(f"`{key}` written as `{name}`")
    if text and not isinstance(value, str):
        notes.change(f"`{key}` written as text")
        value = dump(value).decode()
    return value


def write_open_instruct(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Messages, `ground_truth` and the verifier in `dataset`."""
    truth = _named(example, dialect, notes, "ground_truth", text=False)
    example.columns = {"ground_truth": truth, **example.columns}
    return write_messages_task(example, dialect, notes)


def write_verl(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A prompt, `reward_model` with the answer that is due, and the scorer in `data_source`."""
    truth = _named(example, dialect, notes, "ground_truth", text=True)
    columns = example.columns
    source = columns.pop("data_source", None)
    if not isinstance(source, str):
        verifier = columns.get("dataset")
        source = _SCORERS.get(verifier, verifier) if isinstance(verifier, str) else _UNNAMED
        notes.change(f"the scorer called `{source}` in `data_source`")
    if example.tools:
        notes.lose("the tools")
    example.tools = None
    rest = columns.pop("reward_model", None)
    row = write_messages_task(example, dialect, notes, "prompt")
    for key in columns:
        row.pop(key, None)
    ability = columns.pop("ability", None)
    extra = columns.pop("extra_info", None)
    found: Row = {"data_source": source, **row}
    if isinstance(ability, str):
        found["ability"] = ability
    style = rest if isinstance(rest, dict) else {"style": _RULE}
    found["reward_model"] = {**style, "ground_truth": truth}
    info = {**(extra if isinstance(extra, dict) else {}), **columns}
    if columns:
        notes.change("columns moved into `extra_info`")
    if info:
        found["extra_info"] = info
    return found


def write_verifiers(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A question as text, or a prompt of messages; the answer, and all else in `info`."""
    found = reference(example)
    answer = _named(example, dialect, notes, "answer", text=True) if found is not None else None
    columns = example.columns
    example.columns = {}
    if [one.role for one in example.messages] == ["user"] and example.messages[0].is_text and not example.tools:
        row: Row = {"question": question(example, dialect, notes)}
    else:
        row = write_messages_task(example, dialect, notes, "prompt")
    if answer is not None:
        row["answer"] = answer
    task = columns.pop("task", None)
    info = columns.pop("info", None)
    if columns:
        notes.change("columns moved into `info`")
        info = {**(info if isinstance(info, dict) else {} if info is None else {"info": info}), **columns}
    if info is not None:
        row["info"] = info
    if isinstance(task, str):
        row["task"] = task
    if answer is None and info is None:
        raise CannotConvert(f"{dialect.format} needs an answer or `info`, and this row has neither")
    return row


def write_qa(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A question and its answer."""
    answer = _named(example, dialect, notes, "answer", text=True)
    row: Row = {"question": question(example, dialect, notes), "answer": answer}
    return add_columns(row, example, None, dialect, notes)


def write_gsm8k(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A question and its worked answer."""
    row = write_qa(example, dialect, notes)
    if "####" not in row["answer"]:
        raise CannotConvert("an answer that does not mark its result by `####`")
    return row


def write_math(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A problem with its solution, its answer or both."""
    row: Row = {"problem": question(example, dialect, notes)}
    if "solution" not in example.columns:
        row["answer"] = _named(example, dialect, notes, "answer", text=False)
    return add_columns(row, example, None, dialect, notes)


def _task(read: Read, write: Write | None, *cannot: str, why: str = "", method: Method = "rft") -> Shape:
    return Shape(method, read, write, cannot, why)


_JUDGED = "its tests belong to the task, and no other format has them"
_CODE: dict[str, tuple[str, ...]] = {
    "openr1-code": ("messages", "prompt", "problem", "problem_statement", "question"),
    "humaneval": ("prompt",),
    "mbpp": ("text", "prompt"),
    "apps": ("question",),
    "livecodebench": ("question_content",),
}
SHAPES: dict[str, Shape] = {
    "openai-rft": _task(_reader("messages"), write_openai, "prompts without a column"),
    "nova-rft": _task(_reader("messages"), write_nova, "tools' calls", "files", "prompts without a reference"),
    "rlvr-generic": _task(_reader("messages", "prompt"), write_open_instruct, "prompts without a reference"),
    "verl": _task(read_verl, write_verl, "tools", "prompts without a reference"),
    "verifiers": _task(_reader("prompt", "question"), write_verifiers),
    "qa": _task(read_qa, write_qa, "several turns", "tools", "files", "a system prompt (joins the question)"),
    "gsm8k": _task(read_qa, write_gsm8k, "several turns", "tools", "files", "answers without `####`"),
    "math-problem": _task(
        read_math, write_math, "several turns", "tools", "files", "a system prompt (joins the question)"
    ),
    "trl-prompt-only": _task(
        _reader("prompt", method="prompt-only"),
        write_string_task,
        "several turns",
        "tools",
        "files",
        "a system prompt (joins the question)",
        method="prompt-only",
    ),
    "trl-prompt-only-conv": _task(_reader("prompt", method="prompt-only"), write_prompt_task, method="prompt-only"),
    **{name: _task(_reader(*keys), None, why=_JUDGED) for name, keys in _CODE.items()},
}
