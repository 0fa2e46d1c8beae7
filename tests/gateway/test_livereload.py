"""Which answers get the script of live reload, and where in them it is."""

import gzip
from dataclasses import replace

import brotli
import pytest

from sandbox.exchange import HttpRequest, HttpResponse
from sandbox.gateway.livereload import with_script

ELEMENT = (
    '<script src="/_arc/livereload.js" defer>/* livereload of arc-sandbox */</script>'
)
PAGE = "<!doctype html><head><title>t</title></head><body>x</body>"
RELOADED = f"<!doctype html><head><title>t</title>{ELEMENT}</head><body>x</body>"


def request(*headers: tuple[str, str], method: str = "GET") -> HttpRequest:
    return HttpRequest(
        method=method,
        path="/",
        query_string="",
        headers=(("host", "localhost:3333"), *headers),
    )


def page(
    text: str | bytes = PAGE, *headers: tuple[str, str], status: int = 200
) -> HttpResponse:
    given = dict(headers)
    content_type = given.pop("content-type", "text/html; charset=utf-8")
    return HttpResponse(
        status=status,
        headers=(("content-type", content_type), *given.items()),
        body=text.encode() if isinstance(text, str) else text,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PAGE, RELOADED),
        ("<html><HEAD></HEAD ></html>", f"<html><HEAD>{ELEMENT}</HEAD ></html>"),
        ("<!doctype html><p>no head</p>", f"<!doctype html><p>no head</p>{ELEMENT}"),
        (
            "<html><head><!-- </head> --><script>'</head>'</script></head>",
            f"<html><head><!-- </head> --><script>'</head>'</script>{ELEMENT}</head>",
        ),
        ("<html><!-- </head></html>", f"<html><!-- </head></html>{ELEMENT}"),
        ("<html><style></head></html>", f"<html><style></head></html>{ELEMENT}"),
        (
            """<html><p a= "</head>" b='<base>' c=don't><p d='></head>'></head>""",
            """<html><p a= "</head>" b='<base>' c=don't><p d='></head>'>"""
            f"{ELEMENT}</head>",
        ),
        (
            "<head><noscript></head></noscript><template></head></template></head>",
            "<head><noscript></head></noscript><template></head></template>"
            f"{ELEMENT}</head>",
        ),
    ],
)
def test_with_script_adds_it_at_the_end_of_the_head(text: str, expected: str) -> None:
    """Not in a comment or a string of a script; at the end where there is no head."""
    edited = with_script(request(), page(text))

    assert edited.response.body.decode() == expected
    assert edited.why_not == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "<head><title>t</title><base href=//cdn.example></head>",
            f"<head><title>t</title>{ELEMENT}<base href=//cdn.example></head>",
        ),
        ("<html><p>x<BASE\nhref='a'>", f"<html><p>x{ELEMENT}<BASE\nhref='a'>"),
        (
            "<html><!-- <base> --><title><base ></title><basefont></head>",
            f"<html><!-- <base> --><title><base ></title><basefont>{ELEMENT}</head>",
        ),
    ],
)
def test_with_script_adds_it_before_a_base(text: str, expected: str) -> None:
    """Its address is read by what stands before it, not by the base of the page."""
    edited = with_script(request(), page(text))

    assert edited.response.body.decode() == expected


@pytest.mark.parametrize(
    "opening", ["<!-- ", "<title>", "</head ", "<meta ", "<p a='", '<p a= "', "<p a="]
)
def test_what_is_never_closed_is_looked_at_once(opening: str) -> None:
    """Megabytes of it take no longer than others; read anew each time, hours."""
    text = "<html>" + opening * 800_000
    edited = with_script(request(), page(text))

    assert edited.response.body == f"{text}{ELEMENT}".encode()


def test_a_meta_that_is_never_closed_is_no_policy() -> None:
    """Browsers drop a tag that the text ends in; before it, all is as ever."""
    meta = "<meta http-equiv=content-security-policy content=\"script-src 'none'\""

    assert with_script(request(), page(f"<html>{meta}")).why_not == ""
    assert "meta" in with_script(request(), page(f"<html>{meta}>")).why_not


@pytest.mark.parametrize("path", ["/_static/a.html", "/_static"])
def test_files_of_s3_go_out_byte_for_byte(path: str) -> None:
    """But to a browser's window: what a program reads is what S3 would send."""
    program, window = request(), request(("sec-fetch-dest", "document"))
    asked = [replace(one, path=path) for one in (program, window)]

    bodies = [with_script(one, page()).response.body.decode() for one in asked]
    assert bodies == [PAGE, RELOADED]


