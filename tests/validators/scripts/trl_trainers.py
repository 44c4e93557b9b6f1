"""Files as TRL's own trainers prepare them, with a model and a tokenizer that are made here, too small to learn.

``SFTTrainer``, ``DPOTrainer`` and ``KTOTrainer`` apply the template and tokenize every row when they are made.
``GRPOTrainer`` takes rows as they come; so its prompts go through the function of TRL that it calls for each of them.
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""
from datasets import Dataset, disable_progress_bars, load_dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, SFTConfig, SFTTrainer
from trl.data_utils import apply_chat_template, is_conversational

TEMPLATE = (
    "{% if tools %}{{ tools | tojson }}{% endif %}"
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] or '' }}"
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


def model() -> LlamaForCausalLM:
    """A model of a few thousand parameters."""
    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    return LlamaForCausalLM(LlamaConfig(vocab_size=256, **sizes))


def prepare(rows: Dataset, method: str) -> int:
    """How many rows a trainer has after it prepared them."""
    if method == "rft":
        for row in rows:
            assert row["prompt"], row
            if is_conversational({"prompt": row["prompt"]}):
                text = apply_chat_template({"prompt": row["prompt"]}, tokenizer())["prompt"]
            else:
                text = row["prompt"]
            assert tokenizer()(text)["input_ids"], row
        return len(rows)
    config, trainer = {
        "sft": (SFTConfig, SFTTrainer),
        "preference": (DPOConfig, DPOTrainer),
        "kto": (KTOConfig, KTOTrainer),
    }[method]
    with tempfile.TemporaryDirectory() as folder:
        arguments = config(output_dir=folder, report_to=[], max_length=None, use_cpu=True, bf16=False)
        more = {} if method == "sft" else {"ref_model": model()}
        made = trainer(model=model(), args=arguments, train_dataset=rows, processing_class=tokenizer(), **more)
        next(iter(made.get_train_dataloader()))
        return len(made.train_dataset)


def main() -> None:
    """Load all files together, and prepare each."""
    folder, _, method = sys.argv[1:4]
    disable_progress_bars()
    names = [name for name in ("train", "validation", "test") if Path(folder, f"{name}.jsonl").exists()]
    files = {name: str(Path(folder, f"{name}.jsonl")) for name in names}
    count = 0
    with tempfile.TemporaryDirectory() as cache:
        for rows in load_dataset("json", data_files=files, cache_dir=cache).values():
            made = prepare(rows, method)
            assert made == len(rows), f"{len(rows)} rows became {made}"
            count += made
    print(f"{count} rows")


main()
