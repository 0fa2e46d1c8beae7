"""Frames between the sandbox and a worker: takes messages, gives bytes, and back.

One worker, one Unix stream socket, one request at a time. A frame is four bytes, the
length of what follows, most significant first, and then one JSON object in UTF-8 whose
`type` says what it is. No frame is longer than `MAX_FRAME_BYTES`. Numbers beyond 2**53
travel as strings of digits (JavaScript would round them).

**The process.** A program of another language finds this socket on the file descriptor
3 and the lifeline on 4; Python workers are told the numbers. The lifeline is a pipe on
which nothing is ever written, and whose end of file means that the sandbox is gone.
Standard input is empty. Standard output and standard error are one pipe that the
sandbox drains all the time; a worker flushes both *before* it sends `ready`,
`load_failed`, `returned` or `raised`, so that the output of a request is complete when
its answer arrives. Each worker leads a session and process group of its own, and is
killed with it. End of file on the socket asks it to run exit hooks, flush, and end with
the whole group: the sandbox may be gone, and nobody else is left to end what the
handler has started.

**From the sandbox**

`preload`: once, before `start`, to a Python worker that is begun ahead: import what a
    handler may come to import. Answer `preloaded`.
    - `names` (array of str): packages; those that are not installed are passed over.
    - `path_additions` (array of str): as below.

`start`: once. Load the handler; answer `ready` or `load_failed`.
    - `function_name` (str): the context's function name.
    - `function_version` (str): `$LATEST`.
    - `invoked_function_arn` (str)
    - `memory_limit_mb` (int)
    - `folder` (str): the function's folder, absolute: the working folder.
    - `handler_file` (str): absolute path of the file to load.
    - `handler_method` (str): the name of the function in it.
    - `environment` (object of str): the whole environment, nothing is inherited.
    - `project_root` (str): absolute; files below it are the app's own code.
    - `shared_folder`, `views_folder` (str or null): what appears as
      `vendor/shared`, `vendor/views` (Node: `@architect/shared`, `@architect/views`).
    - `static_manifest` (str or null): the file that appears as
      `vendor/shared/static.json` (Node: `@architect/shared/static.json`).
    - `path_additions` (array of str): further folders to import from, searched last.
    - `clock_offset_seconds` (number): how far the sandbox's clock is ahead.
    - `coverage` (object of str): variables by which Coverage.py is started in the
      worker; empty where it is not. Other languages ignore it.
    - `debugger_port` (int or null): where a Python worker has debugpy listen, on the
      loopback address. Node is told on its command line.

`terminal`: the answer to `debug`. `path` (str or null): a terminal that the worker has
    for itself until it says `debug_over`; null where there is none, and nothing to say.

`invoke`: one event, only while the worker is idle. Answer `returned` or `raised`.
    - `request_id` (str), `event` (any JSON)
    - `time_limit_ms` (int): from now on; the sandbox kills the worker then.
    - `clock_offset_seconds` (number): as above, it may have moved.
    - `is_alone` (bool): no other event is at work, and there are two processors: the
      worker may look for the next event without sleeping.
    - `trace_header` (str): what `_X_AMZN_TRACE_ID` is while the event is handled.

**From the worker**

Every message may carry these, the lists only where there is news:
    - `files` (array of `[path, stamp, digest]`): project files that were read since the
      last message. `stamp` is `mtime_ns-ctime_ns-size-inode`, in digits, taken *before*
      the file was read, or `""` where no such file exists but its appearance would
      change what is loaded. `digest` is the SHA-256 of the content in hexadecimal where
      the file was younger than `YOUNG_SECONDS` when it was read (its time stamps may
      then miss a further edit), else `""`.
    - `folders` (array of `[path, stamp, digest]`): folders of the project in which
      Python looked for imports; the same, but with `digest` always given: the SHA-256
      of the names in it that matter, as `names_digest` makes it.
    - `listings` (array of `[path, stamp, digest]`): folders of the project whose names
      were looked through while the handler was loaded (pages, plugins, templates);
      `digest` is that of the names, as `listing_digest` makes it.
    - `presences` (array of `[path, stamp, digest]`): paths of the project of which the
      handler's module asked, while it was loaded, whether anything is there; `digest`
      is what `presence_digest` gives.
    - `written` (array of str): project files and folders that the handler itself has
      made, written, replaced or removed since the last message.
    - `disowned` (array of str): those among them of which it was said before that
      they were read, code apart: data of its own, no longer to be watched; and, with
      a slash at the end, folders of `listings` in which it wrote; with a question mark
      at the end, paths of `presences`.
    - `max_memory_bytes` (int): the largest resident size so far.

`preloaded`: `modules` (array of str), the top-level names of all that is imported.

`ready`: the handler is loaded; the worker is idle.

`load_failed`: it is not; the worker ends after this. Fields of an error:
    - `error_type` (str): Lambda's name or the exception's.
    - `message` (str)
    - `stack` (array of `{file, line, function, source_line, is_app_code}`),
      outermost call first; the worker's own frames are left out.
    - `trace` (str): the traceback as the language prints it.
    - `remedy` (str): may be empty.

`returned`: `request_id`, `value` (the handler's result as JSON).

`raised`: `request_id`, and the fields of an error.

Both may have `threads` (array of str): functions that threads were still running which
the event had started. They may have `requests` (array of str): hosts that have not
answered the event's requests yet. All else stands still between two events.

`unread`: the answer to an `invoke` that the language cannot read as JSON, such as a
    number of many thousand digits. `message` (str): why.

`debug`: no fields. At any time between `start` or `invoke` and its answer: the handler
    waits at a breakpoint, and asks for a terminal. Time limits stand still.

`debug_over`: no fields. The handler goes on, and so does its time.

A worker that ends without one of these has crashed.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from os import scandir, stat  # kept: a worker shows handlers more than is on disk
from stat import S_ISDIR
from typing import Any, TypeAlias

MAX_FRAME_BYTES = 64 * 1024 * 1024
YOUNG_SECONDS = 2.0
"""Below this age a file's time stamps may not show a further edit: FAT counts in two
seconds, HFS+ in one, ext4 in the kernel's ticks."""

