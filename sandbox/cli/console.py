"""What the terminal shows: takes exchanges and notices, writes lines.

The functions give text with ANSI colours; click takes those out where the output is
a pipe, where NO_COLOR is set (https://no-color.org), or TERM is "dumb".
"""

import json
import select
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

import click

from sandbox.cli.tracebacks import trim_traceback
from sandbox.exchange import (
    Crashed,
    Delivery,
    Exchange,
    Execution,
    Outcome,
    Raised,
    Returned,
    Throttled,
    TimedOut,
    Unavailable,
)
from sandbox.notice import Level, Notice
from sandbox.project.model import Project

SHOWN_ROUTES = 40
SHOWN_OUTPUT_LINES = 200
DEBUG_JSON_CHARACTERS = 10_000
_LAST_SECONDS = 1.0
"""What the last lines may wait for whoever reads them."""
LEVEL_COLOURS: Mapping[Level, str] = {
    "detail": "bright_black",
    "info": "cyan",
    "warning": "yellow",
    "error": "red",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbosity:
    """How much is shown: as `--quiet`, `--verbose` and `--debug` ask."""

    is_quiet: bool = False
    is_verbose: bool = False
    is_debug: bool = False
    frames_below: Path | None = None
    """Where given, tracebacks have only the frames of code in this folder."""


class Console:
    """Writes to standard output, one whole entry at a time, from any thread.

    Args:
        verbosity: how much it shows.
        use_colour: whether colours are shown; None if where the output is a terminal.
    """

    def __init__(self, verbosity: Verbosity, *, use_colour: bool | None) -> None:
        self._verbosity = verbosity
        # click would ask the system so before each line.
        self._use_colour = _is_terminal() if use_colour is None else use_colour
        self._lock = threading.Lock()
        self._is_ending = False
        self._pauses = 0
        self._held_back: list[str] = []
        self._noticed: set[str] = set()

    @property
    def is_quiet(self) -> bool:
        """Tell whether only what fails is to be shown."""
        return self._verbosity.is_quiet

    def write(self, text: str) -> None:
        """Write `text` and a line end."""
        if not self._take_turn():
            return
        try:
            if self._pauses:
                self._held_back.append(text)
            else:
                self._print(text)
        finally:
            self._lock.release()

    def hurry(self) -> None:
        """From now on drop what nobody reads within a moment: all is about to end."""
        self._is_ending = True

    def is_stuck(self) -> bool:
        """Tell, at the end, whether a thread still waits for whoever reads."""
        if not self._take_turn():
            return True
        self._lock.release()
        return False

    def _take_turn(self) -> bool:
        """Wait for the lock and hold it; False where, at the end, it does not come."""
        return self._lock.acquire(timeout=_LAST_SECONDS if self._is_ending else -1)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hold back what is written meanwhile: something else has the terminal."""
        with self._lock:
            self._pauses += 1
        try:
            yield
        finally:
            with self._lock:
                self._pauses -= 1
                if not self._pauses:
                    for text in self._held_back:
                        self._print(text)
                    self._held_back.clear()

    def _print(self, text: str) -> None:
        """Print; whoever reads may be gone and the disk full, and requests go on."""
        with suppress(OSError):
            if not self._is_ending or _takes_output(_LAST_SECONDS):
                say(text, use_colour=self._use_colour)

    def write_aside(self, text: str) -> None:
        """Write what is only meant for whoever waits, unless that is nobody."""
        if not self._verbosity.is_quiet:
            self.write(click.style(text, dim=True))

    def show_notice(self, notice: Notice) -> None:
        """Show what the sandbox says, unless it is a detail nobody asked for."""
        if notice.level == "detail" and not self._verbosity.is_verbose:
            return
        if notice.level == "info" and self._verbosity.is_quiet:
            return
        if notice.level == "warning":
            self._noticed.add(notice.text)
        text = self._trimmed(notice.text)
        self.write(notice_text(replace(notice, text=text)))

    def show_exchanges(self, exchanges: Iterable[Exchange]) -> None:
        """Show requests: their lines, handlers' output, and what went wrong."""
        lines = [line for each in exchanges for line in self._exchange_lines(each)]
        if lines:
            self.write("\n".join(lines))

    def show_delivery(self, delivery: Delivery) -> None:
        """Show a message that was delivered, like a request."""
        is_calm = isinstance(delivery.execution.outcome, Returned)
        if not (is_calm and self._verbosity.is_quiet):
            frames_below = self._verbosity.frames_below
            self.write("\n".join(delivery_lines(delivery, frames_below=frames_below)))

    def _exchange_lines(self, exchange: Exchange) -> list[str]:
        """Give what is shown of one request.

        A note that was a notice already is not told again.
        """
        is_calm = exchange.response.status < 500
        if self._verbosity.is_quiet and is_calm:
            return []
        if exchange.notes:
            news = tuple(note for note in exchange.notes if note not in self._noticed)
            exchange = replace(exchange, notes=news)
        frames_below = self._verbosity.frames_below
        lines = [
            request_line(exchange),
            *trouble_and_output(exchange, frames_below=frames_below),
        ]
        if self._verbosity.is_debug and exchange.event_json:
            lines.append(debug_text(exchange))
        return lines

    def _trimmed(self, text: str) -> str:
        folder = self._verbosity.frames_below
        return trim_traceback(text, folder) if folder else text


def _takes_output(seconds: float) -> bool:
    """Tell whether standard output takes something within so long."""
    try:
        descriptor = sys.stdout.fileno()
    except ValueError:  # it is no file
        return True
    return bool(select.select((), (descriptor,), (), seconds)[1])


def say(text: str, *, is_error: bool = False, use_colour: bool | None = None) -> None:
    """Print a line; half a surrogate pair, which no encoding knows, as its escape."""
    sayable = text.encode(errors="backslashreplace").decode()
    click.echo(sayable, err=is_error, color=use_colour)


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def notice_text(notice: Notice) -> str:
    """Give a notice with its level in front, later lines indented."""
    label = click.style(f"{notice.level}:", fg=LEVEL_COLOURS[notice.level], bold=True)
    first, *rest = notice.text.splitlines() or [""]
    return "\n".join([f"{label} {first}", *(f"    {line}" for line in rest)])


def request_line(exchange: Exchange) -> str:
    """Give method, path, status, milliseconds, and cold or warm, in one line."""
    request, response = exchange.request, exchange.response
    query = f"?{request.query_string}" if request.query_string else ""
    status = click.style(str(response.status), fg=_status_colour(response.status))
    took = f"{exchange.duration_ms:.1f} ms"
    return " ".join(
        part
        for part in (
            f"{_printable(request.method):<6}",
            _printable(request.path + query),
            status,
            click.style(took, dim=True),
            _temperature(exchange.execution),
        )
        if part
    )


def trouble_and_output(
    exchange: Exchange, *, frames_below: Path | None = None
) -> list[str]:
    """Give the lines below the request's own: output, then notes, then the failure."""
    lines: list[str] = []
    name = exchange.match.route.name if exchange.match else ""
    if exchange.execution:
        lines += _output_lines(exchange.execution.output, name)
    lines += [click.style(f"  note: {note}", fg="yellow") for note in exchange.notes]
    if exchange.execution:
        lines += _failure_lines(exchange.execution.outcome, frames_below)
    return lines


def delivery_lines(
    delivery: Delivery, *, frames_below: Path | None = None
) -> list[str]:
    """Give what is shown of a message: its function, how it went, and the output."""
    execution, function = delivery.execution, delivery.function
    lines = [
        " ".join(
            (
                function.key,
                click.style("done", fg="green")
                if isinstance(execution.outcome, Returned)
                else click.style("failed", fg="red"),
                click.style(f"{execution.handler_ms:.1f} ms", dim=True),
                _temperature(execution),
            )
        ),
        *_output_lines(execution.output, function.name),
        *_failure_lines(execution.outcome, frames_below),
    ]
    again = delivery.repeated_by_aws
    if again is not None:
        lines.append(click.style(f"  note: AWS would deliver it {again}.", fg="yellow"))
    return lines


def _failure_lines(outcome: Outcome, frames_below: Path | None) -> list[str]:
    text = failure_text(outcome)
    text = trim_traceback(text, frames_below) if frames_below else text
    return [click.style(f"  {line}", fg="red") for line in text.splitlines()]


def failure_text(outcome: Outcome) -> str:
    """Give what a person needs to know about a failed outcome; empty for a good one."""
    match outcome:
        case Returned():
            return ""
        case Raised():
            told = outcome.trace.rstrip() or f"{outcome.error_type}: {outcome.message}"
            return f"{told}\n{outcome.remedy}".rstrip()
        case TimedOut():
            return outcome.message
        case Crashed():
            return f"{_how_it_ended(outcome)}\n{outcome.remedy}".rstrip()
        case Throttled():
            return f"Throttled: concurrency is {outcome.concurrency}."
        case Unavailable():
            return f"{outcome.message}\n{outcome.remedy}".rstrip()
        case _:
            assert_never(outcome)


def debug_text(exchange: Exchange) -> str:
    """Give the event and the result as JSON, each cut at 10 KB."""
    parts = [f"  event  {_json(exchange.event)}"]
    execution = exchange.execution
    if execution and isinstance(execution.outcome, Returned):
        parts.append(f"  result {_json(execution.outcome.value)}")
    return click.style("\n".join(parts), dim=True)


def route_lines(project: Project) -> list[str]:
    """Give a line a route: method, path, and where its code is."""
    shown = project.routes[:SHOWN_ROUTES]
    width = max((len(route.path) for route in shown), default=0)
    lines = []
    for route in shown:
        where = project.shown(route.function.folder)
        method = click.style(f"{route.method:<7}", fg="cyan")
        lines.append(
            f"  {method} {route.path:<{width}}  {click.style(where, dim=True)}"
        )
    hidden = len(project.routes) - len(shown)
    if hidden:
        lines.append(f"  … and {hidden} more: `arc-sandbox routes` lists them all")
    return lines


def _how_it_ended(outcome: Crashed) -> str:
    code = outcome.exit_code
    if code is None:
        return "The handler's process ended without an answer."
    if code < 0:
        return f"The handler's process was ended by signal {-code}."
    return f"The handler's process exited with code {code} and gave no answer."


def _output_lines(output: str, name: str) -> list[str]:
    lines = output.splitlines()
    dropped = len(lines) - SHOWN_OUTPUT_LINES
    mark = click.style(f"  {name} |", fg="magenta")
    shown = [f"{mark} {line}" for line in lines[:SHOWN_OUTPUT_LINES]]
    return [*shown, f"{mark} … {dropped} more lines"] if dropped > 0 else shown


def _temperature(execution: Execution | None) -> str:
    if execution is None:
        return ""
    return (
        click.style(f"cold ({execution.init_ms:.0f} ms)", fg="blue")
        if execution.is_cold
        else click.style("warm", dim=True)
    )


def _status_colour(status: int) -> str:
    return {2: "green", 3: "cyan", 4: "yellow"}.get(status // 100, "red")


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:DEBUG_JSON_CHARACTERS]
