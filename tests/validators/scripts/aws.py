"""Rows as AWS's service model describes Converse requests, and by the rules of AWS's published validators and pages.

The validators of aws-samples (Nova, Llama, Claude 3 Haiku) are scripts that no package has, so their rules stand here
in words of our own; tools of Nova go beyond them, and are checked by the service model of botocore.
"""

import re
from typing import Any

import botocore.session
from botocore.validate import ParamValidator
from verdicts import Job, by_row, must

SHAPE = botocore.session.get_session().get_service_model("bedrock-runtime").operation_model("Converse").input_shape
RESERVED = ["system:", "user:", "bot:", "assistant:", "[eos]", "<image>", "<video>", "<unk>"]
RESERVED_AS_WRITTEN = ["Thought:"]
HAIKU_RESERVED = ["\nHuman:", "\nAssistant:"]


def check(job: Job, row: Any) -> None:
    """Raise for a row that its model is not trained with."""
    if job.target == "claude-bedrock":
        claude(row)
    elif job.format == "prompt-completion":
        must(isinstance(row["prompt"], str) and isinstance(row["completion"], str), "no texts")
    elif job.format == "nova-rft":
        reinforcement(row)
    elif job.target == "bedrock-llama":
        converse({key: row[key] for key in ("messages", "system", "schemaVersion") if key in row})  # others may stay
        llama(row)
    elif job.format == "nova-dpo":
        preference(row)
    else:
        converse(row)
        nova(row)


def converse(row: Any) -> None:
    """Raise for what is no Converse request."""
    must(row.get("schemaVersion", "bedrock-conversation-2024") == "bedrock-conversation-2024", "schemaVersion")
    report = ParamValidator().validate(
        {"modelId": "m", **{k: v for k, v in row.items() if k != "schemaVersion"}}, SHAPE
    )
    must(not report.has_errors(), report.generate_report())


def turns(messages: list[Any]) -> None:
    """Raise for turns that do not alternate, from the user to the assistant."""
    must(len(messages) >= 2, "both sides are needed")
    for number, one in enumerate(messages):
        must(one["role"] == ("user", "assistant")[number % 2], f"message {number} is from the {one['role']}")
    must(messages[-1]["role"] == "assistant", "the last turn is not the assistant's")


def nova(row: Any, *, answered: bool = True) -> None:
    """Raise for what the validator of Nova refuses, and for calls that its pages do not allow."""
    if answered:
        turns(row["messages"])
    called: list[str] = []
    results: list[str] = []
    for one in row["messages"]:
        content = one["content"]
        texts = [block["text"] for block in content if "text" in block]
        media = [kind for block in content for kind in ("image", "video") if kind in block]
        must(content and (not texts or media or "".join(texts)), "empty content")
        must(len(media) <= 10 and media.count("video") <= 1 and len(set(media)) <= 1, "media")
        must(not media or one["role"] == "user", "media of the assistant")
        for kind in set(media):
            uris = [block[kind]["source"]["s3Location"]["uri"] for block in content if kind in block]
            must(all(re.fullmatch(r"s3://[\w\-/.]+", uri) for uri in uris), f"addresses {uris}")
        for text in texts:
            plain(text)
        called += [block["toolUse"]["toolUseId"] for block in content if "toolUse" in block]
        results += [block["toolResult"]["toolUseId"] for block in content if "toolResult" in block]
    for block in row.get("system") or ():
        plain(block["text"])
    must(len(set(called)) == len(called), "ids of calls are not unique")
    must(set(results) <= set(called), "a result of no call")
    specs = [one["toolSpec"] for one in row.get("toolConfig", {}).get("tools", [])]
    must(len({one["name"] for one in specs}) == len(specs), "two tools of one name")
    must(all(one.get("description", "").strip() for one in specs), "a tool without a description")
    must(all("type" in one["inputSchema"]["json"] for one in specs), "a schema without a type")
    names = {one["name"] for one in specs}
    used = {block["toolUse"]["name"] for one in row["messages"] for block in one["content"] if "toolUse" in block}
    must(not specs or used <= names, f"tools that are not there: {used - names}")
    must(len(set(results)) == len(results), "two results of one call")


def plain(text: str) -> None:
    """Raise for words that the validator of Nova reserves."""
    found = [one for one in RESERVED if one in text.lower()] + [one for one in RESERVED_AS_WRITTEN if one in text]
    must(not found, f"reserved: {found}")


def preference(row: Any) -> None:
    """Raise for what is no conversation that ends in two candidates."""
    *prompt, last = row["messages"]
    converse({**row, "messages": prompt})
    nova({**row, "messages": prompt}, answered=False)
    turns([*prompt, last])
    labels = sorted(one["preferenceLabel"] for one in last["candidates"])
    must(labels == ["non-preferred", "preferred"], f"labels {labels}")
    for one in last["candidates"]:
        converse({"messages": [{"role": "assistant", "content": one["content"]}]})
        must(any(block.get("text") for block in one["content"]), "empty candidate")


def reinforcement(row: Any) -> None:
    """Raise for what is no task of Nova 2."""
    roles = [one["role"] for one in row["messages"]]
    must("user" in roles and set(roles) <= {"system", "user", "assistant"}, f"roles {roles}")
    must("system" not in roles[1:], "a system message that is not the first")
    must(all(isinstance(one["content"], str) and one["content"] for one in row["messages"]), "no text")
    for one in row["messages"]:
        plain(one["content"])
    answer = row["reference_answer"]
    must(isinstance(answer, (str, dict)) and answer, f"reference_answer {answer!r}")


def llama(row: Any) -> None:
    """Raise for what the validator of Llama refuses: a block that is no image needs a text."""
    must(len(row.get("system") or ()) <= 1, "more than one system prompt")
    must(len(row["messages"]) >= 2, "fewer than two messages")
    for one in row["messages"]:
        must(one["role"] in ("user", "assistant"), f"role {one['role']}")
        for block in one["content"]:
            if "image" in block:
                must(one["role"] == "user", "an image of the assistant")
                must(block["image"]["source"]["s3Location"]["uri"].startswith("s3://"), "an address outside S3")
            else:
                must(isinstance(block.get("text"), str), f"a block without a text: {sorted(block)}")


def claude(row: Any) -> None:
    """Raise for what the validator of Claude 3 Haiku refuses."""
    must(set(row) <= {"system", "messages"}, f"keys {sorted(row)}")
    turns(row["messages"])
    texts = [one["content"] for one in row["messages"]] + ([row["system"]] if "system" in row else [])
    for one in row["messages"]:
        must(set(one) == {"role", "content"}, f"keys {sorted(one)}")
    for text in texts:
        must(isinstance(text, str) and text.strip(), "no text")
        must(not any(word in text for word in HAIKU_RESERVED), "a reserved word")
    must(sum(map(len, texts)) // 3 <= 32_000, "too long")


if __name__ == "__main__":  # libraries start processes that read this file again
    by_row(check)
