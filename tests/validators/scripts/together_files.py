"""Files as Together's own client checks them before an upload."""

import json
import tempfile
from pathlib import Path

from verdicts import Job, by_folder, must

try:
    from together.lib.utils.files import check_file

    OLD = False
except ModuleNotFoundError:
    from together.utils import check_file

    OLD = True


def check(job: Job) -> int:
    """The rows of files that all pass.

    The client before version 2 looks at messages as well, but knows no tools: it is shown the rows without calls, and
    without that column.
    """
    for path in job.files().values():
        with tempfile.TemporaryDirectory() as folder:
            shown = without_tools(path, Path(folder)) if OLD else path
            if OLD and not shown.stat().st_size:
                continue
            report = check_file(shown)
        told = {key: value for key, value in report.items() if value not in (True, None)}
        must(report["is_check_passed"], json.dumps(told, default=str))
    return sum(1 for _ in job.lines())


def without_tools(path: Path, folder: Path) -> Path:
    """A copy of a file without the column that the old client does not know."""
    copy = folder / path.name
    with path.open(encoding="utf-8") as lines, copy.open("w", encoding="utf-8") as written:
        for line in lines:
            row = json.loads(line)
            if isinstance(row, dict) and any(one.get("tool_calls") for one in row.get("messages", ())):
                continue
            for holder in (row, row.get("input", {})):
                if isinstance(holder, dict):
                    holder.pop("tools", None)
            written.write(json.dumps(row) + "\n")
    return copy


if __name__ == "__main__":  # libraries start processes that read this file again
    by_folder(check)
