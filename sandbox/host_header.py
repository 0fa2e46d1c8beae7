"""Takes the Host and Origin headers of a request, tells whom they name.

Pure. A web page can send requests to any port of this machine, also under a name of its
own that resolves to it (DNS rebinding): what serves this machine alone asks here.
"""

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""What a Host header, without port, says where it means this machine."""


def bare_host(header: str) -> str:
    """Give a Host header's name without its port, in lower case (RFC 9110, 7.2).

    An IPv6 address keeps its brackets.
    """
    host = header.lower()
    name, _, port = host.rpartition(":")
    is_whole = name.endswith("]") or ":" not in name
    return name if name and is_whole and port.isdecimal() else host


def is_own_origin(origin: str | None, *, scheme: str, host: str) -> bool:
    """Tell whether an Origin is the address that was asked (RFC 6454, section 7).

    Args:
        origin: the Origin header; `null`, as of a file or a sandboxed frame, is none.
            Without the header (None), no page of elsewhere asks.
        scheme: of the request, `http` or `https`.
        host: its Host header.
    """
    return origin is None or origin.lower() == f"{scheme}://{host.lower()}"
