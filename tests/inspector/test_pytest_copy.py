"""A copied test does what the request did: run by pytest, against the app."""

import ast
import textwrap
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import Sandbox
from sandbox.exchange import (
    Outcome,
    Raised,
    Returned,
    TimedOut,
)
from sandbox.host_header import bare_host
from sandbox.inspector.pytest_copy import pytest_of
from tests.exchanges import answered, sent

MANIFEST = """@app
copied

@aws
runtime python

@http
any /*

@tables
sessions
  _idx *String
  _ttl TTL
"""
HANDLER = """def handler(event, context):
    return {"statusCode": 201}
"""
BROKEN = """def handler(event, context):
    raise ValueError("not yet mended")
"""
NOTING = """
import pytest

@pytest.fixture(autouse=True)
def noted(arc_requests, arc_sandbox):
    yield
    (one,) = arc_requests
    items = arc_sandbox.tables.call("Scan", {"TableName": "copied-staging-sessions"})
    noted = {
        "line": (one.request.method, one.request.path, one.request.query_string),
        "headers": one.request.headers,
        "body": one.request.body,
        "items": items["Items"],
    }
    with open("noted.txt", "a") as file:
        print(repr(noted), file=file)
"""
FEW_PLUGINS = ("-p", "no:randomly", "-p", "no:asyncio", "-p", "no:playwright")
BY_THE_CLIENT = {"connection", "content-length", "accept-encoding"}
Run = Callable[..., pytest.RunResult]
# What the sandbox imports stays imported: pytester forgets what an inner run imports.
assert Sandbox


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Give a function that runs copied tests in their order, with a handler."""
    (pytester.path / "app.arc").write_text(MANIFEST)
    (pytester.path / ".env").write_text("ARC_SESSION_TABLE_NAME=sessions\n")
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    pytester.makeconftest(NOTING)
    folder = pytester.path / "src/http/any-catchall"
    folder.mkdir(parents=True)

    def run(*tests: str, handler: str = HANDLER) -> pytest.RunResult:
        (folder / "index.py").write_text(handler)
        for number, text in enumerate(tests):
            (pytester.path / f"test_{number:03}.py").write_text(text, "utf-8")
        return pytester.runpytest_inprocess(*FEW_PLUGINS)

    return run


def noted(pytester: pytest.Pytester) -> list[dict[str, Any]]:
    """Give what the app was asked by each test."""
    lines = (pytester.path / "noted.txt").read_text().splitlines()
    return [ast.literal_eval(line) for line in lines]


def meant(line: Any, headers: Any, body: bytes) -> dict[str, Any]:
    """Give what is the app's business of a request."""
    return {
        "line": line,
        "headers": sorted(
            (name.lower(), value)
            for name, value in headers
            if name.lower() not in {"user-agent", *BY_THE_CLIENT}
            and (name.lower(), value) != ("accept", "*/*")
            and not (name.lower() == "host" and bare_host(value) == "localhost")
        ),
        "body": body,
    }


REQUESTS = (
    sent("GET", "/a%20b/%C3%A9?a=1&b=~x%2F"),
    sent("GET", "/q?tags[]=x&filter[name]=a&b={1}|'\""),
    sent("GET", "/dots/../x"),
    sent("GET", "/dots/.."),
    sent("GET", "//host/x"),
    sent("GET", "/100%25?a=%zz"),
    sent("GET", '/a"b\\c<d>^`'),
    sent("OPTIONS", "/a"),
    sent("HEAD", "/a"),
    sent("M-SEARCH", "/a"),
    sent("GET", "/a", ("host", "app.example.com:8080"), ("accept", "text/html")),
    sent("POST", "/a", body=b""),
    sent("POST", "/a", ("X-Mine", 'a "b" \\n'), body=b'it\'s "$HOME" {x}\r\n\t\\n'),
    sent("PUT", "/a", body='{"ü": "😀\u2028\u202e\x7f\x85"}'.encode()),
    sent("PUT", "/a", body=bytes(range(256))),
    sent("GET", "/a", ("x-a", "ä 😀".encode().decode("latin-1")), ("x-b", "é")),
    sent("GET", "/a", ("cookie", "a=é; b={c}")),
    sent("GET", "/a", ("x-a", "1"), ("X-A", "2"), ("x-b", ""), ("x-a", "1")),
)


@pytest.mark.slow
def test_copied_tests_send_the_requests(run: Run, pytester: pytest.Pytester) -> None:
    """Method, target, body, and the headers that are the app's business."""
    result = run(*(pytest_of(answered(request), None) for request in REQUESTS))

    result.assert_outcomes(passed=len(REQUESTS))
    assert [meant(n["line"], n["headers"], n["body"]) for n in noted(pytester)] == [
        meant((r.method, r.path, r.query_string), r.headers, r.body) for r in REQUESTS
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("host", "origin", "is_own"),
    [
        ("localhost:3333", "http://localhost:3333", True),
        ("127.0.0.1:3333", "http://127.0.0.1:3333", True),
        ("localhost:3333", "http://localhost:8080", False),
        ("a.example.com", "http://a.example.com", False),
    ],
)
def test_the_apps_own_origin_is_that_of_the_tests_app(
    run: Run, pytester: pytest.Pytester, *, host: str, origin: str, is_own: bool
) -> None:
    """A handler that refuses forms of other sites takes it; others stay as they are."""
    request = sent("POST", "/a", ("Host", host), ("Origin", origin), body=b"a=1")

    run(pytest_of(answered(request), None)).assert_outcomes(passed=1)

    (one,) = noted(pytester)
    headers = dict(one["headers"])
    expected = f"http://{headers['host']}" if is_own else origin
    assert headers["origin"] == expected


