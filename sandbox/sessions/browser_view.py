"""A Set-Cookie value + the page's address → what a browser makes of the cookie.

The rules are those of RFC 6265 section 5 and its successor draft, rfc6265bis, as
browsers follow it: 400 days at most, SameSite=None only with Secure, 4,096 bytes.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.http_date import epoch_of
from sandbox.sessions.cookie import MAX_COOKIE_BYTES

MAX_AGE_LIMIT_SECONDS = 34_560_000
"""400 days: what browsers cut a longer lifetime to (rfc6265bis section 5.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserView:
    """What a browser does with one Set-Cookie header."""

    name: str
    value: str
    refusal: str = ""
    """Why it is not kept, in one sentence; empty where it is."""
    expires_epoch: float | None = None
    """When the browser drops it; None until the browser is closed."""
    is_deletion: bool = False
    """True where the lifetime is over at once, which removes an older cookie."""
    path: str = "/"
    domain: str = ""
    """Empty for the host alone."""
    is_secure: bool = False
    same_site: str = ""

    @property
    def is_kept(self) -> bool:
        """Tell whether later requests will carry it."""
        return not self.refusal and not self.is_deletion


def browser_view(
    set_cookie: str,
    *,
    host: str,
    scheme: str = "http",
    page_path: str = "/",
    now_epoch: float,
) -> BrowserView:
    """Judge a Set-Cookie value as a browser on `scheme://host` would.

    Args:
        set_cookie: the header's value.
        host: without port.
        scheme: `http` or `https`; browsers count loopback as secure either way.
        page_path: of the request, which the cookie's own Path defaults to a part of.
        now_epoch: the browser's time, in seconds since 1970.
    """
    pair, _, rest = set_cookie.partition(";")
    name, equals, value = pair.partition("=")
    if not equals:  # a cookie without a name (rfc6265bis section 5.6)
        name, value = "", pair
    attributes = _attributes(rest)
    path = attributes.get("path", "")
    expires_epoch = _expires_epoch(attributes, now_epoch)
    cookie = BrowserView(
        name=name.strip(),
        value=value.strip(),
        expires_epoch=expires_epoch,
        is_deletion=expires_epoch is not None and expires_epoch <= now_epoch,
        path=path if path.startswith("/") else _default_path(page_path),
        domain=attributes.get("domain", "").lstrip(".").lower(),
        is_secure="secure" in attributes,
        same_site=attributes.get("samesite", "").lower(),
    )
    refusal = _refusal(cookie, host=host.lower(), scheme=scheme) or _prefix_refusal(
        cookie, attributes
    )
    if refusal:
        return replace(cookie, refusal=refusal, expires_epoch=None, is_deletion=False)
    return cookie


def _default_path(page_path: str) -> str:
    """Give the folder of a page, without the slash that ends it (RFC 6265 5.1.4)."""
    return page_path.rpartition("/")[0] or "/"


def _attributes(text: str) -> Mapping[str, str]:
    """Read attributes by lower-case name; the last of a name wins."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _expires_epoch(attributes: Mapping[str, str], now_epoch: float) -> float | None:
    """Give the end of a cookie's life: Max-Age before Expires, 400 days at most."""
    expires = epoch_of(attributes.get("expires", ""))
    ends = (_max_age_end(attributes, now_epoch), expires)
    end = next((end for end in ends if end is not None), None)
    return None if end is None else min(end, now_epoch + MAX_AGE_LIMIT_SECONDS)


def _max_age_end(attributes: Mapping[str, str], now_epoch: float) -> float | None:
    text = attributes.get("max-age", "")
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        return None
    if text.startswith("-") or not digits.strip("0"):
        return 0.0
    # Twelve digits are past the limit of 400 days, whatever follows them.
    return now_epoch + int(digits.lstrip("0")[:12])


def _refusal(cookie: BrowserView, *, host: str, scheme: str) -> str:
    size_bytes = len(f"{cookie.name}{cookie.value}".encode("utf-8", "surrogatepass"))
    if size_bytes > MAX_COOKIE_BYTES:
        return (
            f"Its name and value are {size_bytes} bytes, and browsers keep "
            f"{MAX_COOKIE_BYTES} at most."
        )
    if not cookie.name and not cookie.value:
        return "It has neither a name nor a value."
    if cookie.domain and not domain_matches(host, cookie.domain):
        return f'Its Domain "{cookie.domain}" does not cover the host "{host}".'
    if cookie.same_site == "none" and not cookie.is_secure:
        return "SameSite=None is accepted only together with Secure."
    if cookie.is_secure and scheme != "https" and not is_loopback(host):
        return f'It is Secure, and "{scheme}://{host}" is not.'
    return ""


def _prefix_refusal(cookie: BrowserView, attributes: Mapping[str, str]) -> str:
    """Tell what a name promises and the cookie does not keep (rfc6265bis 4.1.3)."""
    name = cookie.name.lower()
    if name.startswith(("__secure-", "__host-")) and not cookie.is_secure:
        return f'Its name "{cookie.name}" is accepted only together with Secure.'
    is_bound = "domain" not in attributes and attributes.get("path") == "/"
    if name.startswith("__host-") and not is_bound:
        return f'Its name "{cookie.name}" is accepted only with Path=/ and no Domain.'
    return ""


def domain_matches(host: str, domain: str) -> bool:
    """Tell whether a page on `host` may set a cookie for `domain` (RFC 6265 5.1.3)."""
    if host == domain:
        return True
    return host.endswith(f".{domain}") and "." in domain and not _is_address(host)


def is_loopback(host: str) -> bool:
    """Tell whether browsers trust this host over plain HTTP, as it is this machine."""
    if _is_address(host):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
