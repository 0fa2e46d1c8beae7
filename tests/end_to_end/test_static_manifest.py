"""`@static fingerprint true` keeps static.json in step with the folder."""

import json
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def test_static_manifest_is_there_at_start_and_follows_edits(
    make_app: Any, serve: Any, wait_until: Callable[..., None]
) -> None:
    """A handler finds the deployed names before and after a file is saved."""
    app = make_app(
        {"public/a.css": "a{}", "src/http/get-index/index.py": ""},
        more="@static\nfingerprint true\n",
    )
    serve(app)
    manifest = app.root / "public/static.json"
    first = json.loads(manifest.read_text())

    app.write({"public/a.css": "b{}"})

    wait_until(lambda: json.loads(manifest.read_text() or "null") != first)
    assert first["a.css"].startswith("a-")
    assert len(first["a.css"]) == len("a-0123456789.css")
