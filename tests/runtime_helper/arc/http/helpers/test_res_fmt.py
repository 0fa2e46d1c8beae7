"""`arc.http.res`: every documented property, as `architect-functions` takes it."""

import base64
import copy
import gzip
from decimal import Decimal
from typing import Any

import arc.http as helper
import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.runtime_helper.arc.http import res

NO_CACHE = "no-cache, no-store, must-revalidate, max-age=0, s-maxage=0"
V2 = {"version": "2.0", "headers": {}}
JSON = "application/json; charset=utf8"


@pytest.mark.parametrize(
    ("params", "content_type", "cache_control", "body"),
    [
        ({"html": "<p>"}, "text/html; charset=utf8", NO_CACHE, "<p>"),
        ({"css": "a{}"}, "text/css; charset=utf8", "max-age=86400", "a{}"),
        ({"js": "1"}, "text/javascript; charset=utf8", "max-age=86400", "1"),
        ({"text": "x"}, "text/plain; charset=utf8", "max-age=86400", "x"),
        ({"xml": "<a/>"}, "application/xml; charset=utf8", "max-age=86400", "<a/>"),
        ({"json": {"a": 1}}, JSON, NO_CACHE, '{"a": 1}'),
        ({"json": {}}, JSON, NO_CACHE, ""),
        ({"json": [], "body": "x"}, JSON, NO_CACHE, "x"),
        ({"json": 0, "xml": "<a/>"}, "application/xml; charset=utf8",
         "max-age=86400", "<a/>"),
        ({"json": [Decimal("1"), Decimal("0.5")]}, JSON, NO_CACHE, "[1, 0.5]"),
        ({"html": ""}, JSON, NO_CACHE, ""),
        ({"body": "x"}, JSON, NO_CACHE, "x"),
        ({"statusCode": 204}, JSON, NO_CACHE, ""),
        ({"body": "x", "type": "text/css"}, "text/css", "max-age=86400", "x"),
        ({"html": "x", "type": "text/plain"}, "text/html; charset=utf8", NO_CACHE, "x"),
        ({"body": "x", "headers": {"Content-Type": "a/b"}}, "a/b",
         "max-age=86400", "x"),
        ({"body": "x", "type": "c/d", "headers": {"content-type": "a/b"}}, "a/b",
         "max-age=86400", "x"),
        ({"text": "x", "cache_control": "no-store"}, "text/plain; charset=utf8",
         "no-store", "x"),
        ({"text": "x", "cacheControl": "no-store"}, "text/plain; charset=utf8",
         "no-store", "x"),
        ({"text": "x", "headers": {"Cache-Control": "max-age=1"}},
         "text/plain; charset=utf8", "max-age=1", "x"),
        ({"text": "x", "location": "/"}, "text/plain; charset=utf8", NO_CACHE, "x"),
    ],
)  # fmt: skip
def test_res_gives_content_its_headers(
    params: Any, content_type: str, cache_control: str, body: str
) -> None:
    """Each shorthand its type, each type its caching; what is empty counts for none."""
    response = res(V2, params)

    assert response["headers"]["content-type"] == content_type
    assert response["headers"]["cache-control"] == cache_control
    assert response["body"] == body
    assert len(response["headers"]) == (3 if "location" in params else 2)


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"html": ""}, 200),
        ({"status": 201}, 201),
        ({"code": 202}, 202),
        ({"statusCode": 203}, 203),
        ({"status_code": 206, "text": "x"}, 206),
        ({"location": "/a"}, 302),
        ({"location": "/a", "status": 303}, 303),
    ],
)
def test_res_takes_the_status_under_each_name(params: Any, status: int) -> None:
    """And a location means 302 where nothing else is said."""
    assert res(V2, params)["statusCode"] == status


def test_res_sets_the_other_headers() -> None:
    """Location, CORS, a cookie; own headers stay; cookies are passed on."""
    response = res(
        V2,
        {
            "location": "/a",
            "cors": True,
            "cookie": "a=1",
            "cookies": ["b=2"],
            "headers": {"X-Own": "1", "Set-Cookie": "old=1"},
            "multiValueHeaders": {"x": ["1", "2"]},
            "isBase64Encoded": True,
        },
    )

    assert response == {
        "statusCode": 302,
        "headers": {
            "X-Own": "1",
            "content-type": JSON,
            "cache-control": NO_CACHE,
            "access-control-allow-origin": "*",
            "location": "/a",
            "Set-Cookie": "old=1",
            "set-cookie": "a=1",
        },
        "cookies": ["b=2"],
        "multiValueHeaders": {"x": ["1", "2"]},
        "isBase64Encoded": True,
        "body": "",
    }


