"""Files as LLaMA-Factory's converters read them, through the dataset_info.json that stands beside them."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

from datasets import load_dataset
from llamafactory.data.converter import get_dataset_converter
from llamafactory.data.parser import get_dataset_list

folder, _, method = sys.argv[1:4]
names = list(json.loads(Path(folder, "dataset_info.json").read_text()))
arguments = SimpleNamespace(dataset_dir=folder, media_dir=folder, streaming=False)
count = 0
for attributes in get_dataset_list(names, folder):
    rows = load_dataset("json", data_files=str(Path(folder, attributes.dataset_name)), split="train")
    convert = get_dataset_converter(attributes.formatting, attributes, arguments)
    for row in rows:
        example = convert(row)
        assert example["_prompt"], "no prompt"
        if method == "preference":
            assert len(example["_response"]) == 2, example["_response"]
        elif method == "kto":
            assert {bool(one["content"]) for one in example["_response"]} == {True, False}
        else:
            assert example["_response"], "no response"
        count += 1
print(f"{count} rows")
