"""Imports resolve as deployed, from where the files are."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sandbox.exchange import Returned
from sandbox.project.model import Static
from sandbox.workers.runtimes.python.imports import LOADED_BY_WORKER

LOADED_BY_AWSLAMBDARIC = frozenset(
    (
        *("atexit", "collections", "contextlib", "copyreg", "enum", "functools"),
        *("importlib", "itertools", "json", "keyword", "linecache", "logging", "math"),
        *("genericpath", "operator", "os", "posixpath", "re", "reprlib", "stat"),
        *("string", "textwrap", "threading", "token", "tokenize", "traceback"),
        *("types", "warnings", "weakref"),
    )
)
"""As its version 4.2.2 does in Python 3.11."""
READS = {
    "from shared import util": "util.WORD",
    "import shared.util": "shared.util.WORD",
    "from vendor.shared import util": "util.WORD",
    "import vendor.shared.util as util": "util.WORD",
    "from vendor.views import page": "page.WORD",
    "from views.parts import head": "head.WORD",
    "from shared import other": "other.sibling()",
}


@pytest.fixture
def shared_folders(app):
    """Give the app shared code and views, with a package inside."""
    app.write("src/shared/util.py", "WORD = 'shared'")
    app.write(
        "src/shared/other.py",
        "from . import util\ndef sibling(): return util.WORD\n",
    )
    app.write("src/views/page.py", "WORD = 'shared'")
    app.write("src/views/parts/__init__.py", "")
    app.write("src/views/parts/head.py", "WORD = 'shared'")
    return {
        "shared_folder": app.root / "src" / "shared",
        "views_folder": app.root / "src" / "views",
    }


@pytest.mark.parametrize("statement", READS)
@pytest.mark.parametrize("has_vendor", [True, False], ids=["vendor", "no vendor"])
def test_shared_code_is_below_vendor(
    app, invoke, shared_folders, statement, has_vendor
):
    """Both ways to name it work, with and without a vendor folder on disk."""
    if has_vendor:
        app.write("src/http/get-f/vendor/thing.py", "")
    function = app.function(
        "f",
        f"{statement}\ndef handler(event, context): return {READS[statement]}\n",
        views=True,
    )
    app.mount(**shared_folders)

    outcome = invoke(app.pool(), function).outcome

    assert outcome == Returned(value="shared")
    assert not list(app.root.rglob("__pycache__"))


@pytest.mark.parametrize(
    "name", sorted(LOADED_BY_WORKER - set(sys.builtin_module_names))
)
@pytest.mark.parametrize("place", ["", "vendor/"])
def test_own_modules_come_before_what_only_the_worker_has_loaded(
    app, invoke, name, place
):
    """The function's folder is the first that is searched, as on Lambda."""
    app.write(f"src/http/get-f/{place}{name}.py", "WORD = 'own'\n")
    function = app.function(
        "f", f"import {name}\ndef handler(event, context): return {name}.WORD\n"
    )

    assert invoke(app.pool(), function).outcome == Returned(value="own")


def test_own_packages_come_first_and_other_folders_do_not(app, invoke):
    """A folder of data by the name of a module is none."""
    app.write("src/http/get-f/resource/__init__.py", "from . import part\n")
    app.write("src/http/get-f/resource/part.py", "WORD = 'own'\n")
    app.write("src/http/get-f/signal/data.txt", "")
    source = """
        import resource, signal
        def handler(event, context): return [resource.part.WORD, signal.SIGINT]
    """

    outcome = invoke(app.pool(), app.function("f", source)).outcome

    assert outcome == Returned(value=["own", 2])


@pytest.mark.skipif(
    sys.version_info >= (3, 14),
    reason="the modules are those that Python 3.11 to 3.13 load",
)
def test_the_worker_loads_no_further_modules_than_lambdas_runtime():
    """What it does load besides can be a module of the function's own."""
    show = "import sys; print(*sorted({n.partition('.')[0] for n in sys.modules}))"
    path = f"import sys; sys.path.append({str(Path(__file__).parents[4])!r})"
    worker = "from sandbox.workers.runtimes.python import lifeline, serve"

    before, after = (
        set(
            subprocess.run(
                [sys.executable, "-I", "-S", "-c", f"{path}\n{loads}\n{show}"],
                capture_output=True,
                check=True,
                text=True,
            ).stdout.split()
        )
        for loads in ("", worker)
    )

    public = {name for name in after - before if not name.startswith("_")}
    assert public - LOADED_BY_AWSLAMBDARIC == LOADED_BY_WORKER | {"sandbox"}


