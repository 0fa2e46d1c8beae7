"""Goes once through the AWS calls that handlers begin with, on this machine alone.

What it leaves is what Python and botocore do only once: modules imported late, regular
expressions, shapes of a service, code that has been run hot. In a process forked from
one that has done so, it also makes the memory that such calls touch its own, which
otherwise costs a page fault for every page. No session, client or setting stays.
"""

import socket
import sys
import threading
from contextlib import suppress
from typing import Any, Self

REGION = "us-west-2"
_WORD = "rehearsal"
_SECONDS = 1.0
"""How long anything may take that takes a millisecond."""
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nServer: rehearsal\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
    b"Content-Type: application/x-amz-json-1.1\r\nContent-Length: 2\r\n\r\n{}"
)


def rehearse() -> Any:
    """Make the calls; give the throwaway session that they were made with.

    Raises:
        Exception: whatever a botocore of another make has in store, or a machine
            without a loopback address.
    """
    # Only a project that uses boto3 has it.
    import boto3.session

    session: Any = boto3.session.Session()
    socket.getaddrinfo("localhost", None)  # loads what looks names up
    with _Answerer() as answerer:
        _ask_service_map(session, answerer.port)
        _use_table(session, answerer.port)
    with suppress(Exception):  # another helper than architect-functions 1.0
        _answer_as_handlers_do()
    return session


def _settings(port: int) -> dict[str, Any]:
    from botocore.config import Config

    return {
        # Not by name, which may lead to somebody else's port first, on ::1.
        "endpoint_url": f"http://127.0.0.1:{port}",
        "region_name": REGION,
        "aws_access_key_id": _WORD,
        "aws_secret_access_key": _WORD,
        "config": Config(
            connect_timeout=_SECONDS,
            read_timeout=_SECONDS,
            retries={"max_attempts": 0},
        ),
    }


def _ask_service_map(session: Any, port: int) -> None:
    """Do what the runtime helper does first: page through a path of parameters."""
    client = session.client("ssm", **_settings(port))
    pages = client.get_paginator("get_parameters_by_path")
    list(pages.paginate(Path=f"/{_WORD}", Recursive=True))
    client.close()


def _use_table(session: Any, port: int) -> None:
    resource = session.resource("dynamodb", **_settings(port))
    table = resource.Table(_WORD)
    table.get_item(Key={"id": _WORD}, ConsistentRead=True)
    table.put_item(Item={"id": _WORD, "expires": 0})
    resource.meta.client.close()
    session.client("dynamodb", **_settings(port)).close()  # asks for models otherwise


def _answer_as_handlers_do() -> None:
    """Call what the runtime helper works out from its arguments alone."""
    helper: Any = sys.modules.get("arc")
    if helper is not None:
        helper.http.res({"version": "2.0", "headers": {}}, {"json": {_WORD: _WORD}})
        helper._lib.to_logical_id(_WORD)  # noqa: SLF001 (its expressions are what counts)


class _Answerer:
    """Answers every request with an empty object, in a thread that ends with it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self.run, name="arc-rehearsal")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        # Wakes the thread where it waits for a connection; close() would not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def run(self) -> None:
        """Answer one connection after the other until the end; the thread's body."""
        try:
            while True:
                connection, _ = self._listener.accept()
                with connection:
                    connection.settimeout(_SECONDS)
                    _answer_all(connection)
        except OSError:
            return  # it is over


def _answer_all(connection: socket.socket) -> None:
    requests = connection.makefile("rb")
    with requests:
        while line := requests.readline():
            body_bytes = 0
            while line.strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    body_bytes = int(value)
                line = requests.readline()
            requests.read(body_bytes)
            connection.sendall(_ANSWER)