def test_with_script_keeps_every_other_header() -> None:
    """The ETag too: the same page always has the same script in it."""
    headers = (("etag", '"v1"'), ("x-own", "1"), ("cache-control", "no-cache"))

    edited = with_script(request(), page(PAGE, *headers))

    assert edited.response.headers == page(PAGE, *headers).headers


@pytest.mark.parametrize(
    ("coding", "pack", "unpack"),
    [
        ("gzip", gzip.compress, gzip.decompress),
        ("br", brotli.compress, brotli.decompress),
    ],
)
def test_with_script_opens_compressed_pages(coding, pack, unpack) -> None:  # type: ignore[no-untyped-def]
    """And closes them again in the same coding."""
    edited = with_script(
        request(), page(pack(PAGE.encode()), ("content-encoding", coding))
    )

    assert unpack(edited.response.body).decode() == RELOADED
    assert ("content-encoding", coding) in edited.response.headers


@pytest.mark.parametrize(
    "response",
    [
        page('{"a": 1}', ("content-type", "application/json")),
        page(PAGE, ("content-type", "application/xhtml+xml")),
        page(PAGE, ("content-type", "text/plain")),
        page(PAGE, ("content-disposition", 'attachment; filename="a.html"')),
        page(PAGE, status=302),
        page(PAGE, status=304),
        page(PAGE, status=206),
        page(""),
        page("<li>a fragment</li>"),
    ],
)
def test_with_script_leaves_alone_what_is_no_page(response: HttpResponse) -> None:
    """And has nothing to say about it."""
    edited = with_script(request(), response)

    assert edited.response is response
    assert edited.why_not == ""


@pytest.mark.parametrize(
    ("headers", "is_added"),
    [
        ([("sec-fetch-dest", "document")], True),
        ([("sec-fetch-dest", "iframe")], True),
        ([("sec-fetch-dest", "empty")], False),
        ([("sec-fetch-dest", "object")], False),
        ([("x-requested-with", "XMLHttpRequest")], False),
        ([], True),
    ],
)
def test_with_script_follows_what_the_browser_asks_for(
    *, headers: list[tuple[str, str]], is_added: bool
) -> None:
    """What a script fetches stays as it is, even where it looks like a page."""
    edited = with_script(request(*headers), page())

    assert (ELEMENT.encode() in edited.response.body) is is_added


def test_with_script_trusts_the_browser_over_the_looks() -> None:
    """`<h1>` alone is a page where the browser is about to show it."""
    edited = with_script(request(("sec-fetch-dest", "document")), page("<h1>hi</h1>"))

    assert edited.response.body.decode() == f"<h1>hi</h1>{ELEMENT}"


def test_with_script_marks_the_answer_to_a_form() -> None:
    """Loading it anew would send the form again."""
    edited = with_script(request(method="POST"), page())

    assert b" data-manual defer>" in edited.response.body


def test_with_script_carries_the_pages_nonce() -> None:
    """So a strict policy lets it run without being changed."""
    policy = ("content-security-policy", "script-src 'nonce-abc'; connect-src 'self'")

    edited = with_script(request(), page(PAGE, policy))

    assert b'livereload.js" nonce="abc" defer>' in edited.response.body
    assert policy in edited.response.headers


def test_with_script_extends_a_strict_policy() -> None:
    """By the two exact addresses."""
    policy = ("content-security-policy", "default-src 'none'")

    edited = with_script(request(), page(PAGE, policy))

    assert edited.response.headers[1] == (
        "content-security-policy",
        "default-src 'none'; script-src localhost:3333/_arc/livereload.js; "
        "connect-src localhost:3333/_arc/livereload",
    )


META = '<head><meta http-equiv="Content-Security-Policy" content="{}"></head>'


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (page(PAGE, ("content-security-policy", "sandbox")), "sandbox"),
        (page(META.format("default-src 'none'")), "<meta>"),
        (page(META.format("script-src 'nonce-x'")), "<meta>"),
        (page(b"broken", ("content-encoding", "gzip")), "gzip"),
        (page(PAGE, ("content-encoding", "zstd")), "zstd"),
        (page(PAGE, ("content-type", "text/html; charset=utf-16le")), "UTF-16"),
    ],
)
def test_with_script_says_why_a_page_lacks_it(
    response: HttpResponse, reason: str
) -> None:
    """A page that could have it and does not is left as it is, with a word."""
    edited = with_script(request(("sec-fetch-dest", "document")), response)

    assert edited.response is response
    assert reason in edited.why_not


def test_with_script_obeys_a_meta_policy_that_allows_it() -> None:
    """'self' is enough."""
    edited = with_script(request(), page(META.format("default-src 'self'")))

    assert ELEMENT.encode() in edited.response.body
