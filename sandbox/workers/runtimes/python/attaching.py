"""What a worker starts before it loads a handler: coverage, a debugger's port.

Both are packages of the developer's; neither is imported unless it is asked for.
"""

import os
from collections.abc import Mapping


def start_coverage(variables: Mapping[str, str]) -> None:
    """Measure what this process runs; saved by an exit hook (Coverage.py 7).

    To be called in the folder that the sandbox was started in, from which
    Coverage.py's paths go.
    """
    if not variables:
        return
    try:
        import coverage
    except ImportError:
        return  # measured in another environment than this interpreter's
    os.environ.update(variables)
    coverage.process_startup()


def listen_for_debugger(port: int | None) -> None:
    """Have debugpy listen at `port` of the loopback address; does not wait."""
    if port is None:
        return
    # It warns of modules that are frozen into the interpreter, which no handler is.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    import debugpy

    # In this process: an adapter of its own would outlive the worker.
    debugpy.listen(("127.0.0.1", port), in_process_debug_adapter=True)
