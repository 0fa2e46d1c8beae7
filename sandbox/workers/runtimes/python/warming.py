"""Makes the first AWS call of a forked worker cheap.

Most of its cost is botocore's reading of service models and what it works out from
them. A rehearsal makes the parent do so once, and workers are given what it read.
Nothing else stays: no session, no credentials, no region.
"""

import gc
import sys
from typing import Any

from sandbox.workers.runtimes.python import memos, rehearsing
from sandbox.workers.runtimes.python.memos import Memory


def warm(names: list[str]) -> Memory | None:
    """Do ahead what the first AWS calls will need, where boto3 was asked for.

    Gives what botocore remembers now; None where a rehearsal is of no use.
    """
    if "boto3" not in sys.modules or not {"boto3", "arc"} & set(names):
        return None
    try:
        _share_models(rehearsing.rehearse())
        memory = memos.install()
        try:
            rehearsing.rehearse()
        finally:
            memory.end_learning()
    except Exception:  # noqa: BLE001 (a botocore of another make is only slower)
        return None
    return memory


def warm_again(memory: Memory) -> None:
    """Rehearse in a process forked since, so that it has the memory that takes."""
    rehearsing.rehearse()
    memory.lay_out()
    gc.collect()  # sessions and clients refer to one another in circles


def _share_models(session: Any) -> None:
    """Have later loaders know what the one of `session` has read."""
    # Only a project that uses boto3 has it.
    import botocore.session

    session_module: Any = botocore.session
    create_loader = session_module.create_loader
    # Both are private: botocore lets nobody hand a loader's cache on.
    read = session._session.get_component("data_loader")._cache  # noqa: SLF001

    def create_warm_loader(search_path: str | None = None) -> Any:
        loader = create_loader(search_path)
        if search_path is None:
            loader._cache.update(read)  # noqa: SLF001
        return loader

    session_module.create_loader = create_warm_loader
