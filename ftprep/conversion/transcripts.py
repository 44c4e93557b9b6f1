"""Dialogues and pairs written out as texts: HH-RLHF, Nectar, TRL's texts with the prompt inside, plain text, steps."""

from __future__ import annotations

from ftprep.conversion.conversation import CannotConvert, Example, Message, Notes, Row, text_message
from ftprep.conversion.dialect import Dialect
from ftprep.conversion.shape import Shape, add_columns, columns_of, plain_turn, take_thoughts
from ftprep.formats.transcripts import utterances

_SAYS = {"user": "\n\nHuman:", "assistant": "\n\nAssistant:"}
_TOOLS = "the tools"


def read_dialogue(text: str) -> list[Message]:
    """The turns of a transcript, each without the space after its mark."""
    found = utterances(text)
    if not found or text[: found[0].mark].strip():
        raise CannotConvert("a transcript that does not start with `Human:` or `Assistant:`")
    return [
        take_thoughts(
            text_message("user" if one.letter == "u" else "assistant", text[one.start : one.end].removeprefix(" "))
        )
        for one in found
    ]


def write_dialogue(messages: list[Message], dialect: Dialect, notes: Notes) -> str:
    """``messages`` as a transcript that reads back as the same turns."""
    pieces = []
    for message in messages:
        if message.role not in _SAYS:
            what = "results of tools" if message.role == "tool" else "a system prompt"
            raise CannotConvert(f"{dialect.format} has no place for {what}")
        pieces.append(f"{_SAYS[message.role]} {plain_turn(message, dialect, notes)}")
    text = "".join(pieces)
    if len(utterances(text)) != len(messages):
        raise CannotConvert("a text that holds `Human:` or `Assistant:` at the start of a paragraph")
    return text


def read_hh(row: Row, notes: Notes) -> Example:
    """Two transcripts with the same first turns."""
    chosen, rejected = read_dialogue(row["chosen"]), read_dialogue(row["rejected"])
    shared = 0
    while shared < min(len(chosen), len(rejected)) - 1 and chosen[shared] == rejected[shared]:
        shared += 1
    columns = columns_of(row, "chosen", "rejected")
    return Example("preference", chosen[:shared], chosen[shared:], rejected[shared:], columns=columns)


def write_hh(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Two transcripts."""
    sides = {"chosen": example.chosen, "rejected": example.rejected}
    row: Row = {key: write_dialogue([*example.messages, *side], dialect, notes) for key, side in sides.items()}
    if example.tools:
        notes.lose(_TOOLS)
    return add_columns(row, example, None, dialect, notes)


def read_nectar(row: Row, notes: Notes) -> Example:
    """A transcript that the assistant is to go on with, and answers by rank: the best and the worst are the sides."""
    prompt = row["prompt"].rstrip()
    spoken = prompt.removesuffix("Assistant:").rstrip("\n")
    messages = read_dialogue(spoken) if utterances(spoken) else [text_message("user", row["prompt"])]
    ranked = sorted(row["answers"], key=lambda one: one["rank"])
    if ranked[0]["rank"] == ranked[-1]["rank"]:
        raise CannotConvert("all answers have one rank, so that none is preferred")
    if len(ranked) > 2:
        notes.lose("answers between the best and the worst", "answer", len(ranked) - 2)
    chosen, rejected = (take_thoughts(text_message("assistant", one["answer"])) for one in (ranked[0], ranked[-1]))
    return Example("preference", messages, [chosen], [rejected], columns=columns_of(row, "prompt", "answers"))


def write_nectar(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A transcript and two answers with the ranks 1 and 2."""
    answers = []
    for rank, side in enumerate((example.chosen, example.rejected), 1):
        if len(side) != 1 or side[0].role != "assistant":
            raise CannotConvert(f"{dialect.format} has one answer per side, and this row another number")
        answers.append({"answer": plain_turn(side[0], dialect, notes), "rank": rank})
    if not example.messages:
        raise CannotConvert(f"{dialect.format} needs a prompt, and this row has none")
    if example.tools:
        notes.lose(_TOOLS)
    row: Row = {"prompt": write_dialogue(example.messages, dialect, notes) + "\n\nAssistant: ", "answers": answers}
    return add_columns(row, example, None, dialect, notes)


def _shared(chosen: str, rejected: str) -> str:
    pairs = zip(chosen, rejected, strict=False)
    first = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(chosen), len(rejected)))
    return chosen[:first].removesuffix(" ")


