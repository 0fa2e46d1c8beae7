"""Media types: two tables, the same everywhere."""

import pytest

from sandbox.gateway.media_types import direct_type, is_binary, root_type


@pytest.mark.parametrize(
    ("name", "at_root", "direct"),
    [
        ("a.html", "text/html", "text/html; charset=utf-8"),
        ("a.js", "application/javascript", "text/javascript; charset=utf-8"),
        ("a.json", "application/json", "application/json; charset=utf-8"),
        ("a.min.css", "text/css", "text/css; charset=utf-8"),
        ("a.svg", "image/svg+xml", "image/svg+xml"),
        ("a.xml", "text/xml", "application/xml"),
        ("a.ico", "image/x-icon", "image/vnd.microsoft.icon"),
        ("a.WAV", "application/octet-stream", "audio/wav"),
        ("a.conf", "text/plain", "text/plain; charset=utf-8"),
        ("a.kml", *["application/vnd.google-earth.kml+xml"] * 2),
        ("a.woff2", "font/woff2", "font/woff2"),
        ("A.PNG", "application/octet-stream", "image/png"),
        ("a.xyz", "application/octet-stream", "application/octet-stream"),
        ("noext", "application/octet-stream", "application/octet-stream"),
    ],
)
def test_types(name: str, at_root: str, direct: str) -> None:
    """Script and charset differ between the root and `/_static`."""
    assert (root_type(name), direct_type(name)) == (at_root, direct)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.png", True),
        ("a.woff2", True),
        ("a.txt", False),
        ("a", False),
        ("a. ", False),
    ],
)
def test_is_binary(name: str, *, expected: bool) -> None:
    """By extension, as the static asset proxy decides it."""
    assert is_binary(name) is expected
