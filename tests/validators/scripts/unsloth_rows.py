"""Files as Unsloth prepares them without a GPU: its own standardising of rows, and the trainers that it patches.

Rows of conversations go through ``standardize_data_formats``; then the SFT trainer of TRL as Unsloth patches it takes
them, as it takes all others, with a model and a tokenizer that are made here.
"""

# isort: off
import unsloth  # noqa: F401 - first: it patches what is imported after it
# isort: on

import tempfile

from datasets import Dataset, disable_progress_bars, load_dataset
from tiny import model, tokenizer
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, SFTConfig, SFTTrainer
from trl.data_utils import apply_chat_template, is_conversational
from unsloth.chat_templates import standardize_data_formats
from verdicts import Job, by_folder, must

TRAINERS = {"sft": (SFTConfig, SFTTrainer), "preference": (DPOConfig, DPOTrainer), "kto": (KTOConfig, KTOTrainer)}
TRAINERS["language-modeling"] = TRAINERS["sft"]


def check(job: Job) -> int:
    """Load all files together, and prepare each."""
    files = {name: str(path) for name, path in job.files().items()}
    with tempfile.TemporaryDirectory() as cache:
        return sum(prepared(rows, job) for rows in load_dataset("json", data_files=files, cache_dir=cache).values())


def prepared(rows: Dataset, job: Job) -> int:
    """How many rows there are after they were prepared."""
    rows = standardize_data_formats(rows)
    if job.method in ("rft", "prompt-only"):
        for row in rows:
            text = (
                apply_chat_template({"prompt": row["prompt"]}, tokenizer())["prompt"]
                if is_conversational(row)
                else None
            )
            must(tokenizer()(text or row["prompt"])["input_ids"], "no token")
        return len(rows)
    if "images" in rows.column_names:
        must(all(len(row["images"] or ()) == marks(row["messages"]) for row in rows), "images without a mark")
        return len(rows)
    if job.method == "stepwise":
        must(all(len(row["completions"]) == len(row["labels"]) for row in rows), "steps without a label")
        return len(rows)
    config, trainer = TRAINERS[job.method]
    with tempfile.TemporaryDirectory() as folder:
        arguments = config(output_dir=folder, report_to=[], max_length=None, use_cpu=True, bf16=False)
        more = {} if config is SFTConfig else {"ref_model": model()}
        made = trainer(model=model(), args=arguments, train_dataset=rows, processing_class=tokenizer(), **more)
        next(iter(made.get_train_dataloader()))
        return len(made.train_dataset)


def marks(messages: list[dict[str, object]]) -> int:
    """How many images messages name."""
    parts = [part for one in messages if isinstance(one["content"], list) for part in one["content"]]
    return sum(part["type"] == "image" for part in parts)


if __name__ == "__main__":  # libraries start processes that read this file again
    disable_progress_bars()
    by_folder(check)
