"""Sound rows of many formats, made of the same questions and answers, for tests that plant something among them."""

# ruff: noqa: E501  (tables: one case is one line)

from __future__ import annotations

import json
from typing import Any

Row = dict[str, Any]

PAIRS = (
    ("Which metal is liquid at room temperature?", "Mercury is the one metal that stays liquid on a cool day."),
    ("How do I keep basil fresh for a week?", "Stand the stems in a glass of water and leave it on the sill."),
    ("What does a tide table show?", "It lists when high and low water come at a port, and how high they are."),
    ("Name two birds that cannot fly.", "The ostrich and the kiwi are two of them."),
    ("Why is the sky red in the evening?", "The light has a longer way through the air, which takes the blue out."),
    ("Where should a smoke alarm hang?", "Hang it in the middle of the ceiling, away from corners and the stove."),
    ("Who repairs a violin?", "A luthier does, and often has a small workshop with a long waiting list."),
    ("When do swallows come back?", "In central Europe most of them return during April."),
    ("Explain what a lock on a canal is for.", "It lifts or lowers boats between two stretches of different height."),
    ("How can I remove wax from a table cloth?", "Freeze it, break the wax off, then iron it through brown paper."),
    ("What is sourdough?", "Dough that is raised by wild yeast and bacteria instead of bought yeast."),
)

WORSE = (
    "Tin, I think.",
    "Put it in a drawer.",
    "It is a table about furniture near the sea.",
    "Swans do not fly, and neither do geese.",
    "Because of dust from volcanoes far away.",
    "Under the bed is best.",
    "Any carpenter will do that in five minutes.",
    "They never leave.",
    "It keeps thieves away from the water.",
    "Just cut the piece out with scissors.",
    "A loaf that has gone bad.",
)

CALCULATIONS = (("3 + 4", "7"), ("8 * 4", "32"), ("90 / 6", "15"), ("51 - 8", "43"), ("7 * 7", "49"), ("12 + 9", "21"), ("17 + 2", "19"),
                ("80 / 4", "20"), ("33 - 5", "28"), ("6 * 4", "24"), ("9 + 5", "14"))  # fmt: skip


def said(role: str, content: Any, **more: Any) -> Row:
    """A message."""
    return {"role": role, "content": content, **more}


def sft(format: str, question: str, answer: str) -> Row:
    """A row of a format for supervised training."""
    user, assistant = said("user", question), said("assistant", answer)
    if format == "chat":
        return {"messages": [user, assistant]}
    if format == "system":
        return {"messages": [said("system", "Answer in one or two sentences."), user, assistant]}
    if format == "parts":
        return {"messages": [said("user", [{"type": "text", "text": question}]), assistant]}
    if format == "claude":
        return {"system": "Answer in one or two sentences.", "messages": [user, assistant]}
    if format == "sharegpt":
        return {"conversations": [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]}
    if format == "alpaca":
        return {"instruction": question, "input": "", "output": answer}
    if format == "completion":
        return {"prompt": question, "completion": answer}
    if format == "conversational":
        return {"prompt": [user], "completion": [assistant]}
    if format == "dolly":
        return {"instruction": question, "context": "", "response": answer, "category": "open_qa"}
    if format == "gemini":
        turns = (("user", question), ("model", answer))
        return {"contents": [{"role": role, "parts": [{"text": text}]} for role, text in turns]}
    if format == "converse":
        turns = (("user", question), ("assistant", answer))
        messages = [said(role, [{"text": text}]) for role, text in turns]
        return {"schemaVersion": "bedrock-conversation-2024", "messages": messages}
    raise ValueError(format)


SFT = (
    "chat",
    "system",
    "parts",
    "claude",
    "sharegpt",
    "alpaca",
    "completion",
    "conversational",
    "dolly",
    "gemini",
    "converse",
)


