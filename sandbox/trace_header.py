"""A request's id and trace ⇄ the tracing headers that Lambda and its callers send.

Lambda's runtimes set `_X_AMZN_TRACE_ID` for each event (AWS Lambda Developer Guide,
"Defined runtime environment variables"). botocore and the AWS SDK for JavaScript send
its value as `X-Amzn-Trace-Id` with every call ("recursion detection"). Its root is that
of the request's own header, where it has one; its parent tells the requests of one
trace apart.
"""

import re

_ROOT = re.compile(r"(?:^|[;,])\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})\s*(?:[;,]|$)")
_PARENT = re.compile(r"(?:^|;)\s*Parent=([0-9a-f]{16})(?:;|$)")
_UNIQUE_DIGITS = 24
_PARENT_DIGITS = 16


def new_root(request_id: str, *, now_epoch: float) -> str:
    """Give the root of a trace that begins with a request, in X-Ray's form.

    Args:
        request_id: a UUID.
        now_epoch: when the request came, in seconds since 1970.
    """
    unique = request_id.replace("-", "")[:_UNIQUE_DIGITS]
    return f"1-{int(now_epoch) & 0xFFFFFFFF:08x}-{unique}"


def root_of(header: str) -> str | None:
    """Give the root that a header names; None where it names none."""
    found = _ROOT.search(header)
    return found.group(1) if found else None


def trace_header(request_id: str, *, root: str) -> str:
    """Give the header's value for an event of a trace; it is never sampled.

    Args:
        request_id: a UUID.
        root: the trace, as `new_root` and `root_of` give it.
    """
    return f"Root={root};Parent={trace_key(request_id)};Sampled=0"


def trace_key(request_id: str) -> str:
    """Give the part of a request's id that its tracing header holds."""
    return request_id.replace("-", "")[-_PARENT_DIGITS:]


def key_of_header(header: str) -> str | None:
    """Give the key in an event's tracing header; None where it has none."""
    found = _PARENT.search(header)
    return found.group(1) if found else None
