"""The bounded memory of exchanges."""

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


def test_journal_gives_what_came_since() -> None:
    """Each once and oldest first; what is forgotten is left out."""
    journal = Journal(limit=2)
    journal.append(exchange("before"))
    _, seen = journal.since(0)
    looks: list[list[str]] = []

    for request_ids in (["a"], [], ["b", "c", "d"]):
        for request_id in request_ids:
            journal.append(exchange(request_id))
        news, seen = journal.since(seen)
        looks.append([e.request_id for e in news])

    assert looks == [["a"], [], ["c", "d"]]


def test_journal_gives_what_came_since_it_was_cleared() -> None:
    """Nothing of before, and all of what follows."""
    journal = Journal()
    journal.append(exchange("a"))
    _, seen = journal.since(0)
    journal.append(exchange("b"))
    journal.clear()
    cleared, seen = journal.since(seen)
    journal.append(exchange("c"))

    assert cleared == ()
    assert [e.request_id for e in journal.since(seen)[0]] == ["c"]


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
