"""What a handler's result becomes: legal, illegal, and hostile values."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.exchange import HttpResponse
from sandbox.gateway.response import InvalidResult, from_result
from sandbox.http1.head import format_head
from sandbox.project.model import ApiType

JSON = ("content-type", "application/json")
TEXT = ("content-type", "text/plain; charset=utf-8")
V1 = ("content-type", "application/json; charset=utf-8")


def ok(result: Any, api_type: ApiType = "http") -> HttpResponse:
    """Give the response, or fail with what is said against the result."""
    made = from_result(result, api_type=api_type)
    assert isinstance(made, HttpResponse), made
    return made


def refused(result: Any, api_type: ApiType = "http") -> str:
    """Give why the result is refused."""
    made = from_result(result, api_type=api_type)
    assert isinstance(made, InvalidResult), made
    assert made.reason.endswith((".", "…"))
    assert made.remedy
    return made.reason


@pytest.mark.parametrize(
    ("result", "body"),
    [
        ({"a": [1, 2.5, None, True, "✓"]}, '{"a":[1,2.5,null,true,"✓"]}'),
        ({}, "{}"),
        ([], "[]"),
        ("just text", "just text"),
        ("<html>", "<html>"),
        ("", ""),
        (0, "0"),
        (False, "false"),
        (None, "null"),
        (12345678901234567890, "12345678901234567890"),
        ({"body": "x"}, '{"body":"x"}'),
        ({"statusCode": 0, "body": "x"}, '{"statusCode":0,"body":"x"}'),
        ({"statusCode": None}, '{"statusCode":null}'),
        ({"statusCode": ""}, '{"statusCode":""}'),
        ({"statusCode": False}, '{"statusCode":false}'),
        ({"headers": {"x": "y"}}, '{"headers":{"x":"y"}}'),
        ({"isBase64Encoded": True, "body": "aGk="}, None),
        ({"headers": {"x": None}}, '{"headers":{"x":null}}'),
        ({"headers": {"a b": ["x\n"]}}, '{"headers":{"a b":["x\\n"]}}'),
        ({"cookies": [1, "a\n"]}, '{"cookies":[1,"a\\n"]}'),
        ({"x": "\ud800"}, '{"x":"\\ud800"}'),
        ("\ud800", "\ufffd"),
    ],
)
def test_result_without_a_status_is_the_body(result: Any, body: str | None) -> None:
    """Implicit 200 as JSON; strings go out as they are."""
    made = ok(result)

    assert (made.status, made.headers) == (200, (JSON,))
    assert made.body.decode() == (body if body is not None else made.body.decode())


@pytest.mark.parametrize(
    ("result", "status", "headers", "body"),
    [
        ({"statusCode": 200, "body": "ok"}, 200, (TEXT,), b"ok"),
        ({"statusCode": 201.0}, 201, (TEXT,), b""),
        ({"statusCode": 204, "body": None}, 204, (TEXT,), b""),
        ({"statusCode": 599, "body": "ü"}, 599, (TEXT,), "ü".encode()),
        (
            {"statusCode": 200, "headers": {"Content-Type": "text/css", "X-A": "1"}},
            200,
            (("content-type", "text/css"), ("x-a", "1")),
            b"",
        ),
        (
            {"statusCode": 200, "headers": {"X-A": "1", "x-a": "2"}},
            200,
            (TEXT, ("x-a", "2")),
            b"",
        ),
        (
            {"statusCode": 200, "headers": {"i": 5, "f": 1.5, "w": 2.0, "t": True}},
            200,
            (TEXT, ("i", "5"), ("f", "1.5"), ("w", "2"), ("t", "true")),
            b"",
        ),
        (
            {"statusCode": 200, "headers": {"x": "café"}},
            200,
            (TEXT, ("x", "café")),
            b"",
        ),
        ({"statusCode": 200, "headers": None, "cookies": None}, 200, (TEXT,), b""),
        ({"statusCode": 200, "multiValueHeaders": {"x": ["a"]}}, 200, (TEXT,), b""),
        (
            {
                "statusCode": 200,
                "headers": {
                    "connection": "x",
                    "content-length": "9",
                    "date": "d",
                    "upgrade": "h2c",
                    "transfer-encoding": "gzip",
                    "server": "mine",
                },
            },
            200,
            (TEXT, ("server", "mine")),
            b"",
        ),
        (
            {"statusCode": 200, "isBase64Encoded": True, "body": "AP8"},
            200,
            (TEXT,),
            b"\0\xff",
        ),
        (
            {"statusCode": 200, "isBase64Encoded": True, "body": "__79-w=="},
            200,
            (TEXT,),
            b"\xff\xfe\xfd\xfb",
        ),
    ],
)
def test_result_with_a_status(
    result: Any, status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> None:
    """Status, headers and body as API Gateway sends them."""
    assert ok(result) == HttpResponse(status=status, headers=headers, body=body)


def test_cookies_pass_byte_for_byte() -> None:
    """Each is a Set-Cookie of its own, Secure and all."""
    cookies = ["a=1; Path=/x; HttpOnly; Secure; SameSite=None", 'b="x y";secure', "c"]
    made = ok({"statusCode": 200, "cookies": cookies, "headers": {"Set-Cookie": "d=4"}})

    assert [v for n, v in made.headers if n == "set-cookie"] == [*cookies, "d=4"]


@pytest.mark.parametrize(
    ("result", "fact"),
    [
        ({"statusCode": "200"}, '"statusCode" is "200", which is not a whole number.'),
        ({"statusCode": True}, '"statusCode" is true, which is not a whole number.'),
        ({"statusCode": 200.5}, '"statusCode" is 200.5, which is not a whole number.'),
        ({"statusCode": [200]}, '"statusCode" is [200], which is not a whole number.'),
        ({"statusCode": {}}, '"statusCode" is {}, which is not a whole number.'),
        ({"statusCode": 99}, '"statusCode" is 99, which a response cannot have.'),
        ({"statusCode": 101}, '"statusCode" is 101, which a response cannot have.'),
        ({"statusCode": 1000}, '"statusCode" is 1000, which a response cannot'),
        ({"statusCode": -200}, '"statusCode" is -200, which a response cannot'),
        ({"statusCode": 200, "body": {"a": 1}}, '"body" is {"a": 1}, which is no'),
        ({"statusCode": 200, "body": 0}, '"body" is 0, which is not a string.'),
        ({"statusCode": 200, "body": False}, '"body" is false, which is not a string.'),
        ({"statusCode": 200, "headers": ["x"]}, '"headers" is ["x"], which is no'),
        ({"statusCode": 200, "headers": "x: y"}, '"headers" is "x: y", which is no'),
        ({"statusCode": 200, "headers": {"x": ["a"]}}, 'The header "x" is ["a"].'),
        ({"statusCode": 200, "headers": {"x": None}}, 'The header "x" is null.'),
        ({"statusCode": 200, "headers": {"x": "a\nb"}}, 'The header "x" has a char'),
        ({"statusCode": 200, "headers": {"x": "✓"}}, 'The header "x" has a character'),
        ({"statusCode": 200, "headers": {"a b": "x"}}, 'A header is called "a b"'),
        ({"statusCode": 200, "headers": {"": "x"}}, 'A header is called ""'),
        (
            {"statusCode": 200, "cookies": "a=1"},
            '"cookies" is "a=1", which is not a list',
        ),
        ({"statusCode": 200, "cookies": {"a": 1}}, '"cookies" is {"a": 1}, which is'),
        (
            {"statusCode": 200, "cookies": [1]},
            '"cookies" has 1, which is not a string.',
        ),
        ({"statusCode": 200, "cookies": ["a\r\nb"]}, "The cookie has a character"),
        (
            {"isBase64Encoded": "yes"},
            '"isBase64Encoded" is "yes", which is not a boolean',
        ),
        (
            {"isBase64Encoded": None},
            '"isBase64Encoded" is null, which is not a boolean.',
        ),
        ({"headers": ["a"]}, '"headers" is ["a"], which is not an object.'),
        ({"cookies": 7}, '"cookies" is 7, which is not a list.'),
        (
            {"statusCode": 200, "isBase64Encoded": True, "body": "!!"},
            '"isBase64Encoded" is true, but "body" is not base64.',
        ),
        ({"x": float("nan")}, "The handler's result is not JSON"),
        (float("inf"), "The handler's result is not JSON"),
        pytest.param([10**5000], "The handler's result is not JSON", id="huge integer"),
        pytest.param(
            {"statusCode": 200, "headers": {"x": 10**5000}},
            "A header cannot be sent",
            id="huge header",
        ),
        pytest.param("x" * 6_000_001, 'The response has "6,000,001" bytes', id="6 MB"),
        pytest.param(
            "\u2713" * 2_000_001,
            'The response has "6,000,003" bytes',
            id="of 2 M signs",
        ),
        pytest.param(
            {
                "statusCode": 200,
                "isBase64Encoded": True,
                "body": base64.b64encode(bytes(4_600_000)).decode(),
            },
            'The response has "4,600,000" bytes, which is 6,133,387 as JSON, in base64',
            id="4.6 MB in base64",
        ),
        pytest.param(
            {"statusCode": 200, "body": '"' * 3_200_000},
            'The response has "3,200,000" bytes, which is 6,400,028 as JSON; Lambda',
            id="3.2 MB of quotes",
        ),
    ],
)
def test_result_that_breaks_the_contract(result: Any, fact: str) -> None:
    """The reason says which part, and quotes it."""
    assert refused(result).startswith(fact)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (5, "5"),
        (5.0, "5"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1.5e-5, "0.000015"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (-1.5e-10, "-1.5e-10"),
        (1e21, "1e+21"),
    ],
)
def test_numbers_of_headers_are_written_as_javascript_does(
    number: float, text: str
) -> None:
    """The gateway's own rule: it is no Python."""
    response = ok({"statusCode": 200, "headers": {"x": number}})

    assert dict(response.headers)["x"] == text


