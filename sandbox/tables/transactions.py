"""Remembers transactions by their ClientRequestToken, so that a retry does nothing.

DynamoDB API Reference, TransactWriteItems: with one token, "multiple identical calls
have the same effect as one single call" for ten minutes, and another request with it
is refused; so it is of ExecuteTransaction, where it writes. An SDK draws a token for
each call; who retries over processes names one.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sandbox.clock import Clock
from sandbox.tables.errors import TableError

OPERATIONS = frozenset({"ExecuteTransaction", "TransactWriteItems"})
_WINDOW_SECONDS = 600
_REMEMBERED = 1000
_TOKEN = "ClientRequestToken"  # noqa: S105 (a member's name)


@dataclass(frozen=True, slots=True)
class _Done:
    digest: bytes
    until_epoch: float


class Transactions:
    """Those that were carried out in the last ten minutes. For one thread at a time.

    Args:
        clock: the sandbox's time of day.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._done: OrderedDict[str, _Done] = OrderedDict()

    def was_done(self, request: Mapping[str, object]) -> bool:
        """Tell whether the request repeats one that was carried out.

        Raises:
            TableError: its token was another request's.
        """
        done = self._done.get(str(request.get(_TOKEN, "")))
        if done is None or done.until_epoch <= self._clock.now_epoch():
            return False
        if done.digest != _digest(request):
            raise TableError(
                "IdempotentParameterMismatchException",
                "The ClientRequestToken was used for another request within the last "
                "ten minutes.",
            )
        return True

    def note(self, request: Mapping[str, object]) -> None:
        """Remember a request that was carried out."""
        token = request.get(_TOKEN)
        if not isinstance(token, str):
            return
        until_epoch = self._clock.now_epoch() + _WINDOW_SECONDS
        self._done[token] = _Done(_digest(request), until_epoch)
        self._done.move_to_end(token)
        if len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)

    def clear(self) -> None:
        """Forget them all: the tables are others now."""
        self._done.clear()


def _digest(request: Mapping[str, object]) -> bytes:
    return sha256(json.dumps(request, sort_keys=True).encode()).digest()
