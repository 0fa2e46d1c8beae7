"""What an observer notes of the files that a process opens."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

OBSERVE = """
import json, sys
from sandbox.workers.runtimes.python.observe import Observer
observer = Observer((sys.argv[1],))
observer.watch()
exec(sys.argv[2])
print(json.dumps(observer.news()))
"""


def news_of(root: Path, code: str) -> Any:
    """Run code in a process that observes what it does in a folder; give the news."""
    command = [sys.executable, "-c", OBSERVE, str(root), code]
    ended = subprocess.run(command, capture_output=True, check=True, text=True)
    return json.loads(ended.stdout)


def test_what_is_installed_is_judged_below_the_app_alone(tmp_path: Path) -> None:
    """An app may lie in folders that are named as those of packages."""
    app = tmp_path / "lib" / "python3.12" / "site-packages" / "app"
    own, installed = app / "own.py", app / "site-packages" / "module.py"
    installed.parent.mkdir(parents=True)
    for file in (own, installed):
        file.touch()

    news = news_of(app, f"[open(f) for f in ({str(own)!r}, {str(installed)!r})]")

    assert [path for path, _, _ in news["files"]] == [str(own)]


def test_a_file_that_was_put_there_just_now_is_young(tmp_path: Path) -> None:
    """Its content is told too where only the time that `cp -p` sets is old."""
    file = tmp_path / "data.txt"
    file.write_text("a")
    os.utime(file, (1_700_000_000, 1_700_000_000))

    ((path, _, digest),) = news_of(tmp_path, f"open({str(file)!r}).read()")["files"]

    assert (path, len(digest)) == (str(file), 64)
