"""Holds what a project is made of, and how its problems are told."""

from pathlib import Path

import pytest

from sandbox.errors import ProjectError
from sandbox.project.load import load_project
from sandbox.project.model import Index, Key, Project
from tests.files import write_files
from tests.project.conftest import Load

NODE_ROOT = {"src/http/get-index/index.mjs": ""}
APP = "@app\nmyapp\n"


def problems_of(load: Load, files: dict[str, str]) -> list[str]:
    """Give the problems of an app: where, and the fact."""
    with pytest.raises(ProjectError) as caught:
        load(files)
    assert all(problem.remedy for problem in caught.value.problems)
    return [
        f"{problem.location.file}:{problem.location.line} {problem.message}"
        if problem.location
        else problem.message
        for problem in caught.value.problems
    ]


def paths_of(project: Project) -> list[str]:
    """Give the routes of a project by name, in order."""
    return [route.name for route in project.routes]


def test_build_project_sorts_routes_as_architect_does(load: Load) -> None:
    """By method, deeper first, captures last, static parts before parameters."""
    project = load(
        {
            "app.arc": APP + "@http\nany /*\nget /:x\npost /b\nget /\nget /b\n"
            "get /a/*\nget /a/:id\nget /:x/c\nget /a/c\nget /a\n"
        }
    )

    assert paths_of(project) == [
        *("get /a/c", "get /:x/c", "get /a/:id", "get /a/*"),
        *("get /a", "get /b", "get /", "get /:x", "post /b", "any /*"),
    ]


@pytest.mark.parametrize(
    ("routes", "owner"),
    [
        ("get /a", "arcStaticAssetProxy"),
        ("any /\nget /*", "any /"),
        ("any /*\nget /:x", "get /:x"),
        ("get /*\nget /:x", "get /:x"),
        ("get /:x\nany /*", "get /:x"),
        ("post /", "arcStaticAssetProxy"),
        (
            "get /\n@proxy\ntesting http://a\nstaging http://b\nproduction http://c",
            "proxy",
        ),
    ],
)
def test_build_project_knows_who_owns_the_root(
    load: Load, routes: str, owner: str
) -> None:
    """The root belongs to a get or any route, to @proxy, or to the assets."""
    assert load({"app.arc": f"{APP}@http\n{routes}\n"}).root_handler == owner


def test_build_project_lays_settings_over_each_other(load: Load) -> None:
    """Defaults, then @aws, then the function's own @aws and @arc."""
    project = load(
        {
            "app.arc": APP + "@aws\nruntime py\nmemory 256\ntimeout 9\n@http\nget /\n",
            "src/http/get-index/config.arc": "@aws\ntimeout 20\nconcurrency 5\n"
            "@arc\nshared false\n",
            "src/http/get-index/index.py": "",
        }
    )
    (function,) = project.functions

    assert function.config.runtime == "python3.12"
    assert function.config.settings["runtimeAlias"] == "py"
    assert (function.config.memory_mb, function.config.timeout_seconds) == (256, 20)
    assert function.config.concurrency == 5
    assert function.config.shared is False
    assert function.handler_file == project.root / "src/http/get-index/index.py"
    assert function.language == "python"


def test_build_project_makes_tables_and_indexes(load: Load) -> None:
    """Keys, types, the attribute that expires, and an index's name and projection."""
    project = load(
        {
            "app.arc": APP + "@tables\ndata\n  id *String\n  at **Number\n  gone TTL\n"
            "@tables-indexes\ndata\n  email *String\n  at **Number\n"
            "  projection keys\n"
        }
    )
    (table,) = project.tables

    assert table.partition_key == Key(attribute="id")
    assert table.sort_key == Key(attribute="at", type="Number")
    assert table.ttl_attribute == "gone"
    assert table.line == 4
    assert table.indexes == (
        Index(
            table="data",
            name="email-at-index",
            partition_key=Key(attribute="email"),
            sort_key=Key(attribute="at", type="Number"),
            projection="KEYS_ONLY",
        ),
    )


def test_build_project_says_what_it_does_not_emulate(load: Load) -> None:
    """Pragmas that are parsed but not served are named, in the manifest's order."""
    project = load(
        {
            "app.arc": APP
            + "@http\nget /\n@cdn\n@ws\n@events\nping\n@scheduled\na rate(1 day)\n"
        }
    )

    assert project.not_emulated == ("cdn", "scheduled")
    assert [f.name for f in project.functions if f.pragma == "events"] == ["ping"]


