"""arc-sandbox: run Architect apps on your own machine.

The public names are imported when they are first used, so that a worker's process or
`arc-sandbox --help` pays for none of them.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.backing import Wishes as Wishes
    from sandbox.errors import SandboxError as SandboxError
    from sandbox.options import Options as Options
    from sandbox.project.load import load_project as load_project
    from sandbox.project.model import Project as Project
    from sandbox.sandbox import Sandbox as Sandbox

__version__ = "0.1.0"

_HOMES = {
    "Options": "sandbox.options",
    "Project": "sandbox.project.model",
    "Sandbox": "sandbox.sandbox",
    "SandboxError": "sandbox.errors",
    "Wishes": "sandbox.backing",
    "load_project": "sandbox.project.load",
}

__all__ = [
    "Options",
    "Project",
    "Sandbox",
    "SandboxError",
    "Wishes",
    "load_project",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
