"""A request's id ⇄ the tracing header that Lambda has its functions' AWS clients send.

Lambda's runtimes set `_X_AMZN_TRACE_ID` for each event (AWS Lambda Developer Guide,
"Defined runtime environment variables"). botocore and the AWS SDK for JavaScript send
its value as `X-Amzn-Trace-Id` with every call ("recursion detection").
"""

import re

VARIABLE = "_X_AMZN_TRACE_ID"

_ROOT = re.compile(r"(?:^|;)\s*Root=1-[0-9a-f]{8}-([0-9a-f]{24})(?:;|$)")
_UNIQUE_DIGITS = 24
_PARENT_DIGITS = 16


def trace_header(request_id: str, *, now_epoch: float) -> str:
    """Give the header's value for an event, in X-Ray's form; it is never sampled.

    Args:
        request_id: a UUID.
        now_epoch: when the event is taken, in seconds since 1970.
    """
    digits = request_id.replace("-", "")
    root = f"1-{int(now_epoch) & 0xFFFFFFFF:08x}-{trace_key(request_id)}"
    return f"Root={root};Parent={digits[-_PARENT_DIGITS:]};Sampled=0"


def trace_key(request_id: str) -> str:
    """Give the part of a request's id that its tracing header holds."""
    return request_id.replace("-", "")[:_UNIQUE_DIGITS]


def key_of_header(header: str) -> str | None:
    """Give the key in a tracing header; None where it is none of ours."""
    found = _ROOT.search(header)
    return found.group(1) if found else None
