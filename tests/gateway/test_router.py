"""Which route answers: one table, read as API Gateway reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.exchange import Match
from sandbox.gateway.router import MalformedPath, Router, decode_strictly
from tests.gateway.conftest import make_project, make_route

# In Architect's order: by method, deeper first, static before parameters.
ECHO = (
    "get /p/:a/x/:b",
    "get /multi/:one/:two/:three",
    "get /o/static/deep",
    "get /o/:name/deep",
    "get /o2/:x/static",
    "get /p/:id/sub",
    "get /o2/static/:id",
    "get /pc/:param/*",
    "get /dash-ed",
    "get /foo/bar",
    "get /o/static",
    "get /o3/fixed",
    "get /o4/fixed",
    "get /o/:name",
    "get /o4/:id",
    "get /p/:id",
    "get /v1.2/:item-id",
    "get /c/*",
    "get /o/*",
    "get /",
    "post /o3/:id",
    "post /c/*",
    "post /m",
    "head /m",
    "any /any/deep",
    "any /any-p/:param",
    "any /o3/:id",
    "any /any-c/*",
    "any /o4/*",
    "any /any",
)


@pytest.mark.parametrize(
    ("request_line", "route", "parameters"),
    [
        ("GET /", "get /", ()),
        ("GET /dash-ed", "get /dash-ed", ()),
        ("GET /p/123", "get /p/:id", (("id", "123"),)),
        ("GET /p/a.b-c_d~e", "get /p/:id", (("id", "a.b-c_d~e"),)),
        ("GET /p/123/sub", "get /p/:id/sub", (("id", "123"),)),
        ("GET /p/1/x/2", "get /p/:a/x/:b", (("a", "1"), ("b", "2"))),
        ("GET /v1.2/7", "get /v1.2/:item-id", (("item-id", "7"),)),
        ("GET /c/a/b", "get /c/*", (("proxy", "a/b"),)),
        ("GET /c/", "get /c/*", (("proxy", ""),)),
        ("GET /c/a/", "get /c/*", (("proxy", "a/"),)),
        ("GET /c/a//b", "get /c/*", (("proxy", "a//b"),)),
        ("GET /c/a%20b/c%2Fd", "get /c/*", (("proxy", "a b/c/d"),)),
        ("GET /pc/x/a/b", "get /pc/:param/*", (("param", "x"), ("proxy", "a/b"))),
        ("GET /pc/x/", "get /pc/:param/*", (("param", "x"), ("proxy", ""))),
        ("GET /o/other", "get /o/:name", (("name", "other"),)),
        ("GET /o/static", "get /o/static", ()),
        ("GET /o/x/deep", "get /o/:name/deep", (("name", "x"),)),
        ("GET /o/static/deep", "get /o/static/deep", ()),
        ("GET /o/x/other", "get /o/*", (("proxy", "x/other"),)),
        ("GET /o/", "get /o/*", (("proxy", ""),)),
        ("GET /o2/static/static", "get /o2/:x/static", (("x", "static"),)),
        ("GET /o3/fixed", "get /o3/fixed", ()),
        ("PUT /o3/fixed", "any /o3/:id", (("id", "fixed"),)),
        ("POST /o3/fixed", "post /o3/:id", (("id", "fixed"),)),
        ("GET /o4/zzz", "get /o4/:id", (("id", "zzz"),)),
        ("GET /o4/a/b", "any /o4/*", (("proxy", "a/b"),)),
        ("POST /o4/fixed", "any /o4/*", (("proxy", "fixed"),)),
        ("PATCH /any", "any /any", ()),
        ("PROPFIND /any", "any /any", ()),
        ("HEAD /any", "any /any", ()),
        ("HEAD /m", "head /m", ()),
        ("GET /p/%E2%9C%93", "get /p/:id", (("id", "✓"),)),
        ("GET /p/a%2Fb", "get /p/:id", (("id", "a/b"),)),
        ("GET /p/%3Aid", "get /p/:id", (("id", ":id"),)),
        ("GET /p/100%25", "get /p/:id", (("id", "100%"),)),
        ("GET /%64ash-ed", "get /dash-ed", ()),
    ],
)
def test_match_finds_the_route(
    request_line: str, route: str, parameters: tuple[tuple[str, str], ...]
) -> None:
    """The route and what its path captured."""
    method, path = request_line.split()
    matched = Router(tuple(map(make_route, ECHO))).match(method, path)

    assert isinstance(matched, Match)
    assert (matched.route.name, matched.path_parameters) == (route, parameters)


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /m",
        "HEAD /p/1",
        "OPTIONS /dash-ed",
        "POST /dash-ed",
        "GET /p",
        "GET /p/",
        "GET /p/1/",
        "GET /c",
        "GET /foo",
        "GET /foob/ar",
        "GET /foo/bar/",
        "GET /foo/barr",
        "GET /foo/bar/baz",
        "GET /o/static/",
        "GET /o/other/",
        "GET /DASH-ED",
        "GET //dash-ed",
        "GET /multi/a/b",
        "GET /multi/a//c",
        "GET /m%zz",
        "GET *",
    ],
)
def test_match_is_none_where_nothing_answers(request_line: str) -> None:
    """Slashes, case, methods and depth are exact."""
    method, path = request_line.split()

    assert Router(tuple(map(make_route, ECHO))).match(method, path) is None


@pytest.mark.parametrize(
    ("path", "part"),
    [("/p/%zz", "%zz"), ("/p/%ff", "%ff"), ("/c/a/%2", "a/%2"), ("/p/%", "%")],
)
def test_match_tells_a_malformed_parameter(path: str, part: str) -> None:
    """What would be captured is no percent-encoded UTF-8."""
    matched = Router(tuple(map(make_route, ECHO))).match("GET", path)

    assert matched == MalformedPath(part=part)


@pytest.mark.parametrize(
    ("routes", "request_line", "route", "parameters"),
    [
        (("get /:param",), "GET /", "get /:param", (("param", ""),)),
        (("any /:param",), "POST /", "any /:param", (("param", ""),)),
        (("get /:param",), "POST /", None, ()),
        (("get /:param/there",), "GET /", None, ()),
        (("get /*",), "GET /", "get /*", (("proxy", ""),)),
        (("get /fixed", "get /*"), "GET /fixed", "get /fixed", ()),
        (("get /", "get /:param", "get /*"), "GET /", "get /", ()),
        (("get /:param", "get /*"), "GET /", "get /*", (("proxy", ""),)),
        (("any /",), "DELETE /", "any /", ()),
    ],
)
def test_root_is_answered_by(
    routes: tuple[str, ...],
    request_line: str,
    route: str | None,
    parameters: tuple[tuple[str, str], ...],
) -> None:
    """A parameter at the root may be empty, where nothing else takes `/`."""
    method, path = request_line.split()
    matched = Router(tuple(map(make_route, routes))).match(method, path)

    if route is None:
        assert matched is None
    else:
        assert isinstance(matched, Match)
        assert (matched.route.name, matched.path_parameters) == (route, parameters)


@pytest.mark.parametrize(
    ("request_line", "route", "parameters"),
    [
        ("GET /", "get /", ()),
        ("GET /p/1", "get /p/:id", (("id", "1"),)),
        ("GET /p/1/", "get /p/:id", (("id", "1"),)),
        ("GET //", "get /", ()),
        ("GET /x/y", "get /*", (("proxy", "x/y"),)),
        ("GET /x/y/", "get /*", (("proxy", "x/y/"),)),
        ("POST /any", "get /*", (("proxy", "any"),)),
        ("GET /c/a", "get /*", (("proxy", "c/a"),)),
        ("OPTIONS /options", None, ()),
        ("HEAD /head", None, ()),
    ],
)
def test_rest_api_has_a_greedy_root(
    request_line: str, route: str | None, parameters: tuple[tuple[str, str], ...]
) -> None:
    """`get /` answers what nothing else takes; some methods and /* are not there."""
    routes = ("get /p/:id", "get /c/*", "get /", "head /head", "any /any")
    project = make_project(*routes, "options /options", api_type="rest")
    method, path = request_line.split()
    matched = Router.from_project(project).match(method, path)

    if route is None:
        assert matched is None
    else:
        assert isinstance(matched, Match)
        assert (matched.route.name, matched.path_parameters) == (route, parameters)


def test_proxy_takes_the_root_from_a_parameter() -> None:
    """With @proxy, `/` goes to the target, not to an empty `/:param`."""
    router = Router(tuple(map(make_route, ("get /:param",))), has_proxy=True)

    assert router.match("GET", "/") is None
    assert isinstance(router.match("GET", "/x"), Match)


def test_match_looks_at_few_of_many_routes() -> None:
    """The way down the tree is as long as the path, whatever the number of routes."""
    routes = tuple(make_route(f"get /r{number}/:id/x") for number in range(1000))
    router = Router(routes)
    matched = router.match("GET", "/r999/7/x")

    assert isinstance(matched, Match)
    assert matched.route is routes[-1]


@pytest.mark.parametrize(
    ("part", "decoded"),
    [
        ("plain", "plain"),
        ("a%20b", "a b"),
        ("%2525", "%25"),
        ("%c3%bc", "ü"),
        ("%", None),
        ("%2", None),
        ("%g0", None),
        ("%c3", None),
        ("%%25", None),
    ],
)
def test_decode_strictly(part: str, decoded: str | None) -> None:
    """Malformed escapes and broken UTF-8 give None."""
    assert decode_strictly(part) == decoded


@given(
    st.sampled_from(["GET", "POST", "", "ANY", "x y"]),
    st.text(alphabet="/%25cpaoé2:*. \0", max_size=30),
)
def test_match_raises_for_no_path(method: str, path: str) -> None:
    """Any method and any path give an answer of the three kinds."""
    matched = Router(tuple(map(make_route, ECHO))).match(method, f"/{path}")

    assert matched is None or isinstance(matched, Match | MalformedPath)
