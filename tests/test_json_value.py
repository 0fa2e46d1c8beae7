"""JSON as it travels and is kept."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.json_value import (
    JsonText,
    JsonValue,
    brief_json,
    harmless_json,
    pretty_json,
    without_markup,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, 2.5, None, True]}, '{"a":[1,2.5,null,true]}'),
        ("h\u00fc \u2028", '"h\\u00fc \\u2028"'),
        (None, "null"),
    ],
)
def test_text_is_short_and_reads_as_it_was(value: JsonValue, text: str) -> None:
    """Without white space, in ASCII."""
    written = JsonText.of(value)

    assert written.text == text
    assert written.value() == value


def test_json_for_people() -> None:
    """Indented, with letters as they are."""
    assert pretty_json({"é": (1,)}) == '{\n  "é": [\n    1\n  ]\n}'


def test_json_for_people_is_text_that_can_be_sent() -> None:
    """Half a surrogate pair, as JavaScript may write one, reads as it was."""
    value = {"\ud83d": ["😀", "\udfff"]}

    text = pretty_json(value)

    assert json.loads(text.encode()) == value
    assert "😀" in text


def test_text_in_a_page_is_no_markup() -> None:
    """It closes no script and begins no comment, and reads as it was."""
    value = "</script><!-- &amp;"
    text = without_markup(JsonText.of(value).text)

    assert not set("<>&") & set(text)
    assert JsonText(text).value() == value


@pytest.mark.parametrize("value", [float("nan"), {"a": {1, 2}}])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    """Rather than written as something else."""
    with pytest.raises((TypeError, ValueError)):
        JsonText.of(value)


OWN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(value=OWN)
def test_what_the_sandbox_makes_is_written_faster_and_reads_the_same(
    value: JsonValue,
) -> None:
    """Whichever of the two wrote it."""
    assert JsonText.of_own(value).value() == JsonText.of(value).value() == value


def test_half_a_surrogate_pair_is_escaped() -> None:
    """A test client can put one into a header."""
    assert JsonText.of_own({"a": "\ud800"}).text == '{"a":"\\ud800"}'


def test_null_is_a_value() -> None:
    """An event may be null."""
    assert JsonText("null").value() is None


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
    assert harmless_json(content) == text


def test_json_nests_as_deep_as_results_do() -> None:
    """A handler's result may have some 900 levels; the request is still shown."""
    result: JsonValue = "deep"
    for _ in range(900):
        result = [result]

    assert json.loads(harmless_json({"result": result})) == {"result": result}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        ("ü", '"ü"'),
        ("x" * 78, '"' + "x" * 78 + '"'),
        ("x" * 79, '"' + "x" * 78 + "…"),
        pytest.param(10**5000, "int", id="huge"),
    ],
)
def test_json_in_a_message_is_brief(value: JsonValue, text: str) -> None:
    """Of 80 characters at most; and a number of any size has no text."""
    assert brief_json(value) == text
