"""The app's tables as boto3 Table resources, by the names in the manifest."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from sandbox.sandbox import Sandbox
from sandbox.testing.session_store import dynamodb_name
from sandbox.testing.unanswered import UnansweredError
from sandbox.workers.environment import DUMMY_ACCESS_KEY, DUMMY_SECRET_KEY

_FILES = ("config_file", "credentials_file")


class TableResources(Mapping[str, Any]):
    """Gives `dynamodb.Table` resources; boto3 makes their class at run time.

    Nothing of the developer's AWS configuration is used, and nothing leaves the
    machine.

    Args:
        sandbox: the running app.
        aws: what `unconfigured_aws` gave; by default one of its own. Whoever makes
            several hands all of them the same.
    """

    def __init__(
        self, sandbox: Sandbox, *, aws: boto3.session.Session | None = None
    ) -> None:
        self._sandbox = sandbox
        self._dynamodb = (aws or unconfigured_aws()).resource(
            "dynamodb",
            region_name=sandbox.project.region,
            endpoint_url=f"http://127.0.0.1:{sandbox.ports.tables}",
            config=Config(proxies={}, retries={"total_max_attempts": 1}),
        )

    def __getitem__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name not in list(self):
            raise UnansweredError(
                "arc_tables",
                "table",
                name,
                known=self,
                remedy="Declare it under @tables in the manifest.",
            )
        return self._dynamodb.Table(dynamodb_name(self._sandbox, name))

    def __iter__(self) -> Iterator[str]:
        return (table.name for table in self._sandbox.project.tables)

    def __len__(self) -> int:
        return len(self._sandbox.project.tables)

    def close(self) -> None:
        """Let go of the connections."""
        self._dynamodb.meta.client.close()


def unconfigured_aws() -> boto3.session.Session:
    """Give a session that looks at no variable of the shell, and at no file of AWS's.

    A profile that is missing, or a mode that is none, would keep it from being made.
    It remembers the descriptions of AWS's services, whose reading takes some fifty
    milliseconds.
    """
    variables = botocore.session.Session.SESSION_VARIABLES
    return boto3.session.Session(
        botocore_session=botocore.session.Session(
            session_vars={
                name: (None, None, os.devnull if name in _FILES else default, convert)
                for name, (_, _, default, convert) in variables.items()
            }
        ),
        aws_access_key_id=DUMMY_ACCESS_KEY,
        aws_secret_access_key=DUMMY_SECRET_KEY,
    )
