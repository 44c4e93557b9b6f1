"""Rows as the types of Google's SDK know them, and as the published rules of tuning demand.

The service has no open validator: contents end with the model (SFT) or the user (preferences, reinforcement), parts
are text, files of Cloud Storage, calls or results, system instructions are text, preferences have one answer of score
1 and one of 0, references are strings, and nothing has thoughts.
"""

from typing import Any

from google.genai import types
from verdicts import Job, by_row, must

KEYS = {
    "sft": {"systemInstruction", "contents", "tools"},
    "preference": {"systemInstruction", "contents", "completions"},
    "rft": {"systemInstruction", "contents", "tools", "references"},
}


def check(job: Job, row: Any) -> None:
    """Raise for a row that is none of its training method."""
    must(set(row) <= KEYS[job.method], f"keys {sorted(row)}")
    roles = [content(one) for one in row["contents"]]
    must(roles and set(roles) <= {"user", "model"}, f"roles {roles}")
    must(roles[-1] == ("model" if job.method == "sft" else "user"), f"contents end with {roles[-1]}")
    if "systemInstruction" in row:
        must(all(one.text for one in types.Content.model_validate(row["systemInstruction"]).parts), "no text")
    names = set()
    for tool in row.get("tools", []):
        declared = types.Tool.model_validate(tool).function_declarations
        must(declared and len(declared) <= 128, "1 to 128 declarations")
        names |= {one.name for one in declared}
    if job.method == "preference":
        must(sorted(one["score"] for one in row["completions"]) == [0, 1], "scores are not 0 and 1")
        must([content(one["completion"]) for one in row["completions"]] == ["model"] * 2, "not two answers")
    if job.method == "rft":
        types.ReinforcementTuningExample.model_validate(row)
        must(row["references"] and all(isinstance(one, str) for one in row["references"].values()), "references")


def content(row: Any) -> str:
    """The role of a content; raises for parts that are none."""
    known = types.Content.model_validate(row)
    must(known.parts, "no parts")
    for part in known.parts:
        given = part.model_dump(exclude_none=True)
        must(len(given) == 1 and set(given) <= {"text", "file_data", "function_call", "function_response"}, str(given))
        must("text" not in given or part.text, "a part without text")
        must("file_data" not in given or part.file_data.file_uri.startswith("gs://"), "a file outside gs://")
        must("function_call" not in given or part.function_call.name, "a call without a name")
        must("function_response" not in given or part.function_response.response is not None, "no response")
    return known.role or "user"


if __name__ == "__main__":  # libraries start processes that read this file again
    by_row(check)
