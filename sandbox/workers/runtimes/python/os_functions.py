"""Puts functions in the place of those of `os`, which Python's library still knows.

What a function can do is said by sets of functions (`os.supports_follow_symlinks` and
others): `shutil.copy2` of a link fails where `os.stat` is not in them.
"""

import functools
import os
from collections.abc import Callable
from typing import Any

_ABILITIES = (
    os.supports_dir_fd,
    os.supports_effective_ids,
    os.supports_fd,
    os.supports_follow_symlinks,
)


def replace(
    name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> None:
    """Replace one function of `os`.

    Args:
        name: the function's.
        make: given the function, makes what is called from now on. That has to take
            all that the function takes.
    """
    original = getattr(os, name)
    function = functools.wraps(original)(make(original))
    for able in _ABILITIES:
        if original in able:
            able.add(function)
    setattr(os, name, function)
