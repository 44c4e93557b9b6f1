"""Files as LLaMA-Factory's converters read them, through the dataset_info.json that stands beside them.

Rows of its newer engine (v1) go through that engine, by their dataset_info.yaml. Sounds are not looked at.
"""

import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import transformers  # noqa: F401 - before the stand-in, so that it knows that there is none
from datasets import disable_progress_bars, load_dataset
from verdicts import Job, by_folder, must

sys.modules["torchaudio"] = ModuleType("torchaudio")  # its build must fit that of torch, and only sounds need it


def check(job: Job) -> int:
    """The rows that are converted and hold what their method needs."""
    if job.format.startswith("llamafactory-v1"):
        return newer(job)
    from llamafactory.data.converter import get_dataset_converter
    from llamafactory.data.parser import get_dataset_list

    names = [path.stem for path in job.files().values()]
    arguments = SimpleNamespace(dataset_dir=str(job.folder), media_dir=str(job.folder), streaming=False)
    count = 0
    for known in get_dataset_list(names, str(job.folder)):
        path = Path(job.folder, known.dataset_name)
        with tempfile.TemporaryDirectory() as cache:
            rows = load_dataset("json", data_files=str(path), split="train", cache_dir=cache)
            convert = get_dataset_converter(known.formatting, known, arguments)
            for row in rows:
                complete(convert(row), job.method)
                count += 1
    return count


def newer(job: Job) -> int:
    """The rows that the engine of v1 gives back as samples of its own."""
    from llamafactory.v1.core.data_engine import DataEngine

    os.chdir(job.folder)  # paths of the file are relative to where training starts
    engine = DataEngine("dataset_info.yaml")
    for number in range(len(engine)):
        sample = engine[number]
        for key in ("chosen_messages", "rejected_messages") if job.method == "preference" else ("messages",):
            must(sample[key], f"no {key}")
            for one in sample[key]:
                must(one["role"] in ("system", "user", "assistant", "tool"), f"role {one['role']}")
                must(all(isinstance(part["value"], str) for part in one["content"]), "content")
                must(one["loss_weight"] in (0, 1), "loss_weight")
    return len(engine)


def complete(example: dict[str, Any], method: str) -> None:
    """Raise for an example without its prompt or its answers."""
    must(example["_prompt"] and all(one["content"] is not None for one in example["_prompt"]), "no prompt")
    if method == "language-modeling":
        return
    answers = example["_response"]
    if method == "preference":
        must(len(answers) == 2 and all(one["content"] for one in answers), f"answers {answers}")
    elif method == "kto":
        must(sorted(bool(one["content"]) for one in answers) == [False, True], f"answers {answers}")
    else:
        must(answers and answers[-1]["content"], "no answer")


if __name__ == "__main__":  # libraries start processes that read this file again
    disable_progress_bars()
    by_folder(check)
