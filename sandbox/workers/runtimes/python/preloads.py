"""Imports what handlers will come to import, before there is one."""

import gc
import importlib
import sys
from collections.abc import Iterable


def import_all(names: Iterable[str], path_additions: Iterable[str]) -> None:
    """Import packages, if they are installed."""
    sys.path += [path for path in path_additions if path not in sys.path]
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001, S112 (the handler that imports it will tell)
            continue


def settle() -> list[str]:
    """Have the collector pass over what is there; give the top-level names imported."""
    gc.collect()
    gc.freeze()
    return sorted({name.partition(".")[0] for name in sys.modules})
