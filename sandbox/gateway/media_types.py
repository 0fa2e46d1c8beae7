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
        "ai": "application/postscript",
        "apk": "application/vnd.android.package-archive",
        "asc": "application/pgp-signature",
        "asf": "video/x-ms-asf",
        "asx": "video/x-ms-asf",
        "atom": "application/atom+xml",
        "avif": "image/avif",
        "bat": "application/x-msdownload",
        "bmp": "image/bmp",
        "c": "text/x-c",
        "cc": "text/x-c",
        "cdf": "application/x-netcdf",
        "com": "application/x-msdownload",
        "conf": "text/plain",
        "cpp": "text/x-c",
        "css": "text/css",
        "csv": "text/csv",
        "cxx": "text/x-c",
        "deb": "application/x-debian-package",
        "def": "text/plain",
        "dic": "text/x-c",
        "djv": "image/vnd.djvu",
        "djvu": "image/vnd.djvu",
        "dll": "application/x-msdownload",
        "doc": "application/msword",
        "docm": "application/vnd.ms-word.document.macroenabled.12",
        "docx": "application/"
        "vnd.openxmlformats-officedocument.wordprocessingml.document",
        "dot": "application/msword",
        "eml": "message/rfc822",
        "eot": "application/vnd.ms-fontobject",
        "eps": "application/postscript",
        "epub": "application/epub+zip",
        "exe": "application/x-msdownload",
        "flac": "audio/x-flac",
        "gif": "image/gif",
        "gz": "application/gzip",
        "h": "text/x-c",
        "hh": "text/x-c",
        "htm": "text/html",
        "html": "text/html",
        "ico": "image/x-icon",
        "ics": "text/calendar",
        "ifb": "text/calendar",
        "in": "text/plain",
        "ini": "text/plain",
        "jnlp": "application/x-java-jnlp-file",
        "jp2": "image/jp2",
        "jpe": "image/jpeg",
        "jpeg": "image/jpeg",
        "jpf": "image/jpx",
        "jpg": "image/jpeg",
        "jpg2": "image/jp2",
        "jpm": "image/jpm",
        "jpx": "image/jpx",
        "js": "application/javascript",
        "json": "application/json",
        "jsonld": "application/ld+json",
        "kml": "application/vnd.google-earth.kml+xml",
        "kmz": "application/vnd.google-earth.kmz",
        "list": "text/plain",
        "log": "text/plain",
        "m2a": "audio/mpeg",
        "m3a": "audio/mpeg",
        "m3u": "audio/x-mpegurl",
        "m4a": "audio/mp4",
        "map": "application/json",
        "md": "text/markdown",
        "mime": "message/rfc822",
        "mj2": "video/mj2",
        "mjp2": "video/mj2",
        "mjs": "application/javascript",
        "mobi": "application/x-mobipocket-ebook",
        "mov": "video/quicktime",
        "mp2": "audio/mpeg",
        "mp2a": "audio/mpeg",
        "mp3": "audio/mpeg",
        "mp4": "video/mp4",
        "mp4a": "audio/mp4",
        "mp4v": "video/mp4",
        "mpg4": "video/mp4",
        "mpga": "audio/mpeg",
        "mrc": "application/marc",
        "msi": "application/x-msdownload",
        "nc": "application/x-netcdf",
        "odt": "application/vnd.oasis.opendocument.text",
        "oga": "audio/ogg",
        "ogg": "audio/ogg",
        "ogv": "video/ogg",
        "opus": "audio/ogg",
        "otf": "font/otf",
        "owl": "application/rdf+xml",
        "pdf": "application/pdf",
        "pgp": "application/pgp-encrypted",
        "php": "application/x-httpd-php",
        "png": "image/png",
        "pot": "application/vnd.ms-powerpoint",
        "pps": "application/vnd.ms-powerpoint",
        "ppt": "application/vnd.ms-powerpoint",
        "pptx": "application/"
        "vnd.openxmlformats-officedocument.presentationml.presentation",
        "prc": "application/x-mobipocket-ebook",
        "ps": "application/postscript",
        "ra": "audio/x-pn-realaudio",
        "ram": "audio/x-pn-realaudio",
        "rar": "application/x-rar-compressed",
        "rdf": "application/rdf+xml",
        "ris": "application/x-research-info-systems",
        "rng": "application/xml",
        "rss": "application/rss+xml",
        "rtf": "application/rtf",
        "shtml": "text/html",
        "sig": "application/pgp-signature",
        "svg": "image/svg+xml",
        "svgz": "image/svg+xml",
        "swf": "application/x-shockwave-flash",
        "tar": "application/x-tar",
        "tex": "application/x-tex",
        "text": "text/plain",
        "tif": "image/tiff",
        "tiff": "image/tiff",
        "torrent": "application/x-bittorrent",
        "tsv": "text/tab-separated-values",
        "ttf": "font/ttf",
        "ttl": "text/turtle",
        "txt": "text/plain",
        "udeb": "application/x-debian-package",
        "vcard": "text/vcard",
        "vcf": "text/x-vcard",
        "vcs": "text/x-vcalendar",
        "wasm": "application/wasm",
        "wav": "audio/x-wav",
        "webm": "video/webm",
        "webmanifest": "application/manifest+json",
        "webp": "image/webp",
        "wml": "text/vnd.wap.wml",
        "woff": "font/woff",
        "woff2": "font/woff2",
        "xht": "application/xhtml+xml",
        "xhtml": "application/xhtml+xml",
        "xla": "application/vnd.ms-excel",
        "xlc": "application/vnd.ms-excel",
        "xlm": "application/vnd.ms-excel",
        "xls": "application/vnd.ms-excel",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlt": "application/vnd.ms-excel",
        "xlw": "application/vnd.ms-excel",
        "xml": "text/xml",
        "xsd": "application/xml",
        "xsl": "application/xml",
        "yaml": "text/yaml",
        "yml": "text/yaml",
        "zip": "application/zip",
    }
)
_DIRECT_TYPES = MappingProxyType(
    {
        "asc": "application/pgp-keys",
        "exe": "application/x-msdos-program",
        "ico": "image/vnd.microsoft.icon",
        "js": "text/javascript",
        "mjs": "text/javascript",
        "prc": "model/prc",
        "rar": "application/vnd.rar",
        "wav": "audio/wav",
        "xml": "application/xml",
    }
)
"""Where the registry has another type than the static asset proxy."""

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

_WITH_CHARSET = ("application/json", "application/manifest+json")


def root_type(name: str) -> str:
    """Give the type that the static asset proxy sends."""
    return _TYPES.get(extension_of(name), DEFAULT)


def direct_type(name: str) -> str:
    """Give the type that `/_static` sends, with a charset where it is text.

    `PHOTO.JPG` is an image there, though an octet-stream for the static asset proxy.
    """
    lower = name.lower()
    media_type = _DIRECT_TYPES.get(extension_of(lower)) or root_type(lower)
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
