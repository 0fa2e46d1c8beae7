"""The bounded memory of exchanges."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from sandbox.exchange import (
    Crashed,
    Exchange,
    Execution,
    HttpRequest,
    HttpResponse,
    Outcome,
    Raised,
    Returned,
)
from sandbox.journal import Journal


def exchange(request_id: str, *, body: bytes = b"") -> Exchange:
    return Exchange(
        request_id=request_id,
        started_epoch=0,
        request=HttpRequest(method="GET", path="/", query_string="", headers=()),
        response=HttpResponse(status=200, headers=(), body=body),
        duration_ms=1,
    )


def test_journal_forgets_the_oldest() -> None:
    """It keeps as many as its limit, oldest first."""
    journal = Journal(limit=2)
    for request_id in ("a", "b", "c"):
        journal.append(exchange(request_id))

    assert [e.request_id for e in journal.recent()] == ["b", "c"]
    assert journal.find("a") is None
    assert journal.find("c") is not None


def test_journal_forgets_large_exchanges_sooner() -> None:
    """Bodies count: the oldest give way, and the newest stays whatever its size."""
    journal = Journal(limit_bytes=1000)
    for request_id in ("a", "b"):
        journal.append(exchange(request_id, body=b"x" * 300))
    small = [e.request_id for e in journal.recent()]
    journal.append(exchange("c", body=b"x" * 5000))

    assert small == ["b"]
    assert [e.request_id for e in journal.recent()] == ["c"]


def test_journal_tells_subscribers_of_what_follows() -> None:
    """A listener hears what comes after it, and nothing of before."""
    journal = Journal()
    heard: list[str] = []
    journal.append(exchange("before"))
    journal.subscribe(lambda e: heard.append(e.request_id))

    journal.append(exchange("heard"))

    assert heard == ["heard"]


def test_journal_survives_a_listener_that_raises(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The client's answer and the other listeners are none of its business."""
    journal = Journal()
    heard: list[str] = []

    def fail(_exchange: Exchange) -> None:
        raise RuntimeError("no room")

    journal.subscribe(fail)
    journal.subscribe(lambda e: heard.append(e.request_id))
    journal.append(exchange("a"))

    assert heard == ["a"]
    assert "RuntimeError: no room" in capsys.readouterr().err


def test_journal_tells_followers_once_asked_to() -> None:
    """So the client is answered first; each follower hears each exchange once."""
    journal = Journal()
    heard: list[str] = []

    def fail(_exchange: Exchange) -> None:
        raise RuntimeError("no room")

    journal.append(exchange("before"))
    journal.follow(fail)
    journal.follow(lambda e: heard.append(e.request_id))
    journal.append(exchange("a"))
    journal.append(exchange("b"))
    assert heard == []

    journal.tell_followers()
    journal.tell_followers()

    assert heard == ["a", "b"]


def test_one_thread_tells_followers_for_the_others() -> None:
    """Who comes meanwhile does not wait, and what it brought is told all the same."""
    journal = Journal()
    heard: list[str] = []

    def follow(told: Exchange) -> None:
        if told.request_id == "a":
            journal.append(exchange("b"))
            with ThreadPoolExecutor() as threads:
                threads.submit(journal.tell_followers).result(timeout=10)
            assert heard == []
        heard.append(told.request_id)

    journal.follow(follow)
    journal.append(exchange("a"))
    journal.tell_followers()

    assert heard == ["a", "b"]


def test_what_comes_as_the_telling_ends_is_told() -> None:
    """Its own thread has just been turned away, so nobody else would tell of it."""
    journal = Journal()
    heard: list[str] = []
    coming = iter(["b"])

    class Lock:
        def acquire(self, *, blocking: bool) -> bool:
            return not blocking

        def release(self) -> None:
            for request_id in coming:
                journal.append(exchange(request_id))

    journal._telling = Lock()  # type: ignore[assignment]  # noqa: SLF001
    journal.follow(lambda told: heard.append(told.request_id))
    journal.append(exchange("a"))

    journal.tell_followers()

    assert heard == ["a", "b"]


@pytest.mark.parametrize(
    "outcome",
    [
        Returned(value={"statusCode": "wrong", "body": ["x" * 600, {"a": "x" * 600}]}),
        Raised(error_type="E", message="x" * 1200),
        Crashed(exit_code=1, log_tail="x" * 1200),
    ],
)
def test_journal_counts_what_became_no_response(outcome: Outcome) -> None:
    """A refused result and a long message are kept too, and give way as bodies do."""
    journal = Journal(limit_bytes=2000)
    execution = Execution(outcome=outcome)
    for request_id in ("a", "b"):
        journal.append(replace(exchange(request_id), execution=execution))

    assert [e.request_id for e in journal.recent()] == ["b"]


def test_journal_clear_keeps_subscribers() -> None:
    """Clearing forgets exchanges, not listeners."""
    journal = Journal()
    heard: list[str] = []
    journal.subscribe(lambda e: heard.append(e.request_id))
    journal.append(exchange("a"))

    journal.clear()
    journal.append(exchange("b"))

    assert [e.request_id for e in journal.recent()] == ["b"]
    assert heard == ["a", "b"]


def test_journal_annotate_adds_to_what_is_kept() -> None:
    """In its place, after the notes that are there; a forgotten one is no error."""
    journal = Journal()
    for request_id in ("a", "b"):
        journal.append(exchange(request_id))

    journal.annotate("a", ("One.",))
    journal.annotate("a", ("Two.",))
    journal.annotate("gone", ("Three.",))

    assert [(e.request_id, e.notes) for e in journal.recent()] == [
        ("a", ("One.", "Two.")),
        ("b", ()),
    ]


def test_journal_does_not_tell_a_slow_follower_what_is_forgotten() -> None:
    """One that never gets on, as a full pipe is, would have it kept for ever."""
    journal = Journal(limit=2)
    heard: list[str] = []
    journal.follow(lambda e: heard.append(e.request_id))
    for request_id in ("a", "b", "c"):
        journal.append(exchange(request_id))

    journal.tell_followers()

    assert heard == ["b", "c"]
