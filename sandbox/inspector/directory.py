"""Gathers the endpoints of all resources: takes the subject, gives the directory."""

from sandbox.inspector.api.clock import ClockApi
from sandbox.inspector.api.events import EventsApi
from sandbox.inspector.endpoints import Directory, Endpoint
from sandbox.inspector.messages import ApiRequest, JsonAnswer
from sandbox.inspector.openapi import describe
from sandbox.inspector.schemas import OBJECT
from sandbox.inspector.subject import Subject
from sandbox.json_value import JsonValue


def make_directory(subject: Subject) -> Directory:
    """Give everything that can be asked of a running sandbox."""
    endpoints = (
        *ClockApi(
            clock=subject.clock,
            count_written_after=lambda epoch: 0,
            say=subject.say,
        ).endpoints(),
        *EventsApi(listen=subject.feed.listen).endpoints(),
    )
    return Directory((*endpoints, *_document(endpoints, version=subject.version)))


def _document(endpoints: tuple[Endpoint, ...], *, version: str) -> tuple[Endpoint, ...]:
    """Give the endpoint of the documentation, which documents itself too."""

    def show(request: ApiRequest) -> JsonAnswer:
        return JsonAnswer(content=document)

    own = Endpoint(
        method="GET",
        path="/api/openapi.json",
        summary="Describe this API.",
        answer=show,
        gives=OBJECT,
    )
    document: JsonValue = describe((*endpoints, own), version=version)
    return (own,)
