"""Checks of how the fields of a row go together, which types cannot express; errors as the rules of family SCH."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


def fault(message: str, pointer: str = "", code: str = "SCH006") -> PydanticCustomError:
    """What a check raises: the rule that speaks about it, and the place below the field that is checked."""
    context = {"message": message, "pointer": pointer, "code": code}
    return PydanticCustomError("row_check", "fields do not go together", context)


class OneOf:
    """A check that a row has something at one of some keys, where several names are in use for ``what``."""

    def __init__(self, *keys: str, what: str = "") -> None:
        self.keys = keys
        self.missing = f"{what} is missing, under any of its names" if what else f"{_either(keys)} is missing"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        found = handler.resolve_ref_schema(handler(schema))
        found.setdefault("allOf", []).append({"anyOf": [{"required": [key]} for key in self.keys]})
        return found

    def _check(self, row: Any) -> Any:
        if all(row.get(key) is None for key in self.keys):
            raise fault(self.missing, code="SCH001")
        return row


def row_check(check: Callable[[Mapping[str, Any]], None]) -> AfterValidator:
    """A check that raises a :func:`fault`, or lets the row pass as it is."""

    def checked(row: Any) -> Any:
        check(row)
        return row

    return AfterValidator(checked)


def _either(keys: tuple[str, ...]) -> str:
    quoted = [f"`{key}`" for key in keys]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"
