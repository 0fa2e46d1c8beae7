"""boto3 clients, one for each service and address, made when first asked for."""

from functools import cache
from typing import Any

from ._environment import region


def client(service: str, endpoint_url: str | None = None) -> Any:
    """Give the boto3 client of a service, at an address of its own or AWS's."""
    return _make("client", service, endpoint_url, region())


def resource(service: str, endpoint_url: str | None = None) -> Any:
    """Give the boto3 resource of a service, at an address of its own or AWS's."""
    return _make("resource", service, endpoint_url, region())


# Kept by address, not by service alone: a warm worker that is handed to a second
# sandbox must not go on talking to the first one's port.
@cache
def _make(kind: str, service: str, endpoint_url: str | None, region_name: str) -> Any:
    # Importing boto3 takes a quarter of a second, which most handlers can spare.
    import boto3

    construct = getattr(boto3, kind)
    return construct(service, endpoint_url=endpoint_url, region_name=region_name)
