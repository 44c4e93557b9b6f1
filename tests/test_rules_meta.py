"""What holds for every rule and every source file: catalogue, file names, documentation, messages, lengths."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import orjson
import pytest
from examples import lint_example

from ftprep.finding import Severity
from ftprep.rule import Bad, Good, Rule, summary
from ftprep.rules import all_rules

CHECKOUT = Path(__file__).parent.parent
PACKAGE = CHECKOUT / "ftprep"
E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741

# Codes are never reused and names never change: people have them in their configuration.
CATALOGUE = {
    "JSN001": ("invalid-json", E),
    "JSN002": ("not-utf8", E),
    "JSN003": ("not-an-object", E),
    "JSN004": ("duplicate-key", E),
    "JSN005": ("blank-line", W),
    "JSN006": ("byte-order-mark", W),
    "JSN007": ("lone-surrogate", E),
    "JSN008": ("nan-or-infinity", E),
    "JSN009": ("not-a-dataset", E),
    "JSN010": ("not-json-lines", E),
    "JSN011": ("python-literal", E),
    "JSN012": ("missing-byte-order-mark", W),
    "SCH001": ("missing-field", E),
    "SCH002": ("unknown-field", W),
    "SCH003": ("wrong-type", E),
    "SCH004": ("unknown-role", E),
    "SCH005": ("mixed-formats", E),
    "SCH006": ("invalid-value", E),
    "SCH007": ("empty-list", E),
    "SCH008": ("type-drift", W),
    "SCH009": ("unknown-format", E),
    "SCH010": ("unaccepted-format", E),
    "CHT001": ("no-assistant-turn", E),
    "CHT002": ("ends-without-answer", E),
    "CHT003": ("empty-turn", E),
    "CHT004": ("roles-out-of-order", W),
    "CHT005": ("late-system-turn", W),
    "CHT006": ("several-system-turns", W),
    "CHT007": ("starts-with-assistant", W),
    "CHT008": ("nothing-trained", E),
    "CHT009": ("invalid-content-part", E),
    "CHT010": ("two-system-prompts", E),
    "CHT011": ("content-beside-calls", E),
    "TUL001": ("arguments-not-json", E),
    "TUL002": ("arguments-wrong-type", E),
    "TUL003": ("undeclared-tool", E),
    "TUL004": ("arguments-break-schema", E),
    "TUL005": ("unanswered-call", E),
    "TUL006": ("orphan-tool-result", E),
    "TUL007": ("repeated-call-id", E),
    "TUL008": ("invalid-tool-definition", E),
    "TUL009": ("double-encoded-arguments", W),
    "TUL010": ("tools-not-declared", W),
    "PRF001": ("identical-pair", E),
    "PRF002": ("empty-side", E),
    "PRF003": ("prompt-mismatch", E),
    "PRF004": ("reversed-pair", E),
    "PRF005": ("preference-cycle", E),
    "PRF006": ("near-identical-pair", W),
    "PRF007": ("length-bias", W),
    "PRF008": ("prompt-repeated-in-sides", W),
    "PRF009": ("score-reversal", E),
    "PRF010": ("constant-side", W),
    "PRF011": ("side-without-assistant", E),
    "PRF012": ("unbalanced-feedback", W),
    "TOK001": ("over-context", E),
    "TOK002": ("answer-cut-away", E),
    "TOK003": ("length-outlier", I),
    "TOK004": ("tiny-answer", I),
    "TXT005": ("template-placeholder", W),
    "TXT006": ("refusal", W),
    "TXT007": ("cut-off-answer", W),
    "TXT009": ("repetition", W),
    "TXT010": ("echoed-prompt", W),
    "TXT011": ("language-switch", W),
    "TXT013": ("role-prefix", W),
    "TOK005": ("over-platform-limit", E),
    "DUP001": ("exact-duplicate", W),
    "DUP002": ("near-duplicate", W),
    "DUP003": ("repeated-prompt", W),
    "DUP004": ("repeated-answer", W),
    "BAL001": ("skewed-labels", W),
    "BAL002": ("rare-label", W),
    "BAL003": ("one-answer-dominates", W),
    "BAL004": ("too-few-records", W),
    "FMT001": ("label-spelling-drift", W),
    "FMT002": ("prompt-template-drift", W),
    "FMT003": ("answer-format-drift", W),
    "FMT004": ("json-key-drift", W),
    "FMT005": ("whitespace-drift", W),
    "FMT006": ("ending-drift", I),
    "FMT007": ("reasoning-drift", W),
    "FMT008": ("value-format-drift", I),
    "BAL005": ("drifting-system-prompt", W),
    "TPL001": ("special-token", W),
    "TPL004": ("reserved-word", E),
    "CON001": ("conflicting-labels", E),
    "CON002": ("conflicting-answers", W),
    "CON003": ("near-prompt-conflict", W),
    "CON004": ("many-answers", I),
    "RFT001": ("missing-reference", E),
    "RFT002": ("ends-with-assistant", E),
    "RFT003": ("answer-in-prompt", W),
    "RFT004": ("unparseable-reference", E),
    "RFT005": ("conflicting-references", E),
    "RFT010": ("guessable-answer", W),
    "RFT011": ("unstated-answer-format", W),
    "RFT013": ("reference-type-drift", W),
    "RFT014": ("invalid-response-format", E),
    "LEK001": ("split-overlap", E),
    "LEK002": ("near-split-overlap", W),
    "LEK003": ("shared-entity", W),
    "PII001": ("email", W),
    "PII002": ("phone", W),
    "PII003": ("card-number", E),
    "PII004": ("iban", E),
    "PII005": ("ip-address", W),
    "PII006": ("national-id", E),
    "PII007": ("wallet-or-device", W),
    "PII008": ("date-of-birth", W),
    "PII009": ("postal-address", W),
    "PII101": ("person-name", W),
    "SEC001": ("api-key", E),
    "SEC002": ("private-key", E),
    "SEC003": ("password-in-url", E),
    "SEC004": ("json-web-token", E),
    "SEC005": ("assigned-secret", W),
    "IDS001": ("labelled-identifier", W),
    "IDS002": ("opaque-identifier", W),
    "IDS003": ("emitted-identifier", E),
    "IDS004": ("identifier-predicts-label", E),
    "IDS005": ("memorised-identifier", W),
    "FTP001": ("unused-suppression", W),
    "FTP002": ("unknown-code", W),
    "TXT001": ("mojibake", W),
    "TXT002": ("control-characters", W),
    "TXT003": ("hidden-characters", W),
    "TXT004": ("html-residue", W),
    "TXT008": ("unclosed-code-fence", W),
    "TXT012": ("not-normalised", I),
    "TXT014": ("placeholder-input", W),
    "TXT015": ("merged-examples", W),
    "TXT016": ("swallowed-escape", W),
    "TXT017": ("misspelling", I),
    "TPL002": ("unbalanced-thinking", E),
    "TPL003": ("pre-rendered-template", W),
    "LEK004": ("benchmark-overlap", W),
    "DRF001": ("shifted-lengths", W),
    "DRF002": ("shifted-labels", W),
    "DRF003": ("shifted-vocabulary", W),
    "FTP900": ("rule-crashed", E),
}
FAMILIES = {
    "JSN": "file",
    "SCH": "schema",
    "CHT": "chat",
    "TUL": "tools",
    "PRF": "preference",
    "TOK": "tokens",
    "TXT": "text",
    "DUP": "duplicates",
    "BAL": "balance",
    "FMT": "consistency",
    "TPL": "templates",
    "CON": "contradictions",
    "RFT": "reinforcement",
    "LEK": "leakage",
    "DRF": "drift",
    "PII": "privacy",
    "SEC": "secrets",
    "IDS": "identifiers",
    "FTP": "own",
}
HEADINGS = ["## What it does", "## Why is this bad?", "## How to settle it"]
NO_EXAMPLES = {"FTP900", "PII101"}  # about a defect of ftprep, which no row can show; and by a model that tests make
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "core"}

RULES = [pytest.param(rule, id=code) for code, rule in all_rules().items()]
BAD_EXAMPLES = [
    pytest.param(rule, example, id=f"{code}-{number}")
    for code, rule in all_rules().items()
    for number, example in enumerate(rule.examples)
    if isinstance(example, Bad)
]
SOURCES = [path for path in sorted(CHECKOUT.rglob("*.py")) if not re.search(r"/(\.venv|build|\.\w+)/", str(path))]


def test_the_catalogue() -> None:
    assert {code: (rule.name, rule.severity) for code, rule in all_rules().items()} == CATALOGUE


@pytest.mark.parametrize("rule", RULES)
def test_one_rule_is_one_file_named_after_it(rule: type[Rule]) -> None:
    path = Path(inspect.getfile(rule))
    assert path.stem == rule.name.replace("-", "_")
    assert path.parent.name == FAMILIES[rule.code[:3]] == rule.family()
    assert rule.__name__.lower() == rule.name.replace("-", "")
    assert re.fullmatch(r"[A-Z]{3}\d{3}", rule.code)
    in_file = [one for one in all_rules().values() if inspect.getfile(one) == str(path)]
    assert in_file == [rule]


def test_codes_and_names_are_unique() -> None:
    # all_rules() is keyed by code, so the files are counted: a repeated code would hide one of them.
    files = [path for path in (PACKAGE / "rules").glob("*/*.py") if path.name != "__init__.py"]
    assert len(files) == len(all_rules()) == len({rule.name for rule in all_rules().values()})


@pytest.mark.parametrize("rule", RULES)
def test_documentation(rule: type[Rule]) -> None:
    text = inspect.cleandoc(rule.__doc__ or "")
    assert [line for line in text.splitlines() if line.startswith("#")] == HEADINGS
    parts = re.split(r"^## .*$", text, flags=re.MULTILINE)
    assert all(part.strip() for part in parts)
    first = summary(rule)
    assert first == parts[0].strip(), "the summary is one sentence on one line"
    assert first.endswith(".")
    assert len(first) <= 100
    assert all(option.doc for option in rule.options.values())


@pytest.mark.parametrize("rule", [one for one in RULES if one.id not in NO_EXAMPLES])
def test_examples_of_both_kinds(rule: type[Rule]) -> None:
    assert any(isinstance(example, Good) for example in rule.examples)
    assert any(isinstance(example, Bad) for example in rule.examples)


@pytest.mark.parametrize(("rule", "example"), BAD_EXAMPLES)
def test_messages(rule: type[Rule], example: Bad, tmp_path: Path) -> None:
    found = [one for one in lint_example(rule, example, tmp_path).findings if one.code == rule.code]
    assert found
    for message in [one.message for one in found] + [one.fix.title for one in found if one.fix is not None]:
        assert len(message) <= 100, message
        assert message == message.strip()
        assert message.isprintable(), message
        assert not message.endswith((".", "!")) or message.endswith("…"), message
        assert not message[0].isupper() or _is_a_name(message.split()[0]), message


def _is_a_name(word: str) -> bool:
    """Whether a capital is part of the word itself: JSON, UTF-8, NaN, Git-LFS."""
    return sum(letter.isupper() for letter in word) > 1


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_its_entry_in_the_schemas(rule: type[Rule]) -> None:
    entries = orjson.loads((CHECKOUT / "schemas" / "v1" / "rules.json").read_bytes())["rules"]
    entry = next(one for one in entries if one["code"] == rule.code)
    assert (entry["name"], entry["severity"]) == (rule.name, rule.severity.label)


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(CHECKOUT))) for path in SOURCES])
def test_no_file_is_too_long_or_named_after_nothing(path: Path) -> None:
    if path.is_relative_to(PACKAGE):
        lines = path.read_bytes().count(b"\n")
        assert lines <= 400
    assert path.stem not in VAGUE
    assert path.parent.name not in VAGUE
