"""`/api/sessions`: sees, changes, ends, makes and explains sessions of both stores."""

from collections.abc import Callable, Mapping

from sandbox.inspector.cookie_view import explanation_json
from sandbox.inspector.endpoints import Endpoint
from sandbox.inspector.messages import ApiRequest, JsonAnswer
from sandbox.inspector.plain_values import says_one_value
from sandbox.inspector.schemas import (
    BOOLEAN,
    INTEGER,
    NUMBER,
    OBJECT,
    TEXT,
    TEXTS,
    Schema,
    array_of,
    object_of,
    or_null,
)
from sandbox.inspector.session_desk import SessionDesk
from sandbox.inspector.session_view import SessionView
from sandbox.json_value import JsonValue, pretty_json
from sandbox.sessions.explain import as_cookie_header

SESSION: Schema = object_of(
    {
        "id": TEXT,
        "store": TEXT,
        "data": OBJECT,
        "size_bytes": INTEGER,
        "limit_bytes": INTEGER,
        "written_epoch": or_null(NUMBER),
        "age_seconds": or_null(NUMBER),
        "expires_epoch": or_null(NUMBER),
        "seconds_left": or_null(NUMBER),
        "is_expired": BOOLEAN,
        "requests": TEXTS,
    }
)
FORGED: Schema = object_of({"id": TEXT, "cookie": TEXT, "set_cookie": TEXT})
EXPLANATION: Schema = object_of(
    {
        "is_valid": BOOLEAN,
        "reason": or_null(TEXT),
        "store": TEXT,
        "idx": or_null(TEXT),
        # "now": the session is what its row holds at present; "gone": it was there.
        "row": or_null(TEXT),
        "session": or_null(OBJECT),
        "issued_epoch": or_null(NUMBER),
        "age_seconds": or_null(NUMBER),
        "expires_epoch": or_null(NUMBER),
        "session_bytes": INTEGER,
        "cookie_bytes": INTEGER,
        "warnings": array_of(object_of({"code": TEXT, "text": TEXT})),
    }
)
DECODED: Schema = object_of(
    {
        **EXPLANATION["properties"],  # type: ignore[dict-item]
        # For people: a script that reads "session" rounds large numbers.
        "session_text": or_null(TEXT),
    }
)
DATA: Schema = object_of({"data": OBJECT})
ENDED: Schema = object_of({"id": TEXT})


