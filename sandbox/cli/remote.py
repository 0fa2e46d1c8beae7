"""The running sandbox as other commands see it: finds it, and asks its JSON API."""

import http.client
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from sandbox.cli.shell import home_folder
from sandbox.errors import WorldError
from sandbox.json_value import JsonValue
from sandbox.project.functions import CONFIG_FILES
from sandbox.project.load import MANIFEST_FILES
from sandbox.ready_file import ReadyFile, find_ready_file, ready_folder

TIMEOUT_SECONDS = 30.0
_ONLY_MANIFESTS = tuple(name for name in MANIFEST_FILES if name not in CONFIG_FILES)
"""Names of manifests that no function's own configuration has, as `arc.json` has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSandbox:
    """A sandbox that runs in another process."""

    ready: ReadyFile

    def get(self, *segments: str) -> Any:
        """Ask for what is at `/api/<segments>`, each of which is escaped.

        Raises:
            WorldError: it does not answer, or refuses.
        """
        return self.ask("GET", *segments)

    def ask(
        self, method: str, *segments: str, body: Mapping[str, JsonValue] | None = None
    ) -> Any:
        """Send a request, and give the JSON of its answer.

        Raises:
            WorldError: it does not answer, or refuses.
        """
        path = "/".join(["/api", *(quote(part, safe="") for part in segments)])
        payload = None if body is None else json.dumps(body)
        headers = {"X-Arc-Sandbox": "1", "Content-Type": "application/json"}
        if self.ready.token:
            headers["Authorization"] = f"Bearer {self.ready.token}"
        address = urlsplit(self.ready.internal_url)
        connection = http.client.HTTPConnection(
            address.hostname or "localhost", address.port, timeout=TIMEOUT_SECONDS
        )
        try:
            connection.request(method, path, payload, headers)
            response = connection.getresponse()
            status, content = response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise WorldError(
                f'The sandbox at "{self.ready.internal_url}" does not answer: {error}.',
                remedy="Stop it, and run arc-sandbox start again.",
            ) from error
        finally:
            connection.close()
        if status >= http.client.BAD_REQUEST:
            raise _refused(content)
        return content


def find_sandbox(cwd: Path) -> RemoteSandbox:
    """Find the sandbox that runs the app of a folder, or of a folder above it.

    A folder with a manifest is an app of its own: what runs above it is another.

    Raises:
        WorldError: none runs.
    """
    folder = ready_folder(os.environ, home_folder())
    root = cwd.resolve()
    for candidate in (root, *root.parents):
        ready = find_ready_file(folder, candidate)
        if ready is not None:
            return RemoteSandbox(ready=ready)
        if any((candidate / name).is_file() for name in _ONLY_MANIFESTS):
            break
    raise WorldError(
        f'No sandbox is running for "{root}".',
        remedy="Run arc-sandbox start there, or name the app's folder with --cwd.",
    )


def _refused(content: Any) -> WorldError:
    if isinstance(content, dict) and isinstance(content.get("message"), str):
        return WorldError(content["message"], remedy=str(content.get("remedy", "")))
    return WorldError("The sandbox refused, without saying why.")
