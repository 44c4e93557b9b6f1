"""Real datasets keep their formats and their silence. Skipped where the data does not lie beside the checkout."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import ftprep
from ftprep.inputs import open_input
from ftprep.io.discover import open_sources

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the datasets are not here")

FORMATS = {
    "classification/banking77_train.csv": "text-label",
    "perf/mixed_100k.jsonl.gz": "openai-chat",
    "preference/kto_300.json": "llamafactory-kto-messages",
    "preference/llamafactory_v1_dpo_10.jsonl": "llamafactory-v1-preference",
    "preference/openai_dpo_284.jsonl": "openai-preference",
    "preference/sharegpt_dpo_300.json": "llamafactory-preference-sharegpt",
    "rft/bbh_1000.jsonl": "nova-rft",
    "rft/gsm8k_test_1319.jsonl": "gsm8k",
    "rft/gsm8k_train_7473.jsonl": "gsm8k",
    "rft/humaneval_164.jsonl": "humaneval",
    "rft/nova_rft_300.jsonl": "nova-rft",
    "rft/openai_countdown_100.jsonl": "openai-rft",
    "rft/openai_toolcall_10.jsonl": "openai-rft",
    "sft/alpaca_identity_91.json": "alpaca",
    "sft/gsm8k_chat_449.jsonl": "openai-chat",
    "sft/llamafactory_multimodal_6.json": "llamafactory-multimodal",
    "sft/llamafactory_v1_sft_500.jsonl": "llamafactory-v1",
    "sft/nova_tooluse_120.jsonl": "bedrock-converse",
    "sft/openai_toy_5.jsonl": "openai-chat",
    "sft/retail_agent_tools_55.jsonl": "openai-chat",
    "sft/sharegpt_toolcall_300.json": "sharegpt",
    "sft/stock_toolcall_86.jsonl": "openai-chat",
}
# Errors that are true: a call whose arguments break the schema that the row declares; order numbers and addresses that
# an assistant states, or calls a tool with, although nothing in the row gave them.
ERRORS = {"sft/sharegpt_toolcall_300.json": {"TUL004": 1}, "sft/retail_agent_tools_55.jsonl": {"IDS003": 32}}


def chat(request: str, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": request}, {"role": "assistant", "content": answer}]}


@pytest.mark.parametrize("name", FORMATS)
def test_format(name: str) -> None:
    sources = open_sources(DATA / name).sources
    assert [open_input(source).detection.format for source in sources] == [FORMATS[name]]


@pytest.mark.parametrize("name", [name for name in FORMATS if not name.startswith("perf/")])
def test_no_errors_but_true_ones(name: str) -> None:
    report = ftprep.lint(DATA / name, isolated=True)
    errors = Counter(one.code for one in report.findings if one.severity == ftprep.Severity.ERROR)
    assert errors == ERRORS.get(name, {})


def test_texts_with_labels_are_tasks_with_labels() -> None:
    """banking77 has 77 classes between 187 and 35 rows, and one intent that two wordings of a question share not."""
    with (DATA / "classification/banking77_train.csv").open(encoding="utf-8", newline="") as stream:
        rows = [chat(row["text"], row["category"]) for row in csv.DictReader(stream)]
    found = ftprep.lint(rows, isolated=True, select="CON,BAL001,BAL002,BAL003").findings
    assert [one.code for one in found] == ["CON003"]


def test_imbalanced_classes_are_within_bounds() -> None:
    splits = json.loads((DATA / "classification/clinc150_imbalanced.json").read_text(encoding="utf-8"))
    rows = [chat(text, intent) for text, intent in splits["train"]]
    report = ftprep.lint(rows, isolated=True, select="CON,BAL001,BAL002,BAL003")
    assert report.inputs[0].detection.format == "openai-chat"
    assert report.findings == []


def test_the_texts_about_people_are_no_training_rows() -> None:
    texts = json.loads((DATA / "pii/presidio_synth_v2_1500.json").read_text(encoding="utf-8"))
    rows = [{"text": one["full_text"]} for one in texts]
    assert ftprep.lint(rows, isolated=True, select="SCH").inputs[0].detection.format == "plain-text"


def test_sums_for_schools_are_no_duplicates_and_no_leak() -> None:
    """No row of the two halves is repeated, contradicts another, or stands in both."""
    files = [DATA / "rft/gsm8k_train_7473.jsonl", DATA / "rft/gsm8k_test_1319.jsonl"]
    options: dict[str, Any] = {"isolated": True, "profile": "thorough", "select": "DUP,CON,RFT005,LEK"}
    splits = {"train": str(files[0]), "test": str(files[1])}
    report = ftprep.lint(files, splits=splits, against=files[1], **options)
    assert {"DUP001", "DUP002", "LEK001", "LEK002", "LEK004", "RFT005"} <= set(report.rules)
    assert report.findings == []


def test_classes_are_counted_as_they_are() -> None:
    """Every class of two sets with its rows, and the numbers that a skewed one is told by."""
    banking = _texts("classification/banking77_train.csv")
    split = json.loads((DATA / "classification/clinc150_imbalanced.json").read_text(encoding="utf-8"))["train"]
    counted = _labels_of([chat(text, label) for text, label in banking])
    assert counted == Counter(label for _, label in banking)
    assert (len(counted), max(counted.values()), min(counted.values())) == (77, 187, 35)
    counted = _labels_of([chat(text, intent) for text, intent in split])
    assert counted == Counter(intent for _, intent in split)
    assert set(counted.values()) == {25, 50, 75, 100}


def _texts(name: str) -> list[tuple[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return [(row["text"], row["category"]) for row in csv.DictReader(stream)]


def _labels_of(rows: list[dict[str, Any]]) -> dict[str, int]:
    """The labels of the one task of some rows with their rows, as rules about balance count them."""
    from ftprep.engine.local import LocalEngine
    from ftprep.rules.balance.skewed_labels import SkewedLabels
    from ftprep.tasks.balance import balances, words_of

    counted: dict[str, int] = {}

    def reduce(self: SkewedLabels, table: Any, engine: LocalEngine) -> list[Any]:
        (balance,) = balances(table, engine)
        labels = balance.labels.labels.tolist()
        words = words_of(table, engine, balance.subject.task, labels)
        counted.update(zip(words, balance.labels.counts.tolist(), strict=True))
        assert balance.data()["labels"] == len(labels)
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SkewedLabels, "reduce", reduce)
        assert ftprep.lint(rows, isolated=True, select="BAL001").findings == []
    return counted