def test_shared_folders_may_be_packages_and_have_any_name(app, invoke):
    """`@shared src lib/common` is imported as shared; its `__init__` runs."""
    app.write("lib/common/__init__.py", "WORD = 'package'")
    function = app.function(
        "f", "import shared\ndef handler(e, c): return shared.WORD\n"
    )
    app.mount(shared_folder=app.root / "lib" / "common")

    assert invoke(app.pool(), function).outcome == Returned(value="package")


@pytest.mark.parametrize("setting", [{"shared": False}, {}], ids=["off", "on"])
def test_functions_may_opt_out(app, invoke, shared_folders, setting):
    """`@arc shared false` hides the folder."""
    function = app.function(
        "f",
        """
        def handler(event, context):
            try:
                from shared import util
            except ImportError:
                return "hidden"
            return "there"
        """,
        **setting,
    )
    app.mount(**shared_folders)

    expected = "there" if setting.get("shared", True) else "hidden"
    assert invoke(app.pool(), function).outcome == Returned(value=expected)


def test_the_functions_own_module_comes_first(app, invoke, shared_folders):
    """A `shared.py` beside the handler is what it imports."""
    app.write("src/http/get-f/shared.py", "WORD = 'own'")
    function = app.function(
        "f", "import shared\ndef handler(e, c): return shared.WORD\n"
    )
    app.mount(**shared_folders)

    assert invoke(app.pool(), function).outcome == Returned(value="own")


def test_names_of_the_sandbox_are_free(app, invoke):
    """A module called `sandbox` beside the handler is what it imports."""
    app.write("src/http/get-f/sandbox.py", "WORD = 'own'")
    function = app.function(
        "f", "import sandbox\ndef handler(e, c): return sandbox.WORD\n"
    )

    for can_fork in (True, False):
        outcome = invoke(app.pool(can_fork=can_fork), function).outcome
        assert outcome == Returned(value="own")


def test_a_module_that_puts_another_in_its_place_is_that(app, invoke):
    """As of `import`, through which Lambda's runtime loads the handler."""
    function = app.function(
        "proxy",
        """
        import sys

        class Lazy:
            def handler(self, event, context):
                return __name__

        sys.modules[__name__] = Lazy()
        """,
    )

    assert invoke(app.pool(), function).outcome == Returned(value="index")


def test_installed_packages_resolve(app, invoke):
    """What the sandbox's interpreter has, handlers have."""
    function = app.function(
        "f",
        """
        import boto3
        from botocore.loaders import Loader

        def handler(event, context):
            client = boto3.client("dynamodb", region_name="eu-west-1")
            return [client.meta.region_name, boto3.DEFAULT_SESSION is not None]
        """,
    )

    outcome = invoke(app.pool(), function).outcome

    assert outcome == Returned(value=["eu-west-1", True])


def test_missing_requirements_are_told_with_the_command(app, invoke):
    """What requirements.txt names and nobody installed, pip is named for."""
    app.write("src/http/get-f/requirements.txt", "boto3\nno-such-thing==1.0\n")
    function = app.function("f", "import no_such_thing\n")

    outcome = invoke(app.pool(), function).outcome

    assert outcome.error_type == "Runtime.ImportModuleError"
    assert "-m pip install no-such-thing" in outcome.remedy


def test_remedies_load_no_modules_of_the_functions_own(app, invoke):
    """A function may have its own `email`, which much of Python would load."""
    app.write("src/http/get-f/email.py", "raise RuntimeError('own')\n")
    app.write("src/http/get-f/requirements.txt", "Click\nno_such.thing\n")

    outcome = invoke(app.pool(), app.function("f", "import no_such_thing\n")).outcome

    assert outcome.error_type == "Runtime.ImportModuleError"
    assert outcome.remedy.endswith('-m pip install no_such.thing".')
    assert "boto3" not in outcome.remedy


