"""What the terminal shows, as text without colours."""

import io
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click
import pytest

from sandbox.cli.console import (
    DEBUG_JSON_CHARACTERS,
    Console,
    Verbosity,
    failure_text,
    notice_text,
    request_line,
    route_lines,
    trouble_and_output,
)
from sandbox.exchange import (
    Crashed,
    Delivery,
    Exchange,
    Execution,
    HttpRequest,
    HttpResponse,
    Invocation,
    Match,
    Outcome,
    Raised,
    Returned,
    Throttled,
    TimedOut,
    Unavailable,
)
from sandbox.json_value import JsonText
from sandbox.notice import Notice
from sandbox.project.model import Function, FunctionConfig, Project, Route

FUNCTION = Function(
    name="get /count",
    pragma="http",
    folder=Path("/app/src/http/get-count"),
    handler_file=Path("/app/src/http/get-count/index.py"),
    handler_method="handler",
    config=FunctionConfig(runtime="python3.12"),
)
ROUTE = Route(method="get", path="/count", function=FUNCTION)


def exchange(
    *, status: int = 200, execution: Execution | None = None, path: str = "/count"
) -> Exchange:
    return Exchange(
        request_id="1",
        started_epoch=0,
        request=HttpRequest(method="GET", path=path, query_string="", headers=()),
        response=HttpResponse(status=status, headers=()),
        duration_ms=3.14,
        match=Match(route=ROUTE),
        execution=execution,
    )


def warm(outcome: Outcome, *, output: str = "") -> Execution:
    return Execution(outcome=outcome, output=output)


def plain(text: str) -> str:
    return click.unstyle(text)


def test_request_line_of_a_warm_and_a_cold_request() -> None:
    """Method, path, status, milliseconds, and whether a worker had to start."""
    ok = Returned(value=None)
    cold = Execution(outcome=ok, is_cold=True, init_ms=41.6)

    assert plain(request_line(exchange(execution=warm(ok)))) == (
        "GET    /count 200 3.1 ms warm"
    )
    assert plain(request_line(exchange(execution=cold))) == (
        "GET    /count 200 3.1 ms cold (42 ms)"
    )


def test_request_line_shows_control_characters_as_codes() -> None:
    """A path cannot move the cursor of the terminal."""
    assert "/\\x1b[2J" in plain(request_line(exchange(path="/\x1b[2J")))


def test_output_is_marked_with_its_function() -> None:
    """Each line that a handler printed says whose it is."""
    execution = warm(Returned(value=None), output="one\ntwo\n")

    lines = [plain(line) for line in trouble_and_output(exchange(execution=execution))]

    assert lines == ["  get /count | one", "  get /count | two"]


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (Returned(value=1), ""),
        (
            Raised(error_type="KeyError", message="'x'", remedy="Look."),
            "KeyError: 'x'\nLook.",
        ),
        (TimedOut(seconds=5), "Timed out after 5 seconds, and was killed."),
        (
            TimedOut(seconds=10, while_loading=True),
            "Loading took longer than 10 seconds, and was ended.",
        ),
        (
            Crashed(exit_code=3),
            "The handler's process exited with code 3 and gave no answer.",
        ),
        (
            Crashed(exit_code=-9),
            "The handler's process was ended by signal 9.",
        ),
        (
            Crashed(exit_code=None),
            "The handler's process ended without an answer.",
        ),
        (Throttled(concurrency=0), "Throttled: concurrency is 0."),
        (Unavailable(message="No file.", remedy="Make it."), "No file.\nMake it."),
    ],
)
def test_failure_text_of_each_outcome(outcome: Outcome, text: str) -> None:
    """Each way to fail has its own words, and success has none."""
    assert failure_text(outcome) == text


def test_notes_that_were_notices_are_not_told_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A Secure cookie is warned of once, however many responses set it."""
    console = Console(Verbosity(), use_colour=False)
    console.show_notice(Notice(level="warning", text="Said."))
    console.show_exchanges([replace(exchange(), notes=("Said.", "New."))])

    shown = capsys.readouterr().out
    assert (shown.count("Said."), shown.count("note: New.")) == (1, 1)


def test_half_a_surrogate_pair_is_shown_as_its_escape(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A client can send one, and no terminal can show it."""
    failed = Raised(error_type="ValueError", message="a\ud800b")

    Console(Verbosity(), use_colour=False).show_exchanges(
        [exchange(status=500, execution=warm(failed))]
    )

    assert r"ValueError: a\ud800b" in capsys.readouterr().out


def test_nobody_needs_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe whose reader is gone, as after `start | head`, ends no request."""
    reader, writer = os.pipe()
    os.close(reader)
    broken = os.fdopen(writer, "w")
    monkeypatch.setattr(sys, "stdout", broken)
    console = Console(Verbosity(), use_colour=False)

    console.show_exchanges([exchange(status=500, execution=warm(TimedOut(seconds=1)))])
    with console.paused():
        console.write("held back")

    with suppress(BrokenPipeError):
        broken.close()


class Terminal(io.StringIO):
    """Has another thread write too, as soon as the first line is being written."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__()
        self.other = threading.Thread(target=meanwhile)  # noqa: TID251 - the rival

    def write(self, text: str) -> int:
        """Give the other thread time for its line, which it must not take."""
        if self.other.ident is None:
            self.other.start()
            self.other.join(timeout=0.1)
        return super().write(text)


