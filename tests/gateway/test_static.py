"""Static files: which file, with which headers, and nothing outside the folder."""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange import HttpResponse
from sandbox.gateway.static import FileTooLargeError, StaticFiles
from sandbox.project.model import Static
from tests.gateway.conftest import make_request

INDEX = "<html>index</html>"
LIMIT = 1000


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """Give a folder of files, with a secret beside it."""
    folder = tmp_path / "public"
    for name, text in {
        "index.html": INDEX,
        "about/index.html": "about",
        "note.txt": "a note\n",
        "noext": "no extension",
        "with space.txt": "space",
        "ünïcöde.txt": "grüße",
        ".hidden": "dot",
        "app.js": "console.log('${STATIC('pic.png')}', `${arc.static('/x.css')}`)",
        "data.json": "{}",
        "deep/er/file.txt": "deep",
    }.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "pic.png").write_bytes(b"\x89PNG\xff")
    (folder / "empty").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "in.txt").symlink_to(folder / "note.txt")
    os.utime(folder / "note.txt", (1_700_000_000, 1_700_000_000))
    return folder


def root(folder: Path, line: str, *headers: str, **settings: bool) -> HttpResponse:
    files = StaticFiles(Static(folder=folder, **settings))  # type: ignore[arg-type]
    found = files.serve_root(make_request(line, *headers), limit_bytes=LIMIT)
    return found or HttpResponse(status=0, headers=())


def direct(folder: Path, line: str, *headers: str, **settings: Any) -> HttpResponse:
    files = StaticFiles(Static(folder=folder, **settings))  # type: ignore[arg-type]
    found = files.serve_direct(make_request(line, *headers))
    return found or HttpResponse(status=0, headers=())


def header(response: HttpResponse, name: str) -> str | None:
    return dict(response.headers).get(name)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/", INDEX.encode()),
        ("/index.html", INDEX.encode()),
        ("/about", b"about"),
        ("/about/", b"about"),
        ("/note.txt", b"a note\n"),
        ("/with%20space.txt", b"space"),
        ("/%C3%BCn%C3%AFc%C3%B6de.txt", "grüße".encode()),
        ("/deep/er/file.txt", b"deep"),
        ("/.hidden", b"dot"),
        ("/in.txt", b"a note\n"),
        ("/pic.png", b"\x89PNG\xff"),
    ],
)
def test_root_serves(public: Path, path: str, body: bytes) -> None:
    """Files by name, folders by their index.html."""
    response = root(public, f"GET {path}")

    assert (response.status, response.body) == (200, body)


REFUSED = [
    "/missing.css",
    "/missing",
    "/empty/",
    "/note.txt/",
    "/NOTE.txt",
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/deep/../../secret.txt",
    "/deep/..%2f..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "//etc/passwd.txt",
    "/%2fetc/passwd.txt",
    "/out.txt",
    "/a%00.txt",
    "/%zz.txt",
    "/%ff.txt",
    "/" + "a" * 5000 + ".txt",
]


@pytest.mark.parametrize("path", REFUSED)
def test_root_refuses(public: Path, path: str) -> None:
    """What is not there, and every way out: dots, escapes, links."""
    assert root(public, f"GET {path}").status == 0


@pytest.mark.parametrize("path", [*REFUSED, "/noext/", "/about", "/about/"])
def test_direct_refuses(public: Path, path: str) -> None:
    """The same under `/_static`, and folders too."""
    assert direct(public, f"GET /_static{path}").status == 0


@pytest.mark.parametrize(
    ("path", "media_type", "is_never_cached"),
    [
        ("/", "text/html", True),
        ("/data.json", "application/json", True),
        ("/app.js", "application/javascript", False),
        ("/pic.png", "image/png", False),
    ],
)
def test_root_headers(
    public: Path, path: str, media_type: str, *, is_never_cached: bool
) -> None:
    """Type without a charset, HTML and JSON never cached, a bare hash as ETag."""
    response = root(public, f"GET {path}")
    cache = header(response, "cache-control") or ""

    assert header(response, "content-type") == media_type
    assert ("no-store" in cache) is is_never_cached
    assert is_never_cached or cache == "public, max-age=0, must-revalidate"


