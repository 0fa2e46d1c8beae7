"""Has botocore remember what it would work out again for each session.

A session registers some hundred event handlers, and for each looks at the handler's
signature and at the whole table of service aliases: together a third of what a first
client costs. Both answers hang on code and tables of botocore alone, never on a
setting. What a handler registers itself, or registers otherwise, is looked at as ever.
"""

from types import FunctionType
from typing import Any

_Kept = dict[str, str]


def install() -> None:
    """Remember from now on what sessions find out, for all later ones.

    Raises:
        Exception: whatever a botocore of another make has in store; then the
            workers are only slower.
    """
    # Only a project that uses boto3 has it.
    import botocore.hooks

    hooks: Any = botocore.hooks
    accepts_kwargs = _remembering(hooks.accepts_kwargs)
    start_aliaser = _with_known_names(hooks)
    hooks.accepts_kwargs = accepts_kwargs
    hooks.EventAliaser.__init__ = start_aliaser


def _remembering(accepts_kwargs: Any) -> Any:
    """Give `accepts_kwargs` with a memory for plain functions, which never change."""
    known: dict[FunctionType, Any] = {}

    def remembered(handler: Any) -> Any:
        function = getattr(handler, "__func__", handler)  # a method's own function
        if type(function) is not FunctionType:
            return accepts_kwargs(handler)
        if function not in known:
            known[function] = accepts_kwargs(handler)
        return known[function]

    return remembered


def _with_known_names(hooks: Any) -> Any:
    """Give a constructor of `EventAliaser` that knows the names met before."""
    start: Any = hooks.EventAliaser.__init__
    table: Any = hooks.EVENT_ALIASES
    known: _Kept = {}

    def start_knowing(aliaser: Any, emitter: Any, event_aliases: Any = None) -> None:
        start(aliaser, emitter, event_aliases)
        if event_aliases is None or event_aliases == table:
            aliaser._alias_name_cache = known  # noqa: SLF001 (it has no other door)

    return start_knowing
