"""Has botocore remember what it would work out again for each session and client.

A session registers some hundred event handlers, and for each looks at the handler's
signature and at the whole table of service aliases; a client makes a method for each
operation of its service, and contexts for TLS that a plain connection never needs.
Together that is most of what a first client costs. All of it hangs on code and tables
of botocore alone, never on a setting. What a handler registers itself, other services
and other makes of these classes are treated as ever.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

_CONTEXTS = 8
"""TLS contexts that lie ready: the runtime helper's two clients take six."""


@dataclass(slots=True, kw_only=True)
class Memory:
    """What was found out so far, while that is being learned."""

    make_context: Callable[[], Any]
    """Makes one for TLS as botocore does."""
    is_learning: bool = True
    """Only a rehearsal is learned from: nothing of a handler's own is kept."""
    signatures: dict[FunctionType, Any] = field(default_factory=dict)
    event_names: dict[str, str] = field(default_factory=dict)
    methods: dict[int, tuple[Any, dict[str, Any]]] = field(default_factory=dict)
    """By the identity of a service's description, which is kept beside it."""
    contexts: list[Any] = field(default_factory=list)
    """For TLS, as botocore makes them; each is handed out once."""

    def end_learning(self) -> None:
        """Take what a rehearsal has found out as all there is to know."""
        self.is_learning = False
        self.lay_out()

    def lay_out(self) -> None:
        """Have as many TLS contexts ready as a handler's first clients take."""
        while len(self.contexts) < _CONTEXTS:
            self.contexts.append(self.make_context())


def install() -> Memory:
    """Have botocore remember from now on; give the memory, which learns at first.

    Raises:
        Exception: whatever a botocore of another make has in store; then nothing is
            changed, and workers are only slower.
    """
    # Only a project that uses boto3 has it.
    import botocore.client
    import botocore.hooks
    import botocore.httpsession

    hooks: Any = botocore.hooks
    creator: Any = botocore.client.ClientCreator
    http: Any = botocore.httpsession
    memory = Memory(make_context=http.create_urllib3_context)
    accepts_kwargs = _remembered_signatures(hooks.accepts_kwargs, memory)
    start_aliaser = _remembered_names(hooks, memory)
    create_methods = _remembered_methods(creator, memory)
    create_context = _contexts_made_ahead(memory.make_context, memory)
    hooks.accepts_kwargs = accepts_kwargs
    hooks.EventAliaser.__init__ = start_aliaser
    creator._create_methods = create_methods  # noqa: SLF001 (there is no other door)
    http.create_urllib3_context = create_context
    return memory


def _remembered_signatures(
    accepts_kwargs: Callable[[Any], Any], memory: Memory
) -> Callable[[Any], Any]:
    def remembered(handler: Any) -> Any:
        function = getattr(handler, "__func__", handler)  # a method's own function
        if type(function) is FunctionType and function in memory.signatures:
            return memory.signatures[function]
        found = accepts_kwargs(handler)
        if memory.is_learning and type(function) is FunctionType:
            memory.signatures[function] = found
        return found

    return remembered


def _remembered_names(hooks: Any, memory: Memory) -> Callable[..., None]:
    """Give a constructor of `EventAliaser` that knows the names met before."""
    start: Any = hooks.EventAliaser.__init__
    table: Any = hooks.EVENT_ALIASES

    def remembered(aliaser: Any, emitter: Any, event_aliases: Any = None) -> None:
        start(aliaser, emitter, event_aliases)
        if event_aliases is None or event_aliases == table:
            known = memory.event_names
            names = known if memory.is_learning else known.copy()
            aliaser._alias_name_cache = names  # noqa: SLF001 (there is no other door)

    return remembered


def _remembered_methods(creator: Any, memory: Memory) -> Callable[..., Any]:
    """Give `ClientCreator._create_methods` with a memory.

    The methods call what their client has; only their documentation, which is written
    when it is asked for, refers to the session that was there when they were made.
    """
    create_methods: Any = creator._create_methods  # noqa: SLF001 (no other door)
    create_one: Any = creator._create_api_method  # noqa: SLF001

    def remembered(self: Any, service_model: Any) -> Any:
        description = service_model._service_description  # noqa: SLF001
        _, methods = memory.methods.get(id(description), (None, None))
        is_usual = type(self)._create_api_method is create_one  # noqa: SLF001
        if methods is not None and is_usual:
            return methods.copy()
        made = create_methods(self, service_model)
        if memory.is_learning:
            memory.methods[id(description)] = description, made.copy()
        return made

    return remembered


def _contexts_made_ahead(
    create: Callable[..., Any], memory: Memory
) -> Callable[..., Any]:
    def taken(*given: Any, **named: Any) -> Any:
        if memory.contexts and not given and not named:
            return memory.contexts.pop()
        return create(*given, **named)

    return taken
