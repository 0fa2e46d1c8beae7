"""Pages: JSON for programs, HTML for people, everything escaped."""

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.exchange import Frame
from sandbox.gateway.pages import Page, Section, render, wants_html
from tests.gateway.conftest import make_request

EVIL = "<script>alert('&\"')</script>"
VOID = ("meta", "br")


class Balance(HTMLParser):
    """Notes the elements of a document, and whether they are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page_of(text: str) -> Page:
    frame = Frame(file=text, line=1, function=text, source_line=text, is_app_code=True)
    return Page(
        status=500,
        message=text,
        title=text,
        fact=text,
        remedy=text,
        place=text,
        sections=(Section(title=text, text=text, frames=(frame,), is_open=False),),
    )


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("application/json, text/html;q=0.5", True),
        ("TEXT/HTML", True),
        ("text/html;q=0", False),
        ("*/*", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_wants_html(accept: str, *, expected: bool) -> None:
    """Browsers name text/html; programs do not."""
    assert wants_html(make_request("GET /", f"Accept: {accept}")) is expected
    assert not wants_html(make_request("GET /"))


def test_program_gets_the_message_alone() -> None:
    """Nothing of the page is in it."""
    answer = render(page_of(EVIL), make_request("GET /"))

    assert json.loads(answer.body) == {"message": EVIL}


@given(st.text(max_size=30).map(lambda text: EVIL + text))
def test_page_is_well_formed_and_escaped_whatever_it_says(text: str) -> None:
    """No text becomes an element, in any place of the page."""
    request = make_request(f"GET /{text.replace('?', '')}", "Accept: text/html")
    answer = render(page_of(text), request)
    document = Balance()
    document.feed(answer.body.decode())

    assert document.open == []
    assert "script" not in document.seen


def test_page_loads_nothing() -> None:
    """No address of another host, and a policy that forbids it."""
    answer = render(page_of("x"), make_request("GET /", "Accept: text/html"))
    policy = dict(answer.headers)["content-security-policy"]

    assert b"http" not in answer.body.lower()
    assert b" src=" not in answer.body
    assert policy.startswith("default-src 'none'")


def test_page_gives_a_way_back() -> None:
    """Try again, and home."""
    page = render(page_of("x"), make_request("GET /a", "Accept: text/html")).body

    assert b"<a href=''>Try again</a>" in page
    assert b'<a href="/">' in page
