"""verl rows: ``data_source``, a ``prompt`` of messages and ``reward_model`` with the answer that is due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import graded_columns, has_media
from ftprep.formats.message_columns import append_messages
from ftprep.formats.message_schema import Messages, Object, Open
from ftprep.formats.message_shape import message_lists

_OWN = frozenset({"prompt", "reward_model", "extra_info", "ability", "agent_name"})
# What rows carry in `extra_info` for people to read: copies of the question and its answer.
_COPIES = frozenset({"question", "answer", "problem"})


class RewardModel(Open, total=False):
    """How an answer is judged. `ground_truth` is there unless `style` names a model as the judge."""

    style: str | None
    ground_truth: Any


class VerlRow(Open, total=False):
    """One task. `data_source` chooses the scorer."""

    data_source: Required[str]
    prompt: Required[Messages]
    reward_model: Required[RewardModel]
    ability: str | None
    extra_info: Object | None


class Verl(Format):
    """A prompt for a policy, the name of its scorer, and what the scorer compares with. Nothing is trained on."""

    name = "verl"
    title = "verl (RLVR)"
    method = "rft"
    priority = 6
    keys = frozenset({"data_source", "prompt", "ability", "reward_model", "extra_info"})
    fields = ("/prompt", "/reward_model/ground_truth")
    example = {
        "data_source": "openai/gsm8k",
        "prompt": [
            {"role": "user", "content": "A shelf holds 9 tins, four shelves are full. End with #### and the sum."}
        ],
        "ability": "math",
        "reward_model": {"style": "rule", "ground_truth": "36"},
        "extra_info": {"split": "train", "index": 0},
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if "data_source" in row and isinstance(row.get("reward_model"), Mapping):
            return Match(0.98, "`data_source` beside `reward_model`, as verl reads them")
        return None

    def schema(self) -> Any:
        return VerlRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        reward = row["reward_model"]
        keys = len(row) + append_messages(row["prompt"], 0, out, trained=False)
        out.add(reward.get("ground_truth"), c.OTHER | c.FIELD | c.REFERENCE, c.slot(1))
        if has_media(row):
            out.mark_media()
        return keys + len(reward)

    def identity(self, row: Mapping[str, Any]) -> Any:
        found = graded_columns(row, _OWN) or {}
        reward, extra = row.get("reward_model"), row.get("extra_info")
        if isinstance(reward, Mapping):
            found["reward_model"] = {
                key: value for key, value in reward.items() if key != "ground_truth" or not isinstance(value, str)
            }
        if isinstance(extra, Mapping):
            found["extra_info"] = graded_columns(extra, _COPIES)
        return found

    def references(self, row: Mapping[str, Any]) -> list[tuple[str, Any]]:
        reward = row.get("reward_model")
        truth = reward.get("ground_truth") if isinstance(reward, Mapping) else None
        return [] if truth is None else [(self.fields[1], truth)]

    def verifier(self, row: Mapping[str, Any]) -> str | None:
        source = row.get("data_source")
        return source if isinstance(source, str) else None

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/prompt")
