"""Rule TOK005."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.record import Ref, State
from ftprep.rule import Bad, DatasetRule, Good, Needs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.inputs import Input
    from ftprep.settings import Settings
    from ftprep.shard import Shard
    from ftprep.targets.limits import Broken

_ROW = {"messages": [{"role": "user", "content": "Say hi."}, {"role": "assistant", "content": "Hi."}]}
_NOUNS = {
    "rows-least": "rows",
    "rows-most": "rows",
    "bytes-least": "bytes",
    "bytes-most": "bytes",
    "image-rows-most": "rows with images",
}


class OverPlatformLimit(DatasetRule):
    """A file with more rows or bytes, or fewer rows, than the target takes.

    ## What it does
    With a target, compares the rows, the rows with images and the bytes of each file with the target's limits for
    its format and split (by file name), and for `--model` where that is given; otherwise the widest limit of all its
    models holds. Tokens per row are TOK001's.

    ## Why is this bad?
    The platform refuses the file when the job is created, sometimes after the upload of gigabytes.

    ## How to settle it
    Split the file, drop rows (duplicates first), or add rows where there are too few.
    """

    code = "TOK005"
    name = "over-platform-limit"
    severity = Severity.ERROR
    needs = Needs.PARSED
    in_fast_profile = True
    examples = (
        Good(*[_ROW] * 10, settings={"target": "openai"}),
        Good(_ROW, settings={"target": "trl"}, note="a trainer that sets no limit"),
        Bad(_ROW, settings={"target": "openai"}, at=[(0, "")], message="1 row; openai takes at least 10"),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        return None if settings.target else "needs --target"

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        rows = len(shard) - shard.state.count(State.BLANK) - shard.state.count(State.BROKEN)
        return {"row": [0], "rows": [rows], "images": [len(shard.media_rows)]} if len(shard) else None

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        if self.target is None or not len(table):
            return
        from ftprep.targets.limits import Totals, broken_limits

        rows: Counter[int] = Counter()
        images: Counter[int] = Counter()
        for index in range(len(table)):
            file = int(table["file"][index])
            rows[file] += int(table["rows"][index])
            images[file] += int(table["images"][index])
        for file in sorted(rows):
            one = engine.inputs[file]
            totals = Totals(rows[file], images[file], _bytes(one))
            format, model = one.detection.format, self.settings.target_model
            for broken in broken_limits(self.target, model, format, one.split, totals):
                yield self._told(Ref(file, 0), broken)

    def _told(self, ref: Ref, broken: Broken) -> Finding:
        limit, number = broken.restriction, broken.number
        bound, check = limit.value["limit"], limit.check
        noun = _NOUNS[check].replace("rows", "row", 1) if number == 1 else _NOUNS[check]
        bounded = "at least" if check.endswith("-least") else "at most"
        message = f"{number:,} {noun}; {limit.target} takes {bounded} {bound:,}"
        data = {"check": check, "number": number, "limit": bound}
        return self.refused(ref, limit, message, {"count": number, "limit": bound}, data=data)


def _bytes(one: Input) -> int | None:
    """The size that would be uploaded: that of the file unless it is packed, else of its rows."""
    if one.source.probe.container == "objects":
        return None
    packed = bool(one.source.probe.compression) or one.source.size is None
    return one.bytes if packed else one.source.size
