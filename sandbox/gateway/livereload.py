"""Takes a request and its response, gives the response with the script of live reload.

Pure. Only whole HTML documents that a browser shows get it: not what a script fetches,
not downloads, nothing of another type. What is added is the same for the same document,
so that an ETag of the app's still stands for one body alone.
"""

import html
import re
from dataclasses import dataclass, replace

from sandbox import content_coding
from sandbox.content_coding import CodingError
from sandbox.exchange import HttpRequest, HttpResponse
from sandbox.gateway.content_policy import (
    Admission,
    PolicyRefusalError,
    Wanted,
    admit,
)
from sandbox.gateway.static import is_direct

STREAM_PATH = "/_arc/livereload"
SCRIPT_PATH = "/_arc/livereload.js"

_POLICY = "content-security-policy"
_DOCUMENT_DESTINATIONS = frozenset(("document", "iframe", "frame"))
_BODILESS = frozenset((204, 205, 206))
_LOOKED_AT_BYTES = 4096
_DOCUMENT = re.compile(rb"<!doctype\s+html|<(?:html|head|body)[\s>/]", re.IGNORECASE)
_PLACE = re.compile(
    rb"<!--.*?(?:-->|\Z)"
    rb"|<(script|style|textarea|title|noscript|template)\b.*?(?:</\1\s*>|\Z)"
    rb"|(</head\s*>|<base[\s/>])"
    rb"|<[a-z](?:[^>=]++|=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))?+)*+(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
"""What is never closed goes on to the end, as for browsers, and is looked at once."""
_META = re.compile(rb"<meta\b[^>]*+>?", re.IGNORECASE)
_IS_POLICY = re.compile(
    rb"http-equiv\s*=\s*[\"']?content-security-policy\b", re.IGNORECASE
)
_CONTENT = re.compile(r"\bcontent\s*=\s*(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_WIDE_CHARSET = re.compile(r"charset\s*=\s*[\"']?(utf-16|utf-32|ucs-2)", re.IGNORECASE)
_WIDE_MARKS = (b"\xfe\xff", b"\xff\xfe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A response ready to send, and why it lacks the script where it should have it."""

    response: HttpResponse
    why_not: str = ""
    """A clause such as `its Content-Security-Policy …`; empty where all is well."""


def with_script(request: HttpRequest, response: HttpResponse) -> Edited:
    """Give the response with the script, or as it is where it should not have one."""
    if not _is_page(request, response):
        return Edited(response=response)
    coding = (_header(response, "content-encoding") or "identity").strip().lower()
    try:
        _refuse_wide(response)
        text = content_coding.decode(response.body, coding)
        if not _is_shown(request) and not _DOCUMENT.search(text[:_LOOKED_AT_BYTES]):
            return Edited(response=response)
        admission = _admission(request, response, text)
        body = content_coding.encode(
            _insert(text, _element(request, admission)), coding
        )
    except CodingError as error:
        return Edited(response=response, why_not=f"{error}")
    except PolicyRefusalError as error:
        return Edited(
            response=response, why_not=f"of its Content-Security-Policy: {error}"
        )
    return Edited(response=_with_policies(response, admission, body))


def _is_page(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether a browser may show this as a document."""
    media = (_header(response, "content-type") or "").partition(";")[0].strip().lower()
    disposition = (_header(response, "content-disposition") or "").strip().lower()
    destination = request.header("sec-fetch-dest")
    return (
        media == "text/html"
        and bool(response.body)
        and not 300 <= response.status < 400
        and response.status not in _BODILESS
        and not disposition.startswith("attachment")
        and (destination is None or destination in _DOCUMENT_DESTINATIONS)
        and request.header("x-requested-with") is None
        # S3 sends its files byte for byte, but to a browser's window.
        and (destination is not None or not is_direct(request.path))
    )


def _is_shown(request: HttpRequest) -> bool:
    """Tell whether the browser says that it is going to show the answer."""
    return request.header("sec-fetch-dest") in _DOCUMENT_DESTINATIONS


def _refuse_wide(response: HttpResponse) -> None:
    content_type = _header(response, "content-type") or ""
    if _WIDE_CHARSET.search(content_type) or response.body.startswith(_WIDE_MARKS):
        raise CodingError("its text is UTF-16")


def _admission(request: HttpRequest, response: HttpResponse, text: bytes) -> Admission:
    wanted = Wanted(
        host=request.header("host") or "",
        script_path=SCRIPT_PATH,
        stream_path=STREAM_PATH,
    )
    admission = admit(
        (value for name, value in response.headers if name.lower() == _POLICY), wanted
    )
    for policy in _meta_policies(text):
        within = admit((policy,), wanted)
        if within.policies != (policy,) or within.nonce not in (None, admission.nonce):
            raise PolicyRefusalError("it is a <meta> of the page, which is not edited")
    return admission


def _meta_policies(text: bytes) -> list[str]:
    elements = (found.group() for found in _META.finditer(text))
    contents = (
        _CONTENT.search(element.decode("latin-1"))
        for element in elements
        if element.endswith(b">") and _IS_POLICY.search(element)
    )
    return [html.unescape(found[1][1:-1]).strip() for found in contents if found]


def _element(request: HttpRequest, admission: Admission) -> bytes:
    """Give the script element; it has a comment so that people see whose it is."""
    nonce = f' nonce="{html.escape(admission.nonce)}"' if admission.nonce else ""
    # A reload would ask to send the form again.
    manual = "" if request.method in ("GET", "HEAD") else " data-manual"
    return (
        f'<script src="{SCRIPT_PATH}"{nonce}{manual} defer>'
        "/* livereload of arc-sandbox */</script>"
    ).encode("latin-1")


def _insert(text: bytes, element: bytes) -> bytes:
    """Insert before `</head>`; without one at the end, where every parser takes it.

    And before a `<base>`, by which browsers read the addresses that follow: it may name
    another host (HTML standard, 4.2.3).
    """
    for found in _PLACE.finditer(text):
        if found[2]:
            return text[: found.start()] + element + text[found.start() :]
    return text + element


def _with_policies(
    response: HttpResponse, admission: Admission, body: bytes
) -> HttpResponse:
    policies = iter(admission.policies)
    headers = tuple(
        (name, next(policies) if name.lower() == _POLICY else value)
        for name, value in response.headers
    )
    return replace(response, headers=headers, body=body)


def _header(response: HttpResponse, name: str) -> str | None:
    return next((v for k, v in response.headers if k.lower() == name), None)
