"""Takes a `Page`, gives it as HTML to people and as AWS's JSON to programs.

Pure. This is the only HTML of the app's port. Every text is escaped here; a page loads
nothing from anywhere.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from sandbox.exchange import Frame, HttpRequest, HttpResponse

_NEVER_CACHE = "no-cache, no-store, must-revalidate, max-age=0, s-maxage=0"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled part of a page: some text as it is, or the frames of a traceback."""

    title: str
    text: str = ""
    frames: tuple[Frame, ...] = ()
    is_open: bool = True
    """False where a person has to unfold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What went wrong, for a person and for a program."""

    status: int
    message: str
    """What AWS says in JSON: programs get only this."""
    title: str
    fact: str
    """One or two sentences; line ends are kept."""
    remedy: str = ""
    place: str = ""
    """What it happened in: a function, a file."""
    sections: tuple[Section, ...] = ()
    is_retryable: bool = True
    """True where the same request may go better after an edit."""


def wants_html(request: HttpRequest) -> bool:
    """Tell whether a person in a browser asks: Accept names text/html."""
    accept = (request.header("accept") or "").lower()
    return any(
        media.partition(";")[0].strip() in ("text/html", "application/xhtml+xml")
        and not media.replace(" ", "").endswith(";q=0")
        for media in accept.split(",")
    )


def render(page: Page, request: HttpRequest) -> HttpResponse:
    """Give the page in the form that `request` asks for."""
    if not wants_html(request):
        return HttpResponse(
            status=page.status,
            headers=(("content-type", "application/json"),),
            body=json.dumps({"message": page.message}, separators=(",", ":")).encode(),
        )
    return HttpResponse(
        status=page.status,
        headers=(
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", _NEVER_CACHE),
            ("content-security-policy", _POLICY),
        ),
        body=_html(page, request).encode("utf-8", "replace"),
    )


def _html(page: Page, request: HttpRequest) -> str:
    place = f'<p class="place">{escape(page.place)}</p>' if page.place else ""
    remedy = f'<p class="remedy">{escape(page.remedy)}</p>' if page.remedy else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{page.status}: {escape(page.title)}</title>"
        f"<style>{_STYLE}</style></head>\n<body><main>"
        f'<p class="status">{page.status} · {escape(request.method)} '
        f"{escape(request.path)}</p>"
        f"<h1>{escape(page.title)}</h1>{place}"
        f'<p class="fact">{escape(page.fact)}</p>{remedy}'
        f"{''.join(map(_section, page.sections))}"
        f"{_ways_out(page, request)}"
        "<footer>arc-sandbox. Programs that do not accept text/html get "
        f"<code>{escape(json.dumps({'message': page.message}))}</code></footer>"
        "</main></body></html>\n"
    )


def _section(section: Section) -> str:
    inner = "".join(_frames(section.frames))
    if section.text:
        inner += f"<pre>{escape(section.text)}</pre>"
    opened = " open" if section.is_open else ""
    return (
        f"<details{opened}><summary>{escape(section.title)}</summary>{inner}</details>"
    )


def _frames(frames: Iterable[Frame]) -> Iterable[str]:
    for frame in frames:
        kind = "own" if frame.is_app_code else "other"
        source = (
            f"<pre>{escape(frame.source_line.strip())}</pre>"
            if frame.source_line
            else ""
        )
        yield (
            f'<div class="frame {kind}"><p><code>{escape(frame.file)}</code>, line '
            f"{frame.line}, in <code>{escape(frame.function)}</code></p>{source}</div>"
        )


def _ways_out(page: Page, request: HttpRequest) -> str:
    again = (
        "<a href=''>Try again</a> once it is saved: the next request runs the new code."
        if page.is_retryable and request.method == "GET"
        else "Send it again once it is saved: the next request runs the new code."
        if page.is_retryable
        else ""
    )
    home = '<a href="/">Go to the start page</a>.' if request.path != "/" else ""
    return f'<p class="out">{again} {home}</p>'


_STYLE = """
:root{color-scheme:light dark;--ink:#1c1e21;--soft:#5b6470;--paper:#fbfbfa;--panel:#fff;
--line:#dfe3e8;--red:#b3261e;--tint:#fff4f2;--own:#1769aa}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#9aa4b2;--paper:#16181c;
--panel:#1f2329;--line:#343a44;--red:#ff8a80;--tint:#2b1d1d;--own:#7cc0ff}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:60rem;margin:0 auto;padding:3rem 1.25rem 2rem}
.status{color:var(--soft);margin:0;font-family:ui-monospace,Menlo,Consolas,monospace;
font-size:.9rem;overflow-wrap:anywhere}
h1{margin:.25rem 0 .5rem;font-size:1.9rem;line-height:1.2;color:var(--red);
overflow-wrap:anywhere}
.place{margin:0 0 1rem;color:var(--soft)}
.fact{font-size:1.1rem;white-space:pre-wrap;overflow-wrap:anywhere}
.remedy{background:var(--tint);border-left:4px solid var(--red);padding:.75rem 1rem;
border-radius:0 .4rem .4rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
details{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;
margin:1rem 0;padding:.25rem 1rem}
summary{cursor:pointer;font-weight:600;padding:.4rem 0}
pre,code{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.88rem}
pre{overflow:auto;max-height:32rem;margin:.4rem 0 .8rem;white-space:pre}
.frame p{margin:.5rem 0 0;overflow-wrap:anywhere}.frame.other{opacity:.65}
.frame.own{border-left:3px solid var(--own);padding-left:.75rem}
.frame.own pre{font-size:1rem}a{color:var(--own)}
footer{margin-top:2.5rem;color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}
"""