def test_six_megabytes_are_allowed() -> None:
    """The limit itself is not above the limit."""
    assert len(ok({"statusCode": 200, "body": "." * 6_000_000}).body) == 6_000_000
    assert len(ok({"statusCode": 200, "body": "\u2713" * 2_000_000}).body) == 6_000_000


@pytest.mark.parametrize(
    ("result", "status", "headers"),
    [
        ({}, 200, (V1,)),
        ({"body": "x"}, 200, (V1,)),
        ({"statusCode": 404}, 404, (V1,)),
        (
            {
                "headers": {"x-multi": "c", "x-one": "1"},
                "multiValueHeaders": {"X-Multi": ["a", "b"]},
            },
            200,
            (V1, ("x-multi", "a"), ("x-multi", "b"), ("x-multi", "c"), ("x-one", "1")),
        ),
        (
            {
                "headers": {"x-multi": "a"},
                "multiValueHeaders": {"x-multi": ["a"], "content-type": ["text/css"]},
            },
            200,
            (("content-type", "text/css"), ("x-multi", "a")),
        ),
        (
            {"headers": {"X-A": "1", "x-b": "3", "x-a": 2, "x-A": "1"}},
            200,
            (V1, ("x-a", "1"), ("x-a", "2"), ("x-b", "3")),
        ),
        (
            {"headers": {"Content-Type": "text/css", "content-type": "text/plain"}},
            200,
            (("content-type", "text/css"),),
        ),
        (
            {"headers": {"Server": "mine", "Date": "never", "upgrade": "x"}},
            200,
            (V1, ("x-amzn-remapped-server", "mine"), ("x-amzn-remapped-date", "never")),
        ),
    ],
)
def test_rest_result(
    result: Any, status: int, headers: tuple[tuple[str, str], ...]
) -> None:
    """Multi-value headers are joined with the others, some are renamed."""
    made = ok(result, "rest")

    assert (made.status, made.headers) == (status, headers)


