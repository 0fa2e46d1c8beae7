"""Takes a request and its route, gives the event of format 1.0 and of REST APIs.

Pure. The API Gateway developer guide ("Input format of a Lambda function for proxy
integration", and payload format 1.0 in "AWS Lambda proxy integrations for HTTP APIs")
says which fields there are; `@architect/sandbox` 9, which follows live captures, how
they are cased:

- absent things are null: `body`, `pathParameters`, both kinds of query parameters
- of a repeated query parameter `queryStringParameters` has the last value,
  `multiValueQueryStringParameters` all of them
- Host, User-Agent and X-Forwarded-* keep their capitals, in REST also Authorization
  and Date; all other header names are in lower case
- REST drops content-md5, max-forwards, server, trailer and www-authenticate too
- every body is base64: Architect deploys REST APIs with the binary media type */*
- `version` "1.0" is in an HTTP API's event alone
"""

from typing import NotRequired, TypedDict

from sandbox.exchange import HttpRequest, Match
from sandbox.gateway.request_parts import (
    ApiFacts,
    collect_headers,
    encode_body,
    forwarded_headers,
    gather,
    log_time,
    query_pairs,
    resource_of,
    source_ip,
    trace_id,
)

_CAPITALS = {
    "host": "Host",
    "user-agent": "User-Agent",
    "x-forwarded-for": "X-Forwarded-For",
    "x-forwarded-port": "X-Forwarded-Port",
    "x-forwarded-proto": "X-Forwarded-Proto",
    "x-amzn-trace-id": "X-Amzn-Trace-Id",
}
_REST_CAPITALS = {**_CAPITALS, "authorization": "Authorization", "date": "Date"}
_REST_DROPPED = ("content-md5", "max-forwards", "server", "trailer", "www-authenticate")


class Identity(TypedDict):
    """`requestContext.identity`, of which only these can be known."""

    sourceIp: str
    userAgent: str | None


class RequestContextV1(TypedDict):
    """`requestContext`."""

    accountId: str
    apiId: str
    domainName: str
    domainPrefix: str
    extendedRequestId: str
    httpMethod: str
    identity: Identity
    path: str
    protocol: str
    requestId: str
    requestTime: str
    requestTimeEpoch: int
    resourceId: str | None
    resourcePath: str
    stage: str


class EventV1(TypedDict):
    """An event of payload format 1.0, or of a REST API."""

    version: NotRequired[str]
    resource: str
    path: str
    httpMethod: str
    headers: dict[str, str]
    multiValueHeaders: dict[str, list[str]]
    queryStringParameters: dict[str, str] | None
    multiValueQueryStringParameters: dict[str, list[str]] | None
    requestContext: RequestContextV1
    pathParameters: dict[str, str] | None
    stageVariables: None
    body: str | None
    isBase64Encoded: bool


def build_event_v1(
    request: HttpRequest,
    match: Match,
    *,
    facts: ApiFacts,
    request_id: str,
    now_epoch: float,
    is_rest: bool,
) -> EventV1:
    """Make the event that a function of a REST API, or of an HTTP API 1.0, receives."""
    resource = resource_of(match.route.path)
    headers = _headers(request, facts, is_rest=is_rest)
    headers["X-Amzn-Trace-Id"] = trace_id(
        headers.get("X-Amzn-Trace-Id"), request_id=request_id, now_epoch=now_epoch
    )
    query = gather(query_pairs(request.query_string))
    event: EventV1 = {
        "resource": resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {k: v[-1] for k, v in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "requestContext": {
            "accountId": facts.account_id,
            "apiId": facts.api_id,
            "domainName": facts.domain_name,
            "domainPrefix": facts.api_id,
            "extendedRequestId": request_id,
            "httpMethod": request.method,
            "identity": {
                "sourceIp": source_ip(request),
                "userAgent": headers.get("User-Agent"),
            },
            "path": request.path,
            "protocol": request.protocol,
            "requestId": request_id,
            "requestTime": log_time(now_epoch),
            "requestTimeEpoch": int(now_epoch * 1000),
            "resourceId": None,
            "resourcePath": resource,
            "stage": "staging" if is_rest else "$default",
        },
        "pathParameters": dict(match.path_parameters) or None,
        "stageVariables": None,
        "body": encode_body(request.body) if request.body else None,
        "isBase64Encoded": bool(request.body),
    }
    if not is_rest:
        event["version"] = "1.0"
    return event


def _headers(request: HttpRequest, facts: ApiFacts, *, is_rest: bool) -> dict[str, str]:
    collected = collect_headers(request.headers)
    capitals = _CAPITALS
    if is_rest:
        capitals = _REST_CAPITALS
        for name in _REST_DROPPED:
            collected.pop(name, None)
    headers = {
        capitals.get(name, name): ("; " if name == "cookie" else ", ").join(values)
        for name, values in collected.items()
    }
    for name, value in forwarded_headers(request, facts).items():
        headers[_CAPITALS[name]] = headers.get(_CAPITALS[name]) or value
    return headers
