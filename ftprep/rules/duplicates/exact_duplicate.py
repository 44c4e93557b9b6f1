"""Rule DUP001."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ftprep.finding import DROP, Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine, Group
    from ftprep.engine.table import Table
    from ftprep.record import Record
    from ftprep.shard import Shard

MOST_READ = 20_000  # rows that are read again to say what they differ in

_SWAPPED = '{"messages": [{"content": "Capital of Peru?", "role": "user"}, {"content": "Lima.", "role": "assistant"}]}'
_CITY = {"messages": [{"role": "user", "content": "Capital of Peru?"}, {"role": "assistant", "content": "Lima."}]}


class ExactDuplicate(DatasetRule):
    """The same row again.

    ## What it does
    Finds rows with the same content as an earlier row of the same dataset: messages, prompt, answers, tools, labels
    and references. Ids, sources and other metadata do not count, nor do key order, case, the amount of white space
    and Unicode normalisation (NFC); the message says which of these were ignored. The first of equal rows is not
    reported. Files that are named as different splits (train, validation, test) are different datasets.

    ## Why is this bad?
    A repeated row is weighted twice, is paid for twice, and draws the model towards learning it by heart; when the
    set is split later, the copies end up on both sides.

    ## How to settle it
    Keep one of each. A platform's advice to repeat a very small set is better met by more epochs.
    """

    code = "DUP001"
    name = "exact-duplicate"
    severity = Severity.WARNING
    in_fast_profile = True
    examples = (
        Good(
            _CITY,
            {
                "messages": [
                    {"role": "user", "content": "Capital of Peru?"},
                    {"role": "assistant", "content": "It is Lima."},
                ]
            },
            note="the same prompt with another answer is no duplicate",
        ),
        Good(
            {"messages": [{"role": "user", "content": "Write 1 000"}, {"role": "assistant", "content": "1 000"}]},
            {"messages": [{"role": "user", "content": "Write 1000"}, {"role": "assistant", "content": "1000"}]},
            note="white space collapses but is not deleted",
        ),
        Bad(_CITY, _CITY, at=[(2, "")], message="identical to line 1"),
        Bad(
            _CITY,
            _SWAPPED,
            at=[(2, "")],
            message="same content as line 1, written differently",
        ),
        Bad(
            _CITY,
            {
                "messages": [
                    {"role": "user", "content": "capital  of Peru?\n"},
                    {"role": "assistant", "content": "LIMA."},
                ]
            },
            at=[(2, "")],
            message="same as line 1 but for case and white space",
        ),
        Bad(
            {"prompt": "A caf\u00e9 in Lima?", "completion": "The one at the pier."},
            {"prompt": "A cafe\u0301 in Lima?", "completion": "The one at the pier."},
            at=[(2, "")],
            message="same as line 1 but for Unicode form",
        ),
    )

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        import numpy as np

        from ftprep.text.hashing import folded_hashes, hash_pieces, identity_hashes, row_keys

        rows = np.flatnonzero((np.frombuffer(bytes(shard.state), dtype=np.uint8) == 0) & (shard.ends > shard.firsts))
        if not len(rows):
            return None
        salt = shard.once(identity_hashes)
        folded = row_keys(shard, folded_hashes(shard), salt)
        exact = row_keys(shard, hash_pieces(shard.encoded), salt)
        line = hash_pieces(shard.raws)
        return {
            "row": rows,
            "folded_0": folded[0][rows],
            "folded_1": folded[1][rows],
            "exact": exact[0][rows],
            "line_hash": line[rows, 0],
        }

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        splits = [one.split or "" for one in engine.inputs]
        numbers = {split: number for number, split in enumerate(sorted(set(splits)))}
        keys = ["folded_0", "folded_1"]
        if len(numbers) > 1:
            by_file = np.array([numbers[split] for split in splits], dtype=np.int64)
            table.columns["split"] = by_file[table["file"]]
            keys.append("split")
        if not len(table):
            return

        groups = list(engine.group_by(table, keys, _whole))
        if not groups:
            return
        # All groups at once: most are small, and taking the members of one from a column costs as much as of many.
        members = np.concatenate(groups)
        refs = table.refs(members)
        lines, exact = table["line_hash"][members].tolist(), table["exact"][members].tolist()
        many = len(engine.inputs) > 1
        bounds = np.cumsum([0, *map(len, groups)]).tolist()
        folded = [
            (start, index)
            for start, end in pairwise(bounds)
            for index in range(start + 1, end)
            if exact[index] != exact[start]
        ][:MOST_READ]
        records = engine.records([refs[index] for pair in folded for index in pair])
        ignored = {
            index: _ignored(records[refs[start]], records[refs[index]])
            for start, index in folded
            if refs[start] in records and refs[index] in records
        }
        for start, end in pairwise(bounds):
            first = refs[start]
            place = f"{engine.inputs[first.file].name}:{first.line}" if many else f"line {first.line}"
            name, related = f"{first.file}:{first.line}", (first,)
            for index in range(start + 1, end):
                if lines[index] == lines[start]:
                    level, message = "identical", f"identical to {place}"
                elif exact[index] == exact[start]:
                    level, message = "json", f"same content as {place}, written differently"
                else:
                    but = ignored.get(index, "case, white space or Unicode form")
                    level, message = "folded", f"same as {place} but for {but}"
                data = {"level": level, "similarity": 1.0}
                yield self.finding(refs[index], message, related=related, group=name, data=data, fix=DROP)


def _ignored(one: Record, other: Record) -> str:
    """What the texts of two rows that are the same differ in, in words."""
    from unicodedata import normalize

    mine, theirs = ([text.value for text in record.texts if text.value] for record in (one, other))
    pairs = [(normalize("NFC", left), normalize("NFC", right)) for left, right in zip(mine, theirs, strict=False)]
    composed = [pair for pair in pairs if pair[0] != pair[1]]
    found = {
        "case": any(left.split() != right.split() for left, right in composed),
        "white space": any(left.casefold() != right.casefold() for left, right in composed),
        "Unicode form": any(
            left.casefold().split() != right.casefold().split() for left, right in zip(mine, theirs, strict=False)
        ),
    }
    words = [word for word, differs in found.items() if differs]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words) or "how it is written"


def _whole(group: Group) -> Iterator[Group]:
    yield group