def test_format_1_0_renames_nothing_and_allows_other_keys() -> None:
    """What REST refuses or renames passes in an HTTP API."""
    result = {"statusCode": 200, "headers": {"Server": "mine"}, "cookies": ["a=1"]}

    assert ok(result, "httpv1").headers == (V1, ("server", "mine"))
    assert refused(result, "rest").startswith('A REST API does not know "cookies"')


@pytest.mark.parametrize("result", [None, "text", [1], 5])
@pytest.mark.parametrize("api_type", ["rest", "httpv1"])
def test_formats_1_take_objects_alone(result: Any, api_type: ApiType) -> None:
    """Nothing is implicit there."""
    assert "which is not an object" in refused(result, api_type)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["statusCode", "headers", "cookies", "body", "x", "é", "a b"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    result=JSON_VALUES
    | st.fixed_dictionaries(
        {"statusCode": st.integers(100, 700) | JSON_VALUES},
        optional={
            "headers": st.dictionaries(st.text(max_size=5), JSON_VALUES, max_size=3),
            "multiValueHeaders": JSON_VALUES,
            "cookies": st.lists(st.text(max_size=9) | JSON_VALUES, max_size=3),
            "body": st.text(max_size=9) | JSON_VALUES,
            "isBase64Encoded": st.booleans() | JSON_VALUES,
        },
    ),
    api_type=st.sampled_from(["http", "httpv1", "rest"]),
)
def test_any_result_gives_well_formed_http_or_a_reason(
    *, result: Any, api_type: ApiType
) -> None:
    """No value a handler can return raises, or breaks the framing."""
    made = from_result(result, api_type=api_type)

    if isinstance(made, HttpResponse):
        head = format_head(f"{made.status} X", list(made.headers))
        assert head.count(b"\n") == len(made.headers) + 2
        assert 200 <= made.status <= 999
    else:
        assert made.reason
        assert made.remedy


def test_implicit_json_can_be_read_back() -> None:
    """What goes out is what was returned."""
    value = {"big": 2**63, "text": "line\u2028end", "nested": [[{}]]}

    assert json.loads(ok(value).body) == value
