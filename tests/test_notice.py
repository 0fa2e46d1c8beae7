"""What the sandbox says, and says once."""

from sandbox.notice import Notice, WarnOnce


def test_a_warning_is_said_once() -> None:
    """By its words, or by what it is about whatever the words."""
    said: list[Notice] = []
    warn = WarnOnce(said.append)
    for text, about in (("a", ""), ("b", ""), ("a", ""), ("c", "it"), ("d", "it")):
        warn(text, about=about)

    assert said == [Notice(level="warning", text=text) for text in "abc"]
