"""The floor: Werkzeug answering in process, with kept connections and whole writes.

Werkzeug's own handler closes each connection after its answer, and writes head and body
apart. This one keeps the connection, drains only what is left of the request's body and
sends each answer in one write that Nagle's algorithm does not hold back. All else is
Werkzeug's: how it parses, makes the environ, and writes status, date and headers.
"""

import argparse
import io
from collections.abc import Iterable

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request, Response


class KeepAliveHandler(WSGIRequestHandler):
    """Serves request after request on one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        """Answer one request in one write, and leave the connection open."""
        environ = self.make_environ()
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"] = io.BytesIO(self.rfile.read(length))
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _: object = None):
            started.append((status, headers))
            return body.write

        pieces = self.server.app(environ, start)
        self._write(*started[-1], pieces)
        if hasattr(pieces, "close"):
            pieces.close()

    def _write(
        self, status: str, headers: list[tuple[str, str]], pieces: Iterable[bytes]
    ) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)
        self.wfile.flush()

    def log_request(self, *_: object) -> None:
        """Say nothing, as a quiet sandbox does."""


@Request.application
def hello(_: Request) -> Response:
    """Answer what the hello handlers answer."""
    return Response('{"hello": "world"}', mimetype="application/json")


def main() -> None:
    """Serve on the port of the command line until killed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    port = options.parse_args().port
    server = ThreadedWSGIServer("127.0.0.1", port, hello, handler=KeepAliveHandler)
    server.serve_forever()


if __name__ == "__main__":
    main()
