"""What a trainer or a platform needs beside the rows: a file of its configuration, a snippet, or commands."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping
from shlex import quote
from typing import NamedTuple

from ftprep.conversion.shapes import all_shapes


class TrainerFile(NamedTuple):
    """A text, and the name that it usually has."""

    name: str
    text: str


Files = Mapping[str, str]
"""Names of data files by split: train, validation, test."""


Columns = Collection[str] | Mapping[str, Collection[str]]


class Job(NamedTuple):
    """What is trained on: ``columns`` are the top-level keys that rows have, of all files or by file name."""

    format: str
    files: Files
    model: str
    columns: Columns

    @property
    def method(self) -> str:
        """What the rows are for."""
        return all_shapes()[self.format].method

    def has(self, file: str, column: str) -> bool:
        """Whether rows of ``file`` have a column."""
        return column in (self.columns.get(file, ()) if isinstance(self.columns, Mapping) else self.columns)

    def given(self, *splits: str) -> list[str]:
        """The file names of those of ``splits`` that there are."""
        return [self.files[one] for one in splits if one in self.files]


Make = Callable[[Job], TrainerFile | None]


def trainer_file(
    target: str, format: str, files: Files, *, model: str | None = None, columns: Columns = ()
) -> TrainerFile | None:
    """What ``target`` needs to train on ``files``, rows of ``format``; None where nothing is known of that.

    ``files`` has the training file, at least. ``model`` is the name of the base model; where it is not given, a
    placeholder in capitals stands for it, as for all else that only the user knows. ``columns`` are the top-level
    keys of the rows, of all or by file name.
    """
    make = _MAKERS.get(target)
    return None if make is None or "train" not in files else make(Job(format, files, model or "MODEL", columns))


# --- trainers ---------------------------------------------------------------------------------------------------------

_SHAREGPT_TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
_OPENAI_TAGS = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "observation_tag": "tool",
    "function_tag": "function_call",
    "system_tag": "system",
}
_ALPACA = {"prompt": "instruction", "query": "input", "response": "output", "system": "system", "history": "history"}
_TALK = {"messages": "conversations", "system": "system", "tools": "tools"}
_OPTIONAL = frozenset({"query", "system", "history", "tools", "images", "videos", "audios"})
_LLAMAFACTORY: dict[str, dict[str, object]] = {
    "alpaca": {"formatting": "alpaca", "columns": _ALPACA},
    "sharegpt": {"formatting": "sharegpt", "columns": _TALK, "tags": _SHAREGPT_TAGS},
    "openai-chat": {
        "formatting": "openai",
        "columns": {"messages": "messages", "tools": "tools"},
        "tags": _OPENAI_TAGS,
    },
    "plain-text": {"columns": {"prompt": "text"}},
    "llamafactory-multimodal": {
        "formatting": "sharegpt",
        "columns": {"messages": "messages", "images": "images", "videos": "videos", "audios": "audios"},
        "tags": _OPENAI_TAGS,
    },
    "llamafactory-preference-alpaca": {
        "ranking": True,
        "columns": {"prompt": "instruction", "query": "input", "chosen": "chosen", "rejected": "rejected"},
    },
    "llamafactory-preference-sharegpt": {
        "formatting": "sharegpt",
        "ranking": True,
        "columns": {**_TALK, "chosen": "chosen", "rejected": "rejected"},
        "tags": _SHAREGPT_TAGS,
    },
    "llamafactory-kto-alpaca": {"columns": {**_ALPACA, "kto_tag": "kto_tag"}},
    "llamafactory-kto-sharegpt": {
        "formatting": "sharegpt",
        "columns": {**_TALK, "kto_tag": "kto_tag"},
        "tags": _SHAREGPT_TAGS,
    },
    "llamafactory-kto-messages": {
        "formatting": "openai",
        "columns": {"messages": "messages", "kto_tag": "label"},
        "tags": _OPENAI_TAGS,
    },
}


def _llamafactory(job: Job) -> TrainerFile:
    if job.format in ("llamafactory-v1", "llamafactory-v1-preference"):  # its newer engine, with a file of its own
        lines = []
        for split, name in job.files.items():
            lines += [f"{split}:", f"  path: {json.dumps(name, ensure_ascii=False)}", "  source: local"]
        return TrainerFile("dataset_info.yaml", "\n".join(lines) + "\n")
    entries = {}
    for split, name in job.files.items():
        stem = os.path.basename(name).split(".")[0].replace("-", "_") or split
        entry = {"file_name": os.path.basename(name), **_LLAMAFACTORY.get(job.format, {})}
        columns = entry.get("columns")
        if isinstance(columns, dict):  # a column that no row has is an error there
            there = {key: one for key, one in columns.items() if job.has(name, one) or key not in _OPTIONAL}
            entry["columns"] = there
        entries[stem] = entry
    return TrainerFile("dataset_info.json", json.dumps(entries, indent=2, ensure_ascii=False) + "\n")


_AXOLOTL: dict[str, tuple[str, str]] = {  # format: the list it stands in, and its `type`
    "openai-chat": ("datasets", "chat_template"),
    "sharegpt": ("datasets", "chat_template"),
    "alpaca": ("datasets", "alpaca"),
    "plain-text": ("pretraining_dataset", "pretrain"),
    "open-orca": ("datasets", "alpaca_w_system.load_open_orca"),
    "qa": ("datasets", "alpaca_chat.load_qa"),
    "axolotl-camel-ai": ("datasets", "alpaca_chat.load_camel_ai"),
    "axolotl-gpteacher": ("datasets", "gpteacher"),
    "axolotl-metharme": ("datasets", "metharme"),
    "axolotl-oasst": ("datasets", "oasst"),
    "axolotl-pygmalion": ("datasets", "pygmalion"),
    "axolotl-summarizetldr": ("datasets", "summarizetldr"),
    "trl-preference-std": ("rl: dpo", "chatml.prompt_pairs"),
    "trl-preference-implicit-conv": ("rl: dpo", "chat_template.argilla_chat"),
    "axolotl-argilla": ("rl: dpo", "chatml.argilla"),
    "axolotl-icr": ("rl: dpo", "chatml.icr"),
    "axolotl-intel": ("rl: dpo", "chatml.intel"),
    "axolotl-nectar": ("rl: dpo", "zephyr.nectar"),
    "axolotl-chat-template-dpo": ("rl: dpo", "chat_template.default"),
    "trl-kto": ("rl: kto", "chatml.prompt_pairs"),
    "axolotl-kto-argilla": ("rl: kto", "chatml.argilla"),
    "axolotl-kto-intel": ("rl: kto", "chatml.intel"),
    "trl-prompt-only": ("rl: grpo", ""),
    "trl-prompt-only-conv": ("rl: grpo", ""),
    "trl-stepwise": ("process_reward_model: true", "stepwise_supervised"),
}
_AXOLOTL_MORE = {
    "openai-chat": ["field_messages: messages"],
    "sharegpt": [
        "field_messages: conversations",
        "message_property_mappings:\n      role: from\n      content: value",
    ],
}


def _axolotl(job: Job) -> TrainerFile | None:
    if job.format not in _AXOLOTL:
        return None
    where, kind = _AXOLOTL[job.format]
    lines = [] if where in ("datasets", "pretraining_dataset") else [where]
    for split, key in (("train", "datasets"), ("validation", "test_datasets")):
        if split not in job.files:
            continue
        lines.append("pretraining_dataset:" if where == "pretraining_dataset" and split == "train" else f"{key}:")
        lines.append(f"  - path: {json.dumps(job.files[split], ensure_ascii=False)}")
        lines += ["    ds_type: json", *([f"    type: {kind}"] if kind else [])]
        lines += ["    split: train"] if split == "validation" else []
        lines += [f"    {one}" for one in _AXOLOTL_MORE.get(job.format, ())]
    if where == "rl: grpo":
        lines += ["trl:", "  reward_funcs: [MODULE.FUNCTION]"]
    return TrainerFile("axolotl.yaml", "\n".join(lines) + "\n")


_TRAINERS = {
    "sft": "SFT",
    "preference": "DPO",
    "kto": "KTO",
    "prompt-only": "GRPO",
    "rft": "GRPO",
    "language-modeling": "SFT",
    "stepwise": "PRM",
}


def _trl(job: Job) -> TrainerFile:
    kind = _TRAINERS.get(job.method, "SFT")
    named = {split: name for split, name in job.files.items() if split in ("train", "validation", "test")}
    reward = "reward_funcs=reward,  # a function of yours: reward(completions, **columns)"
    arguments = [
        f"model={json.dumps(job.model)},",
        f'args={kind}Config(output_dir="out"),',
        *([reward] if kind == "GRPO" else ()),
        'train_dataset=data["train"],',
        *(['eval_dataset=data["validation"],'] if "validation" in named else ()),
    ]
    home = "trl.experimental.prm" if kind == "PRM" else "trl"
    text = "\n".join(
        (
            "from datasets import load_dataset",
            f"from {home} import {kind}Config, {kind}Trainer",
            "",
            f'data = load_dataset("json", data_files={json.dumps(named, ensure_ascii=False)})',
            f"trainer = {kind}Trainer(",
            *(f"    {one}" for one in arguments),
            ")",
            "trainer.train()",
            "",
        )
    )
    return TrainerFile("train.py", text)


# --- platforms --------------------------------------------------------------------------------------------------------

_BOTH = ("train", "validation")
_THEN = "# with the ids that come back:"


def _shell(*lines: str) -> TrainerFile:
    return TrainerFile("train.sh", "\n".join(lines) + "\n")


def _openai(job: Job) -> TrainerFile:
    return _jobs("https://api.openai.com/v1", '-H "Authorization: Bearer $OPENAI_API_KEY"', job)


def _azure(job: Job) -> TrainerFile:
    return _jobs("$AZURE_OPENAI_ENDPOINT/openai/v1", '-H "api-key: $AZURE_OPENAI_API_KEY"', job)


def _jobs(address: str, key: str, job: Job) -> TrainerFile:
    uploads = [f"curl {address}/files {key} -F purpose=fine-tune -F file=@{quote(one)}" for one in job.given(*_BOTH)]
    body: dict[str, object] = {"model": job.model, "training_file": "TRAIN_FILE_ID"}
    if "validation" in job.files:
        body["validation_file"] = "VALIDATION_FILE_ID"
    body["method"] = {"type": {"preference": "dpo", "rft": "reinforcement"}.get(job.method, "supervised")}
    if job.method == "rft":
        body["method"] = {"type": "reinforcement", "reinforcement": {"grader": "GRADER"}}
    create = f'curl {address}/fine_tuning/jobs {key} -H "Content-Type: application/json" -d {quote(json.dumps(body))}'
    return _shell(*uploads, _THEN, create)


def _together(job: Job) -> TrainerFile:
    uploads = [f"together files upload {quote(one)}" for one in job.given(*_BOTH)]
    more = " --validation-file VALIDATION_FILE_ID" if "validation" in job.files else ""
    more += f" --model {quote(job.model)}" + (" --training-method dpo" if job.method == "preference" else "")
    return _shell(*uploads, _THEN, f"together fine-tuning create --training-file TRAIN_FILE_ID{more}")


def _fireworks(job: Job) -> TrainerFile | None:
    verb = {"sft": "supervised-fine-tuning-job", "preference": "dpo-job"}.get(job.method)
    if verb is None:
        return None
    splits = [one for one in _BOTH if one in job.files and (one == "train" or job.method == "sft")]
    uploads = [f"firectl dataset create {one}-rows {quote(job.files[one])}" for one in splits]
    more = " --evaluation-dataset validation-rows" if "validation" in splits else ""
    base = quote(job.model)
    return _shell(
        *uploads, f"firectl {verb} create --base-model {base} --dataset train-rows{more} --output-model tuned"
    )


def _bedrock(job: Job) -> TrainerFile | None:
    if job.method == "rft":
        return None
    copies = [f"aws s3 cp {quote(one)} s3://BUCKET/rows/" for one in job.given(*_BOTH)]
    places = [{"s3Uri": f"s3://BUCKET/rows/{os.path.basename(one)}"} for one in job.given(*_BOTH)]
    create = [
        "aws bedrock create-model-customization-job",
        "--job-name tuning --custom-model-name tuned --role-arn ROLE_ARN",
        f"--base-model-identifier {quote(job.model)} --customization-type FINE_TUNING",
        f"--training-data-config {quote(json.dumps(places[0]))}",
        *(f"--validation-data-config {quote(json.dumps({'validators': [one]}))}" for one in places[1:]),
        f"--output-data-config {quote(json.dumps({'s3Uri': 's3://BUCKET/out/'}))}",
    ]
    return _shell(*copies, " \\\n  ".join(create))


def _vertex(job: Job) -> TrainerFile | None:
    kind = {"sft": "supervisedTuningSpec", "preference": "preferenceOptimizationSpec"}.get(job.method)
    if kind is None:
        return None
    copies = [f"gcloud storage cp {quote(one)} gs://BUCKET/rows/" for one in job.given(*_BOTH)]
    keys = ("trainingDatasetUri", "validationDatasetUri")
    places = (f"gs://BUCKET/rows/{os.path.basename(one)}" for one in job.given(*_BOTH))
    body = json.dumps({"baseModel": job.model, kind: dict(zip(keys, places, strict=False))})
    address = "https://$REGION-aiplatform.googleapis.com/v1/projects/$PROJECT/locations/$REGION/tuningJobs"
    create = [
        f'curl "{address}" -H "Authorization: Bearer $(gcloud auth print-access-token)"',
        f'-H "Content-Type: application/json" -d {quote(body)}',
    ]
    return _shell(*copies, " \\\n  ".join(create))


def _mistral(job: Job) -> TrainerFile:
    key = "data" if job.format in ("plain-text", "mistral-content") else "instruct_data"
    lines = [f"model_id_or_path: {json.dumps(job.model)}", "data:", f"  {key}: {json.dumps(job.files['train'])}"]
    if "validation" in job.files:
        lines.append(f"  eval_instruct_data: {json.dumps(job.files['validation'])}")
    return TrainerFile("mistral-finetune.yaml", "\n".join(lines) + "\n")


_MAKERS: dict[str, Make] = {
    "llamafactory": _llamafactory,
    "axolotl": _axolotl,
    "trl": _trl,
    "unsloth": _trl,
    "openai": _openai,
    "azure": _azure,
    "together": _together,
    "fireworks": _fireworks,
    "bedrock-llama": _bedrock,
    "claude-bedrock": _bedrock,
    "nova": _bedrock,
    "gemini": _vertex,
    "mistral": _mistral,
}