@pytest.mark.parametrize(
    ("source", "remedy"),
    [
        ("import many.cloud.gone.part", "pip install many-cloud-gone"),
        ("from many.cloud import gone", "pip install many-cloud-gone"),
        ("import one.gone", 'pip install one"'),
        ("from one import gone", ""),
        ("import google.cloud", 'pip install google-…"'),
        ("import sys.gone", 'pip install sys"'),
    ],
)
def test_a_name_that_many_share_is_no_package(app, invoke, source, remedy):
    """What lies under it is; whoever owns "google" on PyPI is not Google."""
    app.write("src/http/get-f/many/cloud/there.py", "")
    app.write("src/http/get-f/one/__init__.py", "")

    outcome = invoke(app.pool(), app.function("f", f"{source}\n")).outcome

    assert outcome.error_type == "Runtime.ImportModuleError"
    assert remedy in outcome.remedy
    assert bool(outcome.remedy) is bool(remedy)


def test_shared_code_is_never_a_package_to_install(app, invoke):
    """Whoever owns the name on PyPI has nothing to do with the app's own folder."""
    function = app.function("f", "from shared.gone import X\n")

    outcome = invoke(app.pool(), function).outcome

    assert "src/shared" in outcome.remedy
    assert "pip" not in outcome.remedy


BESIDE = """
import os, sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
HERE = os.path.dirname(__file__)
"""


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("import runpy\nVALUE = runpy.run_path(HERE + '/part.py')['VALUE']\n", "old"),
        (
            "sys.path.insert(0, HERE + '/deps.zip')\nimport zipped\n"
            "VALUE = zipped.VALUE\n",
            "zipped",
        ),
    ],
)
def test_a_file_on_the_path_is_no_folder(app, invoke, statement, value):
    """Archives and scripts are other finders', as in any interpreter."""
    source = f"{BESIDE}{statement}def handler(event, context): return VALUE\n"
    function = app.function("f", source)
    app.write("src/http/get-f/part.py", "VALUE = 'old'")
    with zipfile.ZipFile(function.folder / "deps.zip", "w") as archive:
        archive.writestr("zipped.py", "VALUE = 'zipped'")

    assert invoke(app.pool(), function).outcome == Returned(value=value)


def test_what_was_loaded_from_bytecode_is_fresh(app, invoke):
    """Python opens the bytecode alone; it is the source that is edited."""
    source = f"""{BESIDE}
part = SourceFileLoader("part", HERE + "/part.py").load_module()
def handler(event, context): return part.VALUE
"""
    function = app.function("f", source)
    app.write("src/http/get-f/part.py", "VALUE = 'old'")
    invoke(app.pool(), function)  # writes the bytecode
    pool = app.pool()
    before = invoke(pool, function).outcome

    app.write("src/http/get-f/part.py", "VALUE = 'newer'")

    assert (before, invoke(pool, function).outcome) == (
        Returned(value="old"),
        Returned(value="newer"),
    )


def test_a_linked_folders_own_files_are_fresh(app, invoke, tmp_path_factory):
    """By its real path too, which `resolve` and the working folder give."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    source = f"""{BESIDE}
sys.path.insert(0, str(Path(__file__).resolve().parent))
import aside
TEXT = open("data.txt").read()
def handler(event, context): return [aside.VALUE, TEXT]
"""
    function = app.function("f", source)
    function.folder.rename(elsewhere / "f")
    function.folder.symlink_to(elsewhere / "f")
    (elsewhere / "f" / "aside.py").write_text("VALUE = 'old'")
    (elsewhere / "f" / "data.txt").write_text("old")
    pool = app.pool()
    answers = [invoke(pool, function).outcome.value]

    (elsewhere / "f" / "aside.py").write_text("VALUE = 'newer'")
    answers.append(invoke(pool, function).outcome.value)
    (elsewhere / "f" / "data.txt").write_text("newer")
    answers.append(invoke(pool, function).outcome.value)

    assert answers == [["old", "old"], ["newer", "old"], ["newer", "newer"]]


FILES = """import glob, io, os, sys
from pathlib import Path
HERE = Path(__file__).parent
TEXT = open("vendor/views/page.html").read()
def handler(event, context):
    folder = HERE / "vendor" / "shared"
    return {
        "text": TEXT,
        "path": (folder / "data.json").read_text(),
        "bytes": io.open(os.fsencode(str(folder / "data.json")), "rb").read().decode(),
        "low": os.read(os.open("vendor/shared/data.json", os.O_RDONLY), 9).decode(),
        "names": sorted(os.listdir("vendor/shared")),
        "found": sorted(map(os.path.basename, glob.glob("vendor/shared/*.json"))),
        "walked": [n for _, _, names in os.walk("vendor/views") for n in names],
        "there": [os.path.isfile("vendor/shared/data.json"), folder.is_dir()],
        "named": [open(file="vendor/shared/data.json").read(), len(os.listdir())],
        "absent": [os.path.exists("vendor/shared/no"), os.path.exists("vendor/x")],
    }
