"""The floor: Werkzeug answering in process, with kept connections and whole writes.

Werkzeug's own handler closes each connection after its answer, and writes head and body
apart. This one keeps the connection, drains only what is left of the request's body,
and lets Nagle's algorithm wait for nothing: as fast as Werkzeug's server can answer.
"""

import argparse
import io

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request, Response


class KeepAliveHandler(WSGIRequestHandler):
    """Serves request after request on one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        """Answer one request in one write, and leave the connection open."""
        length = int(self.headers.get("Content-Length") or 0)
        environ = self.make_environ()
        environ["wsgi.input"] = io.BytesIO(self.rfile.read(length) if length else b"")
        answer: list[object] = []

        def start_response(status: str, headers: list[tuple[str, str]], _=None):
            answer[:] = [status, headers]

        body = b"".join(self.server.app(environ, start_response))
        status, headers = answer
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{name}: {value}" for name, value in headers]
        names = {name.lower() for name, _ in headers}
        if "content-length" not in names:
            lines.append(f"Content-Length: {len(body)}")
        lines.append(f"Date: {self.date_time_string()}")
        self.wfile.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
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
