"""The validators, what they need, for whom they speak, and the files that are shown to them."""

from __future__ import annotations

from typing import NamedTuple

TRAINERS = ("trl", "axolotl", "llamafactory", "unsloth")
PLATFORMS = (
    "openai", "azure", "claude-bedrock", "nova", "bedrock-llama", "gemini", "mistral", "together", "fireworks",
)  # fmt: skip


class Validator(NamedTuple):
    """One validator: its script, what it is, what to install for it, and for which targets it speaks.

    The first requirement is the one that it is known by. ``bare`` are installed without what they depend on, which is
    for GPUs. What is said of ``advisory`` is told, and is no failure: those targets do not read with it. ``wrong`` is
    what a row has that must be refused: a speaker whom nobody knows, or, for what looks no further, a list around it.
    """

    script: str
    what: str
    requirements: tuple[str, ...]
    targets: tuple[str, ...]
    bare: tuple[str, ...] = ()
    advisory: tuple[str, ...] = ()
    wrong: str = "speaker"


VALIDATORS = {
    "openai": Validator(
        "openai_types.py",
        "types of chat requests, and published rules",
        ("openai==3.57.0", "pydantic==2.12.5"),
        ("openai", "azure"),
    ),
    "fireworks": Validator(
        "fireworks_rows.py",
        "helper of uploads, types of messages, and published rules",
        ("fireworks-ai==1.2.30",),
        ("fireworks",),
    ),
    "aws": Validator(
        "aws.py",
        "service model of Converse, and the rules of AWS's validators of Nova, Llama and Claude 3 Haiku",
        ("botocore==1.44.8",),
        ("nova", "bedrock-llama", "claude-bedrock"),
    ),
    "gemini": Validator(
        "gemini.py", "types of the SDK, and published rules", ("google-genai==3.6.1",), ("gemini",)
    ),
    "mistral": Validator(
        "mistral_rows.py", "validator of fine-tuning requests", ("mistral-common==1.13.1",), ("mistral",)
    ),
    "together": Validator("together_files.py", "check of files", ("together==3.1.1",), ("together",), wrong="list"),
    "together-messages": Validator(
        "together_files.py",
        "check of messages, which later clients leave to the service",
        ("together==1.5.35",),
        ("together",),
        advisory=("together",),  # it knows no tools
    ),
    "datasets": Validator(
        "hub.py",
        '`load_dataset("json")`, all splits at once',
        ("datasets==5.2.0",),
        TRAINERS + PLATFORMS,
        advisory=PLATFORMS,
        wrong="list",
    ),
    "trl": Validator(
        "trl_trainers.py",
        "SFT, DPO, KTO and PRM trainers prepare all rows, GRPO trains a step",
        ("trl==1.16.0", "torch==2.13.0", "pillow==12.0.0"),
        ("trl",),
    ),
    "llamafactory": Validator(
        "llamafactory_files.py",
        "converters, by `dataset_info.json`",
        (
            "llamafactory==0.9.5", "torch==2.13.0", "transformers==5.6.0", "datasets==4.0.0", "accelerate==1.11.0",
            "peft==0.18.1", "trl==0.24.0", "av==16.0.0", "torchdata==0.11.0", "omegaconf==2.4.0", "tyro==0.8.14",
            "einops", "fire", "hf-transfer", "matplotlib", "numpy", "packaging", "pandas", "protobuf", "pydantic",
            "pyyaml", "safetensors", "scipy", "sentencepiece", "tiktoken",
        ),
        ("llamafactory",),
        bare=("llamafactory==0.9.5",),
    ),
    "axolotl": Validator(
        "axolotl_strategies.py",
        "prompt strategies, by the `datasets:` block",
        (
            "axolotl==0.19.0", "torch==2.13.0", "transformers==5.16.1", "trl==1.9.0", "datasets==4.8.4", "peft==0.20.0",
            "accelerate==1.13.0", "tokenizers==0.23.1", "huggingface_hub==1.17.0", "pydantic==2.12.5", "PyYAML==6.0.3",
            "addict==2.4.0", "fire==0.7.1", "requests", "colorama==0.4.6", "python-dotenv==1.0.1", "sentencepiece",
            "einops", "numba", "scipy", "mistral-common==1.11.5", "posthog==6.7.11",
        ),
        ("axolotl",),
        bare=("axolotl==0.19.0", "axolotl-contribs-lgpl==0.0.7", "axolotl-contribs-mit==0.0.6"),
    ),
    "unsloth": Validator(
        "unsloth_rows.py",
        "`standardize_data_formats`, then the trainers that it patches",
        (
            "unsloth==2026.10.9", "torch==2.13.0", "transformers==5.16.1", "trl==1.15.0", "datasets==4.8.4", "peft",
            "accelerate", "sentencepiece", "protobuf", "psutil", "tyro", "pillow", "regex", "msgspec", "hf_transfer",
        ),
        ("unsloth",),
        bare=("unsloth==2026.10.9", "unsloth_zoo==2026.10.9"),
    ),
}  # fmt: skip

REAL = (
    "sft/gsm8k_chat_449.jsonl",
    "sft/alpaca_identity_91.json",
    "sft/stock_toolcall_86.jsonl",
    "sft/retail_agent_tools_55.jsonl",
    "sft/sharegpt_toolcall_300.json",
    "sft/llamafactory_v1_sft_500.jsonl",
    "sft/llamafactory_multimodal_6.json",
    "sft/nova_tooluse_120.jsonl",
    "sft/openai_toy_5.jsonl",
    "classification/banking77_train.csv",
    "preference/openai_dpo_284.jsonl",
    "preference/sharegpt_dpo_300.json",
    "preference/llamafactory_v1_dpo_10.jsonl",
    "preference/kto_300.json",
    "rft/gsm8k_test_1319.jsonl",
    "rft/nova_rft_300.jsonl",
    "rft/bbh_1000.jsonl",
    "rft/openai_countdown_100.jsonl",
    "rft/openai_toolcall_10.jsonl",
    "rft/humaneval_164.jsonl",
)
"""Files of the folder that ``--data`` names."""
SAMPLES = (
    "clean_chat.jsonl", "messy_chat.jsonl", "tools.jsonl", "alpaca.json", "sharegpt.json", "converse.jsonl",
    "gemini.jsonl", "preference.jsonl", "pairs.jsonl", "feedback.jsonl", "judged.jsonl", "rft.jsonl", "tasks.jsonl",
    "labels.jsonl", "support_export.jsonl", "lighthouse.jsonl",
)  # fmt: skip
"""Files of ``sample_data/``, with the defects that they show."""