"""


def test_static_json_is_below_vendor(app, invoke, shared_folders):
    """Where Architect copies it, beside the shared code; edits are seen."""
    app.write("public/static.json", "old")
    function = app.function(
        "f",
        """
        import os
        with open("vendor/shared/static.json") as file:
            NAMES = file.read()
        def handler(event, context):
            there = [f"vendor/shared/{name}" for name in ("static.json", "util.py")]
            return [NAMES, sorted(os.listdir("vendor")), *map(os.path.exists, there)]
        """,
        views=True,
    )
    app.mount(static=Static(folder=app.root / "public"), **shared_folders)
    pool = app.pool()
    before = invoke(pool, function).outcome.value
    app.write("public/static.json", "newer")
    after = invoke(pool, function).outcome.value

    rest = [["shared", "views"], True, True]
    assert (before, after) == (["old", *rest], ["newer", *rest])


def test_shared_files_are_below_vendor(app, invoke, shared_folders):
    """Templates and data are read where they are deployed, and edits are seen."""
    app.write("src/shared/data.json", '"data"')
    app.write("src/views/page.html", "<p>old")
    function = app.function("f", FILES, views=True)
    app.mount(**shared_folders)
    pool = app.pool()
    before = invoke(pool, function).outcome.value
    app.write("src/views/page.html", "<p>newer")
    after = invoke(pool, function).outcome.value

    names = ["data.json", "other.py", "util.py"]
    assert before == {
        "text": "<p>old",
        "path": '"data"',
        "bytes": '"data"',
        "low": '"data"',
        "names": names,
        "found": ["data.json"],
        "walked": before["walked"],
        "there": [True, True],
        "named": ['"data"', 1],
        "absent": [False, False],
    }
    assert sorted(before["walked"]) == [
        "__init__.py",
        "head.py",
        "page.html",
        "page.py",
    ]
    assert after["text"] == "<p>newer"
    assert not (function.folder / "vendor").exists()


VENDOR = """import os, shutil, tempfile
from pathlib import Path
HERE = Path(__file__).parent
def of(entries):
    with entries:
        return sorted([e.name, os.fspath(e), e.is_dir(), e.is_file(), e.is_symlink(),
                       e.inode() == e.stat().st_ino] for e in entries)
def handler(event, context):
    copies = Path(tempfile.mkdtemp(dir=HERE)) / "copies"
    shutil.copytree("vendor", copies)
    page = Path("vendor/views/page.html")
    return {
        "names": sorted(os.listdir("vendor")),
        "bytes": sorted(map(os.fsdecode, os.listdir(os.fsencode(HERE / "vendor")))),
        "entries": of(os.scandir("vendor")),
        "within": of(os.scandir("vendor/views")),
        "walked": sorted(Path(f, n).as_posix()
                         for f, _, names in os.walk("vendor") for n in names),
        "globbed": sorted(map(str, Path("vendor").glob("*/*.html"))),
        "is": [os.path.isdir("vendor"), os.path.islink("vendor"),
               Path("vendor").exists(), os.access("vendor", os.R_OK),
               os.path.lexists("vendor/nothing")],
        "real": [os.path.realpath("vendor"), str(page.resolve(strict=True))],
        "copied": sorted(p.relative_to(copies).as_posix() for p in copies.rglob("*")),
        "elsewhere": in_another_folder(copies.parent),
    }
def in_another_folder(folder):
    (folder / "vendor" / "shared").mkdir(parents=True)
    fd = os.open(folder, os.O_RDONLY)
    try:
        number = os.stat("vendor", dir_fd=fd).st_ino
        return [number == (folder / "vendor").stat().st_ino,
                os.listdir(folder / "vendor")]
    finally:
        os.close(fd)
