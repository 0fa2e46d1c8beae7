"""DynamoDB's TTL rules, and the index of what is due."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.json_value import JsonValue
from sandbox.project.model import TTL_REACH_SECONDS
from sandbox.tables.expiry import ExpiryIndex, expires_epoch

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"N": "1700000060"}, 1_700_000_060.0),
        ({"N": "1699999999"}, 1_699_999_999.0),
        ({"N": "1700000060.5"}, 1_700_000_060.5),
        ({"N": "1.7E9"}, 1_700_000_000.0),
        ({"N": str(int(NOW - TTL_REACH_SECONDS))}, NOW - TTL_REACH_SECONDS),
        ({"N": str(int(NOW - TTL_REACH_SECONDS - 1))}, None),
        ({"N": "0"}, None),
        ({"N": "soon"}, None),
        ({"N": "1E999"}, None),
        ({"N": "NaN"}, None),
        ({"S": "1700000060"}, None),
        ({"L": [{"N": "1700000060"}]}, None),
        ({"NULL": True}, None),
        (None, None),
    ],
)
def test_expires_epoch_follows_dynamodbs_rules(
    value: JsonValue, expected: float | None
) -> None:
    """Only a Number of seconds counts, and none that is more than five years past."""
    item = {"ttl": value, "other": {"M": {"ttl": {"N": "1700000000"}}}}

    assert expires_epoch(item, ("ttl",), now_epoch=NOW) == expected


def test_expires_epoch_takes_the_earliest_of_several_attributes() -> None:
    """An item goes when the first of its expiry times is reached."""
    item = {"ttl": {"N": "1700000200"}, "_ttl": {"N": "1700000100"}}

    assert expires_epoch(item, ("ttl", "_ttl"), now_epoch=NOW) == 1_700_000_100.0


def test_index_gives_what_is_due_and_forgets_it() -> None:
    """Each key is given once, earliest first, and not before its time."""
    index: ExpiryIndex[str] = ExpiryIndex()
    for key, due in (("c", 30.0), ("a", 10.0), ("b", 20.0)):
        index.set(key, due)

    assert index.next_due_epoch == 10.0
    assert index.due(20.0) == ("a", "b")
    assert index.due(20.0) == ()
    assert index.next_due_epoch == 30.0


def test_a_key_that_comes_back_is_due_again() -> None:
    """As a row that is written anew, with the end that it had."""
    index: ExpiryIndex[str] = ExpiryIndex()
    for _ in range(2):
        index.set("a", 10.0)
        assert index.due(20.0) == ("a",)
        assert len(index) == 0


def test_index_follows_a_key_whose_time_changes() -> None:
    """The time that was set last counts, also where it is later or none."""
    index: ExpiryIndex[str] = ExpiryIndex()
    index.set("a", 10.0)
    index.set("a", 50.0)
    index.set("b", 10.0)
    index.set("b", None)

    assert index.next_due_epoch == 50.0
    assert index.due(49.0) == ()
    assert index.due(50.0) == ("a",)


def test_index_does_not_grow_with_writes() -> None:
    """A session that is written at each request takes the room of one."""
    index: ExpiryIndex[str] = ExpiryIndex()
    for second in range(10_000):
        index.set("session", float(second))

    assert len(index) == 1
    assert len(index._heap) < 100  # noqa: SLF001 - the bound is what is promised


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 50))))
def test_index_agrees_with_a_dictionary(changes: list[tuple[int, int | None]]) -> None:
    """Whatever is set in whatever order, the due keys are those of a plain scan."""
    index: ExpiryIndex[int] = ExpiryIndex()
    plain: dict[int, int] = {}
    for key, due in changes:
        index.set(key, due)
        plain.pop(key, None)
        if due is not None:
            plain[key] = due

    assert index.next_due_epoch == min(plain.values(), default=None)
    assert set(index.due(25)) == {key for key, due in plain.items() if due <= 25}
