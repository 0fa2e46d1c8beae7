"""Makes the first AWS client of a forked worker cheap.

Most of its cost is botocore's reading of the service models. A throwaway client makes
the parent read them once, and workers are given what it read. Nothing else stays: no
session, no credentials, no region.
"""

import sys
from typing import Any

_CLIENTS = ("ssm", "dynamodb")
"""What the runtime helper asks for: the service map, then tables."""


def warm(names: list[str]) -> None:
    """Read ahead what the first clients will need, where boto3 was asked for."""
    if "boto3" not in sys.modules or not {"boto3", "arc"} & set(names):
        return
    try:
        _share_models()
    except Exception:  # noqa: BLE001 (a botocore of another make is only slower)
        return


def _share_models() -> None:
    # Only a project that uses boto3 has it.
    import boto3.session
    from botocore.loaders import JSONFileLoader

    read: dict[str, Any] = {}
    load_file = JSONFileLoader.load_file

    def remember(self: Any, file_path: str) -> Any:
        read[file_path] = load_file(self, file_path)
        return read[file_path]

    def recall(self: Any, file_path: str) -> Any:
        return read.get(file_path) or load_file(self, file_path)

    JSONFileLoader.load_file = remember  # type: ignore[method-assign]
    try:
        _make_clients(boto3.session.Session())
    finally:
        JSONFileLoader.load_file = recall  # type: ignore[method-assign]


def _make_clients(session: Any) -> None:
    settings = {
        "endpoint_url": "http://127.0.0.1:9",
        "region_name": "us-west-2",
        "aws_access_key_id": "warming",
        "aws_secret_access_key": "warming",
    }
    for service in _CLIENTS:
        session.client(service, **settings)
    session.resource("dynamodb", **settings)
