"""Files as the helper of Fireworks' SDK takes them for an upload, and rows as its types of messages know them."""

from typing import Any

from fireworks.lib.dataset_upload import collect_dataset_shards, count_dataset_examples
from fireworks.types.shared_params import ChatCompletionTool, ChatMessage
from pydantic import TypeAdapter
from verdicts import Job, answer, must, reason

MESSAGES = TypeAdapter(list[ChatMessage])
TOOLS = TypeAdapter(list[ChatCompletionTool])


def check(job: Job, row: Any) -> None:
    """Raise for a row that breaks the types or a rule of Fireworks' pages on fine-tuning."""
    if job.method == "preference":
        chat(row["input"])
        for side in ("preferred_output", "non_preferred_output"):
            chat({"messages": row[side]})
            must([one["role"] for one in row[side]] == ["assistant"], f"{side} is not one answer")
        return
    chat(row)
    if job.method == "rft":
        must(row["messages"][-1]["role"] == "user", "the prompt does not end with the user")
    else:
        must(any(one["role"] == "assistant" for one in row["messages"]), "no answer")


def chat(row: Any) -> None:
    """Raise for messages and tools that are none."""
    must(row["messages"], "no message")
    for sent in MESSAGES.validate_python(row["messages"]):
        list(sent.get("tool_calls") or ())
        content = sent.get("content")
        must(isinstance(content, str) or content is None or list(content), "content without parts")
    TOOLS.validate_python(row.get("tools") or [])
    for number, one in enumerate(row["messages"]):
        must(one["role"] in ("system", "user", "assistant", "tool"), f"role {one['role']}")
        before = {other["role"] for other in row["messages"][:number]}
        must(one["role"] != "system" or before <= {"system"}, "a system message behind others")
        must(one.get("weight", 1) in (0, 1), "weight")


def judge(job: Job) -> tuple[int, int, str]:
    """What is accepted and refused, and why first."""
    accepted, reasons = 0, []
    for path in job.files().values():
        collect_dataset_shards(str(path))
    for row in job.rows():
        try:
            check(job, row)
            accepted += 1
        except Exception as error:
            reasons.append(reason(error))
    assert sum(count_dataset_examples(str(path)) for path in job.files().values()) == accepted + len(reasons)
    return accepted, len(reasons), reasons[0] if reasons else ""


if __name__ == "__main__":  # libraries start processes that read this file again
    answer(judge)
