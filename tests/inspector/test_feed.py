"""The feed: bounded, closed from outside, and no burden while nobody listens."""

from sandbox.inspector.feed import MOST_WAITING, Feed


def test_events_are_server_sent_events() -> None:
    """A name, and JSON on one line whatever it holds."""
    feed = Feed()
    stream = feed.listen()
    next(stream)

    feed.publish("notice", {"text": "two\nlines </script>"})

    assert next(stream) == (
        b'event: notice\ndata: {"text":"two\\nlines \\u003c/script\\u003e"}\n\n'
    )
    stream.close()  # type: ignore[attr-defined]


def test_events_before_listening_are_not_sent() -> None:
    """A listener hears what happens from then on."""
    feed = Feed()
    feed.publish("notice", {"number": 1})
    stream = feed.listen()
    next(stream)
    feed.publish("notice", {"number": 2})

    assert b'"number":2' in next(stream)


def test_a_slow_listener_is_told_to_read_anew() -> None:
    """What it cannot hold is dropped, and it hears that once."""
    feed = Feed()
    stream = feed.listen()
    next(stream)
    for number in range(MOST_WAITING + 5):
        feed.publish("notice", {"number": number})
    feed.close()

    received = list(stream)

    assert len(received) == MOST_WAITING + 1
    assert received[-1].startswith(b"event: missed\n")


def test_closing_ends_every_stream() -> None:
    """Those that listen, and those that would."""
    feed = Feed()
    stream = feed.listen()
    next(stream)

    feed.close()
    feed.close()

    assert list(stream) == []
    assert list(feed.listen()) == []
