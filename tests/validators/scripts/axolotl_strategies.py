"""Files as Axolotl's own loaders prepare them, by the `datasets:` block that stands beside them.

``axolotl.yaml`` is merged into a configuration that names a tokenizer made here; then the functions are called by
which Axolotl itself loads and tokenizes rows for SFT, pretraining, DPO, KTO, GRPO and process rewards.
"""

import json
import tempfile
from pathlib import Path

import yaml
from axolotl.utils.data import rl, sft
from axolotl.utils.dict import DictDefault
from axolotl.utils.schemas.enums import RLType
from datasets import disable_progress_bars, load_dataset
from tiny import model, tokenizer
from trl.data_utils import apply_chat_template
from verdicts import Job, by_folder, must

# What is prepared is looked at here, and not kept for a run: writing it starts processes for nothing.
rl.save_preprocessed_dataset = sft.save_preprocessed_dataset = lambda *_, **__: None


KTO_TEXTS = ("system", "instruction", "question", "prompt", "completion")


def check(job: Job) -> int:
    """The rows that are left after Axolotl's own preparation, in which none may be empty."""
    with tempfile.TemporaryDirectory() as folder:
        tokenizer().save_pretrained(folder)
        model().config.save_pretrained(folder)
        return sum(prepared(job, name, path, folder) for name, path in job.files().items())


def prepared(job: Job, split: str, path: Path, folder: str) -> int:
    """How many rows Axolotl makes of one file."""
    named = yaml.safe_load((job.folder / "axolotl.yaml").read_text(encoding="utf-8"))
    key = next(one for one in ("datasets", "pretraining_dataset") if one in named)
    entry = {**named[key][0], "path": str(path), "split": "train"}
    if key == "pretraining_dataset":
        must(entry["type"] == "pretrain", "type")
        rows = load_dataset("json", data_files=str(path), split="train", cache_dir=f"{folder}/cache-{split}")
        must(all(isinstance(one, str) and one for one in rows["text"]), "no text")
        return len(rows)
    config = DictDefault(
        {
            **named,
            "datasets": [entry],
            "test_datasets": None,
            "sequence_len": 1_000_000,
            "train_on_inputs": False,
            "tokenizer_config": folder,
            "tokenizer_type": "PreTrainedTokenizerFast",
            "base_model": folder,
            "base_model_config": folder,
            "dataset_prepared_path": f"{folder}/prepared-{split}",
            "chat_template": "tokenizer_default",
            "special_tokens": {},
            "seed": 1,
            "is_preprocess": True,
            "skip_prepare_dataset": False,
        }
    )
    if "rl" in named:
        if named["rl"] == "kto":  # its strategies write anything into their texts, so that is looked at here
            for line in path.read_text(encoding="utf-8").splitlines():
                told = {key: one for key, one in json.loads(line).items() if key in KTO_TEXTS}
                must(len(told) >= 2 and all(isinstance(one, str) for one in told.values()), f"no texts: {told}")
        config["rl"] = RLType(named["rl"])  # as Axolotl's own reading of a configuration makes of it
        rows, _ = rl.prepare_preference_datasets(config, tokenizer())
        must(len(rows) == 0 or rows[0]["prompt"], "no prompt")
        if named["rl"] == "grpo":  # rows go to the trainer of TRL as they are
            encode = tokenizer()
            for row in rows:
                must(isinstance(row["prompt"], str) or apply_chat_template({"prompt": row["prompt"]}, encode), "prompt")
        texts = {"dpo": ("prompt", "chosen", "rejected"), "kto": ("prompt", "completion")}.get(named["rl"], ())
        for row in rows:
            for one in texts:
                must(isinstance(row[one], str) and row[one], f"{one} is no text: {str(row[one])[:80]}")
                must("'role':" not in row[one], f"{one} has a list in it: {row[one][:80]}")
        return len(rows)
    rows, _ = sft._load_tokenized_prepared_datasets(tokenizer(), config, split="train")
    silent = sum(all(label == -100 for label in row["labels"]) for row in rows)
    must(silent <= without_text(path), f"nothing is learnt from {silent} rows")
    return len(rows)


def without_text(path: Path) -> int:
    """Rows whose answers are calls of tools alone, which Axolotl does not find in every template."""
    rows = [json.loads(line).get("messages") or [] for line in path.read_text(encoding="utf-8").splitlines()]
    return sum(
        bool(turns) and not any(one["role"] == "assistant" and one.get("content") for one in turns) for turns in rows
    )


if __name__ == "__main__":  # libraries start processes that read this file again
    disable_progress_bars()
    by_folder(check)
