"""What botocore remembers between sessions, and what it works out as ever."""

import botocore.client
import botocore.hooks
import botocore.httpsession
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.client import ClientCreator
from botocore.hooks import EVENT_ALIASES, EventAliaser, HierarchicalEmitter

from sandbox.workers.runtimes.python import memos

OLD, NEW = "api.sagemaker", "sagemaker"


class Body:
    """A response's stream."""

    def stream(self):
        return iter((b"{}",))


NO_PAGES = AWSResponse("http://test", 200, {}, Body())


@pytest.fixture
def remembered(monkeypatch):
    """Have botocore remember for the length of a test; gives the memory."""
    hooks, http = botocore.hooks, botocore.httpsession
    monkeypatch.setattr(hooks, "accepts_kwargs", hooks.accepts_kwargs)
    monkeypatch.setattr(EventAliaser, "__init__", EventAliaser.__init__)
    methods = ClientCreator._create_methods  # noqa: SLF001
    monkeypatch.setattr(ClientCreator, "_create_methods", methods)
    create_context = http.create_urllib3_context
    monkeypatch.setattr(http, "create_urllib3_context", create_context)
    return memos.install()


def client_of(session, **settings):
    """Give a client for the service map, as a handler makes it."""
    return session.create_client(
        "ssm",
        region_name="eu-west-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        **settings,
    )


@pytest.mark.usefixtures("remembered")
def test_sessions_have_the_same_handlers_as_ever():
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


def test_methods_call_what_their_own_client_has(remembered):
    """Two clients share the code of their methods, and nothing else."""
    session = botocore.session.Session()
    first = client_of(session, endpoint_url="http://first.test")
    remembered.end_learning()
    second = client_of(session, endpoint_url="http://second.test")
    asked = []

    for client in (first, second):
        client.meta.events.register(
            "before-send", lambda request, **_: asked.append(request.url) or NO_PAGES
        )
        client.get_parameters_by_path(Path="/")

    assert type(second).get_parameter is type(first).get_parameter
    assert type(second) is not type(first)
    assert asked == ["http://first.test/", "http://second.test/"]
    assert "Path" in str(second.get_parameters_by_path.__doc__)


def test_methods_of_a_creator_of_another_make_are_its_own(remembered):
    """A library that makes methods otherwise is not overruled."""
    session = botocore.session.Session()
    model = client_of(session).meta.service_model
    remembered.end_learning()

    class Own(ClientCreator):
        def _create_api_method(self, *_given):
            return "own"

    made = Own(*[None] * 6)._create_methods(model)  # noqa: SLF001

    assert set(made.values()) == {"own"}


def test_what_a_handler_finds_out_is_not_kept(remembered):
    """After the rehearsal, memory does not grow."""
    remembered.end_learning()
    session = botocore.session.Session()
    client_of(session)

    assert remembered.signatures == remembered.event_names == remembered.methods == {}


def test_a_context_for_tls_is_handed_out_once(remembered):
    """Nobody meets the settings that another has made on one."""
    remembered.end_learning()
    laid_out = list(remembered.contexts)
    taken = [
        botocore.httpsession.create_urllib3_context() for _ in range(len(laid_out) + 1)
    ]
    other = botocore.httpsession.create_urllib3_context(ciphers="ECDHE+AESGCM")

    assert len({id(context) for context in (*taken, other)}) == len(laid_out) + 2
    assert set(laid_out) < set(taken)
    assert {context.verify_mode for context in taken} == {other.verify_mode}


def test_more_contexts_can_be_laid_out(remembered):
    """A process that rehearses again has as many as before."""
    remembered.end_learning()
    count = len(remembered.contexts)
    botocore.httpsession.create_urllib3_context()
    remembered.lay_out()

    assert len(remembered.contexts) == count
