"""Tells the inspector's pages what happens, whether or not one is open."""

from collections.abc import Callable

from sandbox.bus.event_bus import EventBus
from sandbox.clock import MovableClock
from sandbox.durations import spoken_moment, spoken_offset
from sandbox.exchange import Delivery, Exchange
from sandbox.inspector.feed import Feed
from sandbox.journal import Journal
from sandbox.notice import Notice
from sandbox.websocket.api import WebSocketApi


def publishing(say: Callable[[Notice], None], feed: Feed) -> Callable[[Notice], None]:
    """Give what tells a notice both to the terminal and to the inspector's pages."""

    def tell(notice: Notice) -> None:
        say(notice)
        feed.publish("notice", {"level": notice.level, "text": notice.text})

    return tell


def publish_all(
    journal: Journal,
    clock: MovableClock,
    *,
    say: Callable[[Notice], None],
    feed: Feed,
) -> None:
    """Say each request that the journal has kept, and each move of the clock."""
    tell_moves(clock, say=say, feed=feed)
    publish_requests(journal, feed)


def tell_moves(
    clock: MovableClock, *, say: Callable[[Notice], None], feed: Feed
) -> None:
    """Say each move of the clock, whoever moves it."""

    def tell() -> None:
        now_epoch, offset = clock.now_epoch(), clock.offset_seconds
        spoken = f"{spoken_moment(now_epoch)}, {spoken_offset(offset)}"
        say(Notice(level="info", text=f"The sandbox's clock says {spoken}."))
        feed.publish("clock", {"now_epoch": now_epoch, "offset_seconds": offset})

    clock.subscribe(tell)


def publish_requests(journal: Journal, feed: Feed) -> None:
    """Say each request that the journal has kept."""

    def publish(exchange: Exchange) -> None:
        feed.publish("request", {"id": exchange.request_id})

    journal.subscribe(publish)


def publish_messages(bus: EventBus, websockets: WebSocketApi, feed: Feed) -> None:
    """Say each delivery, and what happens on WebSocket connections."""

    def publish(delivery: Delivery) -> None:
        feed.publish("delivery", {"id": delivery.invocation.request_id})

    bus.subscribe(publish)
    websockets.subscribe(lambda id_: feed.publish("connection", {"id": id_}))
