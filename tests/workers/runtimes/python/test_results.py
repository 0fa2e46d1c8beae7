"""Results in JSON: what Lambda's runtime, which uses simplejson, makes of each."""

import enum
import json
from collections import OrderedDict, UserDict, namedtuple
from decimal import Decimal

import pytest

from sandbox.workers.runtimes.python import results

Person = namedtuple("Person", ["name", "age"])


class Colour(enum.StrEnum):
    """An enumeration of texts."""

    RED = "red"


class Level(enum.IntEnum):
    """An enumeration of numbers."""

    HIGH = 3


class Row(list):
    """A list that says what it is called, as some rows of databases do."""

    def _asdict(self):
        return {"id": self[0]}


class Odd:
    """An object whose dict is none."""

    def _asdict(self):
        return ["no", "dict"]


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"n": Decimal(3), "p": Decimal("1.50")}, '{"n": 3, "p": 1.5}'),
        (Decimal("12345678901234567890123"), "12345678901234567890123"),
        ([Decimal("1E+3"), Decimal("-0.25")], "[1000.0, -0.25]"),
        (Person("Ada", 36), '{"name": "Ada", "age": 36}'),
        ([(1, Person("Ada", b"?"))], '[[1, {"name": "Ada", "age": "?"}]]'),
        (Row([7]), '{"id": 7}'),
        ({b"key": "grüße".encode()}, '{"key": "gr\\u00fc\\u00dfe"}'),
        (OrderedDict(a=Colour.RED, b=Level.HIGH), '{"a": "red", "b": 3}'),
        (OrderedDict({2: 1, None: 2, True: 3}), '{"2": 1, "null": 2, "true": 3}'),
        ({"a": [None, True, 1.5]}, '{"a": [null, true, 1.5]}'),
        (b'{"statusCode": 200}', '{"statusCode": 200}'),
    ],
)
def test_results_are_said_as_lambda_says_them(result, text):
    """Expected is what awslambdaric writes, with numbers as Python reads them."""
    assert json.dumps(results.plain(result)) == text


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (b"\xff", "the bytes that were returned are no JSON: 'utf-8' codec can't"),
        (b"hello", "the bytes that were returned are no JSON: Expecting value"),
        ({"a": b"\xff"}, "'utf-8' codec can't decode byte 0xff"),
        (Odd(), r"_asdict\(\) must return a dict, not list"),
    ],
)
def test_what_lambda_cannot_say_is_refused(result, message):
    """Each with a sentence of its own."""
    with pytest.raises((TypeError, ValueError), match=message):
        results.plain(result)


@pytest.mark.parametrize("result", [{1}, Person({1}, 2), UserDict()])
def test_what_json_cannot_say_stays(result):
    """Whoever writes it refuses it, in Python's own words, which are simplejson's."""
    with pytest.raises(TypeError, match="is not JSON serializable"):
        json.dumps(results.plain(result))


def test_circles_are_refused_and_repetitions_are_not():
    """A value may come twice, but not within itself."""
    circle = [Person("Ada", 36)]
    twice = [circle[0], circle[0]]
    circle.append(circle)

    assert results.plain(twice) == [{"name": "Ada", "age": 36}] * 2
    with pytest.raises(ValueError, match="Circular reference detected"):
        results.plain(circle)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"a": [1, 2.5, "x", None, True, (1, 2)]}, True),
        (2**100, True),
        ("\ud800", True),
        ({"a": Person("Ada", 36)}, False),
        ([{"a": Decimal(1)}], False),
        (OrderedDict(), False),
    ],
)
def test_built_in_types_are_told_from_others(result, expected):
    """Only what is not exactly of those is looked through."""
    assert results.is_plain(result) is expected
