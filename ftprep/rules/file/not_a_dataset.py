"""Rule JSN009."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, FileRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.inputs import Input


class NotADataset(FileRule):
    """A file that holds no rows at all.

    ## What it does
    Recognises Git LFS pointers, empty files, tables of column names alone, workbooks and archives under a dataset's
    name, web pages and other binary data by their content.

    ## Why is this bad?
    There is nothing to train on, and the upload fails with a message about line 1.

    ## How to settle it
    Fetch the real file (`git lfs pull` for a pointer), export the workbook as JSON Lines, unpack the archive.
    """

    code = "JSN009"
    name = "not-a-dataset"
    severity = Severity.ERROR
    examples = (
        Good(file=b'{"prompt": "a", "completion": "b"}\n'),
        Bad(file=b"", at=[(0, "")], message="the file is empty"),
        Bad(
            file=b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 1048576\n",
            at=[(0, "")],
            message="Git LFS pointer",
        ),
        Bad(file=b"prompt,completion\n", name="rows.csv", at=[(0, "")], message="no rows"),
    )

    def check_file(self, source: Input) -> Iterator[Finding]:
        problem = source.source.probe.problem
        if problem is not None:
            if problem.code == self.code:
                yield self.finding(Ref(source.index, 0), f"the file is {problem.detail}", data={"kind": problem.kind})
        elif not source.records and not source.source.problems:
            table = source.source.probe.container in ("csv", "tsv", "parquet")
            message = "the file names columns and has no rows" if table else "the file has no rows"
            yield self.finding(Ref(source.index, 0), message, data={"kind": "empty"})
