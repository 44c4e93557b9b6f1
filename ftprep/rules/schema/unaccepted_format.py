"""Rule SCH010."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, FileRule, Good
from ftprep.text.snippet import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.inputs import Input
    from ftprep.settings import Settings

_CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}
_ALPACA = {"instruction": "Greet me.", "input": "", "output": "Hello!"}


class UnacceptedFormat(FileRule):
    """A file of a format that the target does not read.

    ## What it does
    With a target, compares the format of each file with those that the target reads, or that it reads for `--model`
    where that is given. Says it once per file; what else the target demands of rows is not asked then.

    ## Why is this bad?
    The platform refuses the file as a whole; a trainer fails on its first row, or finds no row that it can use.

    ## How to settle it
    Write the rows in one of the formats that the target reads (`ftprep targets NAME` lists them, `ftprep formats
    FORMAT` shows a row of each), or choose another target. Where the format was not recognised rightly, name it with
    `--format`.
    """

    code = "SCH010"
    name = "unaccepted-format"
    severity = Severity.ERROR
    examples = (
        Good(_CHAT, settings={"target": "openai"}),
        Good(_ALPACA, settings={"target": "llamafactory"}),
        Good(_ALPACA, settings={"target": "axolotl"}),
        Bad(_ALPACA, settings={"target": "openai"}, at=[(0, "")], message="openai does not read alpaca; it reads"),
        Bad(
            {"prompt": "Sky at noon?", "completion": " Blue."},
            settings={"target": "openai"},
            at=[(0, "")],
            message="openai does not read prompt-completion any more",
        ),
        Bad(
            _CHAT,
            settings={"target": "openai", "model": "o4-mini-2025-04-16"},
            at=[(0, "")],
            message="is not trained with openai-chat but with openai-rft",
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        return None if settings.target else "needs --target"

    def check_file(self, source: Input) -> Iterator[Finding]:
        target, format = self.target, source.detection.format
        if target is None or format is None:
            return
        model = target.model(self.settings.target_model)
        check = "formats"
        if format in target.ended:
            message = f"{target.name} does not read {format} any more: {target.ended[format]}"
        elif format not in target.formats:
            message = f"{target.name} does not read {format}; it reads {_listed(target.formats)}"
        elif model is not None and format not in model.formats:
            message = f"{model.name} is not trained with {format} but with {_listed(model.formats)}"
            check = "method"
        else:
            return
        refusal = self.restriction(check)
        if refusal is not None:
            data = {"format": format, "reads": list(target.reads(model))}
            yield self.refused(Ref(source.index, 0), refusal, shorten(message, 100), {"format": format}, data=data)


def _listed(formats: tuple[str, ...]) -> str:
    if len(formats) == 1:
        return formats[0]
    shown = formats[:3] if len(formats) <= 3 else formats[:2]
    rest = len(formats) - len(shown)
    return f"{', '.join(shown)} and {rest} more" if rest else f"{', '.join(shown[:-1])} and {shown[-1]}"