SESSION = {
    "user": "ada",
    "id": 2**53 + 1,
    "part": Decimal("0.1234567890123456789"),
    "half": 1.5,
    "tags": {"a"},
    "keys": {b"\x00\xff"},
    "more": [{"$set": ["x"], "none": None}, True, {2**60}],
}
ITEM = {
    "user": {"S": "ada"},
    "id": {"N": "9007199254740993"},
    "part": {"N": "0.1234567890123456789"},
    "half": {"N": "1.5"},
    "tags": {"SS": ["a"]},
    "keys": {"BS": ["AP8="]},
    "more": {
        "L": [
            {"M": {"$set": {"L": [{"S": "x"}]}, "none": {"NULL": True}}},
            {"BOOL": True},
            {"NS": ["1152921504606846976"]},
        ]
    },
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("a=1; b={c} é; ", ""),
        ("a=1; ", ""),
        # Python's parser stops there, and would not come to a session behind it.
        ("", "; odd='x\""),
        ("a=1; ", "; b={c} é; c=2"),
    ],
)
def test_a_copied_test_writes_the_session_itself(
    run: Run, pytester: pytest.Pytester, before: str, after: str
) -> None:
    """Its cookie opens nothing elsewhere; the new one stands where it stood."""
    request = sent("GET", "/a", ("Cookie", f"{before}_idx=secret{after}"))
    text = pytest_of(answered(request), SESSION)

    run(text).assert_outcomes(passed=1)

    (one,) = noted(pytester)
    (item,) = one["items"]
    (cookie,) = (value for name, value in one["headers"] if name == "cookie")
    stored = {name: item[name] for name in item if name[0] != "_"}
    assert stored == ITEM
    assert "secret" not in text
    assert cookie.startswith(f"{before}_idx={item['_idx']['S']}.")
    assert cookie.endswith(after)


def test_of_several_session_cookies_the_last_is_written() -> None:
    """It is the one that runtime helpers read."""
    request = sent("GET", "/", ("Cookie", "_idx=old; a=1; _idx = secret; b=2"))

    text = pytest_of(answered(request), {"user": 1})

    assert "a=1; _idx={arc_client.cookies['_idx']}; b=2" in text
    assert "old" not in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("session", "cookie"), [({}, "a=1"), (None, "a=1; _idx=refused; b=2")]
)
def test_a_copied_test_keeps_a_cookie_that_opens_nothing(
    run: Run, pytester: pytest.Pytester, session: Any, cookie: str
) -> None:
    """That it is refused may be what is tested; an empty session needs none."""
    before = "a=1; _idx=refused" + ("" if session == {} else "; b=2")
    request = sent("GET", "/a", ("cookie", before))

    run(pytest_of(answered(request), session)).assert_outcomes(passed=1)

    (one,) = noted(pytester)
    assert [v for name, v in one["headers"] if name == "cookie"] == [cookie]


@pytest.mark.slow
def test_a_copied_test_of_a_failure_passes_once_it_is_mended(run: Run) -> None:
    """Until then it fails, and says what the handler raised."""
    raised = Raised(error_type="ValueError", message="not yet mended")
    text = pytest_of(answered(sent(), status=500, outcome=raised), None)

    broken = run(text, handler=BROKEN)
    mended = run(text)

    broken.assert_outcomes(failed=1)
    broken.stdout.fnmatch_lines("*ValueError*not yet mended*")
    mended.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("status", "outcome", "expected"),
    [
        (404, None, "== 404"),
        (200, Returned(value="text"), "== 200"),
        (400, Returned(value={"statusCode": 400}), "== 400"),
        (503, Returned(value={"statusCode": 503}), "== 503"),
        (503, Returned(value={"statusCode": "503"}), "== 503"),
        (500, Returned(value={"statusCode": "zebra"}), "< 500"),
        (500, Returned(value=[1]), "< 500"),
        (504, TimedOut(seconds=1.0), "< 500"),
    ],
)
def test_only_an_answer_of_the_functions_own_is_expected(
    status: int, outcome: Outcome | None, expected: str
) -> None:
    """No test is to hold a handler to its failure."""
    text = pytest_of(answered(sent(), status=status, outcome=outcome), None)

    assert f"assert response.status_code {expected}\n" in text


def test_a_usual_test_is_short() -> None:
    """It reads as a person would write it."""
    body = b'{"a": "\xc3\xbc"}'
    request = sent("POST", "/notes?a=1", ("Cookie", "_idx=x"), body=body)

    assert pytest_of(answered(request), {"user": 1}) == textwrap.dedent(
        """\
        def test_post_notes(arc_client, arc_session):
            arc_session.update({"user": 1})
            response = arc_client.request(
                "POST",
                "/notes?a=1",
                content="{\\"a\\": \\"ü\\"}",
            )

            assert response.status_code == 201
        """
    )


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126)))
def test_httpx_sends_a_target_as_it_is_or_is_told(text: str) -> None:
    """What it would resolve or encode anew is an extension."""
    copied = pytest_of(answered(sent("GET", f"/{text}")), None)

    if "extensions" not in copied:
        # A query that is empty is not told from none.
        raw_path = httpx.URL(f"http://localhost/{text}").raw_path.decode()
        assert raw_path.rstrip("?") == f"/{text}".rstrip("?")
