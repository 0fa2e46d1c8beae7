"""An httpx client of a running sandbox: no socket, cookies on the sandbox's clock."""

import io
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import httpx

from sandbox.gateway.wsgi import OWN_JAR
from sandbox.sandbox import Sandbox
from sandbox.testing.cookie_jar import BrowserJar
from sandbox.testing.sandbox_under_test import SandboxUnderTest

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

    from sandbox.testing.websocket import WebSocket

_BODILESS = (204, 304)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_FIRST = "arc.first"
"""The extension of a request that has the one which its redirects began with."""


class Client(httpx.Client):
    """One browser's worth of `httpx.Client` for a sandbox; URLs may be relative.

    A handler's failure is raised at the call that met it, where the sandbox keeps
    count of failures (`SandboxUnderTest`) and none is expected.

    Args:
        sandbox: the running app.
        options: whatever else `httpx.Client` takes, such as `follow_redirects`.

    Attributes:
        jar: the cookies; `cookies` is httpx's view of them.

    Raises:
        TypeError: `sandbox` is none, or an option that httpx does not know.
    """

    def __init__(self, sandbox: Sandbox, **options: Any) -> None:
        if not isinstance(sandbox, Sandbox):
            raise TypeError(
                "a client is that of a running sandbox, such as arc_sandbox, "
                f"and not {sandbox!r}"
            )
        self.jar = BrowserJar(sandbox.clock)
        self._browser_cookies = BrowserCookies(self.jar)
        self._failures = (
            sandbox.failures if isinstance(sandbox, SandboxUnderTest) else None
        )
        cookies = options.pop("cookies", None)
        hooks = options.pop("event_hooks", None) or {}
        on_request = [self._write_after_redirect, *hooks.get("request", ())]
        super().__init__(
            **{
                "transport": WsgiTransport(lambda: sandbox.wsgi),
                "base_url": sandbox.url,
                "trust_env": False,
                "event_hooks": {**hooks, "request": on_request},
                **options,
            }
        )
        self.cookies = cookies

    @property
    def cookies(self) -> httpx.Cookies:
        """The cookies in the jar; setting this replaces them all."""
        return self._browser_cookies

    @cookies.setter
    def cookies(self, cookies: Any) -> None:
        given = list(httpx.Cookies(cookies).jar)
        self.jar.clear()
        for cookie in given:
            self.jar.set_cookie(cookie)

    def build_request(
        self, method: str, url: httpx.URL | str, **options: Any
    ) -> httpx.Request:
        """Build a request with the cookies that a browser would send.

        See `httpx.Client.build_request`, which would judge them by Python's rules,
        and fails where one is not ASCII. It adds none where there is a Cookie header.
        """
        headers = httpx.Headers(options.get("headers"))
        if "cookie" in headers or "cookie" in self.headers:
            return super().build_request(method, url, **options)
        headers["cookie"] = ""
        request = super().build_request(method, url, **{**options, "headers": headers})
        self._write_cookies(request, httpx.Cookies(options.get("cookies")))
        return request

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request; see `httpx.Client.send`.

        Raises:
            HandlerFailedError: the handler failed, and no `expect_failure` is open.
            httpx.ConnectError: a redirect that is followed leaves the app.
            RuntimeError: the sandbox is not running.
        """
        __tracebackhide__ = True
        request.extensions.setdefault(_FIRST, request)  # redirects inherit it
        response = super().send(request, **options)
        request_id = response.headers.get("apigw-requestid")
        if self._failures is not None and request_id is not None:
            self._failures.check(request_id)
        return response

    def websocket(
        self,
        path: str = "/",
        *,
        headers: Mapping[str, str] | None = None,
        subprotocols: Iterable[str] = (),
        timeout: float = 5.0,
    ) -> "WebSocket":
        """Connect to the app's @ws with the cookies of the client, over a real socket.

        Such as this::

            with arc_client.websocket() as websocket:
                websocket.send({"action": "hello"})
                assert websocket.receive() == {"hello": "there"}

        Args:
            path: may have a query, which `$connect` is given.
            headers: sent with the handshake.
            subprotocols: offered, the favourite first.
            timeout: how long each answer may take, in seconds.

        Raises:
            WebSocketRefusedError: `$connect` refuses, or the app has no @ws.
            HandlerFailedError: it failed, and no `expect_failure` is open.
        """
        __tracebackhide__ = True
        # With wsproto, which tests without WebSockets never import.
        from sandbox.testing.websocket import WebSocket

        url = str(self.base_url.join(path))
        own = {"Cookie": cookie} if (cookie := self.jar.header(url)) else {}
        check = self._failures.check if self._failures else _accept_all
        try:
            return WebSocket(
                url,
                headers={**own, **(headers or {})},
                subprotocols=subprotocols,
                timeout=timeout,
                check=check,
            )
        finally:
            check()

    def _redirect_headers(
        self, request: httpx.Request, url: httpx.URL, method: str
    ) -> httpx.Headers:
        """Give the headers of a request that httpx makes, which writes no cookies."""
        headers = super()._redirect_headers(request, url, method)
        headers["cookie"] = ""
        return headers

    def _write_after_redirect(self, request: httpx.Request) -> None:
        """Write the cookies of a request that httpx has made; a hook of each."""
        if request.extensions.get(_FIRST, request) is not request:
            self._write_cookies(request, httpx.Cookies())

    def _write_cookies(self, request: httpx.Request, more: httpx.Cookies) -> None:
        header = self.jar.header(str(request.url), more=more.jar)
        lines = [line for line in request.headers.raw if line[0].lower() != b"cookie"]
        if header:
            lines.append((b"Cookie", header.encode("latin-1")))
        request.headers = httpx.Headers(lines)


class BrowserCookies(httpx.Cookies):
    """httpx's view of a jar, which takes cookies as the bytes that they came in."""

    def __init__(self, jar: BrowserJar) -> None:
        super().__init__(jar)
        self._jar = jar

    def extract_cookies(self, response: httpx.Response) -> None:
        """Take the cookies of a response, as the browser would take them."""
        for name, value in response.headers.raw:
            if name.lower() == b"set-cookie":
                self._jar.keep(value.decode("latin-1"), url=str(response.request.url))


