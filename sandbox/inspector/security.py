"""Who may come in at the internal port: takes facts of a request, gives a refusal.

Pure. The port shows secrets and changes sessions, and any web page that the developer
opens can send requests to it. What stops such a page:

- its host name, even one that resolves to this machine, is not in the allow-list (DNS
  rebinding);
- its origin is not this port's own, and no CORS header ever lets it read an answer;
- a change needs a header that a page can send abroad only after a CORS preflight, and
  no preflight succeeds (Fetch standard, "CORS-preflight fetch"), so neither forms nor
  images can change a thing;
- nothing here can be shown in a frame.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.host_header import LOOPBACK_NAMES, bare_host, is_own_origin

CUSTOM_HEADER = "X-Arc-Sandbox"
TOKEN_COOKIE = "arc-sandbox-token"  # noqa: S105 - the cookie's name
TOKEN_QUERY = "token"  # noqa: S105 - the parameter's name
SERVICES_PREFIX = "/_arc/"
"""What runtime helpers read; they send POST without any header of ours."""

SAFE_METHODS = frozenset({"GET", "HEAD"})
_FRAMES = frozenset({"iframe", "frame", "embed", "object", "fencedframe"})
_OWN_SITES = frozenset({"same-origin", "none"})

HEADERS: tuple[tuple[str, str], ...] = (
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)
"""Sent with every answer but those to runtime helpers."""

API_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""The Content-Security-Policy of answers that are data: nothing in them may run."""

PAGE_CONTENT_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "frame-src 'none'; object-src 'none'"
)
"""That of pages: only files of this port, no inline scripts or styles, no frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a sandbox allows at its internal port."""

    token: str | None = None
    """Where set, the port is open to other machines, and all who come must know it."""
    hosts: frozenset[str] = LOOPBACK_NAMES
    """Names in the Host header, without port, that are let in without a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Of a request, what decides whether it may come in."""

    method: str
    path: str
    """Percent-decoded, without the query."""
    scheme: str
    client_address: str
    headers: Mapping[str, str]
    """By lower-case name."""
    query_token: str = ""
    """The value of `?token=`, by which a person signs in."""

    @property
    def is_service(self) -> bool:
        """Tell whether this is a runtime helper's question."""
        return self.path.startswith(SERVICES_PREFIX)

    @property
    def has_custom_header(self) -> bool:
        """Tell whether the header is there that web pages cannot send from abroad."""
        return self.headers.get(CUSTOM_HEADER.lower()) == "1"

    @property
    def host_name(self) -> str:
        """The Host header without port, in lower case."""
        return bare_host(self.headers.get("host", ""))

    @property
    def tokens(self) -> tuple[str, ...]:
        """What the request shows as proof: a bearer token, a cookie, `?token=`."""
        kind, _, bearer = self.headers.get("authorization", "").partition(" ")
        shown = (
            bearer.strip() if kind.lower() == "bearer" else "",
            _cookie(self.headers.get("cookie", "")),
            self.query_token,
        )
        return tuple(token for token in shown if token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request may not come in."""

    status: int
    message: str
    remedy: str


def refuse(caller: Caller, policy: Policy) -> Refusal | None:
    """Give the reason to refuse a request, or None where it may come in."""
    return (
        _refuse_frame(caller)
        or _refuse_stranger(caller, policy)
        or _refuse_origin(caller)
        or _refuse_change(caller)
    )


def is_signing_in(caller: Caller, policy: Policy) -> bool:
    """Tell whether a person opens the address that the terminal printed."""
    return (
        policy.token is not None
        and caller.method == "GET"
        and bool(caller.query_token)
        and _is_token(caller.query_token, policy.token)
    )


def _refuse_frame(caller: Caller) -> Refusal | None:
    if caller.headers.get("sec-fetch-dest", "") not in _FRAMES:
        return None
    return Refusal(
        status=403,
        message="The inspector is not shown inside other pages.",
        remedy="Open it in a tab of its own.",
    )


def _refuse_stranger(caller: Caller, policy: Policy) -> Refusal | None:
    if policy.token is not None:
        return _refuse_without_token(caller, policy.token)
    if caller.host_name in policy.hosts:
        return None
    names = ", ".join(sorted(policy.hosts))
    return Refusal(
        status=403,
        message=f'The host "{caller.host_name}" is not one of the inspector\'s.',
        remedy=f"Open it as one of {names}.",
    )


def _refuse_without_token(caller: Caller, token: str) -> Refusal | None:
    is_helper = caller.is_service and caller.client_address in ("127.0.0.1", "::1")
    if is_helper and caller.host_name in LOOPBACK_NAMES:
        return None
    if any(_is_token(shown, token) for shown in caller.tokens):
        return None
    return Refusal(
        status=401,
        message="The inspector is open to other machines, and asks for its token.",
        remedy="Open the address with ?token= that arc-sandbox printed, or send it "
        "as a bearer token.",
    )


def _refuse_origin(caller: Caller) -> Refusal | None:
    """Refuse what a page of another origin sends; being followed from one is fine."""
    origin = caller.headers.get("origin")
    host = caller.headers.get("host", "")
    site = caller.headers.get("sec-fetch-site", "none")
    is_visit = (
        caller.headers.get("sec-fetch-mode") == "navigate"
        and caller.method in SAFE_METHODS
    )
    is_own = is_own_origin(origin, scheme=caller.scheme, host=host)
    if is_own and (site in _OWN_SITES or is_visit):
        return None
    return Refusal(
        status=403,
        message=f'A page of "{origin or site}" may not use the inspector.',
        remedy="Send the request from the inspector itself, or without an Origin.",
    )


def _refuse_change(caller: Caller) -> Refusal | None:
    if caller.method in SAFE_METHODS or caller.is_service or caller.has_custom_header:
        return None
    return Refusal(
        status=403,
        message=f'A change needs the header "{CUSTOM_HEADER}: 1".',
        remedy="Send it; no form and no other web page can.",
    )


def _is_token(shown: str, token: str) -> bool:
    return hmac.compare_digest(shown.encode("utf-8", "replace"), token.encode())


def _cookie(header: str) -> str:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return next((value for name, _, value in pairs if name == TOKEN_COOKIE), "")
