"""The files that pages load: read from the package by name, never by path."""

from importlib.resources import files

from sandbox.inspector.messages import ApiError, DocumentAnswer

_MEDIA_TYPES = {
    "inspector.css": "text/css; charset=utf-8",
    "inspector.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


def asset(name: str) -> DocumentAnswer:
    """Give a file that pages load.

    Raises:
        ApiError: 404 where there is none of that name.
    """
    media_type = _MEDIA_TYPES.get(name)
    if media_type is None:
        raise ApiError(404, f'There is no file "{name}".', remedy="Open a page.")
    body = (files("sandbox.inspector") / "assets" / name).read_bytes()
    return DocumentAnswer(body=body, media_type=media_type)
