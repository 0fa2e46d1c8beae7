"""How a Python interpreter is started as a worker or as the nursery."""

import site
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

_PACKAGE_PARENT = str(Path(__file__).parents[2])
_LAUNCH = Path(__file__).parent / "runtimes" / "python" / "launch.py"
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv.pop()); "
    "from sandbox.workers.runtimes.python.{module} import main; "
    "del sys.path[0]; main(int(sys.argv[1]), int(sys.argv[2]))"
)


def interpreter_command(
    module: Literal["serve", "ahead", "nursery"], connection_fd: int, lifeline_fd: int
) -> list[str]:
    """Give the command that runs `main` of a module of `runtimes.python`.

    The interpreter is the sandbox's own, with its installed packages. It sees no
    PYTHON… variable, puts no folder of ours on its path, has UTF-8 as its encoding and
    keeps no output back, as Lambda's has and does.
    """
    flags = ["-E", "-P", "-u", "-X", "utf8"]
    if not site.ENABLE_USER_SITE:
        flags.append("-s")
    boot = _BOOT.format(module=module)
    descriptors = [str(connection_fd), str(lifeline_fd)]
    return [sys.executable, *flags, "-c", boot, *descriptors, _PACKAGE_PARENT]


def launch_command(
    socket_fd: int, lifeline_fd: int, program: Sequence[str]
) -> list[str]:
    """Give the command that has a program of another language live as a worker.

    A short-lived isolated interpreter puts the file descriptors where `wire` says, arms
    the lifeline and becomes the program.
    """
    descriptors = [str(socket_fd), str(lifeline_fd)]
    return [sys.executable, "-I", "-S", str(_LAUNCH), *descriptors, *program]
