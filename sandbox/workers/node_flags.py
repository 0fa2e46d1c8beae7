"""How Lambda starts Node.js: takes a program and an environment, gives flags.

What a function has in NODE_OPTIONS holds for its whole process, and may load modules
before the handler's, which read the environment (nodejs.org, "Command-line API").

Before Node.js 24 Lambda's runtimes switch off what Node itself has on by default:
`require` of ES modules, and telling by its syntax what a module is. A function may
switch them on again in NODE_OPTIONS (AWS Lambda developer guide, "Building Lambda
functions with Node.js", experimental features).
"""

import re
from collections.abc import Mapping, Sequence

from sandbox.workers.process import DISCARD, SpawnedProcess

OPTIONS_NAME = "NODE_OPTIONS"

_FEATURES = ("experimental-require-module", "experimental-detect-module")
_FIRST_WITH_FEATURES = 24
_RUNTIME = re.compile(r"nodejs(\d+)")
_SECONDS = 5.0
"""How long a program may take that takes 10 ms."""


class NodeFlags:
    """Remembers which flags a program knows; an unknown one would end it at once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}

    def of(self, program: str, environment: Mapping[str, str]) -> tuple[str, ...]:
        """Give what comes before the bootstrap on a function's command line.

        Args:
            program: the path of `node`; it is asked the first time.
            environment: the function's own.
        """
        wanted = _wanted(environment)
        if not wanted:
            return ()
        if program not in self._known:
            self._known[program] = _known(program)
        return tuple(flag for flag in wanted if flag in self._known[program])


def _wanted(environment: Mapping[str, str]) -> tuple[str, ...]:
    runtime = _RUNTIME.search(environment.get("AWS_EXECUTION_ENV", ""))
    if runtime is None or int(runtime[1]) >= _FIRST_WITH_FEATURES:
        return ()
    options = environment.get(OPTIONS_NAME, "").split()
    return tuple(f"--no-{name}" for name in _FEATURES if f"--{name}" not in options)


def _known(program: str) -> tuple[str, ...]:
    flags = tuple(f"--no-{name}" for name in _FEATURES)
    if _is_taken(program, flags):
        return flags
    return tuple(flag for flag in flags if _is_taken(program, (flag,)))


def _is_taken(program: str, flags: Sequence[str]) -> bool:
    command = [program, *flags, "--version"]
    process = SpawnedProcess(command, descriptors=(), output_fd=DISCARD)
    return process.reap(_SECONDS) == 0
