"""`/api/events`: a stream of what happens, for pages that follow it."""

from collections.abc import Callable, Iterable

from sandbox.inspector.endpoints import Endpoint
from sandbox.inspector.messages import ApiRequest, StreamAnswer
from sandbox.inspector.schemas import TEXT


class EventsApi:
    """The stream's endpoint.

    Args:
        listen: gives events in the bytes of the wire, from now on.
    """

    def __init__(self, *, listen: Callable[[], Iterable[bytes]]) -> None:
        self._listen = listen

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked."""
        return (
            Endpoint(
                "GET",
                "/api/events",
                "Follow what happens, as server-sent events: request, delivery, "
                "connection (opened, ended, or with a new message), notice, clock, "
                "change (of rows, or of what this API was asked to change), and "
                "missed where a slow client must read everything again.",
                self.follow,
                gives=TEXT,
                media_type="text/event-stream",
            ),
        )

    def follow(self, request: ApiRequest) -> StreamAnswer:
        """Give events until the client goes or the sandbox is closed."""
        return StreamAnswer(pieces=self._listen())
