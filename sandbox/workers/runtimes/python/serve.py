"""The life of a Python worker: loads one handler, then answers event after event."""

import atexit
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from sandbox.workers import wire
from sandbox.workers.runtimes.python import (
    attaching,
    clock,
    failures,
    imports,
    logs,
    semaphores,
)
from sandbox.workers.runtimes.python.arrivals import Arrivals
from sandbox.workers.runtimes.python.breakpoints import Breakpoints
from sandbox.workers.runtimes.python.context import Contexts
from sandbox.workers.runtimes.python.left_threads import LeftThreads
from sandbox.workers.runtimes.python.observe import News, Observer
from sandbox.workers.runtimes.python.results import as_lambda_writes, refuse_halves
from sandbox.workers.runtimes.python.tracing import TraceVariable

EXIT_DISCONNECTED = os.EX_IOERR
"""The connection failed: the handler closed it, or the sandbox is gone."""
_EXIT_UNCAUGHT = 1
_EXIT_INTERRUPTED = 128 + signal.SIGINT
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""getrusage(2) counts in bytes on macOS, in kilobytes elsewhere."""


class Worker:
    """One handler behind one connection to the sandbox."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._reader = wire.FrameReader()
        self._arrivals = Arrivals(connection)
        self._clock = clock.MovedClock()
        self._trace = TraceVariable()
        self._pid = os.getpid()
        self._observer = Observer(())
        self._threads = LeftThreads(self._is_app_path)
        self._breakpoints = Breakpoints(self._borrow_terminal, self._give_back_terminal)
        self._handler: Callable[[Any, Any], Any] = _no_handler
        self._contexts: Contexts | None = None
        self._environment: Mapping[str, str] = {}
        self._request_id = ""

    def run(self) -> NoReturn:
        """Serve until the sandbox closes the connection. Ends the process."""
        try:
            self._serve()
        except SystemExit as error:
            self._end(_exit_code(error))
        except KeyboardInterrupt as error:
            failure = failures.raised_failure(error, is_app_path=self._is_app_path)
            failures.report(failure)
            self._end(_EXIT_INTERRUPTED)
        except OSError:
            self._end(EXIT_DISCONNECTED)
        self._end_with_group()

    def _serve(self) -> None:
        start = wire.receive(self._reader, self._connection.recv)
        if start is None or start["type"] != "start" or not self._load(start):
            return
        while True:
            try:
                message = wire.receive(self._reader, self._arrivals.receive)
            except wire.WireError as error:
                self._answer({"type": "unread", "message": str(error)})
                continue
            if message is None or message["type"] != "invoke":
                return
            self._invoke(message)

    def _load(self, start: wire.Message) -> bool:
        attaching.start_coverage(start["coverage"])
        self._breakpoints.install()
        clock.install()
        self._contexts = Contexts(start)
        self._environment = start["environment"]
        roots = (start["project_root"], start["folder"])
        mounted = (start["shared_folder"], start["views_folder"])
        self._observer = Observer(
            (*roots, *filter(None, mounted)), self._clock.real_time
        )
        self._observer.watch()
        logs.configure(lambda: self._request_id, start["environment"])
        try:
            _become(start)
            imports.install(start, self._observer)
            attaching.listen_for_debugger(start["debugger_port"])
            self._clock.set_offset(start["clock_offset_seconds"])
            self._handler = imports.load_handler(
                start["handler_file"], start["handler_method"]
            )
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 (whatever the app raises)
            self._leave_if_forked()
            failure = failures.load_failure(
                error,
                handler_file=start["handler_file"],
                is_app_path=self._is_app_path,
            )
            self._answer({"type": "load_failed", **failure})
            return False
        self._leave_if_forked()
        self._observer.end_loading()
        self._answer({"type": "ready"})
        return True

    def _invoke(self, message: wire.Message) -> None:
        assert self._contexts is not None  # noqa: S101 (set by _load)
        request_id = message["request_id"]
        self._request_id = request_id
        self._arrivals.is_alone = message["is_alone"]
        try:
            self._clock.set_offset(message["clock_offset_seconds"])
            context = self._contexts.of_request(request_id, message["time_limit_ms"])
            # botocore sends it along, so that a call can be told from others.
            self._trace.set(message["trace_header"])
            self._threads.begin_event()
            try:
                result = self._handler(message["event"], context)
            finally:
                self._breakpoints.end_event()
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 (whatever the app raises)
            self._leave_if_forked()
            failure = failures.raised_failure(error, is_app_path=self._is_app_path)
            self._answer({"type": "raised", "request_id": request_id, **failure})
            if not isinstance(error, Exception):
                self._end(_EXIT_UNCAUGHT)
            return
        self._leave_if_forked()
        self._answer_result(request_id, result)

    def _answer_result(self, request_id: str, result: object) -> None:
        answer: dict[str, Any] = {"type": "returned", "request_id": request_id}
        try:
            written = as_lambda_writes(result)
            frame, news = self._frame({**answer, "value": written})
            refuse_halves(written, frame, self._environment)
        except wire.WireError:
            failure = failures.size_failure()
        except Exception as error:  # noqa: BLE001 (encoding runs the app's objects)
            failure = failures.marshal_failure(result, error)
        else:
            self._send(frame, news)
            return
        self._answer({"type": "raised", "request_id": request_id, **failure})

    def _answer(self, message: dict[str, Any]) -> None:
        self._send(*self._frame(message))

    def _send(self, frame: bytes, news: News | None) -> None:
        self._connection.sendall(frame)
        if news is not None:
            self._observer.forget(news)

    def _frame(self, message: dict[str, Any]) -> tuple[bytes, News | None]:
        """Make the frame of an answer, with what every answer carries.

        What it tells of files is given too, to be forgotten once it is sent.
        """
        _flush_output()
        message["max_memory_bytes"] = _max_memory_bytes()
        if at_work := self._threads.at_work():
            message["threads"] = at_work
        if not self._observer.has_news:
            return wire.encode(message), None
        news = self._observer.news()
        told = {name: rows for name, rows in news.items() if rows}
        return wire.encode({**message, **told}), news

    def _borrow_terminal(self) -> str | None:
        self._connection.sendall(wire.encode({"type": "debug"}))
        answer = wire.receive(self._reader, self._connection.recv)
        path: str | None = answer["path"] if answer else None
        return path

    def _give_back_terminal(self) -> None:
        self._connection.sendall(wire.encode({"type": "debug_over"}))

    def _leave_if_forked(self) -> None:
        """End a child that the app's code forked and that came back from it.

        It would otherwise answer as well, and serve the same connection.
        """
        if os.getpid() != self._pid:
            self._end(0)

    def _is_app_path(self, path: str) -> bool:
        return self._observer.is_project_path(path)

    def _end(self, code: int) -> NoReturn:
        """Run exit hooks and end, without waiting for threads the handler left."""
        self._run_exit_hooks()
        os._exit(code)

    def _end_with_group(self) -> NoReturn:
        """Run exit hooks and end, with all that the handler has left running.

        The sandbox would kill that, but it may be gone; and who ends before the
        lifeline is cut takes along what the kernel would have answered it with.
        """
        self._run_exit_hooks()
        with suppress(OSError):  # this process leads no group
            os.killpg(self._pid, signal.SIGKILL)
        os._exit(0)

    def _run_exit_hooks(self) -> None:
        if os.getpid() == self._pid:
            atexit._run_exitfuncs()  # noqa: SLF001 (os._exit runs none)
        _flush_output()


