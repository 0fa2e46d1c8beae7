"""What botocore remembers between sessions, and what it works out as ever."""

import botocore.hooks
import botocore.session
import pytest
from botocore.hooks import EVENT_ALIASES, EventAliaser, HierarchicalEmitter

from sandbox.workers.runtimes.python import memos

OLD, NEW = "api.sagemaker", "sagemaker"


@pytest.fixture
def remembered(monkeypatch):
    """Have botocore remember for the length of a test."""
    hooks = botocore.hooks
    monkeypatch.setattr(hooks, "accepts_kwargs", hooks.accepts_kwargs)
    monkeypatch.setattr(EventAliaser, "__init__", EventAliaser.__init__)
    memos.install()


@pytest.mark.usefixtures("remembered")
def test_sessions_have_the_same_handlers_as_ever(monkeypatch):
    """The second session, which works out nothing, calls what the first one does."""
    event = "before-parameter-build.s3.PutObject"
    first, second = (
        botocore.session.Session()._original_handler._handlers  # noqa: SLF001
        for _ in range(2)
    )

    assert list(second.prefix_search(event)) == list(first.prefix_search(event)) != []


@pytest.mark.usefixtures("remembered")
def test_handlers_that_cannot_be_called_are_still_refused():
    """A handler's own function, method or object is looked at, each time."""

    class Callee:
        def method(self, one):
            return one

        def __call__(self, one):
            return one

    session = botocore.session.Session()

    for callee in (lambda one: one, Callee().method, Callee()):
        for _ in range(2):
            with pytest.raises(ValueError, match="must accept keyword"):
                session.register("before-call", callee)


@pytest.mark.usefixtures("remembered")
def test_event_names_keep_their_aliases():
    """A name that was met before is translated as at first."""
    assert EVENT_ALIASES[OLD] == NEW
    heard = []
    for _ in range(2):
        emitter = EventAliaser(HierarchicalEmitter())
        emitter.register(f"before-call.{OLD}", lambda **given: heard.append(given))
        emitter.emit(f"before-call.{OLD}")
        emitter.emit(f"before-call.{NEW}")

    assert [given["event_name"] for given in heard] == [f"before-call.{NEW}"] * 4


@pytest.mark.usefixtures("remembered")
def test_aliases_of_ones_own_are_nobody_elses():
    """A table other than botocore's neither learns from others nor teaches them."""
    EventAliaser(HierarchicalEmitter()).emit(f"before-call.{OLD}")
    own = EventAliaser(HierarchicalEmitter(), {OLD: "own"})
    heard = []
    own.register("before-call.own", lambda **given: heard.append(given["event_name"]))
    own.emit(f"before-call.{OLD}")

    assert heard == ["before-call.own"]
