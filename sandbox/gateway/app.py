"""Gateway: the WSGI application at the app's port, from request to recorded exchange.

It only wires: the router decides, `payload` and `response` translate, `invoke` runs the
function, `trouble` and `pages` tell what failed, `record` keeps the exchange.
"""

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from random import getrandbits
from typing import TYPE_CHECKING

from sandbox.clock import Clock
from sandbox.errors import SandboxError
from sandbox.exchange import (
    Exchange,
    Execution,
    HttpRequest,
    HttpResponse,
    Invocation,
    Match,
    Returned,
)
from sandbox.gateway import trouble
from sandbox.gateway.cookie_expiry import BrowserCookies
from sandbox.gateway.cookie_notes import refused_cookie
from sandbox.gateway.head_notes import head_notes
from sandbox.gateway.pages import Page, render
from sandbox.gateway.payload import (
    MAX_REQUEST_BYTES,
    build_event,
    is_too_large,
    trace_root_of,
)
from sandbox.gateway.request_parts import ApiFacts
from sandbox.gateway.response import InvalidResult, from_result
from sandbox.gateway.result_notes import bites_on_aws
from sandbox.gateway.router import MalformedPath, Routed, Router
from sandbox.gateway.run_notes import run_notes
from sandbox.gateway.unrouted import Unrouted
from sandbox.gateway.wsgi import OWN_JAR, read_body, read_head, respond
from sandbox.json_value import JsonText, JsonValue
from sandbox.notice import Notice, WarnOnce
from sandbox.project.model import ApiType, Project
from sandbox.project.source import Projects

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_MOST_RELOADS = 3
_UUID_FIXED_BITS = 0xF << 76 | 0b11 << 62
_UUID_VERSION_4 = 4 << 76 | 0b10 << 62
"""The version and the variant (RFC 9562 sections 4.1 and 4.2)."""
_LONGEST_KEPT_FILE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    """What is made once of a project, and used for every request."""

    project: Project
    router: Router
    unrouted: Unrouted
    facts: ApiFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """A response, and how it came about."""

    response: HttpResponse
    match: Match | None = None
    event_json: JsonText | None = None
    execution: Execution | None = None
    notes: tuple[str, ...] = ()
    """Why it is a refusal, where neither outcome nor project tells."""


