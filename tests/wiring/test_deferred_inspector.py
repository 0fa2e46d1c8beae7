"""The inspector, made when somebody asks for it."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from werkzeug.test import Client

from sandbox.wiring.deferred_inspector import DeferredInspector

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Counting:
    """Makes applications that answer with their number."""

    def __init__(self) -> None:
        self.made = 0

    def make(self) -> "WSGIApplication":
        self.made += 1
        number = b"%d" % self.made

        def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
            start("200 OK", [])
            return [number]

        return app


def test_is_made_once_and_when_it_is_asked() -> None:
    """A sandbox that nobody inspects does without."""
    counting = Counting()
    inspector = DeferredInspector(counting.make)
    assert not counting.made

    with ThreadPoolExecutor(4) as threads:
        answers = threads.map(lambda _: Client(inspector).get("/").text, range(20))
        assert set(answers) == {"1"}


def test_is_made_anew_once_it_has_forgotten() -> None:
    """What a test has left in it does not reach the next."""
    counting = Counting()
    inspector = DeferredInspector(counting.make)
    first = Client(inspector).get("/").text
    inspector.forget()
    inspector.forget()

    assert [first, Client(inspector).get("/").text] == ["1", "2"]
