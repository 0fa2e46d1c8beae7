"""`@proxy`: where requests go that no route takes, by stage."""

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from typing import cast
from urllib.parse import unquote

from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.nodes import Item
from sandbox.project.model import STAGES
from sandbox.project.names import NameRules
from sandbox.project.reading import Reading

_HTTP_URL = re.compile(r"https?:[/\\]*([^/\\?#]*)", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:]*)(?::(\d*))?", re.ASCII)
_FORBIDDEN_IN_HOST = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f\u200c\u200d]")
_IGNORED = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
"""Characters that a host is read without (UTS 46)."""
_NUMERIC_PART = re.compile(r"\d+|0[xX][0-9a-fA-F]*", re.ASCII)


def read_proxy(reading: Reading) -> dict[str, JsonValue] | None:
    """Read and check `@proxy`; each stage must have the URL of a server."""
    if not reading.has("proxy"):
        return None
    rules = NameRules(reading, "@proxy")
    pragma_line = reading.pragma_line("proxy")
    if not reading.has("http"):
        rules.refuse(
            "It needs @http, whose routes come first.",
            line=pragma_line,
            remedy="Add @http, even without a route.",
        )
        return None
    items = {stage: _item_of(reading, stage) for stage in STAGES}
    for stage, item in items.items():
        url = _url(item)
        if url is None:
            rules.refuse(
                f'The stage "{stage}" has no URL.',
                line=pragma_line,
                remedy=f"Add a line: {stage} http://localhost:4000",
            )
        elif not isinstance(url, str) or not is_http_url(url):
            rules.refuse(
                f'"{javascript.to_text(url)}" is not the URL of a web server.',
                line=item.line if item else pragma_line,
                remedy="Write one that begins with http:// or https://.",
            )
    return {stage: _url(item) for stage, item in items.items()}


def _item_of(reading: Reading, stage: str) -> Item | None:
    for item in reading.items("proxy"):
        value = item.value
        if (
            isinstance(value, list)
            and len(value) > 1
            and value[0] == stage
            and value[1]
        ):
            return item
    return None


def _url(item: Item | None) -> JsonValue:
    return cast("list[JsonValue]", item.value)[1] if item else None


def is_http_url(text: str) -> bool:
    """Tell whether `new URL(text)` takes this as http or https (WHATWG URL)."""
    found = _HTTP_URL.match(re.sub(r"[\t\n\r]", "", text.strip("\x00 ")))
    if not found:
        return False
    host_and_port = _HOST_AND_PORT.fullmatch(found[1].rpartition("@")[2])
    if not host_and_port:
        return False
    host, port = host_and_port.groups()
    return _is_host(unquote(host)) and int(port or 0) <= 65535


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return "%" not in host and _is_address(ipaddress.IPv6Address, host[1:-1])
    host = _mapped(host)
    if not host or _FORBIDDEN_IN_HOST.search(host):
        return False
    parts = host.removesuffix(".").split(".")
    if _NUMERIC_PART.fullmatch(parts[-1]):
        return _is_ipv4(parts)
    return all(map(_is_label, parts))


def _mapped(host: str) -> str:
    """Give a host as UTS 46 maps it: full-width characters are plain ones."""
    return unicodedata.normalize("NFKC", host.translate(_IGNORED)).replace("。", ".")


def _is_ipv4(parts: Sequence[str]) -> bool:
    """Tell whether up to four numbers make an address; the last has the bytes left."""
    numbers = [_ipv4_number(part) for part in parts]
    *first, last = [-1 if number is None else number for number in numbers]
    return (
        len(parts) <= 4
        and all(0 <= number < 256 for number in first)
        and 0 <= last < 256 ** (5 - len(parts))
    )


def _ipv4_number(part: str) -> int | None:
    if not _NUMERIC_PART.fullmatch(part):
        return None
    if part[:2] in ("0x", "0X"):
        return int(part[2:] or "0", 16)
    try:
        return int(part, 8 if len(part) > 1 and part[0] == "0" else 10)
    except ValueError:  # 8 or 9 in an octal number
        return None


def _is_label(label: str) -> bool:
    """Tell whether a label is whole, and what claims to be Punycode (RFC 3492) is."""
    if label and unicodedata.category(label[0]).startswith("M"):
        return False
    if not label.lower().startswith("xn--"):
        return True
    try:
        meant = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return False
    return not meant.isascii() and meant.isprintable()


def _is_address(kind: type[ipaddress.IPv6Address], text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True
