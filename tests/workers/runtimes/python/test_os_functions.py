"""Functions of `os` that Python's library still knows, replaced as they are."""

import inspect
import os

import pytest

from sandbox.exchange import Returned


def abilities() -> list[list[str]]:
    """Give the names of functions that can do more than usual, by what that is."""
    capable = (
        *(os.supports_dir_fd, os.supports_effective_ids),
        *(os.supports_fd, os.supports_follow_symlinks),
    )
    functions = {n: f for n, f in vars(os).items() if callable(f)}
    return [sorted(n for n, f in functions.items() if f in able) for able in capable]


HANDLER = f"""
import os, shutil, tempfile
from pathlib import Path

{inspect.getsource(abilities)}

def handler(event, context):
    with tempfile.TemporaryDirectory() as folder:
        link, copy = Path(folder, "link"), Path(folder, "copy")
        link.symlink_to("nowhere")
        shutil.copy2(link, copy, follow_symlinks=False)
        return [abilities(), os.readlink(copy), shutil.rmtree.avoids_symlink_attacks]
"""


@pytest.mark.parametrize("is_mounted", [False, True], ids=["alone", "shared code"])
def test_python_knows_what_replaced_functions_can_do(app, invoke, is_mounted):
    """It looks that up before it copies a link, or removes a folder safely."""
    if is_mounted:
        app.write("src/shared/util.py", "")
        app.mount(shared_folder=app.root / "src" / "shared")

    outcome = invoke(app.pool(), app.function("f", HANDLER)).outcome

    assert outcome == Returned(value=[abilities(), "nowhere", True])
