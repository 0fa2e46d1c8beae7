"""Which threads an event has left at work: takes what they do, names their functions.

Lambda freezes an environment that has answered, threads and all (AWS Lambda developer
guide, "Lambda execution environment lifecycle"). To an ordinary event this costs two
counts; what threads do is looked at only where there are more than before it.

A thread is at work where the app's own code has it run. Those of libraries (clients,
debuggers, Coverage.py) look after themselves, and so do pools, queues and event loops
that have nothing to do.
"""

import linecache
import sys
import threading
from _thread import _count
from collections.abc import Callable
from functools import partial
from types import BuiltinFunctionType, FrameType

_THREADING = threading.Thread.run.__code__.co_filename
_WAITING = ("wait", "join", "acquire", "_wait_for_tstate_lock")
"""Functions of `threading` in which a thread waits for another one."""
_LOOP_FILE, _LOOP_FUNCTION = "asyncio/base_events.py", "_run_once"
_CALLS_GET = ".get("
"""`SimpleQueue.get` is no Python code, and so has no frame of its own."""


class LeftThreads:
    """Compares the threads after an event with those before it.

    Args:
        is_app_path: tells whether a file is the app's own code.
    """

    def __init__(self, is_app_path: Callable[[str], bool]) -> None:
        self._is_app_path = is_app_path
        self._known: set[int | None] = set()
        self._count = sys.maxsize  # until the first event, nothing is left by one

    def begin_event(self) -> None:
        """Know the threads of now from those to come."""
        count = _count()
        if count != self._count:
            self._count = count
            # The system's numbers: Python's own are soon given to the next thread.
            self._known = {thread.native_id for thread in threading.enumerate()}

    def at_work(self) -> list[str]:
        """Give the functions that threads of this event run, each named once."""
        if _count() <= self._count:
            return []
        frames = sys._current_frames()  # noqa: SLF001 - the only way to what they do
        names = [
            self._work_of(thread, _stack(frames.get(thread.ident or 0)))
            for thread in threading.enumerate()
            if thread.native_id not in self._known
            and thread is not threading.current_thread()
        ]
        return list(dict.fromkeys(filter(None, names)))

    def _work_of(self, thread: threading.Thread, stack: list[FrameType]) -> str:
        """Name what a thread is at, by the app's function; empty where it is idle."""
        if isinstance(thread, threading.Timer):
            return self._name_of(thread.function)
        if not stack or _is_waiting(stack):
            return ""
        own = [f.f_code for f in stack if self._is_app_path(f.f_code.co_filename)]
        if own:
            return own[-1].co_name
        if stack[0].f_code.co_filename == _THREADING:  # it has just begun, or calls C
            return self._name_of(getattr(thread, "_target", None) or type(thread).run)
        return ""

    def _name_of(self, target: object) -> str:
        """Name what a thread is to run, where it is the app's or, as `sleep`, in C."""
        while isinstance(target, partial):
            target = target.func
        code = getattr(target, "__code__", None)
        is_own = code is not None and self._is_app_path(code.co_filename)
        if not (is_own or isinstance(target, BuiltinFunctionType)):
            return ""
        return str(getattr(target, "__name__", ""))


def _stack(frame: FrameType | None) -> list[FrameType]:
    """Give a frame and those that have called it, one after the other."""
    frames = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames


def _is_waiting(stack: list[FrameType]) -> bool:
    """Tell whether a thread waits for what others give it to do."""
    code, line = stack[0].f_code, stack[0].f_lineno
    if code.co_filename == _THREADING and code.co_name in _WAITING:
        return True
    if code.co_name == "select" and any(map(_is_loop, stack)):
        return True
    return _CALLS_GET in linecache.getline(code.co_filename, line)


def _is_loop(frame: FrameType) -> bool:
    code = frame.f_code
    return code.co_name == _LOOP_FUNCTION and code.co_filename.endswith(_LOOP_FILE)