def read_implicit(row: Row, notes: Notes) -> Example:
    """Two texts: what they share at the start is the prompt, without the space before the answers (as TRL cuts it)."""
    prompt = _shared(row["chosen"], row["rejected"])
    sides = [[take_thoughts(text_message("assistant", row[key][len(prompt) :]))] for key in ("chosen", "rejected")]
    messages = [text_message("user", prompt)] if prompt else []
    columns = columns_of(row, "chosen", "rejected")
    return Example("preference", messages, sides[0], sides[1], columns=columns)


def write_implicit(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Two texts that begin with the prompt, which must be one text itself."""
    if [one.role for one in example.messages] not in ([], ["user"]):
        raise CannotConvert(
            f"{dialect.format} has one text before the answers, and this row {len(example.messages)} turns"
        )
    prompt = "".join(plain_turn(one, dialect, notes) for one in example.messages)
    row: Row = {}
    for key, side in (("chosen", example.chosen), ("rejected", example.rejected)):
        if len(side) != 1 or side[0].role != "assistant":
            raise CannotConvert(f"{dialect.format} has one answer per side, and this row another number")
        row[key] = prompt + plain_turn(side[0], dialect, notes)
    if _shared(row["chosen"], row["rejected"]) != prompt or (example.messages and not prompt):
        notes.lose("the border between prompt and answers")
    if example.tools:
        notes.lose(_TOOLS)
    return add_columns(row, example, None, dialect, notes)


# --- texts ------------------------------------------------------------------------------------------------------------


def read_text(row: Row, notes: Notes, key: str = "text") -> Example:
    """A text to continue."""
    return Example("language-modeling", text=row[key], columns=columns_of(row, key))


def write_text(example: Example, dialect: Dialect, notes: Notes, key: str = "text") -> Row:
    """A text to continue."""
    return add_columns({key: example.text}, example, None, dialect, notes)


def read_transcript(row: Row, notes: Notes) -> Example:
    """A transcript, as a text."""
    return read_text(row, notes, "transcript")


# --- steps ------------------------------------------------------------------------------------------------------------


def read_steps(row: Row, notes: Notes) -> Example:
    """A prompt and the judged steps of one answer."""
    columns = columns_of(row, "prompt", "completions", "labels")
    asked = [text_message("user", row["prompt"])]
    return Example("stepwise", asked, label=row["labels"], steps=row["completions"], columns=columns)


def write_steps(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A prompt and the judged steps of one answer."""
    prompt = "\n\n".join(plain_turn(one, dialect, notes) for one in example.messages)
    labels = [bool(one) for one in example.label]
    row: Row = {"prompt": prompt, "completions": example.steps, "labels": labels}
    return add_columns(row, example, None, dialect, notes)


def read_prm(row: Row, notes: Notes) -> Example:
    """A problem of PRM800K: of each step the completion that was chosen, or the first that was rated."""
    steps, labels = [], []
    for step in row["label"]["steps"]:
        answers = step.get("completions") or []
        chosen = step.get("chosen_completion")
        answer = answers[chosen] if isinstance(chosen, int) and chosen < len(answers) else (answers or [None])[0]
        if answer is None or answer.get("rating") is None:
            raise CannotConvert("a step without a rated completion")
        if len(answers) > 1:
            notes.lose("other completions", "step")
        steps.append(answer["text"])
        labels.append(answer["rating"] > 0)
    question = row["question"]
    columns = columns_of(row, "question", "label")
    if question.get("ground_truth_answer") is not None:
        columns["answer"] = question["ground_truth_answer"]
    return Example("stepwise", [text_message("user", question["problem"])], label=labels, steps=steps, columns=columns)


_ONE = ("a system prompt", "tools", "files", "names")
SHAPES = {
    "hh-rlhf": Shape("preference", read_hh, write_hh, (*_ONE, "texts with `Human:` or `Assistant:` in them")),
    "axolotl-nectar": Shape("preference", read_nectar, write_nectar, (*_ONE, "sides of several turns")),
    "trl-preference-implicit-std": Shape(
        "preference", read_implicit, write_implicit, (*_ONE, "earlier turns", "the border between prompt and answers")
    ),
    "plain-text-prerendered": Shape(
        "language-modeling", read_text, None, (), "rendering needs the template of a model; its trainer does it"
    ),
    "plain-text": Shape("language-modeling", read_text, write_text),
    "mistral-content": Shape(
        "language-modeling",
        lambda row, notes: read_text(row, notes, "content"),
        lambda example, dialect, notes: write_text(example, dialect, notes, "content"),
    ),
    "hh-red-team": Shape("language-modeling", read_transcript, None, (), "its ratings are the people's who talked"),
    "trl-stepwise": Shape("stepwise", read_steps, write_steps),
    "prm800k": Shape("stepwise", read_prm, None, (), "it holds how people labelled, step by step"),
}
