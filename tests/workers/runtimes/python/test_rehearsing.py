"""A rehearsal makes its calls on this machine, and leaves nothing behind."""

import os
import threading

import boto3
import pytest

from sandbox.workers.runtimes.python import rehearsing


def test_a_rehearsal_reads_what_first_calls_need():
    """The service map's pages and tables are known to its loader."""
    read = rehearsing.rehearse()._session.get_component("data_loader")._cache  # noqa: SLF001

    known = {key[1:3] for key in read if key[0] == "load_service_model"}
    assert {
        ("ssm", "service-2"),
        ("ssm", "paginators-1"),
        ("dynamodb", "service-2"),
        ("dynamodb", "resources-1"),
    } <= known


def test_a_rehearsal_leaves_no_session_thread_or_file(monkeypatch):
    """What a handler finds is what it would find without it."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # tests before may make one
    rehearsing.rehearse()  # loads what stays loaded
    threads, files = threading.enumerate(), os.listdir("/dev/fd")  # noqa: PTH208

    rehearsing.rehearse()

    assert boto3.DEFAULT_SESSION is None
    assert threading.enumerate() == threads
    assert len(os.listdir("/dev/fd")) == len(files)  # noqa: PTH208


def test_a_rehearsal_that_fails_leaves_no_thread(monkeypatch):
    """The thread that answers ends with what has asked it."""
    threads = threading.enumerate()

    def refuse(*_given, **_named):
        raise RuntimeError

    monkeypatch.setattr(boto3.session.Session, "resource", refuse)
    with pytest.raises(RuntimeError):
        rehearsing.rehearse()

    assert threading.enumerate() == threads
