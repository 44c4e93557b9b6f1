"""Rows as AWS's published service model describes the Converse request that they are made of."""

import json
import sys
from pathlib import Path

import botocore.session
from botocore.validate import ParamValidator

model = botocore.session.get_session().get_service_model("bedrock-runtime")
shape = model.operation_model("Converse").input_shape
validator = ParamValidator()
count = 0
for path in sorted(Path(sys.argv[1]).glob("[tv]*.jsonl")):
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert row.pop("schemaVersion") == "bedrock-conversation-2024"
        report = validator.validate({"modelId": "nova", **row}, shape)
        if report.has_errors():
            sys.exit(report.generate_report())
        count += 1
print(f"{count} rows")
