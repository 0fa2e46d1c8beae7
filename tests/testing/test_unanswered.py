"""What a test is told that asks for something the app lacks."""

from sandbox.testing.unanswered import UnansweredError


def test_the_message_reads_as_a_sentence() -> None:
    """It is no Python literal, as KeyError would show it, and names what there is."""
    error = UnansweredError("arc_x", "thing", "a", known=(), remedy="Make one.")

    assert str(error) == 'arc_x: the app has no thing "a". It has: none. Make one.'
    assert isinstance(error, KeyError)
