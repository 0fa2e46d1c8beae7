"""Takes a request, gives a file of the `@static` folder: at the root, or `/_static`.

At the root the rules are those of Architect's static asset proxy (`@architect/asap`
7.0): `index.html` for folders, single-page apps, templates, `404.html`, files up to
Lambda's 6 MB. Under `/_static` they are S3's: the file as it is, ranges, any size, and
with `fingerprint true` under the name that it is deployed as, too.
Neither reads anything outside the folder, by whatever path or link.
"""

import hashlib
import os
import re
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote

from sandbox.exchange import Headers, HttpRequest, HttpResponse
from sandbox.gateway.fingerprint import deployed_name, why_left_out
from sandbox.gateway.media_types import direct_type, is_binary, root_type
from sandbox.gateway.router import decode_strictly
from sandbox.http_date import epoch_of
from sandbox.project.model import Static

DIRECT_PATH = "/_static"
_NEVER_CACHE = "no-cache, no-store, must-revalidate, max-age=0, s-maxage=0"
_REVALIDATE = "public, max-age=0, must-revalidate"
_NEVER_CACHED = (".htm", ".html", ".json", ".shtml")
_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})", re.ASCII)
_FINGERPRINTED = re.compile(r"(.*)-[0-9a-f]{10}(\.[^./]*)?")
_TEMPLATE = re.compile(r"\$\{(?:STATIC|arc\.static)\((['\"`]?)(.*?)\1\)\}")


def is_direct(path: str) -> bool:
    """Tell whether S3 answers a path: `/_static` and what is below it."""
    return path == DIRECT_PATH or path.startswith(f"{DIRECT_PATH}/")


class StaticFiles:
    """The files of one app's static folder."""

    def __init__(self, static: Static) -> None:
        self.folder = static.folder
        self._static = static
        self._prefix = (
            f"{DIRECT_PATH}/{static.prefix}" if static.prefix else DIRECT_PATH
        )
        self._is_spa = static.spa
        self._has_fingerprints = static.fingerprint is True

    def serve_direct(self, request: HttpRequest) -> HttpResponse | None:
        """Answer a request under `/_static`; None where there is no such file."""
        key = self._direct_key(request.path)
        file = self._find(key) or self._find_deployed(key)
        if file is None:
            return None
        status = file.stat()
        # `cp -p` keeps size and mtime, and never the time of the inode's change.
        etag = f'W/"{status.st_size:x}-{status.st_mtime_ns:x}-{status.st_ctime_ns:x}"'
        common: Headers = (
            ("cache-control", "public, max-age=0"),
            ("etag", etag),
            ("last-modified", formatdate(status.st_mtime, usegmt=True)),
            ("accept-ranges", "bytes"),
        )
        if _is_fresh(request, etag, status.st_mtime):
            return HttpResponse(status=304, headers=common)
        headers = (("content-type", direct_type(file.name)), *common)
        return _send_file(request, file, status.st_size, headers)

    def serve_root(
        self, request: HttpRequest, *, limit_bytes: int
    ) -> HttpResponse | None:
        """Answer a request that no route takes; None where there is no such file.

        Raises:
            FileTooLargeError: the file is longer than a Lambda may send.
        """
        file = self._find(self._root_key(request.path))
        if file is None:
            return self._not_found_page()
        if file.stat().st_size > limit_bytes:
            raise FileTooLargeError(file)
        raw = file.read_bytes()
        etag = hashlib.sha256(raw).hexdigest()
        if (request.header("if-none-match") or "").strip('"') == etag:
            return HttpResponse(status=304, headers=(("etag", etag),))
        is_never_cached = file.name.endswith(_NEVER_CACHED)
        return HttpResponse(
            status=200,
            headers=(
                ("content-type", root_type(file.name)),
                ("cache-control", _NEVER_CACHE if is_never_cached else _REVALIDATE),
                ("etag", etag),
            ),
            body=raw if is_binary(file.name) else _fill_templates(raw),
        )

    def note_on(self, path: str) -> str | None:
        """Say why a file that is served at a path is not found there on AWS."""
        key = self._direct_key(path) if is_direct(path) else self._root_key(path)
        name = unquote(key)
        why = why_left_out(name, self._static)
        if why is None:
            return None
        return (
            f'"{name}" of "{self.folder.name}" is served here, and not deployed: '
            f"{why}. On AWS it is a 404."
        )

    def _direct_key(self, path: str) -> str:
        """Choose the file below `/_static`; "" for what lies beside the prefix."""
        if path != self._prefix and not path.startswith(f"{self._prefix}/"):
            return ""
        return path[len(self._prefix) + 1 :] or "index.html"

    def _root_key(self, path: str) -> str:
        """Choose the file: a dot in the last part means a file, else a folder."""
        last = path.rsplit("/", 1)[-1]
        if self._is_spa and "." not in last:
            return "index.html"
        if "." in path.rstrip("/").rsplit("/", 1)[-1]:
            return path[1:]
        return f"{path.strip('/')}/index.html".lstrip("/")

    def _not_found_page(self) -> HttpResponse | None:
        file = self._find("404.html")
        if file is None:
            return None
        return HttpResponse(
            status=404,
            headers=(
                ("content-type", "text/html; charset=utf8"),
                ("cache-control", _NEVER_CACHE),
            ),
            body=file.read_bytes(),
        )

    def _find_deployed(self, key: str) -> Path | None:
        """Give the file that is deployed as `key`, as `static.json` has it."""
        named = _FINGERPRINTED.fullmatch(key) if self._has_fingerprints else None
        if named is None:
            return None
        local = named[1] + (named[2] or "")
        file = self._find(local)
        return file if file and deployed_name(local, file) == key else None

    def _find(self, key: str) -> Path | None:
        """Give the file of that percent-encoded name, if it lies in the folder."""
        name = decode_strictly(key)
        if name is None or "\0" in name or ".." in name.split("/"):
            return None
        try:
            folder = self.folder.resolve(strict=True)
            file = (folder / name.lstrip("/")).resolve(strict=True)
            is_inside = file.is_relative_to(folder) and file.is_file()
        except (OSError, RuntimeError):  # RuntimeError: a link that leads to itself
            return None
        is_readable = is_inside and os.access(file, os.R_OK)
        if (
            not is_readable
            or name.endswith("/")
            or not _is_spelled_so(folder, name.lstrip("/"))
        ):
            return None
        return file


