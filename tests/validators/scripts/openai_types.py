"""Rows as the types of OpenAI's SDK know them, and as OpenAI and Azure publish that they must be.

The types are those of chat requests; ``weight`` belongs to fine-tuning alone, so they do not know it. A key that
neither knows is refused, as the service does.
"""

from typing import Any

from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pydantic import TypeAdapter
from verdicts import Job, by_row, must

MESSAGES = TypeAdapter(list[ChatCompletionMessageParam])
TOOLS = TypeAdapter(list[ChatCompletionToolParam])
ROW = {"messages", "tools", "parallel_tool_calls", "functions"}
KEYS = {"role", "content", "name", "refusal", "tool_calls", "function_call", "weight", "tool_call_id"}


def check(job: Job, row: Any) -> None:
    """Raise for a row that is none of its training method."""
    if job.method == "preference":
        must(set(row) == {"input", "preferred_output", "non_preferred_output"}, f"keys {sorted(row)}")
        chat(job, row["input"])
        must(row["input"]["messages"][-1]["role"] != "assistant", "the prompt ends with an answer")
        for side in ("preferred_output", "non_preferred_output"):
            chat(job, {"messages": row[side]})
            must([one["role"] for one in row[side]] == ["assistant"], f"{side} is not one answer")
        return
    if job.method == "rft":
        chat(job, {key: row[key] for key in ("messages", "tools") if key in row})
        must(row["messages"][-1]["role"] == "user", "the prompt does not end with the user")
        return
    must(set(row) <= ROW, f"contains an extra {sorted(set(row) - ROW)}")
    chat(job, row)
    must(row["messages"][-1]["role"] == "assistant", "the last message is not from the assistant")
    must(any(one.get("weight", 1) for one in row["messages"] if one["role"] == "assistant"), "nothing to learn")


def chat(job: Job, row: Any) -> None:
    """Raise for messages and tools that break the types or a published rule."""
    bare = [{key: value for key, value in one.items() if key != "weight"} for one in row["messages"]]
    for sent in MESSAGES.validate_python(bare):  # iterables of the types are read as they are walked
        list(sent.get("tool_calls") or ())
        content = sent.get("content")
        must(isinstance(content, str) or content is None or list(content), "content without parts")
    TOOLS.validate_python(row.get("tools", []))
    must(row["messages"], "no message")
    waiting: set[str] = set()
    before = ""
    for one in row["messages"]:
        must(set(one) <= KEYS, f"contains an extra {sorted(set(one) - KEYS)}")
        must("weight" not in one or (one["role"] == "assistant" and one["weight"] in (0, 1)), "weight")
        must(not waiting or one["role"] == "tool", f"calls without a result: {sorted(waiting)}")
        if one["role"] == "tool":
            must(one["tool_call_id"] in waiting, "a result of no call")
            waiting.discard(one["tool_call_id"])
        for call in one.get("tool_calls") or ():
            must(isinstance(call["function"]["arguments"], str), "arguments are no string")
            waiting.add(call["id"])
        must(one["role"] != "assistant" or one.get("content") or one.get("tool_calls") or one.get("refusal"), "empty")
        must(job.target != "azure" or (before, one["role"]) != ("assistant", "assistant"), "two answers in a row")
        before = one["role"]
    if job.target == "azure":
        for path in job.files().values():
            with path.open("rb") as stream:
                must(stream.read(3) == b"\xef\xbb\xbf", "no byte order mark")


if __name__ == "__main__":  # libraries start processes that read this file again
    by_row(check)
