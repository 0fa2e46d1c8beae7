"""The requests of a test, in order: events, outputs and results to assert on."""

from collections.abc import Sequence
from typing import overload

from sandbox.exchange import Exchange
from sandbox.journal import Journal

_SHOWN = 50


class RequestLog(Sequence[Exchange]):
    """What the sandbox has answered since the test began, oldest first.

    Always current: `arc_requests[-1]` is the last request at the time it is asked.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @property
    def last(self) -> Exchange:
        """The last request.

        Raises:
            IndexError: there was none yet.
        """
        if not self:
            raise IndexError("there were 0 requests yet: ask for the last after one")
        return self[-1]

    def to(self, name: str) -> tuple[Exchange, ...]:
        """Give those that the route called `name` (such as `get /count`) answered."""
        return tuple(one for one in self if one.match and one.match.route.name == name)

    @overload
    def __getitem__(self, index: int) -> Exchange: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Exchange]: ...

    def __getitem__(self, index: int | slice) -> Exchange | Sequence[Exchange]:
        recent = self._journal.recent()
        if isinstance(index, str):
            raise TypeError(
                f"the requests have numbers; those of one route are .to({index!r})"
            )
        if isinstance(index, int) and not -len(recent) <= index < len(recent):
            raise IndexError(
                f"there were {len(recent)} requests, and none is [{index}]"
            )
        return recent[index]

    def __len__(self) -> int:
        return len(self._journal.recent())

    def __str__(self) -> str:
        """Give a line a request, and under it what its handler printed.

        Of many, the last fifty.
        """
        recent = self._journal.recent()
        shown = recent[-_SHOWN:]
        earlier = len(recent) - len(shown)
        before = f"… {earlier} earlier\n" if earlier else ""
        return before + "".join(_lines(exchange) for exchange in shown)


def _lines(exchange: Exchange) -> str:
    request, execution = exchange.request, exchange.execution
    target = f"{request.path}?{request.query_string}".rstrip("?")
    line = f"{request.method} {target} → {exchange.response.status}\n"
    output = execution.output if execution else ""
    return line + "".join(f"  {each}\n" for each in output.splitlines())