"""


@pytest.mark.parametrize("on_disk", [[], ["thing.py"]], ids=["virtual", "on disk"])
def test_vendor_itself_is_there(app, invoke, on_disk):
    """It is listed, walked, copied and resolved with what would be deployed in it."""
    app.write("src/shared/util.py", "")
    app.write("src/views/page.html", "")
    for name in on_disk:
        app.write(f"src/http/get-f/vendor/{name}", "")
    function = app.function("f", VENDOR, views=True)
    app.mount(
        shared_folder=app.root / "src" / "shared", views_folder=app.root / "src/views"
    )

    value = invoke(app.pool(), function).outcome.value

    folders = ["shared", "views"]
    files = [*folders, "shared/util.py", "views/page.html", *on_disk]
    mounted = [[n, f"vendor/{n}", True, False, False, True] for n in folders]
    own = [[n, f"vendor/{n}", False, True, False, True] for n in on_disk]
    assert value == {
        "names": sorted([*folders, *on_disk]),
        "bytes": sorted([*folders, *on_disk]),
        "entries": sorted(mounted + own),
        "within": [["page.html", "vendor/views/page.html", False, True, False, True]],
        "walked": sorted(f"vendor/{file}" for file in files if "." in file),
        "globbed": ["vendor/views/page.html"],
        "is": [True, False, True, True, False],
        "real": [
            str(function.folder / "vendor"),
            str(function.folder / "vendor/views/page.html"),
        ],
        "copied": sorted(files),
        "elsewhere": [True, ["shared"]],
    }


@pytest.mark.parametrize("on_disk", [[], ["thing.py"]], ids=["virtual", "on disk"])
def test_a_worker_that_looked_through_vendor_stays_warm(
    app, invoke, shared_folders, on_disk
):
    """What it is shown besides is nothing that came to be on disk."""
    for name in on_disk:
        app.write(f"src/http/get-f/vendor/{name}", "")
    source = """
        import os
        from shared import util
        NAMES = [os.listdir("vendor"), list(os.scandir("vendor")), os.stat("vendor")]
        def handler(event, context): return len(NAMES[0])
    """
    function = app.function("f", source)
    app.mount(**shared_folders)
    pool = app.pool()

    first, second = (invoke(pool, function) for _ in range(2))

    assert first.outcome == Returned(value=1 + len(on_disk))
    assert not second.is_cold


def test_a_vendor_folder_of_the_function_s_own_is_read(app, invoke, shared_folders):
    """What is there on disk, copied or linked, comes before what would be deployed."""
    app.write("src/shared/data.json", "shared")
    app.write("src/http/get-f/vendor/shared/data.json", "own")
    source = """def handler(event, context):
    return open("vendor/shared/data.json").read()
"""
    function = app.function("f", source, views=True)
    app.mount(**shared_folders)

    assert invoke(app.pool(), function).outcome == Returned(value="own")


def test_a_missing_shared_file_is_the_handler_s_own_failure(
    app, invoke, shared_folders
):
    """Nothing of the sandbox stands in its traceback."""
    source = """def handler(event, context):
    return open("vendor/shared/none.json").read()