class FileTooLargeError(Exception):
    """A file of the static folder is longer than a Lambda may send."""

    def __init__(self, file: Path) -> None:
        super().__init__(str(file))
        self.file = file


def _is_spelled_so(folder: Path, name: str) -> bool:
    """Tell whether each part is in its folder in just this case.

    Some file systems find `A.txt` under the name of `a.txt`; S3 does not.
    """
    if not (folder / name.swapcase()).exists():
        return True
    here = folder
    for part in name.split("/"):
        if part and part not in os.listdir(here):  # noqa: PTH208 - names alone
            return False
        here /= part
    return True


def _fill_templates(raw: bytes) -> bytes:
    """Replace `${STATIC('x')}` and `${arc.static('x')}` with x: local names stay."""
    text = raw.decode("utf-8", "replace")
    return _TEMPLATE.sub(r"\2", text).encode()


def _is_fresh(request: HttpRequest, etag: str, modified: float) -> bool:
    """Tell whether the client has this version (RFC 9110 section 13.2.2)."""
    known = request.header("if-none-match")
    if known is not None:
        tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
        return "*" in tags or etag.removeprefix("W/") in tags
    since = epoch_of(request.header("if-modified-since") or "")
    return since is not None and int(modified) <= since


def _send_file(
    request: HttpRequest, file: Path, size: int, headers: Headers
) -> HttpResponse:
    bounds = _bounds(request.header("range") or "", size)
    if bounds is None or not _may_be_partial(request, headers):
        return HttpResponse(status=200, headers=headers, body=file.read_bytes())
    if not bounds:
        return HttpResponse(
            status=416, headers=(*headers, ("content-range", f"bytes */{size}"))
        )
    with file.open("rb") as opened:
        opened.seek(bounds.start)
        body = opened.read(len(bounds))
    content_range = f"bytes {bounds.start}-{bounds.stop - 1}/{size}"
    return HttpResponse(
        status=206, headers=(*headers, ("content-range", content_range)), body=body
    )


def _may_be_partial(request: HttpRequest, headers: Headers) -> bool:
    """Tell whether a Range counts: for GET, and the version that the client has.

    A weak tag never proves that (RFC 9110 sections 13.1.5 and 14.2).
    """
    condition = request.header("if-range")
    is_same = condition is None or ("last-modified", condition) in headers
    return request.method == "GET" and is_same


def _bounds(header: str, size: int) -> range | None:
    """Give the bytes that a Range header asks for (RFC 9110 section 14.1.2).

    None is the whole file: no range, several, or none that is understood. An empty
    range cannot be satisfied.
    """
    matched = _RANGE.fullmatch(header.strip().lower())
    if matched is None or matched.groups() == ("", ""):
        return None
    first, last = matched.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)
