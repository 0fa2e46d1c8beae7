"""What a handler prints: takes chunks of bytes, gives a text of bounded size."""

KEPT_BYTES = 256 * 1024
TAIL_BYTES = 64 * 1024
LAST_BYTES = 4 * 1024


class OutputBuffer:
    """Keeps the beginning and the end of what is printed, and counts what it drops."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped_bytes = 0

    def append(self, chunk: bytes) -> None:
        """Take what was printed next."""
        room = KEPT_BYTES - TAIL_BYTES - len(self._head)
        if room > 0:
            self._head += chunk[:room]
            chunk = chunk[room:]
        self._tail += chunk
        surplus = len(self._tail) - TAIL_BYTES
        if surplus > 0:
            del self._tail[:surplus]
            self._dropped_bytes += surplus

    def take(self) -> str:
        """Give what was printed since the last call; bad UTF-8 becomes U+FFFD."""
        if not self._head:
            return ""
        middle = b""
        if self._dropped_bytes:
            middle = f"\n[{self._dropped_bytes} bytes are not shown]\n".encode()
        printed = bytes(self._head + middle + self._tail)
        self._head.clear()
        self._tail.clear()
        self._dropped_bytes = 0
        return printed.decode(errors="replace")

    def last(self) -> str:
        """Give the end of what was printed since `take`, and keep it."""
        return bytes(self._head + self._tail)[-LAST_BYTES:].decode(errors="replace")
