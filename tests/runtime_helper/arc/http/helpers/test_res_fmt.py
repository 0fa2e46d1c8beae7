"""`arc.http.res`: every documented property."""

from decimal import Decimal
from typing import Any

import pytest

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
        ({"xml": "<a/>"}, "text/xml; charset=utf8", "max-age=86400", "<a/>"),
        ({"json": {"a": 1}}, JSON, NO_CACHE, '{"a": 1}'),
        ({"json": {}}, JSON, NO_CACHE, "{}"),
        ({"json": []}, JSON, NO_CACHE, "[]"),
        ({"json": 0}, JSON, NO_CACHE, "0"),
        ({"json": [Decimal("1"), Decimal("0.5")]}, JSON, NO_CACHE, "[1, 0.5]"),
        ({"html": ""}, "text/html; charset=utf8", NO_CACHE, ""),
        ({"body": "x"}, JSON, NO_CACHE, "x"),
        ({"statusCode": 204}, JSON, NO_CACHE, ""),
        ({"body": "x", "type": "text/css"}, "text/css", "max-age=86400", "x"),
        ({"html": "x", "type": "text/plain"}, "text/plain", "max-age=86400", "x"),
        ({"body": "x", "headers": {"Content-Type": "a/b"}}, "a/b",
         "max-age=86400", "x"),
        ({"body": "x", "type": "c/d", "headers": {"content-type": "a/b"}}, "c/d",
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
    """Each shorthand its type, each type its caching, what is set explicitly wins."""
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
        ({"status_code": 206}, 206),
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
        ("", ""),
        (None, ""),
    ],
)
def test_res_sends_anything_else_as_json(params: Any, body: str) -> None:
    """Under payload format 2.0 a handler may pass what it likes."""
    response = res(V2, params)

    assert (response["statusCode"], response["body"]) == (200, body)
    assert response["headers"]["content-type"] == JSON


def test_res_of_an_exception_is_a_page() -> None:
    """Status 500 and the error's title in HTML, escaped."""
    response = res(V2, ValueError("<script>"))

    assert response["statusCode"] == 500
    assert response["headers"]["content-type"] == "text/html; charset=utf8"
    assert "<h1>ValueError</h1><p>&lt;script&gt;</p>" in response["body"]


def test_res_refuses_what_json_cannot_say() -> None:
    """The error names the type."""
    with pytest.raises(TypeError, match='"set" cannot be written as JSON'):
        res(V2, {"json": {1}})


def test_res_leaves_what_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the properties, the headers nor the session change."""
    monkeypatch.setenv("ARC_ENV", "testing")
    monkeypatch.delenv("ARC_SESSION_TABLE_NAME", raising=False)
    params = {"session": {"a": 1}, "headers": {"Content-Type": "a/b"}, "json": {}}
    before = repr(params)

    response = res(V2, params)

    assert repr(params) == before
    assert response["headers"]["set-cookie"].startswith("_idx=")
