"""The service map: what the app is made of, by type and logical name.

Architect publishes it as SSM parameters, `/{stack}/{type}/{name}`; the sandbox answers
for them on its internal port.
"""

from functools import cache
from typing import Any, TypeAlias

from ._aws import client
from ._environment import port, stack_name, use_aws

ServiceMap: TypeAlias = dict[str, dict[str, Any]]


def services() -> ServiceMap:
    """Give the service map: `{"tables": {logical: physical}, "events": {…}, …}`.

    Read once for each stack and address, then remembered; the answer is the caller's.

    Raises:
        RuntimeError: nothing says where to ask.
        botocore.exceptions.BotoCoreError: the service could not be reached.
    """
    known = _read(f"/{stack_name()}", _endpoint_url())
    return {kind: dict(named) for kind, named in known.items()}


def _endpoint_url() -> str | None:
    return None if use_aws() else f"http://localhost:{port('_arc')}/_arc/ssm"


@cache
def _read(path: str, endpoint_url: str | None) -> ServiceMap:
    pages = client("ssm", endpoint_url).get_paginator("get_parameters_by_path")
    found: ServiceMap = {}
    for page in pages.paginate(Path=path, Recursive=True):
        for parameter in page["Parameters"]:
            _, _, kind, name, *_ = parameter["Name"].split("/")
            found.setdefault(kind, {})[name] = parameter["Value"]
    return found
