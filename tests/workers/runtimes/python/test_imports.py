"""Imports resolve as deployed, from where the files are."""

import pytest

from sandbox.exchange import Returned

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
    assert "boto3" not in outcome.remedy


def test_shared_code_is_never_a_package_to_install(app, invoke):
    """Whoever owns the name on PyPI has nothing to do with the app's own folder."""
    function = app.function("f", "from shared.gone import X\n")

    outcome = invoke(app.pool(), function).outcome

    assert "src/shared" in outcome.remedy
    assert "pip" not in outcome.remedy
