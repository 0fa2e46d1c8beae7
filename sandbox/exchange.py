"""The nouns that stages share: a request, what a handler made of it, the exchange.

All of them are frozen values. A handler's failure is one of the `Outcome` classes,
never an exception of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from sandbox.json_value import JsonText, JsonValue
from sandbox.project.model import Function, Route

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Header lines in order, repeated names kept. Text is Latin-1: one character a byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request as it came off the wire, body complete."""

    method: str
    """As sent; methods are case-sensitive (RFC 9110 section 9.1)."""
    path: str
    """The target's path as sent, percent-encoded; Latin-1, one character a byte."""
    query_string: str
    """What follows the first `?`, as sent; empty without one."""
    headers: Headers
    body: bytes = b""
    client_address: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"
    scheme: str = "http"

    def header(self, name: str) -> str | None:
        """Give the first header called `name`, in any case, or None."""
        wanted = name.lower()
        for known, value in self.headers:
            if known.lower() == wanted:
                return value
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """One response, ready to send: no framing headers, body complete."""

    status: int
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The route that takes a request, and the parts of the path it captured."""

    route: Route
    path_parameters: tuple[tuple[str, str], ...] = ()
    """In order of appearance, percent-decoded; a catch-all's name is `proxy`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One event for one function. Its time limit is the function's own setting."""

    request_id: str
    """A UUID: the handler's `context.aws_request_id`."""
    function: Function
    event: JsonText
    trace_root: str | None = None
    """The trace that it belongs to, in X-Ray's form; None where it begins one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One line of a handler's traceback."""

    file: str
    line: int
    function: str
    source_line: str = ""
    is_app_code: bool = False
    """False for frames of the interpreter, installed packages and the sandbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The handler returned, and its value could be written as JSON."""

    value: JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The handler, or the loading of its module, ended in an exception.

    Also what Lambda's runtime itself reports, under Lambda's own names:
    `Runtime.ImportModuleError`, `Runtime.HandlerNotFound`,
    `Runtime.UserCodeSyntaxError`, `Runtime.MarshalError` (not JSON).
    """

    error_type: str
    message: str
    stack: tuple[Frame, ...] = ()
    trace: str = ""
    """The traceback as the language prints it."""
    while_loading: bool = False
    """True where the module did not load, so that no event was ever taken."""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """The handler was still running at its time limit, and was killed."""

    seconds: float
    while_loading: bool = False
    """True where the module was still loading, so that no event was ever taken."""

    @property
    def limit(self) -> str:
        """The time it had, in words."""
        return "1 second" if self.seconds == 1 else f"{self.seconds:g} seconds"

    @property
    def message(self) -> str:
        """What happened, in one sentence."""
        if self.while_loading:
            return f"Loading took longer than {self.limit}, and was ended."
        return f"Timed out after {self.limit}, and was killed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed:
    """The worker ended without an answer: `sys.exit`, a signal, the memory limit."""

    exit_code: int | None
    """As the operating system has it; negative for a signal, None where unknown."""
    log_tail: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """The function's `concurrency` setting leaves no place for this event."""

    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """Nothing could be started: no handler file, no such runtime on this machine."""

    message: str
    remedy: str = ""


Outcome: TypeAlias = Returned | Raised | TimedOut | Crashed | Throttled | Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What became of an invocation: its outcome, what it printed, what it took."""

    outcome: Outcome
    output: str = ""
    """What the function wrote to standard output and error meanwhile."""
    is_cold: bool = False
    """True where a worker had to be started for it."""
    worker_pid: int | None = None
    queued_ms: float = 0.0
    init_ms: float = 0.0
    """Starting the worker and loading the module; 0 for a warm one."""
    handler_ms: float = 0.0
    max_memory_bytes: int | None = None
    written: tuple[str, ...] = ()
    """Files and folders of the app, absolute, that the function has made, written or
    removed since its last event; as far as it answered."""
    threads: tuple[str, ...] = ()
    """What threads were still running that the event had started; by function."""
    requests: tuple[str, ...] = ()
    """The hosts that had not yet answered what the event had asked them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request, its answer and all between, as the journal keeps it."""

    request_id: str
    started_epoch: float
    """Seconds since 1970 on the sandbox's clock."""
    request: HttpRequest
    response: HttpResponse
    duration_ms: float
    match: Match | None = None
    """None where no function of the app answered (static files, pages, no route)."""
    event_json: JsonText | None = None
    """None where there was no event."""
    execution: Execution | None = None
    notes: tuple[str, ...] = ()
    """What the sandbox has to say about it, one sentence each."""

    @property
    def event(self) -> JsonValue:
        """What the function was given, read anew each time; None without an event."""
        return self.event_json.value() if self.event_json else None


_REPEATED_BY_AWS: Mapping[str, str] = MappingProxyType(
    {
        "events": "twice more, after one and two minutes",
        "queues": "again and again, until it succeeds or is too old",
        "tables-streams": "again and again for a day, and later changes only after it",
    }
)
"""Lambda Developer Guide, "Asynchronous invocation" and "Using Lambda with SQS"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event of anything but HTTP, and what became of it."""

    invocation: Invocation
    started_epoch: float
    """Seconds since 1970 on the sandbox's clock."""
    execution: Execution
    cause: str | None = None
    """The request id of the event that published it; None where that is unknown."""

    @property
    def function(self) -> Function:
        """The function that it was delivered to."""
        return self.invocation.function

    @property
    def event(self) -> JsonValue:
        """What the function was given, read anew each time."""
        return self.invocation.event.value()

    @property
    def repeated_by_aws(self) -> str | None:
        """How AWS would deliver it again; None where it succeeded, or is lost."""
        if isinstance(self.execution.outcome, Returned):
            return None
        return _REPEATED_BY_AWS.get(self.function.pragma)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedMessage:
    """One message of a WebSocket connection."""

    is_received: bool
    """True where the client sent it, False where it was sent to the client."""
    passed_epoch: float
    """Seconds since 1970 on the sandbox's clock."""
    text: str | None
    """Its beginning, where it is long; None where it was binary."""
    size_bytes: int
    is_whole: bool
    """Whether `text` is all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConnection:
    """A WebSocket connection as it is at one moment."""

    connection_id: str
    request: HttpRequest
    """The handshake."""
    connected_epoch: float
    """Seconds since 1970 on the sandbox's clock."""
    last_active_epoch: float
    """When something last passed, pings too."""
    ends_epoch: float
    """When it is ended, if nothing passes until then."""
    received: int
    """How many messages the client has sent."""
    sent: int
    """How many it was sent."""
    messages: tuple[PassedMessage, ...]
    """The last of them, oldest first."""
