"""Semaphores and shared memory as Lambda has them: none.

Lambda has no /dev/shm, so that sem_open(3) and shm_open(3) fail there. What needs them
is `multiprocessing`'s Lock, Queue, Pool and SharedMemory, ProcessPoolExecutor, and even
ThreadPool; Process and Pipe work (AWS Compute Blog, "Parallel Processing in Python with
AWS Lambda").
"""

import errno
import os
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn


def install() -> None:
    """Have this process open neither, from now on."""
    with suppress(ImportError):  # a Python that was built without
        semaphores: Any = import_module("_multiprocessing")
        semaphores.SemLock = _refusing(semaphores.SemLock)
    with suppress(ImportError):
        memory: Any = import_module("_posixshmem")
        memory.shm_open = _refuse


def is_refusal(error: BaseException) -> bool:
    """Tell whether it is from here that an exception comes."""
    if not isinstance(error, OSError) or error.errno != errno.ENOSYS:
        return False
    trail = error.__traceback__
    while trail is not None and trail.tb_next is not None:
        trail = trail.tb_next
    return trail is not None and trail.tb_frame.f_code is _refuse.__code__


def _refusing(semaphore: Any) -> Any:
    """Give the class with its constants, such as SEM_VALUE_MAX, that makes none."""

    def refuse(*_arguments: Any, **_settings: Any) -> NoReturn:
        _refuse()

    return type(semaphore.__name__, (semaphore,), {"__new__": refuse})


def _refuse(*_arguments: Any, **_settings: Any) -> NoReturn:
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