class SessionsApi:
    """The sessions' endpoints.

    Args:
        desk: finds and changes sessions.
        now_epoch: the sandbox's time.
        app_url: the app's address.
    """

    def __init__(
        self,
        *,
        desk: SessionDesk,
        now_epoch: Callable[[], float],
        app_url: Callable[[], str],
    ) -> None:
        self._desk = desk
        self._now_epoch = now_epoch
        self._app_url = app_url

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked."""
        return (*self._of_all(), *self._of_one())

    def _of_all(self) -> tuple[Endpoint, ...]:
        path = "/api/sessions"
        return (
            Endpoint(
                "GET",
                path,
                "List sessions: a table's rows, or the JWE cookies seen.",
                self.list,
                gives=object_of({"sessions": array_of(SESSION)}),
            ),
            Endpoint(
                "POST",
                f"{path}/forge",
                "Make a session, and give its cookie.",
                self.forge,
                takes=DATA,
                gives=FORGED,
            ),
            Endpoint(
                "POST",
                f"{path}/decode",
                "Explain a session cookie, with the reason if it is refused; "
                "for the function of that name, or any.",
                self.decode,
                takes=object_of({"cookie": TEXT, "function": TEXT}, "function"),
                gives=DECODED,
            ),
        )

    def _of_one(self) -> tuple[Endpoint, ...]:
        path = "/api/sessions/{id}"
        return (
            Endpoint("GET", path, "Show a session.", self.show, gives=SESSION),
            Endpoint(
                "PUT",
                path,
                "Store other data in a session. One that lives in a browser "
                "goes on under another id.",
                self.replace,
                takes=DATA,
                gives=SESSION,
            ),
            Endpoint(
                "PATCH",
                path,
                "Merge data into a session (RFC 7396: null removes).",
                self.merge,
                takes=DATA,
                gives=SESSION,
            ),
            Endpoint("DELETE", path, "End a session.", self.delete, gives=ENDED),
            Endpoint(
                "POST",
                f"{path}/expire",
                "Expire a session now.",
                self.expire,
                gives=ENDED,
            ),
            Endpoint(
                "POST",
                f"{path}/open",
                "Give this browser the session's cookie, to open the app with.",
                self.open,
                gives=object_of({"url": TEXT, "set_cookie": TEXT}),
            ),
        )

    def list(self, request: ApiRequest) -> JsonAnswer:
        """Give all sessions, the one written last in front."""
        now_epoch = self._now_epoch()
        found = [view.as_json(now_epoch=now_epoch) for view in self._desk.all()]
        return JsonAnswer(content={"sessions": found})

    def forge(self, request: ApiRequest) -> JsonAnswer:
        """Make a session."""
        session_id, made = self._desk.forge(request.mapping("data"))
        return JsonAnswer(
            content={
                "id": session_id,
                "cookie": made.cookie,
                "set_cookie": made.set_cookie,
            }
        )

    def decode(self, request: ApiRequest) -> JsonAnswer:
        """Explain a cookie that somebody pasted."""
        name = request.body.get("function")
        function = (
            None if name is None else self._desk.function(request.text("function"))
        )
        header = as_cookie_header(request.text("cookie"))
        explanation = self._desk.explain(header, function, self._now_epoch())
        content = explanation_json(explanation)
        session = content["session"]
        text = None if session is None else pretty_json(session)
        return JsonAnswer(content={**content, "session_text": text})

    def show(self, request: ApiRequest) -> JsonAnswer:
        """Give one session."""
        return self._answer(self._desk.find(request.path["id"]))

    def replace(self, request: ApiRequest) -> JsonAnswer:
        """Store other data."""
        return self._answer(
            self._desk.replace(request.path["id"], request.mapping("data"))
        )

    def merge(self, request: ApiRequest) -> JsonAnswer:
        """Merge data into what is stored."""
        view = self._desk.find(request.path["id"])
        patch = request.mapping("data")
        is_whole = says_one_value if view.store == "table" else _never
        return self._answer(
            self._desk.change(
                view.id, lambda data: merge_patch(data, patch, is_whole=is_whole)
            )
        )

    def delete(self, request: ApiRequest) -> JsonAnswer:
        """End a session."""
        self._desk.delete(request.path["id"])
        return JsonAnswer(content={"id": request.path["id"]})

    def expire(self, request: ApiRequest) -> JsonAnswer:
        """Let a session's time be over."""
        self._desk.expire(request.path["id"])
        return JsonAnswer(content={"id": request.path["id"]})

    def open(self, request: ApiRequest) -> JsonAnswer:
        """Set the cookie: browsers keep cookies by host name, whatever the port."""
        set_cookie = self._desk.open(request.path["id"], host=request.host)
        return JsonAnswer(
            content={"url": self._app_url(), "set_cookie": set_cookie},
            headers=(("Set-Cookie", set_cookie),),
        )

    def _answer(self, view: SessionView) -> JsonAnswer:
        return JsonAnswer(content=view.as_json(now_epoch=self._now_epoch()))


def _never(value: Mapping[str, JsonValue]) -> bool:
    return False


def merge_patch(
    stored: Mapping[str, JsonValue],
    patch: Mapping[str, JsonValue],
    *,
    is_whole: Callable[[Mapping[str, JsonValue]], bool] = _never,
) -> dict[str, JsonValue]:
    """Give an object with a patch applied (RFC 7396, JSON Merge Patch).

    Args:
        stored: the object.
        patch: what to change in it.
        is_whole: tells of an object that it stands for one value, which takes a place
            whole and is not merged.
    """
    merged = dict(stored)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping) and not is_whole(value):
            former = merged.get(name)
            if not isinstance(former, Mapping) or is_whole(former):
                former = {}
            merged[name] = merge_patch(former, value, is_whole=is_whole)
        else:
            merged[name] = value
    return merged
