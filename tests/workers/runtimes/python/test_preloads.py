"""Imports before there is a handler."""

import sys

from sandbox.workers.runtimes.python import preloads


def test_what_cannot_be_imported_is_passed_over(tmp_path, monkeypatch):
    """The handler that imports it will tell; folders are searched once, last."""
    (tmp_path / "raises_oops.py").write_text("raise RuntimeError('oops')")
    (tmp_path / "found_here.py").write_text("")
    monkeypatch.setattr(sys, "path", [*sys.path])
    for _ in range(2):
        preloads.import_all(
            ["raises_oops", "not_installed", "found_here"], [str(tmp_path)]
        )

    assert "found_here" in sys.modules
    assert sys.path[-1] == str(tmp_path)
    assert sys.path.count(str(tmp_path)) == 1
    monkeypatch.delitem(sys.modules, "found_here")