def test_a_cdn_that_is_off_is_not_missed(load: Load) -> None:
    """There is nothing to emulate where the manifest itself turns it off."""
    manifest = APP + "@http\nget /\n@cdn\n"

    assert load({"app.arc": manifest}).not_emulated == ("cdn",)
    assert load({"app.arc": manifest + "false\n"}).not_emulated == ()


def test_a_plugin_may_bring_a_runtime(load: Load) -> None:
    """`set.runtimes` gives names that Lambda lacks; Lambda's own are held to its."""
    files = {
        "src/plugins/a.js": "",
        "src/http/get-b/config.arc": "@aws\nruntime node\n",
    }
    manifest = APP + "@plugins\na\n@http\nget /a\nget /b\n@aws\nruntime {}\n"

    project = load({**files, "app.arc": manifest.format("typescript")})

    assert [f.config.runtime for f in project.functions] == ["typescript", "nodejs20.x"]
    assert problems_of(load, {**files, "app.arc": manifest.format("nodejs16.x")}) == [
        'app.arc:9 The runtime of @aws is "nodejs16.x".'
    ]


@pytest.mark.parametrize(
    ("name", "package"),
    [("none", "none"), ("enhance/arc-plugin", "@enhance/arc-plugin")],
)
def test_a_plugin_that_is_missing_is_called_as_npm_calls_it(
    load: Load, name: str, package: str
) -> None:
    """Architect leaves out the @ of a scope; without it npm would ask GitHub."""
    with pytest.raises(ProjectError) as caught:
        load({"app.arc": APP + f"@plugins\n{name}\n"})

    (problem,) = caught.value.problems
    assert f"npm install {package}," in problem.remedy


def test_a_plugin_is_missed_where_its_src_says(load: Load) -> None:
    """Neither a package nor another file would be loaded in its place."""
    with pytest.raises(ProjectError) as caught:
        load({"app.arc": APP + "@plugins\nremix\n  src remix.js\n"})

    (problem,) = caught.value.problems
    assert problem.remedy == 'Create "remix.js", or correct src.'


def test_build_project_tells_all_problems_of_a_stage_at_once(load: Load) -> None:
    """Each problem has its line; later stages wait for the earlier ones."""
    manifest = (
        "@app\nMyApp\n@http\nget /a\nget ab\nput /x-\nget /a\nlook /\n"
        "@tables\ndata\n  at **String\n@aws\ntimeout 0\n"
    )

    assert problems_of(load, {"app.arc": manifest}) == [
        'app.arc:2 @app: "MyApp" must begin with a lower-case letter, and go on with'
        " at least one letter, digit, dash or underscore.",
        'app.arc:7 @http: "get /a" is defined 2 times, on lines 4 and 7.',
        'app.arc:5 @http: "get ab" does not start with a slash.',
        'app.arc:6 @http: "put /x-" has a part that ends with - . or _.',
        'app.arc:8 @http: "look" in "look /" is not a method.',
        'app.arc:10 @tables: "data" has no partition key.',
    ]


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ("@aws\napigateway soap", 'app.arc:4 The API type "soap" does not exist.'),
        ("@aws\ntimeout 901", 'app.arc:4 The timeout of @aws is "901".'),
        ("@aws\nruntime python2.7", 'app.arc:4 The runtime of @aws is "python2.7".'),
        (
            "@aws\nlayer my-layer",
            'app.arc:4 @aws has the layer "my-layer", which is not an ARN.',
        ),
        ("@http\nget", 'app.arc:4 @http cannot have the entry "get".'),
        ("@http\n/a\n  method 5", 'app.arc:4 @http cannot have the entry "/a".'),
        ("@events\n..a", 'app.arc:4 @events: "..a" starts with a period.'),
        (
            "@scheduled\na rate(2 day)",
            'app.arc:4 @scheduled: "a" has rate(2 day), whose interval does not go'
            ' with "2".',
        ),
        (
            "@scheduled\na rate(2 moons)",
            'app.arc:4 @scheduled: "a" has rate(2 moons), whose interval does not'
            " exist.",
        ),
        (
            "@scheduled\na cron(1 2 3)",
            'app.arc:4 @scheduled: "a" has cron(1 2 3), which has not six fields.',
        ),
        ("@static\nspa 5", 'app.arc:4 @static: The spa is "5".'),
        ("@views", "app.arc:3 @views needs @http, whose routes show them."),
        ("@cdn", "app.arc:3 @cdn needs @http, whose routes it caches."),
        (
            "@proxy\ntesting http://a",
            "app.arc:3 @proxy: It needs @http, whose routes come first.",
        ),
        ("@plugins\nnone", 'app.arc:4 The plugin "none" of @plugins was not found.'),
        (
            "@plugins\n_methods",
            'app.arc:4 "_methods" cannot be the name of a plugin.',
        ),
        (
            "@tables\nda!ta\n  id *",
            'app.arc:4 @tables: "da!ta" may have only letters, digits and / - . _ in'
            " it.",
        ),
        (
            "@tables\ndata\n  id *\n@tables-indexes\ndat\n  id *",
            'app.arc:7 @tables-indexes names the table "dat", which @tables lacks.',
        ),
        (
            "@tables\ndata\n  id *\n@tables-indexes\ndata\n  a *\ndata\n  a *",
            'app.arc:9 @tables-indexes: "data" has the same index twice, on lines 7'
            " and 9.",
        ),
        (
            "@tables\ndata\n  id *\ndata\n  at *",
            'app.arc:6 @tables: "data" is defined 2 times, on lines 4 and 6.',
        ),
        (
            "@tables-streams\ndata",
            "app.arc:3 @tables-streams needs the tables that it is about.",
        ),
        (
            "@tables-indexes\ndata\n  id *",
            "app.arc:3 @tables-indexes needs the tables that it is about.",
        ),
        (
            "@tables\ndata\n  id *\n@tables-streams\nab",
            'app.arc:7 @tables-streams: "ab" has 2 characters.',
        ),
        (
            "@events\na\n@shared\nsrc x",
            'app.arc:6 @shared: The folder "x" does not exist.',
        ),
        (
            "@http\n@proxy\ntesting ftp://x\nstaging http://a\nproduction http://b",
            'app.arc:5 @proxy: "ftp://x" is not the URL of a web server.',
        ),
    ],
)
def test_build_project_refuses_what_architect_refuses(
    load: Load, body: str, fact: str
) -> None:
    """One fact, at the line that is wrong."""
    assert fact in problems_of(load, {"app.arc": f"{APP}{body}\n"})