@pytest.mark.parametrize(
    ("params", "body"),
    [
        ({"hello": "world"}, '{"hello": "world"}'),
        ({}, "{}"),
        ([1, 2], "[1, 2]"),
        ("text", '"text"'),
        (7, "7"),
        (False, "false"),
        (None, ""),
    ],
)
def test_res_sends_anything_else_as_json(params: Any, body: str) -> None:
    """Under payload format 2.0 a handler may pass what it likes."""
    response = res(V2, params)

    assert (response["statusCode"], response["body"]) == (200, body)
    assert response["headers"]["content-type"] == JSON


def test_res_of_an_exception_fails() -> None:
    """The documentation promises a page; deployed it fails, and here it says why."""
    error = ValueError("why")

    with pytest.raises(AttributeError, match="'ValueError' object has no") as caught:
        res(V2, error)

    assert caught.value.__cause__ is error


def test_res_refuses_what_json_cannot_say() -> None:
    """The error names the type."""
    with pytest.raises(TypeError, match="Object of type set is not JSON serializable"):
        res(V2, {"json": {1}})


def test_res_takes_headers_in_title_case_out_of_what_it_was_given() -> None:
    """So a response that is kept for the next request has lost them by then."""
    kept = {"headers": {"Content-Type": "text/css"}, "body": "a{}"}

    first, second = res(V2, kept), res(V2, kept)

    assert first["headers"]["content-type"] == "text/css"
    assert second["headers"]["content-type"] == JSON


HEADERS = st.dictionaries(
    st.sampled_from(
        ["content-type", "Content-Type", "CONTENT-TYPE", "cache-control",
         "Cache-Control", "content-encoding", "Content-Encoding", "x-own"]
    ),
    st.sampled_from(["text/html", "image/png; a=b", "application/json", "gzip", ""]),
    max_size=3,
)  # fmt: skip
CONTENT = st.sampled_from(
    ["x", "", "<p>ä", "\ud800", b"\x00", b"", None, 0, 1.5, True, [], [1, {}], {}]
) | st.builds(lambda: {"a": Decimal("1.10"), "b": b"x"})
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("html", "css", "js", "text", "json", "xml", "body"), CONTENT),
    **dict.fromkeys(
        ("status", "code", "statusCode", "status_code"),
        st.sampled_from([201, 0, None, "404"]),
    ),
    "type": st.sampled_from(["text/css", "application/pdf", "", None]),
    "headers": HEADERS,
    "cors": st.booleans(),
    "location": st.sampled_from(["/a", "", None]),
    "cookie": st.sampled_from(["a=1", ""]),
    "cookies": st.sampled_from([["a=1"], [], None]),
    "cacheControl": st.sampled_from(["no-store", "", None]),
    "cache_control": st.sampled_from(["no-store", "", None]),
    "compression": st.sampled_from([True, False, None, 0, "br"]),
    "isBase64Encoded": st.sampled_from([True, False, 1]),
    "multiValueHeaders": st.sampled_from([{"x": ["1"]}, {}]),
    "other": st.just(1),
}
GZIPPED = "H4sI"
"""How base64 of gzip begins."""
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "version": st.sampled_from(["2.0", "1.0", ""]),
        "headers": st.dictionaries(
            st.sampled_from(["accept-encoding", "Accept-Encoding", "ACCEPT-ENCODING"]),
            st.sampled_from(["gzip", "gzip, br", "br,gzip", "GZIP", "gzip;q=0", ""]),
        ),
    },
)


@hypothesis.settings(deadline=None, max_examples=1000, derandomize=True)
@given(REQUESTS, st.fixed_dictionaries({}, optional=OPTIONAL) | CONTENT)
def test_res_is_the_pypi_helper_s(req: dict[str, Any], params: Any) -> None:
    """Whatever is asked: the same response or error, and the same left of `params`."""
    assert outcome(res, req, copy.deepcopy(params)) == outcome(
        helper.res, req, copy.deepcopy(params)
    )


def outcome(respond: Any, req: dict[str, Any], params: Any) -> tuple[str, str, str]:
    try:
        response = respond(req, params)
    except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
        return type(error).__name__, str(error), repr(params)
    body = response["body"]
    if isinstance(body, str) and body.startswith(GZIPPED):
        # The time is a part of what gzip writes.
        response["body"] = gzip.decompress(base64.b64decode(body))
    return "response", repr(response), repr(params)
