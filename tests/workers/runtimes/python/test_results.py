"""What a handler's result is before it becomes JSON."""

import json
from collections import OrderedDict, namedtuple
from enum import IntEnum

import pytest

from sandbox.workers.runtimes.python.results import as_lambda_writes

Point = namedtuple("Point", "x y")


class Row:
    """As those of SQLAlchemy."""

    def __init__(self, content):
        self._content = content

    def _asdict(self):
        return self._content


class Account(dict):
    """A dict that says itself what is written."""

    def _asdict(self):
        return {"id": self["id"]}


class Level(IntEnum):
    """A number of a class of its own."""

    HIGH = 3


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (Point(1, 2), '{"x": 1, "y": 2}'),
        (
            {"items": [Point(1, (Point(2, 3),))]},
            '{"items": [{"x": 1, "y": [{"x": 2, "y": 3}]}]}',
        ),
        (Row({"n": Point(1, 2)}), '{"n": {"x": 1, "y": 2}}'),
        (Account(id=7, secret="s"), '{"id": 7}'),
        (OrderedDict(b=1, a=(2, Level.HIGH)), '{"b": 1, "a": [2, 3]}'),
        ([Point(1, 2)] * 2, '[{"x": 1, "y": 2}, {"x": 1, "y": 2}]'),
    ],
)
def test_named_tuples_and_their_like_are_objects(result, text):
    """What has `_asdict` is written as what that gives, wherever it stands."""
    assert json.dumps(as_lambda_writes(result)) == text


def test_what_is_of_builtin_types_stays_as_it_is():
    """An ordinary response is neither walked through nor copied."""
    response = {"statusCode": 200, "headers": {"a": "b"}, "body": "x", "n": (1, 2.5)}

    assert as_lambda_writes(response) is response


def test_what_gives_no_dict_is_refused():
    """The message is that of Lambda's own runtime."""
    with pytest.raises(TypeError, match=r"_asdict\(\) must return a dict, not list"):
        as_lambda_writes(Row([1]))


def test_a_class_of_named_tuples_is_none():
    """It has the method, and nobody to call it on."""
    assert as_lambda_writes([Point]) == [Point]


def test_what_contains_itself_is_refused():
    """A circle ends, also one that goes through `_asdict`."""
    content: dict[str, object] = {}
    content["row"] = Row(content)

    with pytest.raises(ValueError, match="Circular reference detected"):
        as_lambda_writes(content)
