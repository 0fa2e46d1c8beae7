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
    import botocore.session

    session_module: Any = botocore.session
    create_loader = session_module.create_loader
    session: Any = boto3.session.Session()
    _make_clients(session)
    # Both are private: botocore lets nobody hand a loader's cache on.
    read = session._session.get_component("data_loader")._cache  # noqa: SLF001

    def create_warm_loader(search_path: str | None = None) -> Any:
        loader = create_loader(search_path)
        if search_path is None:
            loader._cache.update(read)  # noqa: SLF001
        return loader

    session_module.create_loader = create_warm_loader


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