_MODULE_SUFFIXES = (".py", ".so")

Message: TypeAlias = dict[str, Any]

_HEADER_BYTES = 4
_RECEIVE_BYTES = 16_384
_to_json = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
_from_json = json.JSONDecoder().raw_decode


class WireError(Exception):
    """Bytes that are no frame: too long, not JSON, not an object."""


class TooDeepError(WireError):
    """A frame nests deeper than Python reads JSON; other languages write it."""


def encode(message: Mapping[str, Any]) -> bytes:
    """Give the frame of `message`.

    Raises:
        TypeError, ValueError, RecursionError: it holds something that JSON cannot
            say; NaN and the infinities are refused too (RFC 8259 section 6).
        WireError: the frame would be longer than `MAX_FRAME_BYTES`.
    """
    return frame(_to_json(message))


def frame(text: str) -> bytes:
    """Give the frame of a message that is JSON already.

    Raises:
        WireError: it would be longer than `MAX_FRAME_BYTES`.
    """
    payload = text.encode()
    if len(payload) > MAX_FRAME_BYTES:
        raise WireError(f"a frame of {len(payload)} bytes is too long")
    return len(payload).to_bytes(_HEADER_BYTES, "big") + payload


class FrameReader:
    """Cuts what a stream delivers into messages.

    Bytes beyond a complete frame are kept for the next call.
    """

    def __init__(self) -> None:
        self._received = bytearray()

    def feed(self, chunk: bytes) -> Message | None:
        """Take bytes; give the next message, or None while it is incomplete.

        Feed `b""` to take a further message out of what has been received already.

        Raises:
            WireError: what arrived is no frame; the stream cannot be used any more.
        """
        if not self._received:
            if not chunk:
                return None
            length = int.from_bytes(chunk[:_HEADER_BYTES], "big")
            if len(chunk) == _HEADER_BYTES + length <= MAX_FRAME_BYTES:
                return _decode(chunk[_HEADER_BYTES:])  # the usual case, without a copy
        self._received += chunk
        if self.missing_bytes():
            return None
        end = _HEADER_BYTES + self._length()
        payload = bytes(self._received[_HEADER_BYTES:end])
        del self._received[:end]
        return _decode(payload)

    def missing_bytes(self) -> int:
        """Give how many bytes the next message surely lacks; 0 if it is complete."""
        have = len(self._received)
        if have < _HEADER_BYTES:
            return _HEADER_BYTES - have
        return max(0, _HEADER_BYTES + self._length() - have)

    def _length(self) -> int:
        length = int.from_bytes(self._received[:_HEADER_BYTES], "big")
        if length > MAX_FRAME_BYTES:
            raise WireError(f"a frame of {length} bytes is too long")
        return length


