"""For tests of one's own: data that must be clean."""

from __future__ import annotations

from typing import Any

from ftprep.api import lint


def assert_clean(data: Any, **options: Any) -> None:
    """Fail, by ``AssertionError`` with the verdict and the findings by rule, when the lint of ``data`` fails.

    ``data`` and ``options`` are those of :func:`ftprep.lint`; what counts as a failure is its ``fail_on``.
    """
    __tracebackhide__ = True  # pytest then shows the line of the test
    report = lint(data, **options)
    if not report.verdict.ok:
        raise AssertionError(f"{'; '.join(report.verdict.reasons)}\n{report!r}")
