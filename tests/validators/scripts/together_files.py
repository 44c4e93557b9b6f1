"""Files as Together's own client checks them before an upload."""

import json
import sys
from pathlib import Path

from together.lib.utils.files import check_file

names = []
for path in sorted(Path(sys.argv[1]).glob("[tv]*.jsonl")):
    report = check_file(path)
    if not report["is_check_passed"]:
        sys.exit(json.dumps({key: value for key, value in report.items() if value not in (True, None)}, default=str))
    names.append(path.name)
print(f"{len(names)} files")
