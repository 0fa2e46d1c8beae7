"""Takes a request and its route, gives the event of payload format 2.0.

Pure. The API Gateway developer guide, "AWS Lambda proxy integrations for HTTP APIs",
and events recorded there say:

- header names in lower case; values of repeated headers and query parameters joined
  with a comma; no `multiValue…` fields
- cookies in a list of their own, not among the headers
- `rawPath` decoded, `rawQueryString` as sent
- `cookies`, `queryStringParameters`, `pathParameters`, `body` and `stageVariables` are
  absent, not null, where there are none; `isBase64Encoded` is always there
- `timeEpoch` in milliseconds
"""

from typing import NotRequired, TypedDict

from sandbox.exchange import HttpRequest, Match
from sandbox.gateway.request_parts import (
    ApiFacts,
    collect_headers,
    decode_path,
    encode_body,
    forwarded_headers,
    gather,
    is_text,
    log_time,
    media_type_of,
    query_pairs,
    resource_of,
    source_ip,
    split_cookies,
    trace_id,
)


class HttpDescription(TypedDict):
    """`requestContext.http`."""

    method: str
    path: str
    protocol: str
    sourceIp: str
    userAgent: str | None


class RequestContextV2(TypedDict):
    """`requestContext`."""

    accountId: str
    apiId: str
    domainName: str
    domainPrefix: str
    http: HttpDescription
    requestId: str
    routeKey: str
    stage: str
    time: str
    timeEpoch: int


class EventV2(TypedDict):
    """An event of payload format 2.0."""

    version: str
    routeKey: str
    rawPath: str
    rawQueryString: str
    cookies: NotRequired[list[str]]
    headers: dict[str, str]
    queryStringParameters: NotRequired[dict[str, str]]
    requestContext: RequestContextV2
    body: NotRequired[str]
    pathParameters: NotRequired[dict[str, str]]
    isBase64Encoded: bool


def build_event_v2(
    request: HttpRequest,
    match: Match,
    *,
    facts: ApiFacts,
    request_id: str,
    now_epoch: float,
) -> EventV2:
    """Make the event that a function of an HTTP API receives."""
    route = match.route
    route_key = f"{route.method.upper()} {resource_of(route.path)}"
    raw_path = decode_path(request.path)
    collected = collect_headers(request.headers)
    cookies = split_cookies(collected.pop("cookie")) if "cookie" in collected else None
    headers = _headers(collected, request, facts)
    headers["x-amzn-trace-id"] = trace_id(
        headers.get("x-amzn-trace-id"), request_id=request_id, now_epoch=now_epoch
    )
    event: EventV2 = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": raw_path,
        "rawQueryString": request.query_string,
        "headers": headers,
        "requestContext": {
            "accountId": facts.account_id,
            "apiId": facts.api_id,
            "domainName": facts.domain_name,
            "domainPrefix": facts.api_id,
            "http": {
                "method": request.method,
                "path": raw_path,
                "protocol": request.protocol,
                "sourceIp": source_ip(request),
                "userAgent": headers.get("user-agent"),
            },
            "requestId": request_id,
            "routeKey": route_key,
            "stage": "$default",
            "time": log_time(now_epoch),
            "timeEpoch": int(now_epoch * 1000),
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    if request.query_string and (query := gather(query_pairs(request.query_string))):
        event["queryStringParameters"] = {k: ",".join(v) for k, v in query.items()}
    if match.path_parameters:
        event["pathParameters"] = dict(match.path_parameters)
    if request.body:
        body, is_base64 = _body(request.body, headers.get("content-type", ""))
        event["body"] = body
        event["isBase64Encoded"] = is_base64
    return event


def _headers(
    collected: dict[str, list[str]], request: HttpRequest, facts: ApiFacts
) -> dict[str, str]:
    headers = {name: ",".join(values) for name, values in collected.items()}
    for name, value in forwarded_headers(request, facts).items():
        headers[name] = headers.get(name) or value
    return headers


def _body(body: bytes, content_type: str) -> tuple[str, bool]:
    """Give the body's text and False, or its base64 and True."""
    if is_text(media_type_of(content_type)):
        try:
            return body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass  # not the text it claims to be: handed over unharmed
    return encode_body(body), True
