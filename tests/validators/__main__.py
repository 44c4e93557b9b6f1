"""The command: prepare files, build environments, run validators, print a table."""

from __future__ import annotations

import argparse
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import gettempdir
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


class Validator(NamedTuple):
    """One validator: its script, what to install for it, and for which targets and methods it speaks."""

    script: str
    requirements: tuple[str, ...]
    targets: tuple[str, ...]
    methods: tuple[str, ...]


SFT, DPO, KTO, RFT = "sft", "preference", "kto", "rft"
VALIDATORS = {
    "openai-sdk": Validator(
        "openai_sdk.py", ("openai==3.57.0", "pydantic>=2"), ("openai", "azure", "fireworks"), (SFT, DPO)
    ),
    "mistral-common": Validator("mistral.py", ("mistral-common==1.13.1",), ("mistral",), (SFT,)),
    "together": Validator("together_files.py", ("together==3.1.1",), ("together",), (SFT, DPO)),
    "google-genai": Validator("gemini_sdk.py", ("google-genai==3.6.1",), ("gemini",), (SFT, DPO)),
    "botocore": Validator("bedrock_shapes.py", ("botocore==1.44.8",), ("nova",), (SFT,)),
    "datasets": Validator(
        "hub_datasets.py",
        ("datasets==5.2.0",),
        ("trl", "unsloth", "axolotl", "llamafactory"),  # those that read with it
        (SFT, DPO, KTO, RFT),
    ),
    "trl": Validator("trl_data.py", ("trl==1.16.0",), ("trl", "unsloth"), (SFT, DPO, KTO, RFT)),
    "llamafactory": Validator("llamafactory_data.py", ("llamafactory==0.9.5",), ("llamafactory",), (SFT, DPO, KTO)),
}
SAMPLES: dict[str, tuple[str, ...]] = {
    SFT: ("sft/gsm8k_chat_449.jsonl", "sft/alpaca_identity_91.json", "sft/stock_toolcall_86.jsonl"),
    DPO: ("preference/openai_dpo_284.jsonl", "preference/sharegpt_dpo_300.json"),
    KTO: ("preference/kto_300.json",),
    RFT: ("rft/gsm8k_train_7473.jsonl", "rft/nova_rft_300.jsonl"),
}
OWN_SAMPLES: dict[str, tuple[str, ...]] = {
    SFT: ("clean_chat.jsonl", "alpaca.json", "tools.jsonl"),
    DPO: ("preference.jsonl", "pairs.jsonl"),
    KTO: ("feedback.jsonl",),
    RFT: ("rft.jsonl", "tasks.jsonl"),
}


def main() -> int:
    """Run what was asked for; 1 where a validator refuses what was prepared."""
    parser = argparse.ArgumentParser(prog="python -m tests.validators", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *VALIDATORS], metavar="NAME", help=", ".join(VALIDATORS))
    parser.add_argument("--data", type=Path, help="folder of real files (default: sample_data)")
    parser.add_argument("--table", type=Path, help="Markdown file to write the table of verdicts into")
    parser.add_argument("--work", type=Path, default=Path(gettempdir()) / "ftprep-validators")
    options = parser.parse_args()
    failed = 0
    table = ["| validator | target | method | file | verdict |", "| --- | --- | --- | --- | --- |"]
    for name in options.names or VALIDATORS:
        try:
            python = environment(name, options.work)
        except subprocess.CalledProcessError as error:
            reason = (error.stderr or "").strip().splitlines()[-1:] or ["pip failed"]
            needed = " ".join(VALIDATORS[name].requirements)
            print(f"{name}: `pip install {needed}` failed, is there a network? {reason[0][:200]}", file=sys.stderr)
            return 2
        for target in VALIDATORS[name].targets:
            for method in VALIDATORS[name].methods:
                for sample in samples(method, options.data):
                    verdict = show(name, python, target, method, sample, options.work)
                    failed += verdict.startswith("REFUSED")
                    print(f"{name:<15} {target:<13} {method:<11} {sample.name:<30} {verdict}", flush=True)
                    pinned = VALIDATORS[name].requirements[0].replace("==", " ")
                    table.append(f"| {pinned} | {target} | {method} | `{sample.name}` | {verdict} |")
    if options.table is not None:
        options.table.write_text("\n".join(table) + "\n", encoding="utf-8")
    return 1 if failed else 0


def samples(method: str, data: Path | None) -> list[Path]:
    """The files that are prepared for a method."""
    if data is None:
        return [ROOT / "sample_data" / name for name in OWN_SAMPLES[method]]
    return [data / name for name in SAMPLES[method]]


def environment(name: str, work: Path) -> Path:
    """The Python of a validator's own environment, made when it is first asked for."""
    folder = work / "environments" / name
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [python, "-m", "pip", "install", "-q", *VALIDATORS[name].requirements]
        subprocess.run(command, check=True, capture_output=True, text=True)
        (folder / "ready").touch()
    return python


def show(name: str, python: Path, target: str, method: str, sample: Path, work: Path) -> str:
    """Prepare a sample for a target and show it to the validator; what it says in a few words."""
    out = work / "prepared" / target / sample.stem
    command = [sys.executable, "-m", "ftprep", "prepare", str(sample), "--target", target, "--out", str(out), "-q"]
    made = subprocess.run([*command, "--overwrite", "--isolated"], capture_output=True, text=True, cwd=ROOT)
    if ("is not trained with" in made.stderr) and made.returncode:
        return "the target has no such training"
    if made.returncode:
        return f"not prepared: {made.stderr.strip().splitlines()[-1][:160]}"
    said = subprocess.run(
        [python, HERE / VALIDATORS[name].script, str(out), target, method], capture_output=True, text=True
    )
    lines = (said.stdout if said.returncode == 0 else said.stderr or said.stdout).strip().splitlines()
    return f"{'ok' if said.returncode == 0 else 'REFUSED'}: {lines[-1][:200] if lines else ''}"


if __name__ == "__main__":
    sys.exit(main())