def test_build_project_takes_several_indexes_of_a_table(load: Load) -> None:
    """Only the same one again is refused."""
    project = load(
        {
            "app.arc": APP + "@tables\ndata\n  id *\n@tables-indexes\n"
            "data\n  a *\ndata\n  b *\ndata\n  a *\n  b **\n"
        }
    )

    names = [index.name for table in project.tables for index in table.indexes]
    assert names == ["a-index", "b-index", "a-b-index"]


@pytest.mark.parametrize(
    ("manifest", "fact"),
    [
        (
            "@app\n\none\ntwo\n",
            "app.arc:3 @app: It must have exactly one name, and has 2.",
        ),
        ("@app\n\none two\n", 'app.arc:3 @app: "one two" is not one name.'),
        (
            "@http\n@app\n",
            "app.arc:2 @app: It must have exactly one name, and has none.",
        ),
    ],
)
def test_an_app_has_one_name(load: Load, manifest: str, fact: str) -> None:
    """Shown at the first that it has, or where it would stand."""
    assert problems_of(load, {"app.arc": manifest}) == [fact]


def test_folders_have_names_of_ascii(load: Load, tmp_path: Path) -> None:
    """Those of the app's functions, and the project's own before them."""
    files = {"app.arc": APP + "@events\na\nb\n  src 'café'\n"}
    folder = write_files(tmp_path / "é", files)

    (fact,) = problems_of(load, files)
    with pytest.raises(ProjectError) as refused:
        load_project(folder, home=None, environ={})

    assert fact.startswith('app.arc:5 The folder "caf')
    assert fact.endswith('of @events "b" is not plain ASCII.')
    (problem,) = refused.value.problems
    assert problem.message.startswith("The project's folder")


def test_problems_are_told_stage_by_stage(load: Load) -> None:
    """What comes later may be wrong because of what comes first."""
    stages = {
        "": "prefs.arc:1 @env is",
        "@cdn\n": "app.arc:3 @cdn needs @http",
        "@events\na\n@aws\ntimeout 1000\n": "app.arc:6 The timeout of",
        "@tables\ndata\n  id *\n@tables-indexes\ndat\n  id *\n": "app.arc:7 @tables-",
        "@queues\nq\n  src 'café'\n": 'app.arc:4 The folder "caf',
    }
    parts = list(stages)
    for first, fact in enumerate(stages.values()):
        files = {
            "app.arc": APP + "".join(parts[first:]),
            "prefs.arc": f"@env\ntesting\n{'  A b' if first else ''}",
        }
        (told,) = problems_of(load, files)
        assert told.startswith(fact)


