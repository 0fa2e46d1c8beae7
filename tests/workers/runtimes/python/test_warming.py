"""What a nursery does ahead for AWS calls, and what it shares with later sessions."""

import boto3.session
import botocore.client
import botocore.hooks
import botocore.httpsession
import botocore.session
import pytest

from sandbox.workers.runtimes.python import memos, rehearsing, warming


@pytest.fixture(autouse=True)
def botocore_as_it_was(monkeypatch):
    """Give botocore back what warming replaces, after a test."""
    hooks = botocore.hooks
    monkeypatch.setattr(hooks, "accepts_kwargs", hooks.accepts_kwargs)
    monkeypatch.setattr(hooks.EventAliaser, "__init__", hooks.EventAliaser.__init__)
    creator, http = botocore.client.ClientCreator, botocore.httpsession
    monkeypatch.setattr(creator, "_create_methods", creator._create_methods)  # noqa: SLF001
    create_context = http.create_urllib3_context
    monkeypatch.setattr(http, "create_urllib3_context", create_context)
    monkeypatch.setattr(
        botocore.session, "create_loader", botocore.session.create_loader
    )


def loader_of(**settings):
    session = botocore.session.Session()
    for name, value in settings.items():
        session.set_config_variable(name, value)
    return session.get_component("data_loader")


def test_nothing_is_done_ahead_for_apps_without_aws():
    """A package that was imported by another is no reason."""
    assert warming.warm(["datetime"]) is None


def test_later_sessions_know_the_models_that_were_read():
    """One with a data path of its own reads them itself."""
    assert warming.warm(["boto3"])

    key = ("load_service_model", "dynamodb", "service-2", "api_version", None)
    assert key in loader_of()._cache  # noqa: SLF001
    assert key not in loader_of(data_path="/elsewhere")._cache  # noqa: SLF001


def test_a_botocore_of_another_make_is_only_slower(monkeypatch):
    """What goes wrong ahead is not the handler's trouble."""

    def fail():
        raise AttributeError

    monkeypatch.setattr(rehearsing, "rehearse", fail)

    assert warming.warm(["boto3"]) is None
    assert boto3.session.Session().client("ssm", region_name="eu-west-1")


def test_a_rehearsal_that_fails_teaches_handlers_nothing(monkeypatch):
    """What botocore remembers by then is all that it does."""
    rehearse, calls = rehearsing.rehearse, []

    def fail_later():
        calls.append(1)
        if len(calls) > 1:
            raise OSError
        return rehearse()

    monkeypatch.setattr(rehearsing, "rehearse", fail_later)
    installed = []
    install = memos.install
    monkeypatch.setattr(
        memos, "install", lambda: installed.append(install()) or installed[0]
    )

    assert warming.warm(["boto3"]) is None
    assert [memory.is_learning for memory in installed] == [False]


def test_warming_again_leaves_what_a_first_client_takes():
    """A spare has as much ready after its rehearsal as before."""
    memory = warming.warm(["boto3"])
    ready = list(memory.contexts)

    warming.warm_again(memory)

    assert len(memory.contexts) == len(ready) > 0