"""
    function = app.function("f", source, views=True)
    app.mount(**shared_folders)
    outcome = invoke(app.pool(), function).outcome

    assert outcome.error_type == "FileNotFoundError"
    assert "sandbox/workers" not in outcome.trace


def test_a_module_loaded_by_file_name_is_fresh(app, invoke):
    """Within the second and with the same size, which bytecode would not notice."""
    source = f"""{BESIDE}
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("plugin", HERE + "/plugin.py")
plugin = module_from_spec(spec)
spec.loader.exec_module(plugin)
def handler(event, context): return plugin.VALUE
"""
    function = app.function("f", source)
    pool, answers = app.pool(), []
    for value in ("q1", "q2", "q3"):
        app.write("src/http/get-f/plugin.py", f"VALUE = '{value}'")
        os.utime(function.folder / "plugin.py", (1_700_000_000, 1_700_000_000))
        answers.append(invoke(pool, function).outcome)

    assert answers == [Returned(value=value) for value in ("q1", "q2", "q3")]
    assert not list(app.root.rglob("__pycache__"))


@pytest.mark.parametrize("value", ["part.VALUE", "getattr(part, 'VALUE', 'old')"])
def test_a_folder_that_becomes_a_package_is_fresh(app, invoke, value):
    """It comes before a module of its name, and is more than a folder without one."""
    source = f"import part\ndef handler(event, context): return {value}"
    function = app.function("f", source)
    app.write("src/http/get-f/part/data.txt", "")
    if value == "part.VALUE":
        app.write("src/http/get-f/part.py", "VALUE = 'old'")
    pool = app.pool()
    before = invoke(pool, function).outcome

    app.write("src/http/get-f/part/__init__.py", "VALUE = 'new'")

    answers = [before, invoke(pool, function).outcome]
    assert answers == [Returned(value="old"), Returned(value="new")]


QUESTIONS = (
    "__import__('os').path.exists('flag')",
    "__import__('pathlib').Path(HERE, 'flag').is_file()",
    "__import__('os').access('flag', 4)",
    "__import__('os').path.isdir(b'flag') or __import__('os').path.isfile('flag')",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_file_that_a_module_asks_after_is_fresh(app, invoke, question):
    """It may be there or not; what is in it is another question."""
    source = f"""{BESIDE}
FOUND, count = {question}, 0
def handler(event, context):
    global count
    count += 1
    return [FOUND, count]
"""
    function = app.function("f", source)
    pool, flag = app.pool(), function.folder / "flag"
    answers = [invoke(pool, function).outcome.value]
    for edit in (flag.touch, lambda: flag.write_text("more"), flag.unlink):
        edit()
        answers.append(invoke(pool, function).outcome.value)

    assert answers == [[False, 1], [True, 1], [True, 2], [False, 1]]


def test_what_a_module_asks_after_and_makes_is_its_own(app, invoke):
    """It stays warm whether it makes the file while it is loaded, or later."""
    source = f"""{BESIDE}
import os
for name in ("early.d", "late.txt"):
    assert not os.path.exists(name)
os.mkdir("early.d")
def handler(event, context):
    open("late.txt", "a").close()
"""
    function = app.function("f", source)
    pool = app.pool()
    executions = [invoke(pool, function) for _ in range(3)]

    assert {type(execution.outcome) for execution in executions} == {Returned}
    assert len({execution.worker_pid for execution in executions}) == 1


def test_a_file_that_is_read_by_its_name_in_bytes_is_fresh(app, invoke):
    """As `os.fsencode` gives it."""
    source = """
DATA = open(b"data.txt").read()
def handler(event, context): return DATA
"""
    function = app.function("f", source)
    pool, answers = app.pool(), []
    for text in ("old", "new"):
        app.write("src/http/get-f/data.txt", text)
        answers.append(invoke(pool, function).outcome)

    assert answers == [Returned(value="old"), Returned(value="new")]


@pytest.mark.parametrize("place", ["typing.py", "vendor/typing.py"])
def test_an_own_module_by_a_loaded_name_is_fresh(app, invoke, place):
    """A handler that imports nothing else has had no folder looked through."""
    source = """
import typing
def handler(event, context): return getattr(typing, "VALUE", "old")
"""
    function = app.function("f", source)
    pool = app.pool()
    before = invoke(pool, function).outcome

    app.write(f"src/http/get-f/{place}", "VALUE = 'new'")

    answers = [before, invoke(pool, function).outcome]
    assert answers == [Returned(value="old"), Returned(value="new")]


def test_an_archive_that_comes_to_be_on_the_path_is_fresh(app, invoke):
    """Python takes a path of which there is nothing for a folder without modules."""
    source = f"""{BESIDE}
sys.path.insert(0, HERE + "/deps.zip")
try:
    from zipped import VALUE
except ImportError:
    VALUE = "old"
def handler(event, context): return VALUE
"""
    function = app.function("f", source)
    pool = app.pool()
    before = invoke(pool, function).outcome

    with zipfile.ZipFile(function.folder / "deps.zip", "w") as archive:
        archive.writestr("zipped.py", "VALUE = 'new'")

    answers = [before, invoke(pool, function).outcome]
    assert answers == [Returned(value="old"), Returned(value="new")]