def test_whoever_takes_the_terminal_waits_for_the_line_at_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A debugger's prompt does not stand within a line of a request."""
    console = Console(Verbosity(), use_colour=False)

    def debug() -> None:
        with console.paused():
            terminal.write("(Pdb) ")

    terminal = Terminal(debug)
    monkeypatch.setattr(sys, "stdout", terminal)

    console.write("a request")
    terminal.other.join()

    assert terminal.getvalue() == "a request\n(Pdb) "


def test_what_was_held_back_comes_before_what_follows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Lines of the time of a pause are all out when another thread may write."""
    console = Console(Verbosity(), use_colour=False)
    terminal = Terminal(lambda: console.write("three"))
    monkeypatch.setattr(sys, "stdout", terminal)

    with console.paused():
        console.write("one")
        console.write("two")
    terminal.other.join()

    assert terminal.getvalue().split() == ["one", "two", "three"]


def test_notice_text_indents_what_follows() -> None:
    """A notice of several lines stays one block."""
    text = plain(notice_text(Notice(level="error", text="one\ntwo")))

    assert text == "error: one\n    two"


def test_quiet_shows_only_what_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """With --quiet a good request leaves no line, a failed one does."""
    console = Console(Verbosity(is_quiet=True), use_colour=False)

    console.show_exchanges([exchange(execution=warm(Returned(value=1)))])
    console.show_notice(Notice(level="info", text="hello"))
    console.show_exchanges([exchange(status=500, execution=warm(TimedOut(seconds=1)))])

    assert capsys.readouterr().out.splitlines() == [
        "GET    /count 500 3.1 ms warm",
        "  Timed out after 1 second, and was killed.",
    ]


def delivery(pragma: str, execution: Execution) -> Delivery:
    return Delivery(
        invocation=Invocation(
            request_id="1",
            function=replace(FUNCTION, pragma=pragma, name="mail"),
            event=JsonText.of({}),
        ),
        started_epoch=0,
        execution=execution,
    )


@pytest.mark.parametrize(
    ("pragma", "again"),
    [
        ("events", "twice more, after one and two minutes"),
        ("queues", "again and again, until it succeeds or is too old"),
    ],
)
def test_a_delivery_is_shown_with_what_aws_would_do(
    capsys: pytest.CaptureFixture[str], pragma: str, again: str
) -> None:
    """Where it failed; with --quiet, it is shown only then."""
    done = Execution(
        outcome=Returned(value=1), output="hello\n", is_cold=True, init_ms=5
    )
    failed = Execution(outcome=TimedOut(seconds=1), handler_ms=1000)
    for verbosity in (Verbosity(), Verbosity(is_quiet=True)):
        console = Console(verbosity, use_colour=False)
        console.show_delivery(delivery(pragma, done))
        console.show_delivery(delivery(pragma, failed))

    good = [f"@{pragma} mail done 0.0 ms cold (5 ms)", "  mail | hello"]
    bad = [
        f"@{pragma} mail failed 1000.0 ms warm",
        "  Timed out after 1 second, and was killed.",
        f"  note: AWS would deliver it {again}.",
    ]
    assert capsys.readouterr().out.splitlines() == [*good, *bad, *bad]


def test_what_came_by_websocket_is_not_delivered_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """So that nothing is said of that where it failed."""
    failed = Execution(outcome=TimedOut(seconds=1), handler_ms=1000)
    Console(Verbosity(), use_colour=False).show_delivery(delivery("ws", failed))

    assert capsys.readouterr().out.splitlines() == [
        "@ws mail failed 1000.0 ms warm",
        "  Timed out after 1 second, and was killed.",
    ]


def test_details_are_shown_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """What the sandbox does by itself is shown with --verbose alone."""
    detail = Notice(level="detail", text="warmed get /count")

    Console(Verbosity(), use_colour=False).show_notice(detail)
    Console(Verbosity(is_verbose=True), use_colour=False).show_notice(detail)

    assert capsys.readouterr().out == "detail: warmed get /count\n"


def test_event_and_result_are_shown_when_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With --debug alone, each cut where it would fill the terminal."""
    event = JsonText.of({"rawPath": "/zoë", "body": "x" * DEBUG_JSON_CHARACTERS})
    asked = replace(exchange(execution=warm(Returned(value=[1]))), event_json=event)

    Console(Verbosity(is_verbose=True), use_colour=False).show_exchanges([asked])
    Console(Verbosity(is_debug=True), use_colour=False).show_exchanges([asked])

    plain_line, line, shown_event, result = capsys.readouterr().out.splitlines()
    assert plain_line == line
    assert shown_event.startswith('  event  {"rawPath": "/zoë", "body": "xx')
    assert len(shown_event) == len("  event  ") + DEBUG_JSON_CHARACTERS
    assert result == "  result [1]"


def test_a_failure_has_no_result_to_show(capsys: pytest.CaptureFixture[str]) -> None:
    """Its event alone is shown, below what failed."""
    failed = exchange(status=500, execution=warm(TimedOut(seconds=1)))
    asked = replace(failed, event_json=JsonText.of({}))

    Console(Verbosity(is_debug=True), use_colour=False).show_exchanges([asked])

    assert capsys.readouterr().out.splitlines()[1:] == [
        "  Timed out after 1 second, and was killed.",
        "  event  {}",
    ]


def test_route_lines_end_with_a_count_of_what_is_hidden() -> None:
    """A long app does not fill the terminal."""
    project = Project(
        root=Path("/app"), name="app", manifest_file=None, routes=(ROUTE,) * 42
    )

    lines = [plain(line) for line in route_lines(project)]

    assert lines[0] == "  get     /count  src/http/get-count"
    assert lines[-1] == "  … and 2 more: `arc-sandbox routes` lists them all"
