"""One worker: a process and its channel. Takes invocations, gives executions.

A worker serves one event at a time; whoever takes it has it for itself, so nothing
here is shared between threads but `kill`.
"""

from dataclasses import dataclass, field, replace
from uuid import uuid4

from sandbox.clock import Clock
from sandbox.exchange import (
    Crashed,
    Execution,
    Invocation,
    Outcome,
    Returned,
    TimedOut,
)
from sandbox.folder_events import FolderEvents
from sandbox.json_value import JsonText
from sandbox.project.model import Project
from sandbox.trace_header import new_root, trace_header
from sandbox.workers import lifecycle, outcomes, wire
from sandbox.workers.channel import (
    CAN_SPIN,
    Channel,
    ConnectionEndedError,
    EventNotTakenError,
)
from sandbox.workers.debugging import LONG_SECONDS, Debugging
from sandbox.workers.environment import LOG_STREAM, LOG_STREAM_NAME
from sandbox.workers.freshness import Freshness
from sandbox.workers.lifecycle import State, Step
from sandbox.workers.memory import resident_bytes
from sandbox.workers.process import Process
from sandbox.workers.setup import Setup
from sandbox.workers.strays import Strays

_MEGABYTE = 2**20
_READ = ("files", "folders", "listings", "presences")
"""Fields of an answer that tell on what the loaded code rests."""
_ALIVE = (State.STARTING, State.IDLE, State.BUSY)
_EXIT_GRACE_SECONDS = 0.25
"""Between the end of a connection and that of its process."""


class MemoryExceededError(Exception):
    """The worker holds more memory than its function may."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a worker has done so far."""

    idle_since: float = 0.0
    """On the monotonic clock."""
    max_memory_bytes: int | None = None
    init_ms: float = 0.0
    init_output: str = ""
    """What the module printed while it was loaded."""
    written: list[str] = field(default_factory=list)
    """Files of the app, since the last event; loading included."""

    def take_written(self) -> tuple[str, ...]:
        """Give what was written since this was asked last."""
        if not self.written:
            return ()
        written, self.written = self.written, []
        return tuple(dict.fromkeys(written))


