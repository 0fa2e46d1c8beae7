"""What has passed on one WebSocket connection: all is counted, the last is kept."""

from sandbox.exchange import PassedMessage

_MOST_KEPT = 100
LONGEST_KEPT = 4000
"""Of a message's text; a message may have 128 KB."""


class Transcript:
    """The messages of a connection. One thread at a time notes; any may look.

    Attributes:
        received: how many the client has sent.
        sent: how many it was sent.
        last: the last hundred, oldest first.
    """

    def __init__(self) -> None:
        self.received = 0
        self.sent = 0
        self.last: tuple[PassedMessage, ...] = ()

    def note_received(self, text: str, epoch: float) -> None:
        """Note what the client has sent."""
        self.received += 1
        size_bytes = len(text.encode())
        self._keep(text, size_bytes, epoch, is_received=True)

    def note_sent(self, data: bytes, epoch: float) -> None:
        """Note what the client was sent; what is not UTF-8 went as binary."""
        self.sent += 1
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = None
        self._keep(text, len(data), epoch, is_received=False)

    def _keep(
        self, text: str | None, size_bytes: int, epoch: float, *, is_received: bool
    ) -> None:
        passed = PassedMessage(
            is_received=is_received,
            passed_epoch=epoch,
            text=None if text is None else text[:LONGEST_KEPT],
            size_bytes=size_bytes,
            is_whole=text is not None and len(text) <= LONGEST_KEPT,
        )
        self.last = (*self.last[1 - _MOST_KEPT :], passed)
