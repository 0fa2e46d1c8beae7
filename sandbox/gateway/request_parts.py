"""Takes pieces of a request, gives what API Gateway makes of them in any format.

Pure. Facts and sources:

- of a query, `+` is a space, a malformed `%` stays as it is, `a` alone has the value ""
  (measured on `@architect/sandbox` 9; API Gateway does the same)
- hop-by-hop headers do not reach the function: connection, expect,
  proxy-authenticate, te, transfer-encoding, upgrade (API Gateway developer guide,
  "Amazon API Gateway important notes")
- X-Forwarded-For, -Port and -Proto are added; what a client sends of them is believed,
  so that an app behind a development proxy sees its client; an empty one is none
"""

import base64
import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Self
from urllib.parse import unquote, unquote_plus

from sandbox.exchange import Headers, HttpRequest
from sandbox.project.model import ACCOUNT_ID, Project
from sandbox.trace_header import new_root, root_of

DROPPED_REQUEST_HEADERS = frozenset(
    ("connection", "expect", "proxy-authenticate", "te", "transfer-encoding", "upgrade")
)
_MONTHS = tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())  # noqa: SIM905 - reads better than twelve strings

_RESOURCES_REMEMBERED = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiFacts:
    """What every event of an app says alike: made up, but stable from run to run."""

    account_id: str
    api_id: str
    domain_name: str
    port: int
    """Where the app answers: X-Forwarded-Port."""

    @classmethod
    def from_project(cls, project: Project, *, port: int) -> Self:
        """Derive ids from the app's name."""
        digest = hashlib.sha256(project.name.encode()).hexdigest()
        api_id = f"a{int(digest[:12], 16):x}"[:10]
        return cls(
            account_id=ACCOUNT_ID,
            api_id=api_id,
            domain_name=f"{api_id}.execute-api.{project.region}.amazonaws.com",
            port=port,
        )


def collect_headers(headers: Headers) -> dict[str, list[str]]:
    """Give values by lower-case name, in order, without the dropped ones."""
    collected: dict[str, list[str]] = {}
    for name, value in headers:
        lower = name.lower()
        if lower not in DROPPED_REQUEST_HEADERS:
            collected.setdefault(lower, []).append(value)
    return collected


def forwarded_headers(request: HttpRequest, facts: ApiFacts) -> dict[str, str]:
    """Give what the gateway tells of its client where no proxy before it did."""
    return {
        "x-forwarded-for": request.client_address,
        "x-forwarded-port": str(facts.port),
        "x-forwarded-proto": request.scheme,
    }


def query_pairs(query_string: str) -> list[tuple[str, str]]:
    """Give the parameters in order, decoded; repeated names stay repeated."""
    pairs = []
    for part in query_string.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((unquote_plus(name), unquote_plus(value)))
    return pairs


def gather(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Give all values by name, in order."""
    gathered: dict[str, list[str]] = {}
    for name, value in pairs:
        gathered.setdefault(name, []).append(value)
    return gathered


def split_cookies(values: Iterable[str]) -> list[str]:
    """Give each `name=value` of the Cookie headers."""
    stripped = (cookie.strip() for value in values for cookie in value.split(";"))
    return [cookie for cookie in stripped if cookie]


def source_ip(request: HttpRequest) -> str:
    """Give the client's address: the first of X-Forwarded-For, else the peer's.

    An IPv4 address that a proxy wrote as one of IPv6 (`::ffff:…`) is given as IPv4.
    """
    forwarded = request.header("x-forwarded-for")
    if forwarded is None:
        return request.client_address
    first = forwarded.split(",")[0].strip()
    try:
        address = ipaddress.ip_address(first)
    except ValueError:
        return request.client_address
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def decode_path(raw_path: str) -> str:
    """Undo a path's percent-encoding; what is malformed stays readable."""
    return unquote(raw_path) if "%" in raw_path else raw_path


@lru_cache(_RESOURCES_REMEMBERED)
def resource_of(route_path: str) -> str:
    """Write a route's path as API Gateway does: `/a/{id}`, `/c/{proxy+}`."""
    return "/".join(_resource_part(part) for part in route_path.split("/"))


def _resource_part(part: str) -> str:
    if part == "*":
        return "{proxy+}"
    return f"{{{part[1:]}}}" if part.startswith(":") else part


def media_type_of(content_type: str) -> str:
    """Give the media type in lower case, without parameters."""
    return content_type.partition(";")[0].strip().lower()


def is_text(media_type: str) -> bool:
    """Tell whether an HTTP API hands such a body over as text.

    API Gateway developer guide, "AWS Lambda proxy integrations for HTTP APIs": text/*,
    application/json, application/javascript and application/xml are text, all else is
    binary. `+json` types are taken as JSON.
    """
    return (
        media_type.startswith("text/")
        or media_type
        in ("application/json", "application/javascript", "application/xml")
        or (media_type.startswith("application/") and media_type.endswith("+json"))
    )


def encode_body(body: bytes) -> str:
    """Give a body in base64."""
    return base64.b64encode(body).decode("ascii")


def log_time(epoch: float) -> str:
    """Give the time as API Gateway writes it: `12/Mar/2020:19:03:58 +0000`."""
    return _second_of_log(int(epoch))


@lru_cache(1)
def _second_of_log(epoch: int) -> str:
    moment = datetime.fromtimestamp(epoch, UTC)
    return (
        f"{moment.day:02}/{_MONTHS[moment.month - 1]}/{moment.year}"
        f":{moment.hour:02}:{moment.minute:02}:{moment.second:02} +0000"
    )


def trace_id(sent: str | None, *, request_id: str, now_epoch: float) -> str:
    """Give X-Amzn-Trace-Id's value (X-Ray developer guide, "Tracing header").

    Args:
        sent: the client's own header, which stands if it names a trace.
        request_id: the exchange's id.
        now_epoch: the sandbox's time, in seconds since 1970.
    """
    if sent is not None and root_of(sent) is not None:
        return sent
    return f"Root={new_root(request_id, now_epoch=now_epoch)}"
