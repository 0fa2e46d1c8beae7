"""What open pages do after a save."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from werkzeug.test import Client

from sandbox.errors import AppError, ManifestSyntaxError, SourceLocation, WorldError
from sandbox.exchange import (
    Execution,
    Frame,
    HttpRequest,
    HttpResponse,
    Invocation,
    Outcome,
    Raised,
    Returned,
    TimedOut,
    Unavailable,
)
from sandbox.gateway.open_pages import OpenPages
from sandbox.gateway.wsgi import read_head
from sandbox.json_value import JsonText
from sandbox.project.model import (
    Function,
    FunctionConfig,
    Preferences,
    Project,
    Static,
)
from sandbox.watch.changes import Reaction
from sandbox.wiring.live_reload import LiveReload, changes_pages, trouble_of_function

ROOT = Path("/app")
FRAMES = (
    Frame(
        file="/app/src/a.py", line=3, function="f", source_line=" x\n", is_app_code=True
    ),
    Frame(file="/usr/lib/json.py", line=9, function="loads", source_line="y"),
)
BROKEN = Execution(
    outcome=Raised(error_type="E", message="m", stack=FRAMES, trace="T\n", remedy="r")
)


def function(name: str, pragma: str = "http") -> Function:
    return Function(
        name=name,
        pragma=pragma,
        folder=ROOT / "src",
        handler_file=ROOT / "src/index.py",
        handler_method="handler",
        config=FunctionConfig(runtime="python3.12"),
    )


GET, POST = function("get /"), function("post /")
EVENT = function("get", "events")


def project(**preferences: Any) -> Project:
    return Project(
        root=ROOT,
        name="app",
        manifest_file=None,
        functions=(GET, POST, EVENT),
        preferences=Preferences(settings={"sandbox": preferences}),
    )


class Page:
    """An open page, as the stream tells it."""

    def __init__(self, **preferences: Any) -> None:
        self.said: list[Any] = []
        self.pages = OpenPages()
        self.live = LiveReload(
            self.pages, project=lambda: project(**preferences), say=self.said.append
        )
        self.client = Client(self.live.around(lambda environ, start: []))
        self.version = ""
        self.hear()

    def hear(self) -> tuple[str, list[dict[str, str]]]:
        """Give the change and the troubles since the last call."""
        query = {"since": self.version} if self.version else {}
        answer = self.client.get("/_arc/livereload", query_string=query, buffered=False)
        event = next(iter(answer.response)).decode()  # type: ignore[arg-type]
        answer.close()
        state = json.loads(event.partition("data: ")[2])
        self.version = state["version"]
        return state["change"], state["troubles"]

    def save(self, **reaction: Any) -> tuple[str, list[dict[str, str]]]:
        loaded = reaction.pop("loaded", ())
        self.live.follow(Reaction(**reaction), project(), loaded)
        return self.hear()


@pytest.mark.parametrize(
    ("reaction", "change"),
    [
        ({"functions": (GET,)}, "reload"),
        ({"functions": (POST,)}, "none"),
        ({"functions": (EVENT,)}, "none"),
        ({"sharing": (POST, GET)}, "reload"),
        ({"sharing": (EVENT,)}, "none"),
        ({"reload_project": True}, "reload"),
        ({"other_code": True}, "reload"),
        ({"assets": (Path("/app/public/a.css"),)}, "styles"),
        ({"assets": (Path("/app/public/A.CSS"), Path("/app/public/a.js"))}, "reload"),
        ({"assets": (Path("/app/public/a.png"),)}, "reload"),
        ({}, "none"),
    ],
)
def test_follow_reloads_what_a_browser_shows(
    reaction: dict[str, Any], change: str
) -> None:
    """Pages for what makes pages; style sheets alone for style sheets."""
    assert Page().save(**reaction) == (change, [])


@pytest.mark.parametrize(
    ("fingerprint", "assets", "change"),
    [
        (True, ["static.json"], "none"),
        (True, ["a.css", "static.json"], "styles"),
        (True, ["a.png", "static.json"], "reload"),
        (True, ["sub/static.json"], "reload"),
        (False, ["static.json"], "reload"),
        ("external", ["static.json"], "reload"),
    ],
)
def test_static_json_follows_saves_and_is_none(
    *, fingerprint: bool | Literal["external"], assets: list[str], change: str
) -> None:
    """The names that the sandbox writes after a save do not load the page again."""
    static = Static(folder=ROOT / "public", fingerprint=fingerprint)
    page = Page()

    page.live.follow(
        Reaction(assets=tuple(static.folder / name for name in assets)),
        replace(project(), static=static),
        (),
    )

    assert page.hear() == (change, [])


def test_follow_shows_what_does_not_load_until_it_does() -> None:
    """File, line, source and cause; then the page returns."""
    page = Page()

    change, troubles = page.save(functions=(GET,), loaded=[(GET, BROKEN)])
    mended = page.save(functions=(GET,), loaded=[(GET, None)])

    assert change == "none"
    assert troubles == [
        {
            "title": "get / does not load.",
            "message": "E: m",
            "place": "src/a.py, line 3",
            "source": "x",
            "cause": "T",
            "remedy": "r",
        }
    ]
    assert mended == ("reload", [])


def test_follow_keeps_a_trouble_while_others_are_saved() -> None:
    """A page is not reloaded under an overlay."""
    page = Page()
    page.save(functions=(POST,), loaded=[(POST, BROKEN)])

    change, troubles = page.save(functions=(GET,), loaded=[(GET, None)])

    assert change == "none"
    assert [trouble["title"] for trouble in troubles] == ["post / does not load."]


def test_follow_tells_what_is_broken() -> None:
    """The next save has it loaded again."""
    page = Page()
    page.save(functions=(GET,), loaded=[(GET, BROKEN), (POST, None)])

    assert page.live.broken == (GET.key,)


def run(page: Page, outcome: Outcome, meanwhile: Callable[[], Any] = list) -> None:
    """Run an event of GET to that outcome."""

    def invoke(_invocation: Invocation) -> Execution:
        meanwhile()
        return Execution(outcome=outcome)

    event = Invocation(request_id="1", function=GET, event=JsonText.of({}))
    assert page.live.run(event, invoke).outcome is outcome


@pytest.mark.parametrize(
    "outcome", [Returned(value=1), Raised(error_type="E", message="of the handler")]
)
def test_run_ends_the_trouble_of_a_function_that_loads(outcome: Outcome) -> None:
    """What pip has installed meanwhile is no save."""
    page = Page()
    page.save(functions=(GET,), loaded=[(GET, BROKEN)])

    run(page, outcome)

    assert page.hear() == ("reload", [])
    assert page.live.broken == ()


def test_run_keeps_the_troubles_of_others() -> None:
    """Pages wait until all are mended."""
    page = Page()
    page.save(functions=(GET, POST), loaded=[(GET, BROKEN), (POST, BROKEN)])

    run(page, Returned(value=1))
    change, troubles = page.hear()

    assert change == "none"
    assert [trouble["title"] for trouble in troubles] == ["post / does not load."]


@pytest.mark.parametrize(
    "outcome",
    [
        Raised(error_type="E", message="of the module", while_loading=True),
        Unavailable(message="No file."),
        TimedOut(seconds=1),
    ],
)
def test_run_keeps_a_trouble_that_may_be_there_still(outcome: Outcome) -> None:
    """The module was not loaded, or nobody knows whether it was."""
    page = Page()
    page.save(functions=(GET,), loaded=[(GET, BROKEN)])

    run(page, outcome)

    assert page.live.broken == (GET.key,)


def test_run_keeps_what_a_save_has_broken_meanwhile() -> None:
    """The event ran on the code before it."""
    page = Page()

    def save() -> None:
        page.save(functions=(GET,), loaded=[(GET, BROKEN)])

    run(page, Returned(value=1), meanwhile=save)
    save()
    run(page, Returned(value=1), meanwhile=save)

    assert page.live.broken == (GET.key,)


def test_run_leaves_the_trouble_of_the_app() -> None:
    """An event may end after the manifest was broken."""
    page = Page()
    page.save(functions=(GET,), loaded=[(GET, BROKEN)])

    def break_app() -> None:
        page.live.show_broken(AppError("No."))

    run(page, Returned(value=1), meanwhile=break_app)

    change, troubles = page.hear()
    assert (change, [trouble["message"] for trouble in troubles]) == ("none", ["No."])


def test_follow_forgets_a_function_that_is_gone() -> None:
    """A route taken out of the manifest is no trouble any more."""
    page = Page()
    page.save(functions=(GET,), loaded=[(function("get /gone"), BROKEN)])

    assert page.save(reload_project=True) == ("reload", [])


def test_show_broken_points_at_the_manifest() -> None:
    """And the next good save brings the page back."""
    page = Page()
    location = SourceLocation(file="app.arc", line=4, source_line="  oops")
    page.live.show_broken(
        ManifestSyntaxError("It is wrong.", location=location, remedy="Mend it.")
    )

    _, troubles = page.hear()

    assert troubles[0]["place"] == "app.arc, line 4"
    assert troubles[0]["source"] == "oops"
    assert page.save(reload_project=True) == ("reload", [])


def test_show_broken_takes_any_refusal() -> None:
    """One without a place has the fact and the remedy."""
    page = Page()
    page.live.show_broken(AppError("No.", remedy="Yes."))
    page.live.show_broken(WorldError("No.", remedy="Yes."))

    _, troubles = page.hear()

    assert (troubles[0]["message"], troubles[0]["remedy"]) == ("No.", "Yes.")


@pytest.mark.parametrize(
    ("preferences", "status"),
    [({}, 200), ({"livereload": True}, 200), ({"livereload": False}, 404)],
)
def test_preferences_turn_it_off(preferences: dict[str, Any], status: int) -> None:
    """`@sandbox livereload false`: on without it, as `@architect/sandbox` has it."""

    class App:
        def serve(self, environ: Any) -> tuple[HttpRequest, HttpResponse]:
            return read_head(environ), HttpResponse(status=404, headers=())

    live = LiveReload(
        OpenPages(), project=lambda: project(**preferences), say=[].append
    )

    assert Client(live.around(App())).get("/_arc/livereload.js").status_code == status


def test_trouble_of_function_tells_a_missing_handler() -> None:
    """What cannot be started is no traceback."""
    failed = Execution(outcome=Unavailable(message="No file.", remedy="Make one."))

    trouble = trouble_of_function("get /", failed, ROOT)

    assert trouble is not None
    assert (trouble.message, trouble.remedy) == ("No file.", "Make one.")


@pytest.mark.parametrize("failed", [None, Execution(outcome=TimedOut(seconds=1))])
def test_trouble_of_function_is_none_where_nothing_is_wrong(
    failed: Execution | None,
) -> None:
    """Nor for what only a request can tell."""
    assert trouble_of_function("get /", failed, ROOT) is None


def test_changes_pages_ignores_an_empty_reaction() -> None:
    """A file that concerns nobody."""
    assert not changes_pages(Reaction())
