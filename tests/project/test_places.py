"""Where a variable is set, so that advice can point at it, but not at its value."""

import pytest

from sandbox.project.places import dotenv_places, preferences_places


def test_dotenv_places_finds_the_last_assignment() -> None:
    """Lines count from 1, past comments and values of several lines."""
    text = '# c\r\nA=1\r\nB="x\r\ny"\r\nexport A=2\r\n'

    places = dotenv_places(text, file=".env")

    assert {name: str(place) for name, place in places.items()} == {
        "A": ".env:5:1",
        "B": ".env:3:1",
    }
    assert not any(place.source_line for place in places.values())


PREFERENCES = """@sandbox
ttl aws
@env
testing
  A 1
  # b
  B two words
staging
  A 3
testing
  C 4
"""


@pytest.mark.parametrize(
    ("stage", "expected"),
    [("testing", {"C": 11}), ("staging", {"A": 9}), ("production", {})],
)
def test_preferences_places_finds_the_stage(
    stage: str, expected: dict[str, int]
) -> None:
    """Of a stage that is written twice, the last one counts."""
    places = preferences_places(PREFERENCES, file="prefs.arc", stage=stage)  # type: ignore[arg-type]

    assert {name: place.line for name, place in places.items()} == expected


@pytest.mark.parametrize("text", ["", "@env\n'", "no pragma", "@sandbox\nttl aws\n"])
def test_preferences_places_may_be_none(text: str) -> None:
    """A file that does not parse is told elsewhere."""
    assert preferences_places(text, file="prefs.arc", stage="testing") == {}
