"""A copied command sends what was sent: run by real shells, with the real curl."""

import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest

from sandbox.certificates import own_certificate
from sandbox.exchange import HttpRequest
from sandbox.gateway.wsgi import read_body, read_head
from sandbox.httpd import LoopbackServer
from sandbox.inspector.curl_copy import curl_of
from tests.exchanges import answered, sent

JSON = ("content-type", "application/json")
FORM = ("content-type", "multipart/form-data; boundary=XX")
MULTIPART = (
    b'--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
    b"it's 100 %s \\n \\\\ \xc3\xa9\r\n--XX--\r\n"
)
OF_THE_CONNECTION = {"connection", "content-length", "expect"}


# curl


@contextmanager
def listening(
    ssl_context: ssl.SSLContext | None = None,
) -> Iterator[tuple[str, list[HttpRequest]]]:
    """Give the address of a server, and what arrives there."""
    requests: list[HttpRequest] = []

    def note(environ: Any, start_response: Any) -> list[bytes]:
        request = read_body(read_head(environ), environ, limit_bytes=10_000_000)
        assert request is not None
        requests.append(request)
        start_response("200 OK", [("Content-Length", "5")])
        return [b"there"]

    with LoopbackServer(note, name="noting", ssl_context=ssl_context) as server:
        yield server.url, requests


@pytest.fixture
def run_in(
    find_program: Callable[[str], str], tmp_path: Path
) -> Callable[[str, str], str]:
    """Give a function that runs a command in a shell; gives what it prints."""
    find_program("curl")

    def run(shell: str, command: str) -> str:
        done = subprocess.run(
            [find_program(shell)],
            input=command.encode(),
            capture_output=True,
            timeout=60,
            check=False,
            env={"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(tmp_path)},
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    return run


def meant(request: HttpRequest) -> dict[str, Any]:
    """Give what the app sees of a request."""
    return {
        "line": (request.method, request.path, request.query_string),
        "headers": sorted(
            (name.lower(), value)
            for name, value in request.headers
            if name.lower() not in OF_THE_CONNECTION
            and not (name.lower() == "host" and value.startswith("localhost:"))
        ),
        "body": request.body,
    }


REQUESTS = {
    "plain": sent(),
    "lists in the query": sent("GET", "/q?tags[]=x&filter[name]=a&b={1,2}&c=[1-3]"),
    "dot segments": sent("GET", "/dots/../x/./y/%2E%2E/z"),
    "all that a target can hold": sent("GET", "//a!\"$&'()*+,;<=>@\\^`|~?%&?'\"`\\"),
    "the server itself": sent("OPTIONS", "*"),
    "HEAD": sent("HEAD", "/a"),
    "HEAD with a body": sent("HEAD", "/a", JSON, body=b"{}"),
    "GET with a body": sent("GET", "/a", JSON, body=b"{}"),
    "POST without a body": sent("POST", "/a"),
    "no type": sent("POST", "/a", body=b"a=1"),
    "quotes": sent("PUT", "/a", JSON, body=b'it\'s "$HOME" `id` \\n !! %s\n\n'),
    "what names a file": sent("POST", "/a", JSON, body=b"@/etc/passwd"),
    "text in two lines": sent("POST", "/a", JSON, body="\n\tä\n😀\n".encode()),
    "a form": sent("POST", "/a", FORM, body=MULTIPART),
    "binary": sent("POST", "/a", JSON, body=bytes(range(256))),
    "what a terminal obeys": sent("POST", "/a", JSON, body=b"\x1b[2J\x00\x08\x7f"),
    "long text": sent("POST", "/a", JSON, body=b"'x\\n\n" * 400_000),
    "a long form": sent("POST", "/a", JSON, body=MULTIPART * 2_000),
    "long and binary": sent("POST", "/a", JSON, body=b"\xff\x00" * 1_000_000),
    "UTF-8": sent("GET", "/", ("x-a", "ä 😀".encode().decode("latin-1"))),
    "Latin-1": sent("GET", "/", ("cookie", "a=é\\n !h 'b'"), ("x-b", "\x85")),
    "nothing": sent("GET", "/", ("x-empty", "")),
    "one name twice": sent("GET", "/", ("x-a", "1"), ("X-B", "2"), ("x-a", "3")),
    "odd values": sent("GET", "/", ("x-a", "@a;b:c\t'd' \"e\" $f `g` !h")),
    "another host": sent("GET", "/", ("host", "app.example.com:8080")),
    "the same host by another name": sent("GET", "/", ("host", "127.0.0.1:1")),
    "no headers": HttpRequest(
        method="POST", path="/", query_string="", headers=(), body=b"a"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize("name", REQUESTS)
def test_a_copied_command_sends_the_request(
    run_in: Callable[[str, str], str], name: str, shell: str
) -> None:
    """Byte for byte, whatever the request held."""
    with listening() as (url, requests):
        run_in(shell, curl_of(answered(REQUESTS[name]), url=url))

    assert [meant(one) for one in requests] == [meant(REQUESTS[name])]


@pytest.mark.slow
def test_a_copied_command_takes_our_own_certificate(
    run_in: Callable[[str, str], str], tmp_path: Path
) -> None:
    """No authority vouches for it."""
    files = own_certificate(tmp_path / "own.pem", now=datetime(2030, 1, 1, tzinfo=UTC))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(files.certificate, files.key)
    with listening(tls) as (url, requests):
        run_in("bash", curl_of(answered(sent("GET", "/a")), url=url))

    assert [one.path for one in requests] == ["/a"]


@pytest.mark.parametrize("name", REQUESTS)
def test_a_copied_command_holds_what_a_terminal_takes(name: str) -> None:
    """Pages and terminals make a carriage return a line feed, and obey the others."""
    command = curl_of(answered(REQUESTS[name]), url="http://localhost:3333")

    controls = {letter for letter in command if category(letter) == "Cc"}
    assert controls <= {"\n", "\t"}


def test_a_usual_command_is_short() -> None:
    """What curl does by itself is not said."""
    own = ("Host", "localhost:3333")
    request = sent("GET", "/a", own, ("expect", "100-continue"))

    assert curl_of(answered(request), url="http://localhost:3333") == (
        "curl -i \\\n  http://localhost:3333/a \\\n"
        "  -H 'user-agent: Firefox' \\\n  -H 'accept: */*'\n"
    )
