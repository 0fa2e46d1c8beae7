"""What the inspector's answers are made of."""

import json

import pytest

from sandbox.inspector.wsgi import to_json
from sandbox.json_value import JsonValue


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"a": [1, "é"]}, b'{"a":[1,"\\u00e9"]}'),
        ({"a": "</script>"}, b'{"a":"\\u003c/script\\u003e"}'),
        ([float("inf"), float("nan")], b'[{"$number":"Infinity"},{"$number":"NaN"}]'),
    ],
)
def test_json_is_strict_and_no_markup(content: JsonValue, text: bytes) -> None:
    """Whatever it says, it says in ASCII."""
    assert to_json(content) == text


def test_json_nests_as_deep_as_results_do() -> None:
    """A handler's result may have some 900 levels; the request is still shown."""
    result: JsonValue = "deep"
    for _ in range(900):
        result = [result]

    assert json.loads(to_json({"result": result})) == {"result": result}
