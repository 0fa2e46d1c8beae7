"""Takes the developer's shell, gives what functions need to use AWS itself.

Credentials are passed on as names that the AWS SDKs look for (AWS SDKs and Tools
Reference Guide, "Environment variables"), never read here; profiles are found in the
developer's home folder, which functions see anyway.
"""

from collections.abc import Mapping

from sandbox.project.model import Project

_PREFIX = "AWS_"
_LAMBDAS_OWN = ("AWS_LAMBDA_", "AWS_EXECUTION_ENV")
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_ACCESS_KEY = "AWS_ACCESS_KEY_ID"
_PROFILE = "AWS_PROFILE"
_STACK = "ARC_STACK_NAME"
"""Tells runtime helpers where the service map is; else ARC_APP_NAME and ARC_ENV do."""


def aws_variables(project: Project, shell: Mapping[str, str]) -> dict[str, str]:
    """Give the variables by which functions use AWS as the developer.

    The shell's region beats the manifest's; its profile or keys beat `@aws profile`.

    Args:
        project: has region and profile.
        shell: the environment of the sandbox itself.
    """
    passed = {
        name: value
        for name, value in shell.items()
        if name == _STACK
        or (name.startswith(_PREFIX) and not name.startswith(_LAMBDAS_OWN))
    }
    region = next((shell[name] for name in _REGIONS if shell.get(name)), project.region)
    passed.update(dict.fromkeys(_REGIONS, region))
    profile = _manifest_profile(project)
    if profile and not (passed.get(_PROFILE) or passed.get(_ACCESS_KEY)):
        passed[_PROFILE] = profile
    return passed


def _manifest_profile(project: Project) -> str | None:
    settings = project.inventory.get("aws")
    profile = settings.get("profile") if isinstance(settings, Mapping) else None
    return profile if isinstance(profile, str) else None
