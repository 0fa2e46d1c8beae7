"""Takes a function, gives the names that Architect makes of its own."""

from sandbox.project.model import Function


def folder_name(path: str) -> str:
    """Give the end of a route's folder name: `/things/:id` is `-things-000id`."""
    if path == "/":
        return "-index"
    name = path.replace("-", "_").replace(".", "_").replace("/", "-")
    return name.replace(":", "000").replace("*", "catchall", 1)


def context_name(function: Function) -> str:
    """Give the name that a handler's context shows (`@architect/sandbox` 9).

    Not the one in AWS_LAMBDA_FUNCTION_NAME, which is Architect's own.
    """
    if function.pragma != "http":
        return f"sandbox-{function.name}"
    method, _, path = function.name.partition(" ")
    return f"sandbox-{method}{folder_name(path)}"
