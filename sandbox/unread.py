"""Takes a file descriptor, tells how many bytes wait there, by one system call.

`fcntl.ioctl` lets go of the interpreter lock, as any call that may block does. This one
never blocks; and with several requests at work another thread would take the lock, so
that a microsecond's question would wait for that thread's next pause.
"""

import ctypes
import fcntl
import os
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


def _keeping_the_lock() -> Callable[[int], int]:
    """Give what does so without letting go of the interpreter lock."""
    ioctl = ctypes.PyDLL(None, use_errno=True).ioctl

    def ask(fd: int) -> int:
        count = ctypes.c_int()
        if ioctl(fd, termios.FIONREAD, ctypes.byref(count)) < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return count.value

    return ask


# A function of C that takes further arguments is called another way on Apple's ARM.
unread_bytes = _keeping_the_lock() if sys.platform == "linux" else _ask_system
