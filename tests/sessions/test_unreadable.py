"""Which rows architect-functions reads; `test_client_session` asks the real one."""

from typing import Any

import pytest

from sandbox.sessions.refusals import UnreadableRow
from sandbox.sessions.unreadable import unreadable_row


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ({"SS": ["a"]}, "a set"),
        ({"NS": ["1"]}, "a set"),
        ({"BS": ["aGk="]}, "a set"),
        ({"B": "aGk="}, "binary"),
        ({"M": {"deep": {"L": [{"N": "1"}, {"B": "aGk="}]}}}, "binary"),
        ({"N": "1" + "0" * 38}, "a number of over 38 digits"),
        ({"N": "-1.5e40"}, "a number of over 38 digits"),
        ({"L": [{"N": "1e125"}]}, "a number of over 38 digits"),
    ],
)
def test_what_is_not_read_is_named(value: Any, holds: Any) -> None:
    """By the row's attribute, however deep in it."""
    item = {"_idx": {"S": "a"}, "_ttl": {"N": "1700000000"}, "v": value}

    assert unreadable_row(item) == UnreadableRow(attribute="v", holds=holds)


@pytest.mark.parametrize(
    "value",
    [
        {"S": ""},
        {"BOOL": True},
        {"NULL": True},
        {"L": []},
        {"M": {}},
        {"M": {"$set": {"L": [{"S": "a"}]}}},
        {"N": "0"},
        {"N": "9" * 38},
        {"N": "0.1"},
        {"N": "1e-130"},
        {"N": f"0.{'1' * 38}"},
        {"N": f"{'1' * 37}.5"},
    ],
)
def test_what_json_has_a_word_for_is_read(value: Any) -> None:
    """Fractions may lose digits, and are still numbers."""
    assert unreadable_row({"v": value}) is None
