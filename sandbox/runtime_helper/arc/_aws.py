"""boto3 clients, one for each service and address, made when first asked for."""

from functools import cache
from typing import Any

from ._environment import region


def client(service: str, endpoint_url: str | None = None) -> Any:
    """Give the boto3 client of a service, at an address of its own or AWS's."""
    return _client(service, endpoint_url, region())


def resource(service: str, endpoint_url: str | None = None) -> Any:
    """Give the boto3 resource of a service, at an address of its own or AWS's."""
    return _resource(service, endpoint_url, region())


# Kept by address, not by service alone: a warm worker that is handed to a second
# sandbox must not go on talking to the first one's port.
@cache
def _client(service: str, endpoint_url: str | None, region_name: str) -> Any:
    # Importing boto3 takes a quarter of a second, which most handlers can spare.
    import boto3

    return boto3.client(  # type: ignore[call-overload]
        service, endpoint_url=endpoint_url, region_name=region_name
    )


@cache
def _resource(service: str, endpoint_url: str | None, region_name: str) -> Any:
    import boto3  # as in _client

    return boto3.resource(  # type: ignore[call-overload]
        service, endpoint_url=endpoint_url, region_name=region_name
    )
