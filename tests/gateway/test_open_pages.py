"""What an open page is told, and when."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.gateway import open_pages
from sandbox.gateway.open_pages import MOST_STREAMS, OpenPages, Trouble

TROUBLE = Trouble(title="get / does not load.", source="<b>&", message="m")


def state_of(event: bytes) -> dict[str, Any]:
    """Give the JSON of an event."""
    data = next(line for line in event.splitlines() if line.startswith(b"data: "))
    state: dict[str, Any] = json.loads(data.removeprefix(b"data: "))
    return state


def listen(pages: OpenPages, since: str | None = None) -> Iterator[bytes]:
    return pages.listen(since, sees_source=True)


def test_listen_tells_a_new_page_the_state_at_once() -> None:
    """It has nothing to do, and learns where it stands."""
    pages = OpenPages()
    pages.reload()

    state = state_of(next(listen(pages)))

    assert state["change"] == "none"
    assert state["troubles"] == []


@pytest.mark.parametrize(
    ("act", "change"),
    [
        (OpenPages.reload, "reload"),
        (OpenPages.swap_styles, "styles"),
        (lambda pages: (pages.reload(), pages.swap_styles()), "reload"),
        (lambda pages: pages.show(TROUBLE), "none"),
    ],
)
def test_listen_tells_a_page_what_it_missed(
    act: Callable[[OpenPages], object], change: str
) -> None:
    """A page that slept hears of the most that happened meanwhile."""
    pages = OpenPages()
    version = state_of(next(listen(pages)))["version"]
    act(pages)

    assert state_of(next(listen(pages, version)))["change"] == change


@pytest.mark.parametrize("since", ["0123abcd.0", "nonsense", ""])
def test_listen_reloads_pages_of_another_sandbox(since: str) -> None:
    """After a restart nobody knows what has changed."""
    assert state_of(next(listen(OpenPages(), since)))["change"] == "reload"


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "x", ""])
def test_listen_reloads_pages_that_know_no_version(number: str) -> None:
    """Whatever stands where the version was."""
    pages = OpenPages()
    run = state_of(next(listen(pages)))["version"].partition(".")[0]

    assert state_of(next(listen(pages, f"{run}.{number}")))["change"] == "reload"


def test_listen_gives_each_change_while_it_waits() -> None:
    """One event a change, in a stream that goes on."""
    pages = OpenPages()
    stream = listen(pages)
    next(stream)
    pages.show(TROUBLE)
    shown = state_of(next(stream))
    pages.show()
    pages.reload()

    assert shown["troubles"][0]["title"] == "get / does not load."
    assert state_of(next(stream))["change"] == "reload"
    assert pages.troubles == ()


def test_listen_wakes_up_for_a_change() -> None:
    """A thread that waits is told by another one."""
    pages = OpenPages()
    stream = listen(pages)
    next(stream)
    told: list[bytes] = []
    thread = threading.Thread(target=lambda: told.append(next(stream)))  # noqa: TID251 - a test's own
    thread.start()
    pages.reload()
    thread.join(10)

    assert state_of(told[0])["change"] == "reload"


def test_events_cannot_be_taken_for_markup() -> None:
    """Nor end early by what a handler's source holds."""
    pages = OpenPages()
    pages.show(TROUBLE)

    event = next(listen(pages))

    assert b"<b>" not in event
    assert state_of(event)["troubles"][0]["source"] == "<b>&"


def test_strangers_do_not_see_the_source() -> None:
    """A name that anybody may own is told the fact alone (DNS rebinding)."""
    pages = OpenPages()
    pages.show(TROUBLE)

    state = state_of(next(pages.listen(None, sees_source=False)))

    assert state["troubles"][0]["title"] == "get / does not load."
    assert state["troubles"][0]["source"] == ""
    assert "terminal" in state["troubles"][0]["message"]


def test_close_ends_every_stream() -> None:
    """At once, and also those that begin later."""
    pages = OpenPages()
    stream = listen(pages)
    next(stream)

    pages.close()

    assert list(stream) == []
    assert len(list(listen(pages))) == 1


def test_the_oldest_stream_gives_way() -> None:
    """So that pages cannot take every thread of the server."""
    pages = OpenPages()
    streams = [listen(pages) for _ in range(MOST_STREAMS + 1)]
    for stream in streams:
        next(stream)
    pages.reload()

    assert list(streams[0]) == []
    assert state_of(next(streams[1]))["change"] == "reload"


def test_a_quiet_stream_has_a_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """By which the server notices a page that is gone."""
    monkeypatch.setattr(open_pages, "HEARTBEAT_SECONDS", 0.001)
    stream = listen(OpenPages())
    next(stream)

    assert next(stream).startswith(b":")
