"""static.json: the names that files are deployed under."""

import hashlib
import json
import os
from pathlib import Path

from sandbox.gateway.fingerprint import fingerprint, write_static_manifest
from sandbox.project.model import Static


def digits(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:10]


def test_fingerprint_names_each_file(tmp_path: Path) -> None:
    """Ten digits before the extension; some files never, some on request not."""
    (tmp_path / "deep").mkdir()
    for name in ("a.css", "deep/b.min.js", "noext", "readme.md", "drafts.txt"):
        (tmp_path / name).write_text(name)
    static = Static(folder=tmp_path, fingerprint=True, ignore=("drafts",))

    assert fingerprint(static) == {
        "a.css": f"a-{digits('a.css')}.css",
        "deep/b.min.js": f"deep/b.min-{digits('deep/b.min.js')}.js",
        "noext": f"noext-{digits('noext')}",
    }


def test_fingerprint_is_the_one_that_architect_deploys(tmp_path: Path) -> None:
    """As `@architect/utils` 6.0.3 wrote it of the same file: SHA-1, not SHA-256."""
    (tmp_path / "app.js").write_text("console.log('app')\n")

    assert fingerprint(Static(folder=tmp_path)) == {"app.js": "app-f77fc155dc.js"}


def test_fingerprint_leaves_hidden_files_out(tmp_path: Path) -> None:
    """Whatever begins with a dot, and all in a folder that does, is never deployed."""
    for name in (".hidden", "deep/.keep", ".well-known/x.txt", "a.css"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)

    assert list(fingerprint(Static(folder=tmp_path))) == ["a.css"]


def test_write_static_manifest_writes_once(tmp_path: Path) -> None:
    """The file is written where asked for, and left alone where it is right."""
    (tmp_path / "a.css").write_text("x")
    write_static_manifest(Static(folder=tmp_path, fingerprint=True))
    manifest = tmp_path / "static.json"
    os.utime(manifest, (1, 1))
    write_static_manifest(Static(folder=tmp_path, fingerprint=True))

    assert manifest.stat().st_mtime == 1
    assert json.loads(manifest.read_text()) == {"a.css": f"a-{digits('x')}.css"}


def test_write_static_manifest_replaces_what_is_no_text(tmp_path: Path) -> None:
    """Whatever bytes somebody left in its place."""
    (tmp_path / "a.css").write_text("x")
    (tmp_path / "static.json").write_bytes(b"\xff\xfe")
    write_static_manifest(Static(folder=tmp_path, fingerprint=True))

    names = json.loads((tmp_path / "static.json").read_text())
    assert names == {"a.css": f"a-{digits('x')}.css"}


def test_write_static_manifest_does_nothing_unasked(tmp_path: Path) -> None:
    """Neither without the setting, nor for a tool that does it, nor without files."""
    (tmp_path / "a.css").write_text("x")
    missing = tmp_path / "missing"

    write_static_manifest(Static(folder=tmp_path))
    write_static_manifest(Static(folder=tmp_path, fingerprint="external"))
    write_static_manifest(Static(folder=missing, fingerprint=True))

    assert not (tmp_path / "static.json").exists()
