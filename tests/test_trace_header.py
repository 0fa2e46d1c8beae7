"""Tracing headers: what Lambda sets, and what is recognised again."""

import pytest

from sandbox.trace_header import key_of_header, trace_header, trace_key

REQUEST_ID = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"
KEY = "1f2e3d4c5b6a49788695a4b3"


def test_a_header_has_x_rays_form() -> None:
    """Root, parent and sampling, as in X-Ray's developer guide."""
    header = trace_header(REQUEST_ID, now_epoch=0x5759E988)

    assert header == f"Root=1-5759e988-{KEY};Parent=8695a4b3c2d1e0f9;Sampled=0"


def test_a_header_leads_back_to_its_request() -> None:
    """The key is that of the request's id, whatever stands beside the root."""
    header = trace_header(REQUEST_ID, now_epoch=1.5)

    assert key_of_header(header) == trace_key(REQUEST_ID) == KEY
    assert key_of_header(f"Self=1-a;{header};Lineage=1:2:0") == KEY


@pytest.mark.parametrize(
    "header", ["", "Root=", "Root=1-5759e988-1f2e", f"Root=2-5759e988-{KEY}", KEY]
)
def test_other_text_names_no_request(header: str) -> None:
    """Headers of other makers are left alone."""
    assert key_of_header(header) is None
