"""Checks of how the fields of a row go together, which types cannot express; errors as the rules of family SCH."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def fault(message: str, pointer: str = "", code: str = "SCH006") -> PydanticCustomError:
    """What a check raises: the rule that speaks about it, and the place below the field that is checked."""
    return PydanticCustomError(
        "row_check", "fields do not go together", {"message": message, "pointer": pointer, "code": code}
    )


def one_of(*keys: str) -> AfterValidator:
    """A check that a row has something at one of ``keys``, where several names are in use."""

    def check(row: Any) -> Any:
        if all(row.get(key) is None for key in keys):
            raise fault(f"{_either(keys)} is missing", code="SCH001")
        return row

    return AfterValidator(check)


def row_check(check: Callable[[Mapping[str, Any]], None]) -> AfterValidator:
    """A check that raises a :func:`fault`, or lets the row pass as it is."""

    def checked(row: Any) -> Any:
        check(row)
        return row

    return AfterValidator(checked)


def _either(keys: tuple[str, ...]) -> str:
    quoted = [f"`{key}`" for key in keys]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
