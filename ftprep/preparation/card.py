"""The dataset card: what the files hold and how they came about, with the metadata block that the Hub reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ftprep.rules import all_rules

if TYPE_CHECKING:
    from ftprep.conversion.trainer_files import TrainerFile

_SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
_NAMES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B")


def card(manifest: Mapping[str, Any], beside: TrainerFile | None = None) -> str:
    """The text of the card for a manifest, with what a target needs ``beside`` the rows.

    It holds names, numbers and codes, never text of a row.
    """
    return "\n".join([*_block(manifest), "", *_body(manifest, beside)]) + "\n"


def _block(manifest: Mapping[str, Any]) -> Iterator[str]:
    splits = [split for split, one in manifest["splits"].items() if one["rows"]]
    yield "---"
    yield "configs:"
    yield "- config_name: default"
    yield "  data_files:"
    for split in splits:
        yield f"  - split: {split}"
        yield f"    path: {split}.jsonl"
    yield "size_categories:"
    yield f"- {size_category(manifest['rows']['kept'])}"
    yield "tags:"
    yield "- fine-tuning"
    yield "---"


def size_category(rows: int) -> str:
    """The Hub's word for so many rows: ``1K<n<10K``."""
    if rows < _SIZES[0]:
        return f"n<{_NAMES[0]}"
    for number in range(1, len(_SIZES)):
        if rows < _SIZES[number]:
            return f"{_NAMES[number - 1]}<n<{_NAMES[number]}"
    return "n>1B"


def _body(manifest: Mapping[str, Any], beside: TrainerFile | None) -> Iterator[str]:
    rows = manifest["rows"]
    yield "# Dataset card"
    yield ""
    yield (
        f"Prepared by {manifest['tool']} from {rows['read']:,} rows: {rows['kept']:,} are kept, "
        f"{rows['dropped']:,} are left out, each with its reason in `dropped.jsonl`."
        if rows["dropped"]
        else f"Prepared by {manifest['tool']} from {rows['read']:,} rows, all of which are kept."
    )
    yield ""
    yield "| split | rows | share | tokens |"
    yield "| --- | ---: | ---: | ---: |"
    for split, one in manifest["splits"].items():
        yield f"| {split} | {one['rows']:,} | {one['share']:.1%} | {one['tokens']:,} |"
    yield from _tiers(manifest)
    yield from _conversion(manifest)
    yield from _changes(manifest)
    yield from ("", "## How it was split", "")
    yield from _split(manifest)
    if beside is None or not beside.name.endswith(".sh"):  # platforms read files by themselves
        yield from _loading(manifest)
    if beside is not None:
        suffix = beside.name.rpartition(".")[2]
        language = {"sh": "sh", "py": "python", "json": "json"}.get(suffix, "yaml")
        yield from ("", f"## How to train with {manifest['settings'].get('target', 'it')}", "")
        yield from (f"As `{beside.name}`:", "", f"```{language}", beside.text.rstrip("\n"), "```")


def _loading(manifest: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## How to load it", "", "```python", "from datasets import load_dataset", "")
    yield f'dataset = load_dataset("json", data_files={_data_files(manifest)})'
    yield "```"


def _data_files(manifest: Mapping[str, Any]) -> str:
    named = ", ".join(f'"{split}": "{split}.jsonl"' for split, one in manifest["splits"].items() if one["rows"])
    return f"{{{named}}}"


def _tiers(manifest: Mapping[str, Any]) -> Iterator[str]:
    tiers, splits = manifest.get("tiers"), list(manifest["splits"])
    if not tiers:
        return
    yield from ("", "## Where rows come from", "", f"| tier | read | {' | '.join(splits)} |")
    yield f"| --- | ---: |{' ---: |' * len(splits)}"
    for tier, counts in tiers.items():
        yield f"| {tier} | {counts['read']:,} | {' | '.join(f'{counts[split]:,}' for split in splits)} |"


def _conversion(manifest: Mapping[str, Any]) -> Iterator[str]:
    found = manifest["conversion"]
    if found is None:
        return
    yield from ("", "## Format", "", f"Rows are `{found['format']}`.")
    for title, notes in (("It cannot say", found["losses"]), ("It says in another way", found["changes"])):
        if notes:
            yield from ("", f"{title}:", "")
            yield from (f"- {one['what']}: {one['number']:,} {one['unit']}s" for one in notes)


def _changes(manifest: Mapping[str, Any]) -> Iterator[str]:
    rules = all_rules()
    for title, counts in (("Fixed", manifest["fixed"]["findings"]), ("Left out", manifest["dropped"])):
        if not counts:
            continue
        yield from ("", f"## {title}", "", "| rule | what it is | number |", "| --- | --- | ---: |")
        for code, number in counts.items():
            name = rules[code].name if code in rules else "no rule"
            yield f"| {code} | {name} | {number:,} |"


def _shared_out(options: Mapping[str, Any], ways: str) -> Iterator[str]:
    yield (
        f"Rows were shared out {ways} (seed {options['seed']}). Equal rows, one prompt, near-duplicates, and rows "
        "about one conversation, customer or document are in one split."
    )


def _split(manifest: Mapping[str, Any]) -> Iterator[str]:
    options, strata = manifest["options"], manifest["strata"]
    ways = "packed to exact shares" if options["balance"] else "by a hash of their content"
    if options["time-by"]:
        ways = f"by the date at `{options['time-by']}`"
    if options["keep-files"]:
        yield "Every file stayed the split that its name or the configuration said."
    else:
        yield from _shared_out(options, ways)
    if options["group-by"]:
        named = ", ".join(f"`{pointer}`" for pointer in options["group-by"])
        yield f"So are rows with one value at {named}."
    yield from (f"{sentence[0].upper()}{sentence[1:]}." for sentence in manifest["unmet"])
    if strata:
        worst = strata["largest-deviation"]
        yield (
            f"Shares of {strata['count']:,} strata (by `{strata['by']}`) differ from the whole by at most "
            f"{worst['points']:g} points."
        )
    found = ", ".join(f"{code} {number:,}" for code, number in manifest["proof"].items())
    yield f"Findings of the rules about overlap in the written files: {found}."
