"""What is fuzzed: each target takes bytes, and fails by an error that is not foreseen.

Foreseen are the errors that a function's docstring names; a promise beyond that is
asserted here.
"""

import atexit
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import wsproto
from wsproto.events import CloseConnection, Pong
from wsproto.frame_protocol import CloseReason

from sandbox.clock import MovableClock
from sandbox.errors import SandboxError
from sandbox.exchange import HttpRequest, HttpResponse, Match
from sandbox.gateway.cookie_expiry import BrowserCookies
from sandbox.gateway.cookie_notes import refused_cookie
from sandbox.gateway.payload import build_event
from sandbox.gateway.request_parts import ApiFacts
from sandbox.gateway.response import from_result
from sandbox.gateway.router import Router
from sandbox.http1.head import BadRequestError, parse_chunk_size, parse_head
from sandbox.http1.upgrade import Wire
from sandbox.manifest.formats import parse_manifest, parse_package
from sandbox.options import Options
from sandbox.project.build import build_project
from sandbox.project.dotenv import parse_dotenv
from sandbox.project.files import Kind
from sandbox.project.model import Function, FunctionConfig, Key, Project, Route, Table
from sandbox.sandbox import Sandbox
from sandbox.sessions.browser_view import browser_view
from sandbox.sessions.cookie import read_cookie
from sandbox.sessions.explain import as_cookie_header, explain
from sandbox.sessions.jwe import decode_token, encode_token
from sandbox.sessions.settings import SessionSettings
from sandbox.sessions.signature import sign, unsign
from sandbox.tables.engine import Engine
from sandbox.tables.errors import TableError
from sandbox.tables.expressions import Expressions
from sandbox.tables.number_text import read_number
from sandbox.tables.projections import project
from sandbox.tables.seeds import check_seeds
from sandbox.websocket.connection import (
    Handshake,
    HandshakeError,
    WebSocketConnection,
)
from sandbox.websocket.events import MAX_MESSAGE_BYTES, Client
from tests.raw_websocket import (
    BINARY,
    CLOSE,
    HANDSHAKE,
    PING,
    PONG,
    TEXT,
    frame,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

NOW_EPOCH = 1_700_000_000.0
SECRET = "only-for-fuzzing-never-deploy-it"
API_TYPES = ("http", "httpv1", "httpv2", "rest")
_ROOT = Path("/app")
_JWE = SessionSettings(secret=SECRET)
_ITEM: Mapping[str, Any] = {
    "a": {"M": {"b": {"L": [{"S": "x"}, {"N": "1"}]}}},
    "b": {"N": "2"},
    "c": {"SS": ["x", "y"]},
    "d": {"B": "AAE="},
}
_MEANT: Mapping[str, Any] = {
    "#n": "a",
    "#m": "b",
    ":s": {"S": "x"},
    ":n": {"N": "1"},
    ":l": {"L": [{"N": "1"}]},
    ":t": {"S": "SS"},
}
_TABLE = SessionSettings(secret=SECRET, table_name="sessions")


class NoFiles:
    """An app's folder that is there, and empty but for one manifest."""

    def present(self, folder: str, names: Sequence[str]) -> tuple[str, ...]:
        return ()

    def read(self, path: str) -> str | None:
        return None

    def kind(self, path: str) -> Kind | None:
        return "folder" if path == str(_ROOT) else None


def manifest(content: bytes) -> None:
    """Read a manifest in each format, and make a project of it."""
    names = ("app.arc", "arc.json", "arc.yaml", "package.json")
    name = names[content[0] % 4] if content else names[0]
    text = content[1:].decode("utf-8", "replace")
    try:
        tree = (
            parse_package(text, file=name)
            if name == "package.json"
            else parse_manifest(text, file=name)
        )
        if tree is not None:
            build_project(
                tree,
                NoFiles(),
                root=_ROOT,
                manifest_file=_ROOT / name,
                home=None,
                region="us-west-2",
            )
    except SandboxError as error:
        str(error)


def environment(content: bytes) -> None:
    """Read a `.env` file."""
    parse_dotenv(content.decode("utf-8", "replace"))


def cookies(content: bytes) -> None:
    """Read a Cookie header, and a Set-Cookie as browsers do."""
    text = content.decode("latin-1")
    read_cookie(text)
    explain(text, _TABLE, now_epoch=NOW_EPOCH)
    browser_view(text, now_epoch=NOW_EPOCH, host="localhost:3333", scheme="http")
    refused_cookie(text, scheme="http", host="localhost:3333")
    clock = MovableClock()
    clock.advance(60)
    browser = BrowserCookies(clock)
    browser.remember(text, host="localhost", scheme="http")
    browser.pass_on(_request(b"GET", "/", "", (("cookie", text),)))


def tokens(content: bytes) -> None:
    """Open tokens and signed ids; none that was not made with the secret opens."""
    text = content.decode("latin-1")
    decode_token(text, _JWE, now_epoch=NOW_EPOCH, lifetime_seconds=60)
    unsigned = unsign(text, SECRET)
    assert unsigned is None or sign(unsigned, SECRET) == text
    for settings in (_JWE, _TABLE):
        explain(as_cookie_header(text), settings, now_epoch=NOW_EPOCH)


def heads(content: bytes) -> None:
    """Parse a request's head; what passes holds no line end where none may be."""
    try:
        head = parse_head(content)
    except BadRequestError:
        pass
    else:
        values = [
            head.method,
            head.target,
            *(text for pair in head.headers for text in pair),
        ]
        assert not any(bad in value for value in values for bad in "\r\n\0")
    with suppress(BadRequestError):
        assert parse_chunk_size(content) >= 0


def handshakes(content: bytes) -> None:
    """Read a client's wish for a WebSocket; what passes is answered with a 101."""
    try:
        head = parse_head(b"GET / HTTP/1.1\r\n" + content)
        handshake = Handshake(_request(b"GET", head.target, "", head.headers))
    except (BadRequestError, HandshakeError) as error:
        str(error)
        return
    for chosen in (None, *handshake.subprotocols[:1]):
        _, answer = handshake.accept(chosen)
        assert answer.startswith(b"HTTP/1.1 101 ")
        assert answer.count(b"\r\n\r\n") == 1
        handshake = Handshake(_request(b"GET", head.target, "", head.headers))


def frames(content: bytes) -> None:
    """Serve a client that sends these frames, whole and in pieces: it is all the same.

    What it is sent are answers to its pings, and the code of its end.
    """
    size, sent = content[:1], content[1:]
    step = size[0] % 64 + 1 if size else 1
    whole = _serve((sent,))
    assert whole == _serve(sent[i : i + step] for i in range(0, len(sent), step))


def _serve(pieces: Iterable[bytes]) -> tuple[list[str], int, list[object]]:
    """Give a client's messages, the code of its end, and what it was sent."""
    wire = _Pieces(pieces)
    accepted = Handshake(_CLIENT.request).accept(None)
    connection = WebSocketConnection(_CLIENT, wire, accepted, clock=MovableClock())
    messages: list[str] = []
    code = connection.serve(messages.append).code
    assert code in range(1000, 1016) or code in range(3000, 5000)
    assert all(len(message.encode()) <= MAX_MESSAGE_BYTES for message in messages)
    peer = wsproto.connection.Connection(wsproto.ConnectionType.CLIENT)
    peer.receive_data(bytes(wire.sent))
    received: list[object] = []
    for event in peer.events():
        match event:
            case Pong():
                received.append(bytes(event.payload))
            case CloseConnection():
                assert event.code in (code, CloseReason.NORMAL_CLOSURE)
                received.append(event.code)
            case _:
                raise AssertionError(event)
    return messages, code, received


class _Pieces(Wire):
    """A wire without a socket, whose client goes at the end."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self.sent = bytearray()

    def receive(self, seconds: float) -> bytes:
        return next(self._pieces, b"")

    def send(self, data: bytes) -> None:
        self.sent += data

    def cut(self) -> None:
        raise AssertionError("nothing was refused by the wire")


def events(content: bytes) -> None:
    """Route a request and make its event, in each format."""
    method, path, query, name, value, *body = (
        part.decode("latin-1") for part in (content + b"\n" * 5).split(b"\n", 5)
    )
    headers = ((name.lower(), value), ("cookie", value), ("content-type", value))
    request = HttpRequest(
        method=method,
        path=f"/{path}",
        query_string=query,
        headers=headers,
        body=body[0].encode("latin-1"),
    )
    match = _ROUTER.match("GET", request.path)
    for api_type in API_TYPES:
        if isinstance(match, Match):
            event = build_event(
                request,
                match,
                api_type=api_type,
                facts=_FACTS,
                request_id="0" * 36,
                now_epoch=NOW_EPOCH,
            )
            json.dumps(event)


def results(content: bytes) -> None:
    """Make a response of a handler's result; nothing in its headers ends a line."""
    value = _json(content)
    for api_type in API_TYPES:
        response = from_result(value, api_type=api_type)
        if isinstance(response, HttpResponse):
            assert 100 <= response.status <= 999
            lines = [text for header in response.headers for text in header]
            assert not any(bad in line for line in lines for bad in "\r\n\0")
            "".join(lines).encode("latin-1")


def seeds(content: bytes) -> None:
    """Check the content of a seed file."""
    try:
        check_seeds(_json(content), project=_PROJECT, shown="sandbox-seed.json")
    except SandboxError as error:
        str(error)


def expressions(content: bytes) -> None:
    """Check an expression of each kind; a filter in order can be asked of an item."""
    text = content.decode("utf-8", "surrogateescape")
    for kind, field in (
        ("Scan", "FilterExpression"),
        ("Query", "KeyConditionExpression"),
        ("GetItem", "ProjectionExpression"),
        ("UpdateItem", "UpdateExpression"),
    ):
        known = {name: value for name, value in _MEANT.items() if name in text}
        scope = {field: text}
        for member, mark in (("Names", "#"), ("Values", ":")):
            meant = {n: value for n, value in known.items() if n.startswith(mark)}
            scope |= {f"ExpressionAttribute{member}": meant} if meant else {}
        with suppress(TableError):
            read = Expressions(kind, scope, reserved=("NAME",))
            if read.filter is not None:
                assert read.filter.holds(_ITEM) in (True, False)
            project(_ITEM, read.projection or read.targets)


def statements(content: bytes) -> None:
    """Carry out a PartiQL statement; what is refused is the statement's fault."""
    text = content.decode("utf-8", "surrogateescape")
    parameters = [{"N": "1"}] * min(text.count("?"), 9)
    asked = {"Statement": text} | ({"Parameters": parameters} if parameters else {})
    engine = _tables()
    refusal = ""
    try:
        engine.call("ExecuteStatement", asked)
    except TableError as error:
        refusal = error.message
    assert not refusal.startswith("The sandbox could not"), refusal


@cache
def _tables() -> Engine:
    """Give an engine with one table, which has an index and an item."""
    names = {"id": "S", "n": "N"}
    keys = [[{"AttributeName": name, "KeyType": "HASH"}] for name in names]
    attributes = [{"AttributeName": n, "AttributeType": t} for n, t in names.items()]
    index = {"KeySchema": keys[1], "Projection": {"ProjectionType": "ALL"}}
    engine = Engine(region="us-west-2", account_id="123456789012")
    create = {
        "TableName": "tab",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": attributes,
        "KeySchema": keys[0],
        "GlobalSecondaryIndexes": [{"IndexName": "by-n", **index}],
    }
    engine.call("CreateTable", create)
    engine.call("PutItem", {"TableName": "tab", "Item": {**_ITEM, "id": {"S": "x"}}})
    return engine


def numbers(content: bytes) -> None:
    """Read a number; what is kept is the same number, and kept again as it is."""
    text = content.decode("latin-1")
    with suppress(TableError):
        kept = read_number(text)
        assert Decimal(kept) == Decimal(text)
        assert read_number(kept) == kept


def api(content: bytes) -> None:
    """Ask the inspector's JSON API; whatever it is sent, it does not fail."""
    line, _, body = content.partition(b"\n")
    method, _, target = line.decode("latin-1").partition(" ")
    path, _, query = target.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": f"/api{path}",
        "REQUEST_URI": f"/api{target}",
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json",
        "HTTP_HOST": "localhost:2222",
        "HTTP_X_ARC_SANDBOX": "1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    statuses: list[str] = []
    pieces = _inspector()(environ, lambda status, *_: statuses.append(status))
    if hasattr(pieces, "close"):
        pieces.close()
    assert statuses[0] < "500" or statuses[0].startswith("503"), statuses


@cache
def _inspector() -> "WSGIApplication":
    """Give the inspector of a sandbox that runs until the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="arc-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "app.arc").write_bytes(_ARC)
    sandbox = Sandbox(folder, options=Options.for_program({}))
    sandbox.start()
    atexit.register(sandbox.close)
    return sandbox._inspector  # noqa: SLF001 - without a socket, for speed


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _request(
    method: bytes, path: str, query: str, headers: tuple[tuple[str, str], ...]
) -> HttpRequest:
    return HttpRequest(
        method=method.decode(), path=path, query_string=query, headers=headers
    )


def _function(name: str) -> Function:
    return Function(
        name=name,
        pragma="http",
        folder=_ROOT / "src",
        handler_file=_ROOT / "src" / "index.py",
        handler_method="handler",
        config=FunctionConfig(runtime="python3.12"),
    )


def _route(path: str) -> Route:
    return Route(method="get", path=path, function=_function(f"get {path}"))


_PROJECT = Project(
    root=_ROOT,
    name="fuzzed",
    manifest_file=_ROOT / "app.arc",
    functions=(_function("get /*"),),
    routes=tuple(map(_route, ("/", "/a/:b", "/a/:b/c", "/*"))),
    tables=(
        Table(name="sessions", partition_key=Key(attribute="_idx")),
        Table(
            name="notes",
            partition_key=Key(attribute="owner"),
            sort_key=Key(attribute="at", type="Number"),
        ),
    ),
)
_ROUTER = Router.from_project(_PROJECT)
_FACTS = ApiFacts.from_project(_PROJECT, port=3333)

_HANDSHAKE_HEAD = HANDSHAKE.partition(b"\r\n")[2][:-4]
_CLIENT = Client(
    connection_id="AAAA1234=",
    connected_epoch=NOW_EPOCH,
    request=_request(
        b"GET", "/", "", parse_head(b"GET / HTTP/1.1\r\n" + _HANDSHAKE_HEAD).headers
    ),
    facts=_FACTS,
    stage="testing",
)

Target = Callable[[bytes], None]
TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        "manifest": manifest,
        "environment": environment,
        "cookies": cookies,
        "tokens": tokens,
        "heads": heads,
        "handshakes": handshakes,
        "frames": frames,
        "events": events,
        "results": results,
        "seeds": seeds,
        "expressions": expressions,
        "statements": statements,
        "numbers": numbers,
        "api": api,
    }
)

_ARC = (
    b"@app\nfuzzed\n\n@http\nget /\n/a/:b\n  method get\n\n"
    b"@tables\nnotes\n  id *String\n"
)
_JSON = (
    b'{"app": "fuzzed", "http": [["get", "/"]], '
    b'"tables": [{"notes": {"id": "*String"}}]}'
)
_CHUNKED = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
EXAMPLES: Mapping[str, Iterable[bytes]] = MappingProxyType(
    {
        "manifest": (
            b"\0" + _ARC,
            b"\1" + _JSON,
            b"\2app: fuzzed\nhttp:\n  - get: /\n",
            b'\3{"arc": ' + _JSON + b"}",
        ),
        "environment": (b"A=1\nexport B='x y'\nC=\"a\\nb\" # no\n",),
        "cookies": (
            b'_idx=abc.def; other="a b"; _idx=2',
            b"_idx=a; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; "
            b"Domain=.localhost; Path=/; SameSite=None",
        ),
        "tokens": (
            encode_token({"a": 1}, _JWE, now_epoch=NOW_EPOCH).encode(),
            sign("abcdefghijklmnop", SECRET).encode(),
            b"eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0..AAAA.AA.AA",
        ),
        "heads": (
            b"GET /a?b HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\n\r\n",
            _CHUNKED,
            b"1f;x",
        ),
        "handshakes": (
            _HANDSHAKE_HEAD,
            _HANDSHAKE_HEAD + b"\r\nSec-WebSocket-Protocol: a, b\r\nOrigin: null",
            _HANDSHAKE_HEAD.replace(b": 13", b": 8") + b"\r\nContent-Length: 0",
        ),
        "frames": (
            b"\0" + frame(TEXT, "grüße".encode()) + frame(CLOSE, b"\x03\xe8bye"),
            b"\1"
            + frame(TEXT, b"\xc3", is_last=False)
            + frame(PING, b"x")
            + frame(0, b"\xbc")
            + frame(PONG)
            + frame(CLOSE),
            b"\2" + frame(TEXT, bytes(200)) + frame(BINARY, b"x") + frame(TEXT, b"y"),
            b"\3\x81\x01x",
            b"\4" + frame(TEXT, b"a", is_last=False) + frame(TEXT, b"b"),
            b"\5\x81\xff" + bytes(5) + b"\1" + bytes(6) + b"abc",
            b"\6" + frame(CLOSE, b"\x0f\xa0\xff") + frame(3),
        ),
        "events": (
            b"GET\na/b%20c\nq=1&q=2\nX-A\ttext/plain; charset=utf-8\nbody",
            b"POST\na/b/c\n\ncontent-type\nmultipart/form-data; boundary=x\n\xff\xfe",
        ),
        "results": (
            b'{"statusCode": 200, "headers": {"A": "b"}, "cookies": ["c=d"]}',
            b'{"statusCode": "201", "multiValueHeaders": {"A": ["b", 1]}, '
            b'"isBase64Encoded": true, "body": "eA=="}',
            b'[1, {"a": null}]',
        ),
        "seeds": (
            b'{"sessions": [{"_idx": "a", "n": [1, 2.5, {"b": null}]}]}',
            b'{"notes": [{"owner": "a", "at": 1}]}',
        ),
        "expressions": (
            b"#n.b[0] = :s AND NOT (size(c) > :n OR begins_with(b, :s))",
            b"a.b IN (:s, :n) OR #m BETWEEN :n AND :n",
            b"contains(c, :s) AND attribute_type(c, :t) AND attribute_exists(d)",
            b"#n.b[0], c, d.e",
            b"SET #n.b[0] = if_not_exists(c, :s), d = :l REMOVE b ADD c :n",
        ),
        "statements": (
            b"SELECT a.b[0], \"c\" FROM tab WHERE id IN ['x', 'y'] "
            b"AND n >= -1.5 OR b <> ?",
            b'SELECT * FROM "tab"."by-n" WHERE n BETWEEN ? AND 2 ORDER BY n DESC',
            b"SELECT * FROM tab WHERE id = 'x' AND NOT (a IS MISSING OR size(c) > 1)",
            b"INSERT INTO tab VALUE {'id': 'y', 'l': [1, {'m': <<'a'>>}], 'z': NULL}",
            b"UPDATE tab SET b = b + 1 SET c = set_add(c, <<'z'>>) REMOVE a.b "
            b"WHERE id = 'x' AND begins_with(id, 'x') RETURNING ALL NEW *",
            b"DELETE FROM tab WHERE id = 'y' AND contains(l, ?)",
        ),
        "numbers": (b"-12.50e+3", b"0.0001", b"1E-130", b"99999999999999999999"),
        "api": (
            b'POST /clock\n{"advance": "8d"}',
            b'POST /clock\n{"set": "2027-01-01T12:00:00+02:00"}',
            b"GET /sessions?limit=5\n",
            b"GET /tables/fuzzed-staging-notes/rows?limit=2\n",
            b'POST /tables/fuzzed-staging-notes/rows\n{"row": {"id": "a"}}',
            b'POST /sessions\n{"data": {"a": 1}}',
            b"GET /requests?limit=1\n",
            b"GET /project\n",
            b"GET /openapi.json\n",
        ),
    }
)
"""What a target starts from; libFuzzer mutates them."""
