"""The type of what JSON can say: the one place where a value has no narrower type."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, Union

JsonValue: TypeAlias = Union[  # noqa: UP007 - `|` cannot take a forward reference
    bool, int, float, str, Sequence["JsonValue"], Mapping[str, "JsonValue"], None
]
"""Anything that `json.loads` can give; read-only for whoever receives it."""