def receive(reader: FrameReader, recv: Callable[[int], bytes]) -> Message | None:
    """Call `recv(size)` until a message is complete; None where the file ends first.

    Raises:
        WireError: what arrived is no frame.
        OSError: as `recv` raises it.
    """
    message = reader.feed(b"")
    while message is None:
        missing = reader.missing_bytes()
        chunk = recv(max(missing, _RECEIVE_BYTES))
        if not chunk:
            return None
        message = reader.feed(chunk)
    return message


def names_digest(names: Iterable[str]) -> str:
    """Give the digest of the names in a folder that an import could mean.

    Those are names without a dot (packages) and those of Python's modules, sorted by
    code point and joined with NUL; `__pycache__` is none. So a file that a handler
    writes beside its code changes nothing.
    """
    return _digest(filter(_is_importable, names))


def folder_digest(path: str) -> str:
    """Give the digest of what an import could mean in a folder; it may be gone.

    A file without a dot is no package, whatever a handler calls its data.
    """
    try:
        with scandir(path) as entries:
            return names_digest(e.name for e in entries if "." in e.name or e.is_dir())
    except OSError:
        return names_digest(())


def listing_digest(path: str) -> str:
    """Give the digest of all names in a folder; it may be gone.

    They are sorted by code point and joined with NUL. What editors and Python leave
    behind does not count: names that begin with a dot or end in a tilde, `__pycache__`.
    """
    try:
        with scandir(path) as entries:
            return _digest(e.name for e in entries if _is_no_remnant(e.name))
    except OSError:
        return _digest(())


def presence_digest(path: str) -> str:
    """Give `file` or `folder` for what is at a path; empty for nothing."""
    try:
        mode = stat(path).st_mode  # noqa: PTH116 - a worker leads `Path` elsewhere
        return "folder" if S_ISDIR(mode) else "file"
    except (OSError, ValueError):
        return ""


def _digest(names: Iterable[str]) -> str:
    return sha256("\0".join(sorted(names)).encode(errors="surrogateescape")).hexdigest()


def _is_no_remnant(name: str) -> bool:
    return not (name[0] == "." or name[-1] == "~" or name == "__pycache__")


def _is_importable(name: str) -> bool:
    if "." not in name:
        return name != "__pycache__"
    return name.endswith(_MODULE_SUFFIXES)


def _decode(payload: bytes) -> Message:
    try:
        text = payload.decode()
        message, end = _from_json(text)
    except RecursionError as error:
        raise TooDeepError("a frame that nests too deeply") from error
    except ValueError as error:
        raise WireError(f"a frame that is not JSON: {error}") from error
    if end != len(text):
        raise WireError("a frame that is not JSON: it goes on after its end")
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise WireError("a frame that is not a message")
    return message