def pair(format: str, question: str, good: Any, bad: Any) -> Row:
    """A row of a format for preferences."""
    user = said("user", question)
    if format == "trl":
        return {"prompt": question, "chosen": good, "rejected": bad}
    if format == "trl-chat":
        return {"prompt": [user], "chosen": [said("assistant", good)], "rejected": [said("assistant", bad)]}
    if format == "implicit":
        return {"chosen": [user, said("assistant", good)], "rejected": [user, said("assistant", bad)]}
    if format == "openai-dpo":
        sides = {"preferred_output": [said("assistant", good)], "non_preferred_output": [said("assistant", bad)]}
        return {"input": {"messages": [user]}, **sides}
    if format == "ultrafeedback":
        sides = {"chosen": [user, said("assistant", good)], "rejected": [user, said("assistant", bad)]}
        return {"prompt": question, **sides, "score_chosen": 8.0, "score_rejected": 3.0}
    if format == "hh":
        start = f"\n\nHuman: {question}\n\nAssistant: "
        return {"chosen": start + good, "rejected": start + bad}
    if format == "sharegpt-pairs":
        chosen, rejected = {"from": "gpt", "value": good}, {"from": "gpt", "value": bad}
        return {"conversations": [{"from": "human", "value": question}], "chosen": chosen, "rejected": rejected}
    if format == "gemini-pairs":
        completions = [
            {"score": score, "completion": {"role": "model", "parts": [{"text": text}]}}
            for score, text in ((1, good), (0, bad))
        ]
        return {"contents": [{"role": "user", "parts": [{"text": question}]}], "completions": completions}
    if format == "nova-pairs":
        candidates = [
            {"content": [{"text": text}], "preferenceLabel": label}
            for text, label in ((good, "preferred"), (bad, "non-preferred"))
        ]
        messages = [said("user", [{"text": question}]), {"role": "assistant", "candidates": candidates}]
        return {"schemaVersion": "bedrock-conversation-2024", "messages": messages}
    raise ValueError(format)


PREFERENCE = (
    "trl",
    "trl-chat",
    "implicit",
    "openai-dpo",
    "ultrafeedback",
    "hh",
    "sharegpt-pairs",
    "gemini-pairs",
    "nova-pairs",
)


def task(format: str, question: str, answer: Any) -> Row:
    """A row of a format for verifiable tasks."""
    user = said("user", question)
    if format == "openai-rft":
        return {"messages": [user], "answer": answer}
    if format == "nova-rft":
        return {"messages": [user], "reference_answer": {"answer": answer}}
    if format == "verl":
        reward = {"style": "rule", "ground_truth": answer}
        return {"data_source": "shop/sums", "prompt": [user], "ability": "math", "reward_model": reward}
    if format == "gemini-rft":
        return {"contents": [{"role": "user", "parts": [{"text": question}]}], "references": {"answer": answer}}
    if format == "gsm8k":
        return {"question": question, "answer": f"That makes {answer}.\n#### {answer}"}
    if format == "ground-truth":
        return {"messages": [user], "ground_truth": answer, "dataset": "gsm8k"}
    raise ValueError(format)


TASKS = ("openai-rft", "nova-rft", "verl", "gemini-rft", "gsm8k", "ground-truth")


def kto(question: str, answer: str, good: bool) -> Row:
    """A row of feedback."""
    return {"prompt": question, "completion": answer, "label": good}


def sound(format: str) -> list[Row]:
    """Some sound rows of a format."""
    if format in SFT:
        return [sft(format, *both) for both in PAIRS]
    if format in PREFERENCE:
        return [pair(format, *both, worse) for both, worse in zip(PAIRS, WORSE, strict=True)]
    if format in TASKS:
        return [task(format, f"How much is {sum}?", answer) for sum, answer in CALCULATIONS]
    if format == "kto":
        return [kto(question, answer, number % 2 == 0) for number, (question, answer) in enumerate(PAIRS)]
    if format == "tools":
        return [tool_row(place) for place in ("Lima", "Oslo", "Bern", "Kyiv", "Rome", "Bonn")]
    raise ValueError(format)


RAIN = {
    "type": "object",
    "properties": {"at": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["at"],
    "additionalProperties": False,
}
"""The parameters of the tool in rows about tools."""


def declares(name: str = "rain", parameters: Any = RAIN) -> list[Row]:
    """Tools of a row."""
    about = {"name": name, "description": "Is it going to rain?", "parameters": parameters}
    return [{"type": "function", "function": about}]


def call(arguments: Any = '{"at": "Riga"}', name: str = "rain", id: str = "a1b2c3d4e") -> Row:
    """A call."""
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def calling(*calls: Row, content: Any = None) -> Row:
    """An assistant turn that calls."""
    return said("assistant", content, tool_calls=list(calls))


def result(id: str = "a1b2c3d4e", content: str = '{"rain": false}') -> Row:
    """What a tool answers."""
    return said("tool", content, tool_call_id=id)


def tool_row(place: str) -> Row:
    """A row with a call, its result and an answer."""
    messages = [
        said("user", f"Do I need an umbrella in {place}?"),
        calling(call(json.dumps({"at": place}))),
        result(),
        said("assistant", f"No, it stays dry in {place} today."),
    ]
    return {"messages": messages, "tools": declares()}
