"""The pages that are open in browsers: takes what a save did, tells each page.

There is no queue for a page: each is sent the state as it is now, with what has changed
since it last heard. So a page that slept, or a sandbox that started anew, needs nothing
special.
"""

import json
import secrets
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from sandbox.json_value import without_markup

HEARTBEAT_SECONDS = 15.0
"""How long nothing may be sent; a page that is gone is noticed then."""
MOST_STREAMS = 100
"""Each holds a thread; the oldest gives way, and its page asks again."""

Change: TypeAlias = Literal["none", "styles", "reload"]

_MOST_DIGITS = 18
"""Of a version; Python refuses to read some thousand."""
_RETRY = b"retry: 1000\n\n"
_HEARTBEAT = b": still here\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a save has broken, as the page shows it above its own content."""

    title: str
    """A sentence such as `get / does not load.`"""
    message: str = ""
    place: str = ""
    """File and line, as a person would look for them."""
    source: str = ""
    """The line itself."""
    cause: str = ""
    """The whole traceback, or the rest of what is known."""
    remedy: str = ""

    def without_source(self) -> "Trouble":
        """Give what anybody may know."""
        return Trouble(title=self.title, message="The terminal tells what is wrong.")


@dataclass(slots=True, eq=False)
class _Stream:
    is_over: bool = False


class OpenPages:
    """Tells open pages what to do. Safe between threads; telling never blocks."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)
        self._changed = threading.Condition()
        self._version = 0
        self._reloaded = 0
        self._styled = 0
        self._troubles: tuple[Trouble, ...] = ()
        self._streams: deque[_Stream] = deque()
        self._is_closed = False

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What pages show as broken now."""
        return self._troubles

    def reload(self) -> None:
        """Have every page loaded anew."""
        with self._changed:
            self._version += 1
            self._reloaded = self._version
            self._changed.notify_all()

    def swap_styles(self) -> None:
        """Have every page fetch its style sheets again, without loading it anew."""
        with self._changed:
            self._version += 1
            self._styled = self._version
            self._changed.notify_all()

    def show(self, *troubles: Trouble) -> None:
        """Have every page show these, in place of what it showed; none to hide all."""
        with self._changed:
            if troubles != self._troubles:
                self._version += 1
                self._troubles = troubles
                self._changed.notify_all()

    def listen(self, since: str | None, *, sees_source: bool) -> Iterator[bytes]:
        """Give server-sent events, the first at once, until closed.

        Args:
            since: the version that the page heard of last; None for a new page.
            sees_source: whether the page may show lines of the app's code.
        """
        stream = self._begin()
        heard = self._number_of(since)
        try:
            event, heard = self._state(heard, sees_source=sees_source)
            yield _RETRY + event
            while self._wait(stream, heard):
                if self._version == heard:
                    yield _HEARTBEAT
                else:
                    event, heard = self._state(heard, sees_source=sees_source)
                    yield event
        finally:
            with self._changed:
                if stream in self._streams:
                    self._streams.remove(stream)

    def close(self) -> None:
        """End every stream; may be called again."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _begin(self) -> _Stream:
        stream = _Stream()
        with self._changed:
            self._streams.append(stream)
            while len(self._streams) > MOST_STREAMS:
                self._streams.popleft().is_over = True
                self._changed.notify_all()
        return stream

    def _number_of(self, since: str | None) -> int:
        """Give the version a page knows; -1 for one of another sandbox's."""
        if since is None:
            return self._version
        run, _, number = since.partition(".")
        is_number = number.isdecimal() and len(number) <= _MOST_DIGITS
        return int(number) if run == self._run and is_number else -1

    def _wait(self, stream: _Stream, heard: int) -> bool:
        """Wait for something new or for the heartbeat; False at the end."""
        with self._changed:
            self._changed.wait_for(
                lambda: stream.is_over or self._is_closed or self._version != heard,
                timeout=HEARTBEAT_SECONDS,
            )
            return not (stream.is_over or self._is_closed)

    def _state(self, heard: int, *, sees_source: bool) -> tuple[bytes, int]:
        """Give the event that tells what is new since `heard`, and its version."""
        with self._changed:
            version = self._version
            shown = (
                self._troubles
                if sees_source
                else tuple(trouble.without_source() for trouble in self._troubles)
            )
            state = {
                "version": f"{self._run}.{version}",
                "change": self._change_since(heard),
                "troubles": [asdict(trouble) for trouble in shown],
            }
        text = without_markup(json.dumps(state))
        return f"event: state\ndata: {text}\n\n".encode(), version

    def _change_since(self, heard: int) -> Change:
        if heard < 0 or self._reloaded > heard:
            return "reload"
        return "styles" if self._styled > heard else "none"
