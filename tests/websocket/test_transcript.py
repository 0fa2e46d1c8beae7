"""What is kept of the messages of a connection."""

from sandbox.exchange import PassedMessage
from sandbox.websocket.transcript import LONGEST_KEPT, Transcript


def test_messages_are_kept_in_order_with_their_direction() -> None:
    """And counted, each way; sizes are those of the wire."""
    transcript = Transcript()
    transcript.note_received("Zoë", 1.0)
    transcript.note_sent(b"hello", 2.0)
    transcript.note_sent(b"\xff\xfe", 3.0)

    assert (transcript.received, transcript.sent) == (1, 2)
    assert transcript.last == (
        PassedMessage(
            is_received=True, passed_epoch=1.0, text="Zoë", size_bytes=4, is_whole=True
        ),
        PassedMessage(
            is_received=False,
            passed_epoch=2.0,
            text="hello",
            size_bytes=5,
            is_whole=True,
        ),
        PassedMessage(
            is_received=False,
            passed_epoch=3.0,
            text=None,
            size_bytes=2,
            is_whole=False,
        ),
    )


def test_a_connection_that_never_ends_fills_no_memory() -> None:
    """The last hundred are kept, and of long ones the beginning."""
    transcript = Transcript()
    for number in range(101):
        transcript.note_received(str(number), 1.0)
    transcript.note_sent(b"x" * (LONGEST_KEPT + 1), 2.0)

    assert (transcript.received, transcript.sent) == (101, 1)
    assert [one.text for one in transcript.last[:2]] == ["2", "3"]
    assert len(transcript.last) == 100
    last = transcript.last[-1]
    assert last.text == "x" * LONGEST_KEPT
    assert (last.size_bytes, last.is_whole) == (LONGEST_KEPT + 1, False)
