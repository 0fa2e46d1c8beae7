"""Finding the running sandbox, and saying what is wrong where there is none."""

import os
from pathlib import Path

import pytest

from sandbox.cli.remote import RemoteSandbox, find_sandbox
from sandbox.errors import WorldError
from sandbox.httpd import LoopbackServer
from sandbox.ready_file import ReadyFile, ready_folder, write_ready_file


def ready(root: Path, url: str = "http://localhost:1") -> ReadyFile:
    return ReadyFile(
        root=str(root), pid=os.getpid(), url=url, internal_url=url, token="sesame"
    )


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of ready files, empty and private."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return ready_folder({"XDG_STATE_HOME": str(tmp_path / "state")}, None)


def test_a_sandbox_is_found_from_within_its_app(state: Path, tmp_path: Path) -> None:
    """A developer stands anywhere in the app's folder, by a function's own settings."""
    inside = tmp_path / "app" / "src" / "http"
    inside.mkdir(parents=True)
    (inside / "arc.json").touch()
    write_ready_file(state, ready(tmp_path / "app"))

    assert find_sandbox(inside).ready == ready(tmp_path / "app")


@pytest.mark.parametrize("manifest", ["app.arc", "arc.yaml"])
def test_an_app_within_another_is_not_the_other(
    state: Path, tmp_path: Path, manifest: str
) -> None:
    """An app whose folder lies in that of a running one has no sandbox by that."""
    inner = tmp_path / "examples" / "inner"
    (inner / "src").mkdir(parents=True)
    (inner / manifest).touch()
    write_ready_file(state, ready(tmp_path))

    with pytest.raises(WorldError, match="No sandbox is running"):
        find_sandbox(inner / "src")


def test_without_a_sandbox_the_remedy_is_told(state: Path, tmp_path: Path) -> None:
    """A sandbox of another app is not this one's."""
    (tmp_path / "app").mkdir()
    write_ready_file(state, ready(tmp_path / "other"))

    with pytest.raises(WorldError) as told:
        find_sandbox(tmp_path / "app")

    assert f'"{tmp_path / "app"}"' in told.value.message
    assert "arc-sandbox start" in told.value.remedy


def test_a_sandbox_that_does_not_answer_is_told(tmp_path: Path) -> None:
    """The process is there, and its port is not."""
    with pytest.raises(WorldError, match="does not answer"):
        RemoteSandbox(ready=ready(tmp_path)).get("clock")


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        ("404 Not Found", b'{"message": "No such.", "remedy": "Look."}', "No such."),
        ("500 Oh", b"[]", "without saying why"),
        ("200 OK", b"<html>", "does not answer"),
    ],
)
def test_refusals_are_told_in_the_sandboxs_words(
    tmp_path: Path, status: str, body: bytes, message: str
) -> None:
    """Even where something else listens at the port."""

    def app(environ: object, start_response: object) -> list[bytes]:
        start_response(status, [("Content-Type", "application/json")])  # type: ignore[operator]
        return [body]

    with LoopbackServer(app, name="other") as server:  # type: ignore[arg-type]
        remote = RemoteSandbox(ready=ready(tmp_path, server.url))
        with pytest.raises(WorldError, match=message):
            remote.get("x")


def test_ids_and_the_token_are_sent_escaped(tmp_path: Path) -> None:
    """An id with a slash stays one segment, and the token is a bearer token."""
    seen = []

    def app(environ: dict[str, str], start_response: object) -> list[bytes]:
        seen.append((environ["REQUEST_URI"], environ["HTTP_AUTHORIZATION"]))
        start_response("200 OK", [])  # type: ignore[operator]
        return [b"{}"]

    with LoopbackServer(app, name="other") as server:  # type: ignore[arg-type]
        RemoteSandbox(ready=ready(tmp_path, server.url)).get("sessions", "../a?b")

    assert seen == [("/api/sessions/..%2Fa%3Fb", "Bearer sesame")]