class Gateway:
    """API Gateway for one app. Safe to call from several threads.

    Args:
        projects: asked at each request.
        invoke: runs a function; blocks until its outcome.
        record: given each exchange, after its response is known.
        clock: the sandbox's time.
        say: told what is to stand in the terminal.
        cookies: takes out of requests what a browser would have dropped.
    """

    def __init__(
        self,
        *,
        projects: Projects,
        invoke: Callable[[Invocation], Execution],
        record: Callable[[Exchange], None],
        clock: Clock,
        say: Callable[[Notice], None],
        cookies: BrowserCookies,
    ) -> None:
        self._projects = projects
        self._invoke = invoke
        self._record = record
        self._clock = clock
        self._say = say
        self._warn_once = WarnOnce(say)
        self._cookies = cookies
        self._compiled: _Compiled | None = None
        self._unanswered: set[str] = set()

    @property
    def unanswered(self) -> int:
        """How many requests are being answered just now."""
        return len(self._unanswered)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        return respond(self.serve(environ)[1], start_response)

    def serve(self, environ: "WSGIEnvironment") -> tuple[HttpRequest, HttpResponse]:
        """Answer a request as `__call__` does, for who has more to do to the answer."""
        head = read_head(environ)
        request = read_body(head, environ, limit_bytes=MAX_REQUEST_BYTES)
        response = self.answer(
            request or head,
            port=int(environ.get("SERVER_PORT") or 80),
            is_too_large=request is None,
            has_own_jar=OWN_JAR in environ,
        )
        return request or head, response

    def answer(
        self,
        request: HttpRequest,
        *,
        port: int,
        is_too_large: bool = False,
        has_own_jar: bool = False,
    ) -> HttpResponse:
        """Answer a request and record the exchange.

        Args:
            request: its body complete, or empty where that is too large.
            port: where the app is served.
            is_too_large: its body was longer than API Gateway takes.
            has_own_jar: its client's cookies end on the sandbox's clock by themselves.
        """
        request_id = _new_request_id()
        self._unanswered.add(request_id)
        try:
            return self._answer_and_record(
                request,
                request_id,
                port,
                is_too_large=is_too_large,
                has_own_jar=has_own_jar,
            )
        finally:
            self._unanswered.discard(request_id)

    def _answer_and_record(
        self,
        request: HttpRequest,
        request_id: str,
        port: int,
        *,
        is_too_large: bool,
        has_own_jar: bool,
    ) -> HttpResponse:
        started = self._clock.monotonic()
        started_epoch = self._clock.now_epoch()
        passed, dropped = self._cookies.pass_on(request, has_own_jar=has_own_jar)
        try:
            answer = self._answer(passed, request_id, port, is_too_large=is_too_large)
        except Exception:  # noqa: BLE001 - a bug of ours is told, and the server lives on
            answer = self._tell_bug(request)
        made = answer.response
        response = HttpResponse(
            status=made.status,
            headers=(*made.headers, ("apigw-requestid", request_id)),
            body=made.body,
        )
        notes = (*self._note_head(passed), *self._note_cookies(request, response))
        self._record(
            Exchange(
                request_id=request_id,
                started_epoch=started_epoch,
                request=passed,
                response=_as_kept(response, answer),
                duration_ms=(self._clock.monotonic() - started) * 1000,
                match=answer.match,
                event_json=answer.event_json,
                execution=answer.execution,
                notes=(*dropped, *answer.notes, *notes),
            )
        )
        return response

    def _answer(
        self, request: HttpRequest, request_id: str, port: int, *, is_too_large: bool
    ) -> _Answer:
        try:
            compiled, routed = self._route(request, port)
        except SandboxError as error:
            return self._page(trouble.broken_app(error), request)
        unrouted = compiled.unrouted
        if is_too_large:
            page = trouble.body_too_large(compiled.project.api_type)
            answer = self._refusal(page, request)
        elif direct := unrouted.before_routes(request):
            answer = self._unrouted(request, direct, unrouted)
        elif isinstance(routed, MalformedPath):
            answer = self._page(trouble.malformed_path(routed.part), request)
        elif routed is None:
            answer = self._unrouted(request, unrouted.after_routes(request), unrouted)
        else:
            answer = self._run(request, routed, compiled, request_id)
        finished = unrouted.finish(request, answer.response)
        if finished is answer.response:
            return answer
        return replace(answer, response=finished)

    def _route(self, request: HttpRequest, port: int) -> tuple[_Compiled, Routed]:
        """Match by what is known, and match again while the files say otherwise.

        So the files are looked at once a request: those of the project together with
        those of the function that will answer.
        """
        compiled = self._compiled or self._compile(self._projects.current(), port)
        for _ in range(_MOST_RELOADS):
            known = compiled
            routed = known.router.match(request.method, request.path)
            function = routed.route.function if isinstance(routed, Match) else None
            compiled = self._compile(self._projects.current(function), port)
            if compiled is known:
                return compiled, routed
        return compiled, compiled.router.match(request.method, request.path)

    def _compile(self, project: Project, port: int) -> _Compiled:
        known = self._compiled
        if known is None or known.project is not project or known.facts.port != port:
            known = _Compiled(
                project=project,
                router=Router.from_project(project),
                unrouted=Unrouted(project, self._clock),
                facts=ApiFacts.from_project(project, port=port),
            )
            self._compiled = known
        return known

    def _run(
        self, request: HttpRequest, match: Match, compiled: _Compiled, request_id: str
    ) -> _Answer:
        api_type = compiled.project.api_type
        event = build_event(
            request,
            match,
            api_type=api_type,
            facts=compiled.facts,
            request_id=request_id,
            now_epoch=self._clock.now_epoch(),
        )
        if is_too_large(event, request.body):
            return self._refusal(trouble.event_too_large(api_type), request)
        event_json = JsonText.of_own(event)
        execution = self._invoke(
            Invocation(
                request_id=request_id,
                function=match.route.function,
                event=event_json,
                trace_root=trace_root_of(event),
            )
        )
        notes = self._note_run(execution, match, compiled.project)
        if isinstance(execution.outcome, Returned):
            made = from_result(execution.outcome.value, api_type=api_type)
            if not isinstance(made, InvalidResult):
                response = made
                told = self._note_result(execution.outcome.value, match, api_type)
                notes = (*notes, *told)
            else:
                page = trouble.invalid_result(
                    made, execution, match, event, api_type=api_type
                )
                response = render(page, request)
                notes = (*notes, f"{made.reason} {made.remedy}")
        else:
            page = trouble.failed(execution, match, event, api_type=api_type)
            response = render(page, request)
        return _Answer(
            response=response,
            match=match,
            event_json=event_json,
            execution=execution,
            notes=notes,
        )

    def _unrouted(
        self, request: HttpRequest, response: HttpResponse, unrouted: Unrouted
    ) -> _Answer:
        notes = unrouted.notes_on(request, response)
        for note in notes:
            self._warn_once(note)
        return _Answer(response=response, notes=notes)

    def _note_result(
        self, value: JsonValue, match: Match, api_type: ApiType
    ) -> tuple[str, ...]:
        note = bites_on_aws(value, api_type=api_type)
        if note is None:
            return ()
        name = match.route.name
        self._warn_once(f"{name}: {note}", about=f"the result of {name}")
        return (note,)

    @staticmethod
    def _page(page: Page, request: HttpRequest) -> _Answer:
        return _Answer(response=render(page, request))

    def _refusal(self, page: Page, request: HttpRequest) -> _Answer:
        return replace(self._page(page, request), notes=(f"{page.fact} {page.remedy}",))

    def _tell_bug(self, request: HttpRequest) -> _Answer:
        trace = traceback.format_exc()
        text = f"A bug of arc-sandbox, please report it:\n{trace}"
        self._say(Notice(level="warning", text=text))
        return self._page(trouble.own_bug(trace), request)

    def _note_run(
        self, execution: Execution, match: Match, project: Project
    ) -> tuple[str, ...]:
        notes = run_notes(execution, match.route.function, root=project.root)
        for note in notes:
            self._warn_once(note)
        return notes

    def _note_head(self, request: HttpRequest) -> tuple[str, ...]:
        notes = head_notes(request)
        for about, note in notes:
            self._warn_once(note, about=about)
        return tuple(note for _, note in notes) if notes else ()

    def _note_cookies(
        self, request: HttpRequest, response: HttpResponse
    ) -> tuple[str, ...]:
        notes = []
        for name, value in response.headers:
            if name == "set-cookie":
                host = request.header("host") or ""
                self._cookies.remember_answer(value, request)
                refused = refused_cookie(value, scheme=request.scheme, host=host)
                if refused is not None:
                    cookie, note = refused
                    notes.append(note)
                    self._warn_once(note, about=f"the cookie {cookie}")
        return tuple(notes)


def _new_request_id() -> str:
    """Give a random UUID (RFC 9562, version 4).

    `uuid4` asks the system for each, and lets go of the interpreter lock for it; an
    id that nobody has to guess needs no secret source. And `UUID` takes longer to make
    than its text.
    """
    digits = f"{getrandbits(128) & ~_UUID_FIXED_BITS | _UUID_VERSION_4:032x}"
    return "-".join(
        (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    )


def _as_kept(response: HttpResponse, answer: _Answer) -> HttpResponse:
    """Give what the journal keeps: of long files, not the bytes."""
    if answer.match is None and len(response.body) > _LONGEST_KEPT_FILE_BYTES:
        return replace(response, body=b"")
    return response
