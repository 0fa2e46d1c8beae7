"""Naming the process that holds a port."""

import os
import socket
import sys
from pathlib import Path

import pytest

from sandbox.port_holder import connection_holder, describe_port_holder


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_describe_port_holder_names_this_process() -> None:
    """The process's id and command are given."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told = describe_port_holder(listener.getsockname()[1])

    assert told.startswith(f'process {os.getpid()} ("')


def test_describe_port_holder_is_silent_where_nothing_tells(tmp_path: Path) -> None:
    """Without /proc, or without a listener, there is nothing to say."""
    assert describe_port_holder(80, proc=tmp_path) == ""


def test_describe_port_holder_reads_proc(tmp_path: Path) -> None:
    """The socket's inode leads to the process that has it open."""
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(
        "  sl  local_address rem_address   st tx_queue tr tm->when retrnsmt uid\n"
        "   0: 0100007F:0D05 00000000:0000 0A 0:0 00:0 0 1000 0 4711 1\n"
    )
    (tmp_path / "815" / "fd").mkdir(parents=True)
    (tmp_path / "815" / "fd" / "3").symlink_to("socket:[4711]")
    (tmp_path / "815" / "cmdline").write_bytes(b"node\0server.js\0")

    assert describe_port_holder(0x0D05, proc=tmp_path) == (
        'process 815 ("node server.js")'
    )
    assert describe_port_holder(80, proc=tmp_path) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_connection_holder_names_this_process() -> None:
    """Among those that are asked, whichever end is meant."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
    ):
        port, peer_port = client.getsockname()[1], client.getpeername()[1]
        pids = (os.getppid(), os.getpid())

        assert connection_holder(port, peer_port=peer_port, pids=pids) == os.getpid()
        assert connection_holder(port, peer_port=peer_port, pids=()) is None
        assert connection_holder(port, peer_port=1, pids=pids) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_connection_holder_outlasts_what_its_holder_closes() -> None:
    """Such as the descriptor by which this process is listed, in the gap below."""
    gap = os.open(os.devnull, os.O_RDONLY)
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
    ):
        os.close(gap)
        port, peer_port = client.getsockname()[1], client.getpeername()[1]

        holder = connection_holder(port, peer_port=peer_port, pids=[os.getpid()])

    assert holder == os.getpid()