class WsgiTransport(httpx.BaseTransport):
    """Hands requests to a WSGI application of ours, whole.

    httpx's own WSGITransport cannot say the target as it was sent, nor repeated
    headers; the sandbox takes both beside PEP 3333's keys.

    Args:
        app: gives the application, asked at each request.
    """

    def __init__(self, app: Callable[[], "WSGIApplication"]) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Give the application's answer.

        Raises:
            httpx.ConnectError: it is a redirect to another host.
        """
        first = request.extensions.get(_FIRST, request)
        if request.url.host not in (first.url.host, *_LOOPBACK):
            raise _left_app(request)
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _error: object = None
        ) -> Any:
            begun.append((status, headers))

        body = b"".join(self._app()(_environ(request), start_response))
        status, headers = begun[-1]
        code = int(status.split(" ", 1)[0])
        if code not in _BODILESS:
            headers = [*headers, ("content-length", str(len(body)))]
        is_bodiless = request.method == "HEAD" or code in _BODILESS
        return httpx.Response(
            code,
            headers=[(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers],
            stream=httpx.ByteStream(b"" if is_bodiless else body),
        )


def _accept_all() -> None:
    """Judge nothing, where nobody keeps count of failures."""


def _left_app(request: httpx.Request) -> httpx.ConnectError:
    return httpx.ConnectError(
        f'The redirect leads to "{request.url}", which is not the app. Leave '
        "follow_redirects out, and look at the answer's Location.",
        request=request,
    )


def _environ(request: httpx.Request) -> "WSGIEnvironment":
    body = request.read()
    headers = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in request.headers.raw
    )
    # httpx's own extension. A redirect would inherit it, and has a target of its own.
    raw_target: bytes = request.extensions.pop("target", request.url.raw_path)
    target = raw_target.decode("latin-1")
    path, _, query = target.partition("?")
    return {
        "REQUEST_METHOD": request.method,
        "REQUEST_URI": target,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": request.url.host,
        "SERVER_PORT": str(request.url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "arc.headers": headers,
        OWN_JAR: True,
        "wsgi.url_scheme": request.url.scheme,
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
