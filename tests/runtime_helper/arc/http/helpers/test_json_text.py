"""JSON as simplejson writes it, which is the oracle here."""

import collections
import enum
from decimal import Decimal
from typing import Any

import pytest
import simplejson
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.runtime_helper.arc.http.helpers.json_text import to_json

Point = collections.namedtuple("Point", "x y")


class Number(enum.IntEnum):
    """A number with a name."""

    ONE = 1


class Named:
    """What only looks like a named tuple."""

    def _asdict(self) -> dict[str, int]:
        return {"a": 1}


SCALARS = st.sampled_from(
    [None, True, 0, -5, 10**40, 1.5, 1e22, -0.0, float("nan"), float("-inf"), b"x",
     b"\xff", Decimal("1.10"), Decimal("1E+3"), Decimal("sNaN"), Decimal("-Infinity"),
     Number.ONE, "\u2028\x7f\"\\é\ud800", {1}, range(2), object, Named(), Named]
)  # fmt: skip
KEYS = st.sampled_from(
    ["a", "é", 1, 1.5, None, True, b"k", Decimal("2.0"), Number.ONE, (1,), float("nan")]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.builds(Point, inner, inner)
        | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=6,
)


def outcome(write: Any, value: Any) -> tuple[str, str]:
    try:
        return "text", write(value)
    except (TypeError, ValueError) as error:
        return type(error).__name__, str(error)


@settings(deadline=None, max_examples=1000, derandomize=True)
@given(VALUES)
def test_to_json_is_simplejson_s(value: Any) -> None:
    """Whatever the value: the same letters, or the same error."""
    assert outcome(to_json, value) == outcome(simplejson.dumps, value)


def test_to_json_refuses_what_holds_itself() -> None:
    """With simplejson's words; the same value twice is none that holds itself."""
    twice: list[Any] = []
    loop: list[Any] = [twice, twice]
    assert to_json(loop) == "[[], []]"

    loop.append(loop)

    with pytest.raises(ValueError, match="Circular reference detected"):
        to_json(loop)
