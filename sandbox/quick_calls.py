"""System calls that never block: takes a file descriptor, asks or sends at once.

Python lets go of the interpreter lock for any call that may block. These never do; and
with several requests at work another thread would take the lock, so that what takes
microseconds would wait for that thread's next pause, and cost two changes of threads.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys
import termios
from collections.abc import Callable

_NOTHING = bytes(struct.calcsize("i"))


def _ask_system(fd: int) -> int:
    """Give how many bytes can be read at once; 0 at the end of a file as well.

    Raises:
        OSError: the descriptor is closed, or is none that has such a number.
    """
    return int.from_bytes(
        fcntl.ioctl(fd, termios.FIONREAD, _NOTHING), sys.byteorder, signed=True
    )


def _asking(library: ctypes.CDLL) -> Callable[[int], int]:
    """Give what does so by a function of C."""
    ioctl = library.ioctl

    def ask(fd: int) -> int:
        count = ctypes.c_int()
        if ioctl(fd, termios.FIONREAD, ctypes.byref(count)) < 0:
            raise _last_error()
        return count.value

    return ask


def _sending(library: ctypes.CDLL) -> Callable[[int, bytes], int]:
    """Give what sends by a function of C, as `send_at_once` says."""
    send = library.send
    send.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
    send.restype = ctypes.c_ssize_t

    def send_at_once(fd: int, data: bytes) -> int:
        """Send to a socket what it takes without waiting; gives how many bytes.

        Args:
            fd: of a socket; on macOS one that never blocks, since that system heeds
                MSG_DONTWAIT for what is received alone.
            data: short, since nothing else runs meanwhile.

        Raises:
            BlockingIOError: it takes nothing now.
            OSError: the descriptor is closed, or nobody is at the other end.
        """
        sent: int = send(fd, data, len(data), socket.MSG_DONTWAIT)
        if sent < 0:
            raise _last_error()
        return sent

    return send_at_once


def _last_error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))


_C_LIBRARY = ctypes.PyDLL(None, use_errno=True)

send_at_once = _sending(_C_LIBRARY)
# A function of C that takes further arguments is called another way on Apple's ARM.
unread_bytes = _asking(_C_LIBRARY) if sys.platform == "linux" else _ask_system
