"""Output of any size, kept within bounds."""

from sandbox.workers.output import KEPT_BYTES, LAST_BYTES, OutputBuffer


def test_take_gives_what_was_printed_once():
    """A second call starts anew."""
    output = OutputBuffer()
    output.append(b"gr\xc3\xbc\xc3")
    output.append(b"\x9fe\n")

    assert output.take() == "grüße\n"
    assert output.take() == ""


def test_take_keeps_both_ends_of_much_output():
    """Megabytes become their beginning, a note and their end."""
    output = OutputBuffer()
    output.append(b"first\n")
    for _ in range(100):
        output.append(b"x" * 50_000)
    output.append(b"\nlast")

    text = output.take()

    assert text.startswith("first\n")
    assert text.endswith("\nlast")
    assert f"[{6 + 5_000_000 + 5 - KEPT_BYTES} bytes are not shown]" in text


def test_last_gives_the_end_and_keeps_it():
    """The tail of a crashed worker is not lost to its whole output."""
    output = OutputBuffer()
    output.append(b"a" * LAST_BYTES + b"end")

    assert output.last() == "a" * (LAST_BYTES - 3) + "end"
    assert output.take() == "a" * LAST_BYTES + "end"


def test_take_shows_broken_utf8():
    """Bytes that are no text do not stop the rest."""
    output = OutputBuffer()
    output.append(b"\xff ok")

    assert output.take() == "\ufffd ok"
