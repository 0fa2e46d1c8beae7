"""Reads the JSON API in this process: pages show what it answers, and nothing else."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sandbox.inspector.endpoints import Directory
from sandbox.inspector.messages import ApiRequest, JsonAnswer, TextAnswer


class ApiReader:
    """Asks the API's endpoints, as a client that may only read.

    Args:
        directory: the endpoints.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def read(self, *path: str, **query: str) -> Mapping[str, Any]:
        """Give the JSON at a path.

        Args:
            path: the segments after `/api`, not encoded.
            query: the parameters, not encoded.

        Raises:
            ApiError: the API refuses.
            SandboxError: the app cannot be understood as it stands.
        """
        answer = self._ask(path, query)
        if not isinstance(answer, JsonAnswer) or not isinstance(
            answer.content, Mapping
        ):
            raise TypeError(f"no JSON object at {path}")
        return answer.content

    def text(self, *path: str) -> str:
        """Give the text at a path; raises as `read` does."""
        answer = self._ask(path, {})
        if not isinstance(answer, TextAnswer):
            raise TypeError(f"no text at {path}")
        return answer.text

    def _ask(self, path: tuple[str, ...], query: Mapping[str, str]) -> object:
        found = self._directory.find("GET", api_path(*path))
        return found.endpoint.answer(ApiRequest(path=found.path, query=query))


def api_path(*segments: str) -> str:
    """Give the address of something in the API, its segments percent-encoded."""
    return "/api/" + "/".join(quote(segment, safe="") for segment in segments)
