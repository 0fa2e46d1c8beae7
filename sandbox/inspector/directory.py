"""Gathers the endpoints of all resources: takes the subject, gives the directory."""

from importlib.metadata import version
from typing import Protocol

from sandbox.inspector.api.advice import AdviceApi
from sandbox.inspector.api.clock import ClockApi
from sandbox.inspector.api.connections import ConnectionsApi
from sandbox.inspector.api.deliveries import DeliveriesApi
from sandbox.inspector.api.environment import EnvironmentApi
from sandbox.inspector.api.events import EventsApi
from sandbox.inspector.api.functions import FunctionsApi
from sandbox.inspector.api.project import ProjectApi
from sandbox.inspector.api.requests import RequestsApi
from sandbox.inspector.api.sessions import SessionsApi
from sandbox.inspector.api.snapshots import SnapshotsApi
from sandbox.inspector.api.tables import TablesApi
from sandbox.inspector.endpoints import Directory, Endpoint
from sandbox.inspector.messages import ApiRequest, JsonAnswer
from sandbox.inspector.openapi import describe
from sandbox.inspector.schemas import OBJECT
from sandbox.inspector.session_desk import SessionDesk
from sandbox.inspector.subject import Subject
from sandbox.inspector.table_browser import TableBrowser
from sandbox.json_value import JsonValue

DISTRIBUTION = "arc-sandbox"


class Resource(Protocol):
    """What each file of `api` gives."""

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked of it."""
        ...


def make_directory(subject: Subject) -> Directory:
    """Give everything that can be asked of a running sandbox."""
    desk = SessionDesk(subject)
    resources: tuple[Resource, ...] = (
        ProjectApi(
            project=subject.project, app_url=subject.app_url, stage=subject.stage
        ),
        RequestsApi(
            journal=subject.journal,
            explain=desk.explain_if_possible,
            table_operations=subject.table_operations,
            replay=subject.replay,
            app_url=subject.app_url,
        ),
        DeliveriesApi(
            bus=subject.bus,
            journal=subject.journal,
            find=desk.function,
            table_operations=subject.table_operations,
        ),
        ConnectionsApi(connections=subject.connections),
        SessionsApi(
            desk=desk, now_epoch=subject.clock.now_epoch, app_url=subject.app_url
        ),
        TablesApi(
            browser=TableBrowser(subject.call_tables),
            has_tables=lambda: bool(subject.project().tables),
        ),
        FunctionsApi(
            project=subject.project,
            statistics=subject.statistics,
            reload=subject.reload,
        ),
        EnvironmentApi(find=desk.function, environment=subject.environment),
        AdviceApi(advice=subject.advice),
        ClockApi(
            clock=subject.clock,
            count_written_after=desk.count_written_after,
            say=subject.say,
        ),
        SnapshotsApi(states=subject.snapshots),
        EventsApi(listen=subject.feed.listen),
    )
    endpoints = tuple(one for each in resources for one in each.endpoints())
    return Directory((*endpoints, *_document(endpoints)))


def _document(endpoints: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    """Give the endpoint of the documentation, which documents itself too."""

    def show(request: ApiRequest) -> JsonAnswer:
        return JsonAnswer(content=document)

    own = Endpoint("GET", "/api/openapi.json", "Describe this API.", show, gives=OBJECT)
    document: JsonValue = describe((*endpoints, own), version=version(DISTRIBUTION))
    return (own,)