def test_root_etag(public: Path) -> None:
    """It is the SHA-256 of the file; sent back, nothing is sent."""
    etag = hashlib.sha256(b"a note\n").hexdigest()
    known = root(public, "GET /note.txt", f"If-None-Match: {etag}")
    other = root(public, "GET /note.txt", 'If-None-Match: "x"')

    assert header(root(public, "GET /note.txt"), "etag") == etag
    assert (known.status, known.headers, known.body) == (304, (("etag", etag),), b"")
    assert other.status == 200


def test_root_templates(public: Path) -> None:
    """Names in templates stay as they are locally; `/_static` leaves them alone."""
    filled = root(public, "GET /app.js").body

    assert filled == b"console.log('pic.png', `/x.css`)"
    assert b"${STATIC('pic.png')}" in direct(public, "GET /_static/app.js").body


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/any/route", INDEX.encode()),
        ("/some/v1.2/page", INDEX.encode()),
        ("/note.txt", b"a note\n"),
        ("/user/a.b", b""),
    ],
)
def test_spa_gives_the_index_for_what_has_no_dot(
    public: Path, path: str, body: bytes
) -> None:
    """A dot in the last part means a file."""
    assert root(public, f"GET {path}", spa=True).body == body


def test_own_404_page(public: Path) -> None:
    """`404.html` answers for what is missing, with status 404."""
    (public / "404.html").write_text("my own")
    response = root(public, "GET /missing")

    assert (response.status, response.body) == (404, b"my own")


def test_file_above_the_limit(public: Path) -> None:
    """A Lambda cannot send it; S3 can."""
    (public / "long.bin").write_bytes(b"x" * (LIMIT + 1))

    with pytest.raises(FileTooLargeError):
        root(public, "GET /long.bin")
    assert len(direct(public, "GET /_static/long.bin").body) == LIMIT + 1


@pytest.mark.parametrize(
    ("path", "prefix", "status"),
    [
        ("/_static", None, 200),
        ("/_static/", None, 200),
        ("/_static/noext", None, 200),
        ("/_staticfoo/note.txt", None, 0),
        ("/_static/assets", "assets", 200),
        ("/_static/assets/note.txt", "assets", 200),
        ("/_static/note.txt", "assets", 0),
        ("/_static/", "assets", 0),
    ],
)
def test_direct_paths(public: Path, path: str, prefix: str, status: int) -> None:
    """With a prefix, only what bears it."""
    assert direct(public, f"GET {path}", prefix=prefix).status == status


def _digits(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()[:10]


@pytest.mark.parametrize(
    ("name", "fingerprint", "status"),
    [
        ("deep/er/file-DIGITS.txt", True, 200),
        ("noext-DIGITS", True, 200),
        ("deep/er/file-0123456789.txt", True, 0),
        ("none-DIGITS.txt", True, 0),
        ("deep/er/file-DIGITS.txt", False, 0),
    ],
)
def test_direct_knows_the_names_that_are_deployed(
    public: Path, name: str, fingerprint: Any, status: int
) -> None:
    """Code that has them from static.json need not ask where it runs."""
    content = b"no extension" if name.startswith("noext") else b"deep"
    name = name.replace("DIGITS", _digits(content))

    answer = direct(public, f"GET /_static/{name}", fingerprint=fingerprint)

    assert answer.status == status


def test_direct_headers(public: Path) -> None:
    """Type with a charset, weak ETag, date."""
    response = direct(public, "GET /_static/note.txt")

    assert header(response, "content-type") == "text/plain; charset=utf-8"
    assert header(response, "cache-control") == "public, max-age=0"
    etag = header(response, "etag") or ""
    assert re.fullmatch(r'W/"7-17979cfe362a0000-[0-9a-f]+"', etag)
    assert header(response, "last-modified") == "Tue, 14 Nov 2023 22:13:20 GMT"


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("If-None-Match: ETAG", 304),
        ('If-None-Match: "x", ETAG', 304),
        ("If-None-Match: *", 304),
        ('If-None-Match: "x"', 200),
        ("If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT", 304),
        ("If-Modified-Since: Tue, 14 Nov 2023 22:13:19 GMT", 200),
        ("If-Modified-Since: nonsense", 200),
    ],
)
def test_direct_conditions(public: Path, condition: str, status: int) -> None:
    """A version that the client has is not sent again."""
    etag = header(direct(public, "GET /_static/note.txt"), "etag") or ""
    asked = condition.replace("ETAG", etag)

    assert direct(public, "GET /_static/note.txt", asked).status == status