def test_build_project_gives_a_table_with_a_stream_its_function(load: Load) -> None:
    """Once, whether its own setting says so or @tables-streams."""
    project = load(
        {
            "app.arc": APP + "@tables\ndata\n  id *\n  stream true\nmore\n  id *\n"
            "  stream true\nnone\n  id *\n@tables-streams\nreader\n  table more\n"
        }
    )

    keys = [function.key for function in project.functions]
    assert keys == ["@tables-streams reader", "@tables-streams data"]


def test_build_project_points_into_a_functions_own_file(load: Load) -> None:
    """A setting of config.arc that Lambda refuses is shown at its line there."""
    files = {
        "app.arc": APP + "@events\na\n",
        "src/events/a/config.arc": "@aws\nmemory 256\ntimeout 1000\n",
    }

    assert problems_of(load, files) == [
        'src/events/a/config.arc:3 The timeout of @events "a" is "1000".'
    ]


@pytest.mark.parametrize(
    ("aws", "own", "place"),
    [
        ("@aws\nhandler index\n", "", "app.arc:6"),
        ("", "# mine\n@aws\nhandler index\n", "src/events/a/config.arc:3"),
    ],
)
def test_a_handler_that_is_none_is_shown_where_it_is_set(
    load: Load, aws: str, own: str, place: str
) -> None:
    """In the manifest or in the function's own file, and once."""
    files = {"app.arc": f"{APP}@events\na\n{aws}"}
    if own:
        files["src/events/a/config.arc"] = own

    assert problems_of(load, files) == [
        f'{place} The handler "index" of @events "a" is not a file and a method.'
    ]


@pytest.mark.parametrize(
    ("files", "fact"),
    [
        ({}, "has no app.arc, so only its public/ folder is served."),
        (
            {"app.arc": APP + "@htpp\nget /\n"},
            'The pragma "@htpp" does not exist, so its lines are ignored.',
        ),
        *(
            (
                {"app.arc": APP + f"@http\nget /\n{lines}", **NODE_ROOT},
                fact,
            )
            for lines, fact in (
                (
                    "@aws\nruntim python3.12\n",
                    'There is no setting "@aws runtim", so it does nothing.',
                ),
                (
                    "@aws\nruntime: python3.12\n",
                    'There is no setting "@aws runtime:", so it does nothing.',
                ),
                (
                    "@static\nfoldr build\n",
                    'There is no setting "@static foldr", so it does nothing.',
                ),
                (
                    "@aws\ntimeout 3\ntables\nthings\n",
                    '"tables" is a line of @aws, not a pragma.',
                ),
                (
                    "@tables\nthings\n  id *String\n  at *Number\n",
                    '"at" replaces "id" as the partition key of "things": a table has'
                    " one.",
                ),
            )
        ),
        (
            {
                "app.arc": APP + "@http\nget /\n",
                **NODE_ROOT,
                "src/http/get-index/config.arc": "@aws\nmemmory 256\n",
            },
            'There is no setting "@aws memmory", so it does nothing.',
        ),
        *(
            (
                {"app.arc": APP + "@http\n@static\n", "prefs.arc": preferences},
                f'There is no preference "{shown}", so it does nothing.',
            )
            for preferences, shown in (
                ("@sanbox\nlivereload false\n", "@sanbox"),
                ("@sandbox\nlive-reload false\n", "@sandbox live-reload"),
                ("@sandbox\nuseAws true\n", "@sandbox useAws"),
                ("@env\nNAME value\n", "@env NAME"),
                ("@env\ntests\n  NAME value\n", "@env tests"),
                ("@sandbox\nports\n  tabels 8000\n", "@sandbox ports tabels"),
            )
        ),
        (
            {
                "app.arc": APP + "@http\nget /\n",
                "src/http/get-index/index.py": "",
            },
            "@http get /: only Python files lie there, while the runtime is"
            ' "nodejs22.x".',
        ),
    ],
)
def test_build_project_warns_of_what_is_hardly_meant(
    load: Load, files: dict[str, str], fact: str
) -> None:
    """What is legal but surprising is told with a remedy, and serves on."""
    (warning,) = load(files).warnings

    assert warning.message.endswith(fact)
    assert warning.remedy


