"""Files as TRL's own trainers take them, with a model and a tokenizer that are made here, too small to learn.

``SFTTrainer``, ``DPOTrainer`` and ``KTOTrainer`` apply the template and tokenize every row when they are made.
``GRPOTrainer`` does so as it trains: one step of it is run, with an answer sampled for each prompt and a reward that
looks at every other column, and the prompts of all rows go through the function of TRL that it calls for each.
"""

import tempfile
from typing import Any

from datasets import Dataset, disable_progress_bars, load_dataset
from PIL import Image
from tiny import model, tokenizer
from trl import (
    DPOConfig,
    DPOTrainer,
    GRPOConfig,
    GRPOTrainer,
    KTOConfig,
    KTOTrainer,
    SFTConfig,
    SFTTrainer,
)
from trl.data_utils import apply_chat_template, is_conversational, prepare_multimodal_messages
from verdicts import Job, by_folder, must

TRAINERS = {"sft": (SFTConfig, SFTTrainer), "preference": (DPOConfig, DPOTrainer), "kto": (KTOConfig, KTOTrainer)}
TRAINERS["language-modeling"] = TRAINERS["sft"]


def check(job: Job) -> int:
    """Load all files together, and let a trainer prepare each."""
    files = {name: str(path) for name, path in job.files().items()}
    with tempfile.TemporaryDirectory() as cache:
        return sum(prepared(rows, job) for rows in load_dataset("json", data_files=files, cache_dir=cache).values())


def prepared(rows: Dataset, job: Job) -> int:
    """How many rows a trainer has after it prepared them; it must draw a batch of them."""
    if job.method in ("rft", "prompt-only"):
        return tasks(rows)
    if job.method == "stepwise":
        return steps(rows)
    if "images" in rows.column_names:  # their trainer wants a model that sees: TRL's own step before it
        for row in rows:
            images = [Image.new("RGB", (8, 8)) for _ in row["images"] or ()]
            prepare_multimodal_messages(row["messages"], images=images)
        return len(rows)
    config, trainer = TRAINERS[job.method]
    with tempfile.TemporaryDirectory() as folder:
        arguments = config(output_dir=folder, report_to=[], max_length=None, use_cpu=True, bf16=False)
        more = {} if config is SFTConfig else {"ref_model": model()}
        made = trainer(model=model(), args=arguments, train_dataset=rows, processing_class=tokenizer(), **more)
        next(iter(made.get_train_dataloader()))
        return len(made.train_dataset)


def tasks(rows: Dataset) -> int:
    """Rows whose prompts can be tokenized, and of which a trainer makes its first step."""
    encode, seen = tokenizer(), []
    for row in rows:
        must(row["prompt"], "no prompt")
        text = apply_chat_template({"prompt": row["prompt"]}, encode)["prompt"] if is_conversational(row) else None
        must(encode(text or row["prompt"])["input_ids"], "no token")

    def reward(completions: list[Any], **columns: list[Any]) -> list[float]:
        seen.append({key: len(value) for key, value in columns.items() if isinstance(value, list)})
        return [float(len(one)) for one in completions]

    with tempfile.TemporaryDirectory() as folder:
        arguments = GRPOConfig(
            output_dir=folder, report_to=[], use_cpu=True, bf16=False, max_steps=1, save_strategy="no",
            num_generations=2, per_device_train_batch_size=2, gradient_accumulation_steps=1, max_completion_length=2,
        )  # fmt: skip
        made = GRPOTrainer(
            model=model(), reward_funcs=reward, args=arguments, train_dataset=rows, processing_class=tokenizer()
        )
        made.train()
    must(seen and set(rows.column_names) - {"prompt"} <= set(seen[0]), "columns that the reward does not see")
    return len(rows)


def steps(rows: Dataset) -> int:
    """Rows that the trainer of process rewards prepares."""
    from transformers import LlamaConfig, LlamaForTokenClassification
    from trl.experimental.prm import PRMConfig, PRMTrainer

    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    judge = LlamaForTokenClassification(LlamaConfig(vocab_size=257, num_labels=2, pad_token_id=256, **sizes))
    with tempfile.TemporaryDirectory() as folder:
        arguments = PRMConfig(output_dir=folder, report_to=[], use_cpu=True, bf16=False, max_length=None)
        made = PRMTrainer(model=judge, args=arguments, train_dataset=rows, processing_class=tokenizer())
        return len(made.train_dataset)


if __name__ == "__main__":  # libraries start processes that read this file again
    disable_progress_bars()
    by_folder(check)
