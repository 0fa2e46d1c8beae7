"""Tracing headers: what Lambda sets, and what is recognised again."""

import pytest

from sandbox.trace_header import (
    key_of_header,
    new_root,
    root_of,
    trace_header,
    trace_key,
)

REQUEST_ID = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"
ROOT = "1-5759e988-1f2e3d4c5b6a49788695a4b3"
KEY = "8695a4b3c2d1e0f9"


def test_a_header_has_x_rays_form() -> None:
    """Root, parent and sampling, as in X-Ray's developer guide."""
    root = new_root(REQUEST_ID, now_epoch=0x5759E988)

    header = trace_header(REQUEST_ID, root=root)

    assert root == ROOT
    assert header == f"Root={ROOT};Parent={KEY};Sampled=0"


def test_a_header_leads_back_to_its_request() -> None:
    """The key is that of the request's id, whatever trace it belongs to."""
    header = trace_header(REQUEST_ID, root=ROOT)

    assert key_of_header(header) == trace_key(REQUEST_ID) == KEY
    assert key_of_header(f"Self=1-a;{header};Lineage=1:2:0") == KEY


@pytest.mark.parametrize(
    "header", ["", f"Root={ROOT}", "Parent=", "Parent=8695", f"Parent={KEY}0", KEY]
)
def test_other_text_names_no_request(header: str) -> None:
    """Headers of other makers are left alone."""
    assert key_of_header(header) is None


@pytest.mark.parametrize(
    ("header", "root"),
    [
        (f"Root={ROOT}", ROOT),
        (f"Self=1-a;Root={ROOT};Sampled=1", ROOT),
        (f"Sampled=?; Root={ROOT} ", ROOT),
        (f"Root={ROOT},Root=1-0", ROOT),
        ("", None),
        ("Root=1-abc", None),
        (f"Root={ROOT}0", None),
        (f"Root=2{ROOT[1:]}", None),
    ],
)
def test_root_of_finds_the_trace(header: str, root: str | None) -> None:
    """Wherever it stands; what has another form names none."""
    assert root_of(header) == root