def test_lines_of_dotenv_that_are_lost_are_shown(load: Load) -> None:
    """By place alone, as one may be a secret."""
    env = "A=1\n\nnothing\nB=2\nC=\N{REPLACEMENT CHARACTER}\n"
    found = load({"app.arc": APP + "@static\n@http\n", ".env": env}).warnings

    places = [(w.location.file, w.location.line) for w in found if w.location]
    assert places == [(".env", 3), (".env", 5)]
    assert found[1].message == "It has bytes that are not UTF-8, which variables lose."
    assert "nothing" not in found[0].message


@pytest.mark.parametrize("file", ["index.mjs", "other.py"])
def test_build_project_takes_functions_without_a_python_handler(
    load: Load, file: str
) -> None:
    """A Node function may have Python files, and a handler may not be there yet."""
    files = {
        "app.arc": APP + "@http\nget /\n",
        f"src/http/get-index/{file}": "",
    }

    assert load(files).warnings == ()


@pytest.mark.parametrize(
    ("aws", "remedy"),
    [
        ("", "Add to the manifest the line @aws, and below it runtime python3.13."),
        ("@aws\nruntime node\n", 'Set "runtime python3.13" under @aws.'),
    ],
)
def test_a_runtime_for_python_files_goes_where_settings_are(
    load: Load, aws: str, remedy: str
) -> None:
    """A second @aws would be refused."""
    files = {
        "app.arc": f"{APP}@http\nget /\n{aws}",
        "src/http/get-index/index.py": "",
    }

    assert [warning.remedy for warning in load(files).warnings] == [remedy]


def test_a_runtime_for_python_files_is_shown_where_it_is_set(load: Load) -> None:
    """In the function's own file, where it has one for that."""
    files = {
        "app.arc": f"{APP}@http\nget /\n",
        "src/http/get-index/index.py": "",
        "src/http/get-index/config.arc": "@aws\nmemory 256\nruntime node\n",
    }

    (warning,) = load(files).warnings

    assert warning.location is not None
    assert warning.location.file == "src/http/get-index/config.arc"
    assert warning.location.line == 3
    assert warning.remedy == 'Set "runtime python3.13" under @aws.'


def test_a_value_of_aws_that_is_wrong_is_told_once(load: Load) -> None:
    """However many functions it holds for, and however it is written."""
    manifest = APP + "@http\nget /\nget /a\n@aws\nruntime = python3.12\n"

    assert len(problems_of(load, {"app.arc": manifest})) == 1


@pytest.mark.parametrize(
    ("preferences", "line", "meant"),
    [
        (
            "@sandbox\nports\n  http 3000\n  tabels 8000\n\n@other\na\n",
            4,
            "@sandbox ports tables",
        ),
        ("@env\ntesting\n  A 1\nstagign\n  A 2\n", 4, "@env staging"),
    ],
)
def test_a_misspelt_preference_is_shown_at_its_line(
    load: Load, preferences: str, line: int, meant: str
) -> None:
    """With what was meant; pragmas that are like no other are for other commands."""
    (warning,) = load({"app.arc": APP, "prefs.arc": preferences}).warnings

    assert warning.location is not None
    assert (warning.location.file, warning.location.line) == ("prefs.arc", line)
    assert warning.remedy == f"Write {meant}, if that is meant."


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"app.arc": APP, "prefs.arc": "@sandbox\nmine 1\n"}, 2),
        ({"app.arc": APP, "prefs.arc": "@sandbox\nports\n  mine 1\n"}, 3),
        ({"app.arc": APP + "@plugins\na\n", "prefs.arc": "@sandbox\nmine 1\n"}, None),
        ({"app.arc": APP, "home/prefs.arc": "@sandbox\nmine 1\n"}, None),
    ],
    ids=["setting", "port", "plugin", "home"],
)
def test_a_preference_that_nobody_knows_is_told(
    load: Load, files: dict[str, str], line: int | None
) -> None:
    """Unless a plugin may read it, of this app or of another one."""
    files = {"src/plugins/a.js": "", **files}

    told = [w for w in load(files).warnings if "There is no preference" in w.message]

    assert [w.location.line for w in told if w.location] == ([line] if line else [])
    assert all(w.remedy.startswith("Remove it, or write one of: ") for w in told)


def test_build_project_of_an_empty_folder_is_the_default_project(load: Load) -> None:
    """Without a manifest there is an app that serves its assets."""
    project = load({})

    assert (project.name, project.root_handler) == (
        "app-default",
        "arcStaticAssetProxy",
    )
    assert project.manifest_file is None
    assert project.static is not None
    assert project.static.folder == project.root / "public"