def test_direct_sees_a_copy_that_keeps_size_and_time(
    public: Path, wait_until: Callable[..., None]
) -> None:
    """As `cp -p` makes it; browsers ask with the tag and the time of what they have."""
    known = direct(public, "GET /_static/note.txt")
    before = (public / "note.txt").stat().st_ctime_ns

    def replace_it() -> int:
        (public / "note.txt").write_text("b note\n")
        os.utime(public / "note.txt", (1_700_000_000, 1_700_000_000))
        return (public / "note.txt").stat().st_ctime_ns

    wait_until(lambda: replace_it() != before)
    answer = direct(
        public,
        "GET /_static/note.txt",
        f"If-None-Match: {header(known, 'etag')}",
        f"If-Modified-Since: {header(known, 'last-modified')}",
    )

    assert (answer.status, answer.body) == (200, b"b note\n")


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-1", 206, b"a ", "bytes 0-1/7"),
        ("bytes=2-", 206, b"note\n", "bytes 2-6/7"),
        ("bytes=-3", 206, b"te\n", "bytes 4-6/7"),
        ("bytes=-30", 206, b"a note\n", "bytes 0-6/7"),
        ("bytes=5-99", 206, b"e\n", "bytes 5-6/7"),
        ("bytes=7-", 416, b"", "bytes */7"),
        ("bytes=3-1", 200, b"a note\n", None),
        ("bytes=0-1,3-4", 200, b"a note\n", None),
        ("bytes=-", 200, b"a note\n", None),
        ("lines=1-2", 200, b"a note\n", None),
    ],
)
def test_direct_ranges(
    public: Path, asked: str, status: int, body: bytes, told: str | None
) -> None:
    """One range is served; what is not understood gives the whole file."""
    response = direct(public, "GET /_static/note.txt", f"Range: {asked}")

    assert (response.status, response.body) == (status, body)
    assert header(response, "content-range") == told


@pytest.mark.parametrize(
    ("method", "condition", "status"),
    [
        ("GET", "If-Range: Tue, 14 Nov 2023 22:13:20 GMT", 206),
        ("GET", "If-Range: Tue, 14 Nov 2023 22:13:19 GMT", 200),
        ("GET", 'If-Range: "another"', 200),
        ("HEAD", "Accept: */*", 200),
    ],
)
def test_direct_range_of_another_version(
    public: Path, method: str, condition: str, status: int
) -> None:
    """A part of an edited file is no use to who has parts of the one before."""
    headers = ("Range: bytes=0-1", condition)

    assert direct(public, f"{method} /_static/note.txt", *headers).status == status


def test_a_link_to_itself_is_no_file(public: Path) -> None:
    """Nor is what lies below it."""
    (public / "loop").symlink_to("loop")

    for path in ("/_static/loop", "/_static/loop/x"):
        assert direct(public, f"GET {path}").status == 0
    assert root(public, "GET /loop.txt/loop").status == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_not_there(public: Path) -> None:
    """It is no bug of the sandbox."""
    (public / "note.txt").chmod(0)

    assert direct(public, "GET /_static/note.txt").status == 0
    assert root(public, "GET /note.txt").status == 0


@pytest.mark.parametrize(
    ("path", "settings", "why"),
    [
        ("/_static/with%20space.txt", {"ignore": ("with sp",)}, '"with sp" is under'),
        ("/about", {"ignore": ("about/",)}, '"about/index.html"'),
        ("/_static/pre/note.txt", {"prefix": "pre", "ignore": ("note",)}, '"note.txt"'),
        ("/_static/static.json", {}, 'leaves out what has "static.json"'),
        ("/_static/.hidden", {"fingerprint": True}, "leaves out hidden files"),
        ("/_static/.hidden", {"fingerprint": "external"}, None),
        ("/.hidden", {}, None),
        ("/_static/note.txt", {"ignore": ("NOTE", "/_static", "public")}, None),
    ],
)
def test_what_is_not_deployed_is_noted(
    public: Path, path: str, settings: dict[str, Any], why: str | None
) -> None:
    """As `@architect/deploy` picks files: by any part of their path in the folder."""
    note = StaticFiles(Static(folder=public, **settings)).note_on(path)

    assert (note is None) == (why is None)
    assert why is None or why in (note or "")
