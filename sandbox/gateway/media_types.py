"""Takes a file's name, gives its media type, the same on every machine.

Two tables, as in production: files at the root pass through Architect's static asset
proxy (`@architect/asap` 7.0), those under `/_static` come from S3, which the reference
imitates with the types of the IANA registry and a charset for text.
"""

from pathlib import PurePosixPath
from types import MappingProxyType

DEFAULT = "application/octet-stream"

_TYPES = MappingProxyType(
    {
        "aac": "audio/aac",
        "atom": "application/atom+xml",
        "avif": "image/avif",
        "bmp": "image/bmp",
        "css": "text/css",
        "csv": "text/csv",
        "doc": "application/msword",
        "docx": "application/"
        "vnd.openxmlformats-officedocument.wordprocessingml.document",
        "eot": "application/vnd.ms-fontobject",
        "epub": "application/epub+zip",
        "flac": "audio/x-flac",
        "gif": "image/gif",
        "gz": "application/gzip",
        "htm": "text/html",
        "html": "text/html",
        "ico": "image/x-icon",
        "ics": "text/calendar",
        "ini": "text/plain",
        "jpeg": "image/jpeg",
        "jpg": "image/jpeg",
        "js": "application/javascript",
        "json": "application/json",
        "jsonld": "application/ld+json",
        "log": "text/plain",
        "m4a": "audio/mp4",
        "map": "application/json",
        "md": "text/markdown",
        "mjs": "application/javascript",
        "mov": "video/quicktime",
        "mp3": "audio/mpeg",
        "mp4": "video/mp4",
        "oga": "audio/ogg",
        "ogg": "audio/ogg",
        "ogv": "video/ogg",
        "opus": "audio/ogg",
        "otf": "font/otf",
        "pdf": "application/pdf",
        "png": "image/png",
        "ppt": "application/vnd.ms-powerpoint",
        "pptx": "application/"
        "vnd.openxmlformats-officedocument.presentationml.presentation",
        "rss": "application/rss+xml",
        "rtf": "application/rtf",
        "shtml": "text/html",
        "svg": "image/svg+xml",
        "tar": "application/x-tar",
        "text": "text/plain",
        "tif": "image/tiff",
        "tiff": "image/tiff",
        "tsv": "text/tab-separated-values",
        "ttf": "font/ttf",
        "txt": "text/plain",
        "wasm": "application/wasm",
        "wav": "audio/x-wav",
        "webm": "video/webm",
        "webmanifest": "application/manifest+json",
        "webp": "image/webp",
        "woff": "font/woff",
        "woff2": "font/woff2",
        "xhtml": "application/xhtml+xml",
        "xls": "application/vnd.ms-excel",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xml": "text/xml",
        "yaml": "text/yaml",
        "yml": "text/yaml",
        "zip": "application/zip",
    }
)
_BINARY = (
    " 3g2 3gp 3gpp 7z aif aifc aiff au avi avif azw bin bmp boz bpk buffer bz bz2 deb"
    " deploy dist distz dll dmg dms doc docx dot dump ear elc epub exe gif h264 heic"
    " heics heif heifs ico img iso jar jp2 jpe jpeg jpg jpg2 lrf m1v m2a m2v m3a mar"
    " mj2 mjp2 mov mp2 mp2a mp3 mp4 mp4v mpe mpeg mpg mpg4 mpga mpkg msi msm msp oga"
    " ogg ogv opus otf pdf pkg png pot pps ppt pptx qt rar rtf snd so spx tar tif tiff"
    " ts war wav webm webp woff woff2 xla xlc xlm xls xlsx xlt xlw zip"
    " "
)
"""What the static asset proxy sends byte for byte, by extension, between spaces."""

_SCRIPT = "application/javascript"
_WITH_CHARSET = ("application/json", "application/manifest+json")


def root_type(name: str) -> str:
    """Give the type that the static asset proxy sends."""
    return _TYPES.get(extension_of(name), DEFAULT)


def direct_type(name: str) -> str:
    """Give the type that `/_static` sends, with a charset where it is text.

    `PHOTO.JPG` is an image there, though an octet-stream for the static asset proxy.
    """
    media_type = root_type(name.lower())
    if media_type == _SCRIPT:
        media_type = "text/javascript"
    if media_type.startswith("text/") or media_type in _WITH_CHARSET:
        return f"{media_type}; charset=utf-8"
    return media_type


def is_binary(name: str) -> bool:
    """Tell whether the static asset proxy leaves the file's bytes alone.

    All others it decodes as UTF-8 and encodes again, in production too.
    """
    return f" {extension_of(name)} " in _BINARY


def extension_of(name: str) -> str:
    """Give what follows the name's last dot, in the case it has."""
    return PurePosixPath(name).suffix[1:]