def main(socket_fd: int, lifeline_fd: int) -> NoReturn:
    """Be a worker of its own interpreter, with the file descriptors that it was given.

    Never returns.
    """
    # Imported here because a forked worker was armed by its parent's code.
    from sandbox.workers.runtimes.python.lifeline import arm

    arm(lifeline_fd)
    semaphores.install()
    forget_sandbox_modules()
    serve(socket_fd)


def serve(socket_fd: int) -> NoReturn:
    """Serve the connection that `socket_fd` is. Never returns."""
    Worker(socket.socket(fileno=socket_fd)).run()


def forget_sandbox_modules() -> None:
    """Leave the names `sandbox…` to the handler; running code keeps its references."""
    for name in [n for n in sys.modules if n.partition(".")[0] == "sandbox"]:
        del sys.modules[name]


def _become(start: wire.Message) -> None:
    os.environ.clear()
    os.environ.update(start["environment"])
    time.tzset()
    os.chdir(start["folder"])
    sys.argv[:] = [start["handler_file"]]


def _flush_output() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # the handler replaced it or closed it
            stream.flush()


def _exit_code(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    sys.stderr.write(f"{error.code}\n")
    return 1


def _max_memory_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


def _no_handler(event: object, context: object) -> NoReturn:
    raise RuntimeError("no handler is loaded")
