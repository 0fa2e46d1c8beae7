"""The stand-in as a handler sees it: found on `sys.path`, quick, complete."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import runtime_helper

FOLDER = Path(runtime_helper.__file__).parent
SCRIPT = """
import json, sys
import arc
from arc.http.helpers.binary_types import binary_types
from arc.http.helpers.parse_body import parse_body
from arc.http.helpers.res_fmt import res
from arc.http.session import session_read, session_write
loaded = [name for name in ("boto3", "botocore", "jwcrypto") if name in sys.modules]
names = [name for module in (arc, arc.http, arc.tables, arc.events, arc.queues, arc.ws)
         for name in dir(module) if not name.startswith("_") and name in module.__all__]
print(json.dumps({"file": arc.__file__, "loaded": loaded, "names": names}))
"""


@pytest.mark.slow
def test_arc_is_found_on_the_path_and_loads_nothing_heavy() -> None:
    """Its folder on the path is enough; boto3 and jwcrypto wait until needed."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={"PYTHONPATH": str(FOLDER)},
        capture_output=True,
        text=True,
        check=True,
    )

    seen = json.loads(done.stdout)
    assert seen["file"] == str(FOLDER / "arc" / "__init__.py")
    assert seen["loaded"] == []
    assert seen["names"] == [
        *("events", "http", "queues", "services", "tables", "ws"),
        *("parse_body", "res", "session_read", "session_write"),
        *("name", "table"),
        *("parse", "publish"),
        *("parse", "publish"),
        *("api", "close", "info", "send"),
    ]