class Worker:
    """Owns its process and channel; ends with `close` or `kill` and then `close`."""

    def __init__(  # noqa: PLR0913 - parts, which the launcher alone passes
        self,
        process: Process,
        channel: Channel,
        *,
        setup: Setup,
        project: Project,
        clock: Clock,
        debugging: Debugging,
        events: FolderEvents | None = None,
    ) -> None:
        self.setup = setup
        self.project = project
        self.generation = 0
        self.tally = Tally()
        self.was_interrupted = False
        self.request_id = ""
        """Of the event that it was given last."""
        self._process = process
        self.pid = process.pid
        """The process's id."""
        self._channel = channel
        self._clock = clock
        self._debugging = debugging
        self._freshness = Freshness(clock, events)
        self._log_stream = f"{LOG_STREAM}{uuid4().hex}"
        self._strays = Strays(f"{LOG_STREAM_NAME}={self._log_stream}")
        self._has_ended_itself = False
        self._state = State.STARTING

    @property
    def state(self) -> State:
        """Where it is in its life."""
        return self._state

    # Life

    def load(self, *, limit_seconds: float, clock_offset: float) -> Outcome | None:
        """Have the handler loaded; None once the worker is idle.

        Else the outcome that every event would have, and the worker is stopping.
        """
        message = {
            **self.setup.start_message(clock_offset, log_stream=self._log_stream),
            "coverage": dict(self._debugging.coverage),
            "debugger_port": self._debugging.port,
        }
        try:
            answer = self._ask(wire.encode(message), limit_seconds)
        except EventNotTakenError:
            answer = self._crashed()
        self.tally.init_output = self._channel.output.take()
        if isinstance(answer, TimedOut):
            return replace(answer, while_loading=True)
        if not isinstance(answer, dict):
            return answer
        if answer["type"] == "ready":
            self._step(Step.LOADED)
            self.tally.idle_since = self._clock.monotonic()
            return None
        self.kill()
        return outcomes.raised(answer, while_loading=True)

    def is_connected(self) -> bool:
        """Tell whether the process still holds its end of the connection."""
        return self._channel.is_connected()

    def has_current_code(self) -> bool:
        """Tell whether the files that were loaded are what the disk has."""
        return self._freshness.is_current()

    def take(self) -> None:
        """Have this idle worker for oneself."""
        self._step(Step.TAKEN)

    def invoke(
        self,
        invocation: Invocation,
        *,
        clock_offset: float,
        queued_ms: float = 0.0,
        is_only_one: bool = False,
    ) -> Execution:
        """Give the event to a worker that was taken, and wait for its outcome.

        Afterwards it waits to be released, or it is stopping.

        Args:
            invocation: the event, and its function.
            clock_offset: how far the sandbox's clock is ahead, in seconds.
            queued_ms: how long the event has waited so far.
            is_only_one: no other event is at work, nor was of late.

        Raises:
            EventNotTakenError: it ended before it could have read the event.
        """
        started = self._clock.monotonic()
        self.request_id = invocation.request_id
        limit_seconds = invocation.function.config.timeout_seconds
        self._channel.may_spin = is_only_one and CAN_SPIN
        message = {
            "type": "invoke",
            "request_id": invocation.request_id,
            "time_limit_ms": limit_seconds * 1000,
            "clock_offset_seconds": clock_offset,
            "is_alone": self._channel.may_spin,
            "trace_header": self._trace_header(invocation),
        }
        answer = self._send_event(message, invocation.event, limit_seconds)
        threads: tuple[str, ...] = ()
        requests: tuple[str, ...] = ()
        if isinstance(answer, dict):
            outcome = self._outcome_of(answer, invocation.request_id)
            threads = tuple(answer.get("threads", ()))
            requests = tuple(answer.get("requests", ()))
        else:
            outcome = answer
        ended = self._clock.monotonic()
        self.tally.idle_since = ended
        return Execution(
            outcome=outcome,
            output=self._channel.output.take(),
            worker_pid=self.pid,
            queued_ms=queued_ms,
            handler_ms=(ended - started) * 1000,
            max_memory_bytes=self.tally.max_memory_bytes,
            written=self.tally.take_written(),
            threads=threads,
            requests=requests,
        )

    def release(self) -> None:
        """Have it wait for the next event."""
        self._step(Step.ANSWERED)

    def adopt(self, setup: Setup, project: Project) -> None:
        """Remember an equal setup, so that the next comparison is one of identity."""
        self.setup = setup
        self.project = project

    def interrupt(self) -> None:
        """Kill the process while another thread waits for its answer."""
        self.was_interrupted = True
        self._strays.note(self.pid)
        self._process.kill()

    def kill(self) -> None:
        """End the process and all that it started, now; `close` waits for the end."""
        self._step(Step.RETIRED)
        self._process.kill()

    def retire(self) -> None:
        """Let the process end by itself; `close` waits for it."""
        if self._state in (State.STOPPING, State.DEAD):
            return
        self._step(Step.RETIRED)
        self._channel.end()

    def close(self, *, grace_seconds: float = 0.0) -> int | None:
        """Wait so long for the end, then force it. Idempotent; gives the exit code."""
        if self._state is State.DEAD:
            return None
        self._step(Step.RETIRED)
        self._channel.end()
        exit_code = self._process.reap(grace_seconds)
        if self._has_ended_itself:
            self._strays.search()
        self._strays.kill()
        self._channel.close()
        self._step(Step.ENDED)
        return exit_code

    def _step(self, step: Step) -> None:
        if step is Step.RETIRED:
            self._strays.note(self.pid)
            if self._state in _ALIVE:
                self._has_ended_itself = not self.is_connected()
        self._state = lifecycle.after(self._state, step)

    # Asking

    def _trace_header(self, invocation: Invocation) -> str:
        root = invocation.trace_root or new_root(
            invocation.request_id, now_epoch=self._clock.now_epoch()
        )
        return trace_header(invocation.request_id, root=root)

    def _send_event(
        self, message: wire.Message, event: JsonText, seconds: float
    ) -> wire.Message | Outcome:
        fields = JsonText.of_own(message).text
        try:  # the event is JSON already, and becomes the last field
            frame = wire.frame(f'{fields[:-1]},"event":{event.text}}}')
        except wire.WireError as error:
            return outcomes.unsendable(error)
        return self._ask(frame, seconds)

    def _ask(self, frame: bytes, seconds: float) -> wire.Message | Outcome:
        """Send a frame and wait for its answer; the outcome where there is none."""
        deadline = self._clock.monotonic() + self._debugging.limit(seconds)
        try:
            self._channel.send(frame, deadline)
            answer = self._wait_answer(deadline)
        except TimeoutError:
            self._cut_short()
            return TimedOut(seconds=seconds)
        except MemoryExceededError:
            return outcomes.out_of_memory(self._memory_mb, log_tail=self._cut_short())
        except wire.WireError as error:
            return outcomes.unreadable(error, log_tail=self._cut_short())
        except ConnectionEndedError:
            return self._crashed()
        self.tally.max_memory_bytes = answer.get("max_memory_bytes")
        if told := {kind: answer[kind] for kind in _READ if kind in answer}:
            self._freshness.note(**told)
        if "disowned" in answer:
            self._freshness.forget(answer["disowned"])
        if "written" in answer:
            self.tally.written += answer["written"]
        return answer

    def _wait_answer(self, deadline: float) -> wire.Message:
        """Wait for an answer; time stands still while the handler is debugged."""
        answer = self._channel.wait_answer(deadline, self._check_memory)
        while answer["type"] == "debug":
            began = self._clock.monotonic()
            self._debug(began + LONG_SECONDS)
            deadline += self._clock.monotonic() - began
            answer = self._channel.wait_answer(deadline, self._check_memory)
        return answer

    def _debug(self, deadline: float) -> None:
        """Lend the terminal until the handler goes on."""
        with self._debugging.lend_terminal() as path:
            frame = wire.encode({"type": "terminal", "path": path})
            self._channel.send(frame, deadline)
            if path is not None:
                self._channel.wait_answer(deadline, self._check_memory)

    @property
    def _memory_mb(self) -> int:
        return self.setup.function.config.memory_mb

    def _check_memory(self) -> None:
        """Look at what the process holds; its own children are not counted."""
        if (resident_bytes(self.pid) or 0) > self._memory_mb * _MEGABYTE:
            raise MemoryExceededError

    def _outcome_of(self, answer: wire.Message, request_id: str) -> Outcome:
        if answer["type"] == "unread":
            return outcomes.unread(answer)
        if answer.get("request_id") != request_id:
            self.kill()
            return outcomes.crashed(None, "")
        if answer["type"] == "returned":
            return Returned(value=answer["value"])
        return outcomes.raised(answer)

    def _cut_short(self) -> str:
        """Kill the worker amid an event; give the last that it printed."""
        self.kill()
        self._channel.drain()
        return self._channel.output.last()

    def _crashed(self) -> Crashed:
        """Find out how the process ended; what it started ends when this is closed."""
        self._step(Step.RETIRED)
        exit_code = self._process.reap(_EXIT_GRACE_SECONDS)
        self._channel.drain()
        return outcomes.crashed(exit_code, self._channel.output.last())
