"""JSON as it travels and is kept."""

import pytest

from sandbox.json_value import JsonText, JsonValue


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


@pytest.mark.parametrize("value", [float("nan"), {"a": {1, 2}}])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    """Rather than written as something else."""
    with pytest.raises((TypeError, ValueError)):
        JsonText.of(value)


def test_null_is_a_value() -> None:
    """An event may be null."""
    assert JsonText("null").value() is None
