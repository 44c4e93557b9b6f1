"""Files as TRL prepares them for its trainers, with a small tokenizer that is made here."""

import sys
from pathlib import Path

from datasets import load_dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from trl.data_utils import (
    apply_chat_template,
    extract_prompt,
    is_conversational,
    unpair_preference_dataset,
)

TEMPLATE = (
    "{% if tools %}{{ tools | tojson }}{% endif %}"
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}"
    "{% for call in message.get('tool_calls') or [] %}{{ call['function'] | tojson }}{% endfor %}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level tokenizer of 256 tokens with a chat template."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE(vocab={one: number for number, one in enumerate(alphabet)}, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    fast = PreTrainedTokenizerFast(tokenizer_object=made, eos_token="!", pad_token="!")
    fast.chat_template = TEMPLATE
    return fast


def columns_of(method: str) -> set[str]:
    """The columns of each of TRL's dataset types for a method."""
    return {
        "sft": {"messages", "prompt", "completion", "text", "tools", "images"},
        "preference": {"prompt", "chosen", "rejected", "tools", "images"},
        "kto": {"prompt", "completion", "label", "tools"},
        "rft": {"prompt"},
    }[method]


folder, _, method = sys.argv[1:4]
names = [name for name in ("train", "validation", "test") if Path(folder, f"{name}.jsonl").exists()]
files = {name: str(Path(folder, f"{name}.jsonl")) for name in names}
count = 0
for rows in load_dataset("json", data_files=files, cache_dir=f"{folder}.cache").values():
    known = columns_of(method)
    assert known & set(rows.column_names), rows.column_names
    if method == "preference" and "prompt" not in rows.column_names:
        rows = rows.map(extract_prompt)
    if method == "preference":
        assert len(unpair_preference_dataset(rows)) == 2 * len(rows)
    for row in rows:
        if is_conversational(row):
            text = apply_chat_template({key: value for key, value in row.items() if key in known}, tokenizer())
            assert any(isinstance(value, str) and value for value in text.values())
        elif method == "kto":
            assert isinstance(row["label"], bool)
        count += 1
print(f"{count} rows")
