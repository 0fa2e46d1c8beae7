"""What workers do beside their work, and the ports that debuggers find them at."""

import socket

import pytest

from sandbox.errors import WorldError
from sandbox.workers.debugging import (
    LONG_SECONDS,
    DebuggerPorts,
    Debugging,
    coverage_variables,
)


def test_each_function_keeps_a_port_of_its_own(free_port: int) -> None:
    """So that an editor's configuration holds after a save."""
    ports = DebuggerPorts(free_port)

    first, second = ports.take("get /"), ports.take("post /")

    assert first != second
    assert ports.take("get /") == first


def test_a_taken_port_is_passed_over(free_port: int) -> None:
    """Another program may have it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()

        assert DebuggerPorts(free_port).take("get /") > free_port


def test_a_second_worker_has_another_port(free_port: int) -> None:
    """While the first one of the function lives."""
    ports = DebuggerPorts(free_port)
    first = ports.take("get /")
    with socket.socket() as worker:
        worker.bind(("127.0.0.1", first))
        worker.listen()

        assert ports.take("get /") > first


def test_no_port_at_all_is_an_error() -> None:
    """Beyond the last port there is none."""
    with pytest.raises(WorldError, match="No port is free"):
        DebuggerPorts(65_536).take("get /")


@pytest.mark.parametrize(("port", "seconds"), [(None, 5), (5678, LONG_SECONDS)])
def test_a_debugger_stops_time_limits(port: int | None, seconds: float) -> None:
    """Who stands at a breakpoint is not killed for it."""
    assert Debugging(port=port).limit(5) == seconds


def test_coverage_variables_are_the_ones_that_ask_for_it() -> None:
    """Both of Coverage.py's, and no other of the shell's."""
    shell = {"COVERAGE_PROCESS_START": ".coveragerc", "PATH": "/bin"}

    assert coverage_variables(shell) == {"COVERAGE_PROCESS_START": ".coveragerc"}
    assert Debugging(coverage=shell).ending_seconds > Debugging().ending_seconds
