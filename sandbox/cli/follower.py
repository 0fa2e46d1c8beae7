"""Shows what a journal keeps, from a thread of its own, soon after each exchange."""

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Self

from sandbox.exchange import Exchange
from sandbox.journal import Journal

_PAUSE_SECONDS = 0.01
"""Nobody sees it; under load, dozens of exchanges are shown together."""
_LAST_SECONDS = 1.0
"""How long the end may take, where nobody reads what is shown."""


class Follower:
    """Shows what `journal` keeps from now on, while entered as a context manager.

    No request waits for it. A request that showed itself would let go of the
    interpreter lock to write, and threads would change places at every answer.

    Args:
        journal: what is followed.
        show: given one exchange or several, oldest first, in the thread "arc-follower".
            If it raises, it has shown none of these and is given each by itself; what
            it raises for one alone is printed on standard error. What the journal
            forgets while it blocks is not shown.
    """

    def __init__(
        self, journal: Journal, show: Callable[[Sequence[Exchange]], None]
    ) -> None:
        self._journal = journal
        self._show = show
        _, self._seen = journal.since(0)
        self._has_news = threading.Event()
        self._is_ending = threading.Event()
        self._thread = threading.Thread(
            target=self.run, name="arc-follower", daemon=True
        )

    def run(self) -> None:
        """Show until the end, and then what is left; the body of the thread."""
        is_last = False
        while not is_last:
            self._has_news.wait()
            self._has_news.clear()  # before looking, so that no later one is missed
            is_last = self._is_ending.wait(_PAUSE_SECONDS)
            self._show_news()

    def _show_news(self) -> None:
        news, self._seen = self._journal.since(self._seen)
        if news:
            self._show_safely(news)

    def _show_safely(self, news: Sequence[Exchange]) -> None:
        """Show; one that cannot be shown takes no other with it."""
        one_by_one: Sequence[Exchange] = ()
        try:
            self._show(news)
        except Exception:  # noqa: BLE001 - what comes next is shown all the same
            if len(news) == 1:
                sys.excepthook(*sys.exc_info())
            else:
                one_by_one = news
        for each in one_by_one:
            self._show_safely((each,))

    def _take(self, _exchange: Exchange) -> None:
        if not self._has_news.is_set():
            self._has_news.set()

    def __enter__(self) -> Self:
        self._journal.subscribe(self._take)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_ending.set()
        self._has_news.set()
        self._thread.join(timeout=_LAST_SECONDS)
