"""ftprep: the linter for fine-tuning data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "Bad",
    "Converted",
    "DatasetRule",
    "Edit",
    "FileRule",
    "Finding",
    "Fix",
    "FtprepError",
    "Good",
    "InputError",
    "LintFailed",
    "LossyConversion",
    "PatternRule",
    "Record",
    "RecordRule",
    "Ref",
    "Report",
    "Rule",
    "Severity",
    "UsageError",
    "__version__",
    "convert",
    "fix",
    "lint",
    "prepare",
    "restore",
    "split",
]

if TYPE_CHECKING:
    from ftprep.api import lint
    from ftprep.conversion.api import Converted, LossyConversion, convert
    from ftprep.errors import FtprepError, InputError, UsageError
    from ftprep.finding import Edit, Finding, Fix, Severity
    from ftprep.fixing.restore import restore
    from ftprep.fixing.run import fix
    from ftprep.preparation.run import prepare
    from ftprep.record import Record, Ref
    from ftprep.report import LintFailed, Report
    from ftprep.rule import Bad, DatasetRule, FileRule, Good, PatternRule, RecordRule, Rule
    from ftprep.splitting.run import split

# Where each public name stands. They are imported when first asked for: a bare `import ftprep` costs nothing.
_HOMES = {
    "lint": "api",
    "fix": "fixing.run",
    "prepare": "preparation.run",
    "split": "splitting.run",
    "convert": "conversion.api",
    "Converted": "conversion.api",
    "LossyConversion": "conversion.api",
    "restore": "fixing.restore",
    "FtprepError": "errors",
    "InputError": "errors",
    "UsageError": "errors",
    "Edit": "finding",
    "Finding": "finding",
    "Fix": "finding",
    "Severity": "finding",
    "Ref": "record",
    "LintFailed": "report",
    "Report": "report",
    "Bad": "rule",
    "DatasetRule": "rule",
    "FileRule": "rule",
    "Good": "rule",
    "PatternRule": "rule",
    "RecordRule": "rule",
    "Rule": "rule",
    "Record": "shard",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
